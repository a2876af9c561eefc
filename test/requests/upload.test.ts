import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {findUpload} from '../../src/requests/upload.js';
import {UnfitValue} from '../../src/requests/values.js';

describe('findUpload', () => {
  let folder: string;
  let root: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-upload-'));
    root = join(folder, 'in');
    mkdirSync(join(root, 'pics'), {recursive: true});
    writeFileSync(join(folder, 'secret'), 'secret');
    writeFileSync(join(root, 'pics/..a.PNG'), 'png');
    symlinkSync('../secret', join(root, 'way-out'));
    symlinkSync('pics', join(root, 'way-in'));
    symlinkSync('in', join(folder, 'link'));
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  it('finds what lies in the folder, through links that stay in it', () => {
    for (const text of ['pics/..a.PNG', './pics/../pics/..a.PNG', 'way-in/..a.PNG', join(root, 'pics/..a.PNG')])
      assert.deepInclude(findUpload(root, text, undefined), {filename: '..a.PNG', bytes: 3, type: 'image/png'}, text);
    assert.equal(findUpload(join(folder, 'link'), 'pics/..a.PNG', 'a/b').type, 'a/b');
  });

  for (const [text, says] of [
    ['../secret', 'outside'],
    ['pics/../../secret', 'outside'],
    ['/etc/hostname', 'outside'],
    ['../no-such', 'outside'],
    ['..', 'outside'],
    ['way-out', 'outside'],
    ['pics', 'is no file'],
    ['no-such', 'there is no file'],
    ['a\0b', 'NUL'],
    ['', 'names no file'],
  ] as const)
    it(`refuses ${JSON.stringify(text)}`, () => {
      try {
        assert.fail(JSON.stringify(findUpload(root, text, undefined)));
      } catch (error) {
        assert.instanceOf(error, UnfitValue);
        assert.include((error as Error).message, says);
      }
    });
});
