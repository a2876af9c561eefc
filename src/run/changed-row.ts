import {readJournal} from '../journal/replay.js';
import type {RecordPlace} from '../operations/operation.js';
import {readRows} from '../operations/read.js';
import {Problem} from '../problem.js';
import {requestDigest} from '../requests/digest.js';
import {build, type Reading} from '../schedule/intake.js';

type Sent = {readonly folder: string; readonly run: string; readonly rows: number};

/**
 * The first row of a changed input whose request is another than the one that was sent for it, or cannot be made any more; undefined where only
 * rows were changed that were not sent. Reads journal and input once more.
 */
export async function firstChangedRow(
  reading: Pick<Reading, 'input' | 'roles' | 'setting'>,
  {folder, run, rows}: Sent,
): Promise<RecordPlace | undefined> {
  // The digests of the journal are of four bytes. One of 0 is taken for that of a row that was not sent.
  const digests = new Uint32Array(rows + 1);
  await readJournal(folder, run, (record) => {
    if (record.t === 'i') digests[record.op] = Number.parseInt(record.h, 16);
    // By another template every row is another.
    if (record.t === 't') digests.fill(0);
  });
  for await (const row of readRows(reading.input)) {
    const sent = digests[row.place.row] ?? 0;
    // A row that was corrected asks for something else because somebody said so.
    if (sent === 0 || ('from' in row && row.from)) continue;
    const built = build(row, reading);
    if (built instanceof Problem || Number.parseInt(requestDigest(built.request), 16) !== sent) return row.place;
  }
  return undefined;
}
