import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {openFormData} from '../../src/http/form-data.js';
import {Problem} from '../../src/problem.js';

describe('openFormData', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-form-'));
    path = join(folder, 'a.png');
    writeFileSync(path, 'png');
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  const upload = (bytes: number) => [
    {name: 'who', text: 'Zoë'},
    {name: 'photo', file: {path, filename: 'b.png', bytes, type: 'image/png'}},
  ];

  it('holds texts and files in their order, with name and type', async () => {
    const form = await openFormData(upload(3));
    assert.deepEqual([...form.keys()], ['who', 'photo']);
    const photo = form.get('photo') as File;
    assert.deepEqual(
      [form.get('who'), photo.name, photo.type, await photo.text()],
      ['Zoë', 'b.png', 'image/png', 'png'],
    );
  });

  it('refuses a file that is gone, or has another size than it had', async () => {
    for (const spoil of [() => writeFileSync(path, 'longer'), () => rmSync(path)]) {
      spoil();
      const problem = await openFormData(upload(3)).catch((error) => error);
      assert.instanceOf(problem, Problem);
      assert.equal(problem.code, 'REQUEST_MALFORMED');
    }
  });
});
