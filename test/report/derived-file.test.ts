import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {DerivedFile, writeDerived} from '../../src/report/derived-file.js';

describe('DerivedFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-derived-'));
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  it('leaves the old file until the new one is whole', () => {
    const path = join(folder, 'results.ndjson');
    writeFileSync(path, 'old');
    const file = new DerivedFile(path);
    file.write('x'.repeat(300_000));
    assert.equal(readFileSync(path, 'utf8'), 'old');
    file.commit();
    assert.equal(readFileSync(path, 'utf8').length, 300_000);
  });

  it('leaves nothing behind when it is discarded', () => {
    const file = new DerivedFile(join(folder, 'results.ndjson'));
    file.write('half');
    file.discard();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('does not undo what was committed', () => {
    const path = join(folder, 'results.ndjson');
    const file = new DerivedFile(path);
    file.write('whole');
    file.commit();
    file.discard();
    assert.isTrue(existsSync(path));
  });

  it('goes over what a killed process left half written', () => {
    const path = join(folder, 'summary.json');
    writeFileSync(`${path}.part`, 'half of someth');
    writeDerived(path, '{}');
    assert.equal(readFileSync(path, 'utf8'), '{}');
    assert.deepEqual(readdirSync(folder), ['summary.json']);
  });

  it('can be read by its owner alone, whatever the umask', () => {
    const path = join(folder, 'results.ndjson');
    const umask = process.umask(0);
    try {
      writeDerived(path, 'secret enough');
    } finally {
      process.umask(umask);
    }
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('says what to do when the folder is gone', () => {
    const path = join(folder, 'gone', 'summary.json');
    assert.throws(() => writeDerived(path, '{}'), /summary\.json: the file cannot be written \(ENOENT/);
  });
});
