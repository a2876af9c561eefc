import {createHash} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {type Manifest, runFiles} from '../../src/journal/folder.js';
import {closeInput} from '../../src/operations/source.js';
import {Problem} from '../../src/problem.js';
import {fitInput, type InputOrder} from '../../src/run/fit.js';

const WAS = 'id,name\n1,Ann\n2,Bob\n';

/** What is found of a run that was begun with `was`, where the file is `is` now: its rows, or the code of what is thrown. */
async function fitted(
  is: string,
  order: InputOrder = {},
  {was = WAS, copied = false}: {readonly was?: string; readonly copied?: boolean} = {},
): Promise<number | string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-fit-'));
  try {
    const file = join(folder, 'users.csv');
    writeFileSync(file, is);
    if (copied) writeFileSync(runFiles(folder).spool, was);
    const sha256 = createHash('sha256').update(was).digest('hex');
    const input = {sha256, bytes: was.length, rows: 2, format: 'csv', delimiter: ',', header: ['id', 'name']};
    const {manifest, input: opened} = await fitInput(
      {file, name: 'users.csv', input} as unknown as Manifest,
      folder,
      order,
    );
    await closeInput(opened);
    return manifest.input.rows;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

describe('fitInput', () => {
  const accepted = {acceptAppended: true};

  it('takes the file as it was', async () => assert.equal(await fitted(WAS), 2));

  it('takes rows that were added at its end where they are accepted, and says so where they are not', async () => {
    assert.equal(await fitted(`${WAS}3,Cid\n`), 'INPUT_GREW');
    assert.equal(await fitted(`${WAS}3,Cid\n4,Dan\n`, accepted), 4);
    assert.equal(await fitted('id,name\n1,Ann\n2,Bob\n3,Cid', accepted, {was: 'id,name\n1,Ann\n2,Bob'}), 3);
  });

  it('takes nothing that continues a last row which had no end', async () =>
    assert.equal(await fitted('id,name\n1,Ann\n2,Bobby\n', accepted, {was: 'id,name\n1,Ann\n2,Bob'}), 'INPUT_CHANGED'));

  it('takes no file that is shorter, longer in its middle, or has another header', async () => {
    assert.equal(await fitted('id,name\n1,Ann\n', accepted), 'INPUT_CHANGED');
    assert.equal(await fitted('id,name\n1,Ann\n3,Cid\n2,Bob\n', accepted), 'INPUT_CHANGED');
    assert.equal(await fitted('id,nick\n1,Ann\n2,Bob\n', accepted), 'INPUT_CHANGED');
  });

  it('reads no other file where the run has a copy, and no pipe', async () => {
    assert.equal(await fitted(WAS, {input: 'other.csv'}, {copied: true}), 'INPUT_KEPT');
    assert.equal(await fitted(WAS, {input: '-'}), 'INPUT_KEPT');
    assert.equal(await fitted(WAS, {input: 'other.csv'}), 'INPUT_MISSING');
  });
});
