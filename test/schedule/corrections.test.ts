import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import type {CorrectionRecord} from '../../src/journal/record.js';
import {readCorrected} from '../../src/operations/corrected.js';
import {readRows} from '../../src/operations/read.js';
import {closeInput, openInput} from '../../src/operations/source.js';
import {correctedInput} from '../../src/schedule/corrections.js';
import {withFile} from '../operations/reading.js';
import {rejection} from '../run/real-run.js';

describe('correctedInput', () => {
  /** A run folder with two corrections, of rows 2 and 3, and of row 3. */
  function withTwo(use: (folder: string, read: () => Promise<unknown[]>) => Promise<void>): Promise<void> {
    return withFile('id\n1\n2\n3\n', 'users.csv', async (path, folder) => {
      const input = await openInput(path);
      const files: CorrectionRecord[] = [];
      for (const [index, text] of ['id,_row\n22,2\n33,3\n', 'id,_row\n333,3\n'].entries()) {
        const file = `corrected-00000${index + 1}`;
        writeFileSync(join(folder, file), text);
        const copy = await openInput(join(folder, file), {format: 'csv', delimiter: ','});
        const {sha256, bytes} = await readCorrected(copy, input, 3);
        files.push({t: 'w', at: 0, n: index + 1, file, name: 'fixed.csv', sha256, bytes, delimiter: ','});
      }
      const fileOf = new Map([
        [2, 1],
        [3, 2],
      ]);
      await use(folder, async () => {
        const corrected = await correctedInput(input, 3, {files, fileOf, folder});
        const ids = [];
        for await (const row of readRows(corrected)) ids.push(row.values!.id);
        await closeInput(corrected);
        return ids;
      });
    });
  }

  it('gives each row the cells that were its last', () =>
    withTwo(async (_, read) => assert.deepEqual(await read(), ['1', '22', '333'])));

  it('refuses a copy that is not what was sent', () =>
    withTwo(async (folder, read) => {
      writeFileSync(join(folder, 'corrected-000001'), 'id,_row\n23,2\n33,3\n');
      const problem = await rejection(read());
      assert.deepInclude(problem, {code: 'CORRECTION_CHANGED', exit: 65});
      assert.match(problem.message, /fixed\.csv, and its copy here has changed since$/);
    }));

  it('refuses a copy that is gone', () =>
    withTwo(async (folder, read) => {
      rmSync(join(folder, 'corrected-000002'));
      assert.match((await rejection(read())).message, /cannot be read any more$/);
    }));
});
