import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {type Manifest, runFiles} from '../../src/journal/folder.js';
import {readRows} from '../../src/operations/read.js';
import {isBadRow} from '../../src/operations/records.js';
import {reopenInput} from '../../src/schedule/reopen.js';

/** Each row as a run that goes on reads it from its own copy of an input: row and line, and `bad` where it cannot be sent. */
async function copied(text: string, format: string, delimiter = ','): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-reopen-'));
  try {
    writeFileSync(runFiles(folder).spool, text);
    const input = {format, delimiter};
    const manifest = {file: '-', name: '<stdin>', input} as unknown as Manifest;
    const rows: string[] = [];
    for await (const row of readRows(await reopenInput(manifest, folder)))
      rows.push(`${row.place.row}:${row.place.line}${isBadRow(row) ? ' bad' : ''}`);
    return rows;
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

describe('reopenInput', () => {
  // The first line was taken for a header, so that every row was sent and recorded under the number of the one before it.
  it('counts the rows of copied NDJSON alike when its first line is no object', async () => {
    assert.deepEqual(await copied('hello,x\n{"a":1}\n{"a":2}\n', 'ndjson'), ['1:1 bad', '2:2', '3:3']);
  });

  it('reads copied CSV as CSV when its header begins like an object', async () => {
    assert.deepEqual(await copied('{a};b\n1;2\n3;4\n', 'csv', ';'), ['1:2', '2:3']);
  });
});
