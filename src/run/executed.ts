import type {JournalRecord} from '../journal/record.js';
import {readJournal} from '../journal/replay.js';
import type {Profile} from '../profiles/profile.js';

/** What is known of the last request of a row. */
export type SentBefore = {
  /** An attempt of the row may have been executed, though the row failed in the end. */
  readonly mayHaveRun: (row: number) => boolean;
  /** Whether its last request was another than the one with this digest. */
  readonly differs: (row: number, digest: string) => boolean;
};

/**
 * Reads once more what was sent for the rows of a run. A row may have been executed where an attempt was not answered, or answered with a status
 * after which the profile sends again without knowing.
 */
export async function readSent(
  folder: string,
  run: string,
  {rows, retry, resend}: {readonly rows: number} & Pick<Profile, 'retry' | 'resend'>,
): Promise<SentBefore> {
  const open = new Set<number>();
  const uncertain = new Set<number>();
  const inDoubt = new Set<number>();
  // The digests of the journal are of four bytes.
  const digests = new Uint32Array(rows + 1);
  const unknowing = new Set([...retry.statuses, ...resend, 408]);
  const note = (record: JournalRecord) => {
    if (record.t === 'O') {
      for (const row of open) {
        inDoubt.add(row);
        uncertain.add(row);
      }
      open.clear();
    } else if (record.t === 'i') {
      open.add(record.op);
      digests[record.op] = Number.parseInt(record.h, 16);
    } else if (record.t === 'o') {
      open.delete(record.op);
      inDoubt.delete(record.op);
      const asked = record.k === 'failed' || (record.k === 'not' && record.e === 'backoff');
      if (record.k === 'unk') inDoubt.add(record.op);
      if (record.k === 'unk' || (asked && isUnknowing(record, unknowing))) uncertain.add(record.op);
    } else if (record.t === 'd') {
      // Who looked at the provider and sends it again has found that it is not there.
      if ((record.by === 'user' || record.by === 'probe') && inDoubt.has(record.op)) uncertain.delete(record.op);
      inDoubt.delete(record.op);
      open.delete(record.op);
    }
  };
  await readJournal(folder, run, note, 'states');
  return {
    mayHaveRun: (row) => uncertain.has(row),
    differs: (row, digest) => digests[row] !== Number.parseInt(digest, 16),
  };
}

/** A row that was never sent, for it was no row, has no status either. */
function isUnknowing({st, k, n}: JournalRecord & {t: 'o'}, statuses: ReadonlySet<number>): boolean {
  return st === undefined ? k === 'not' && n > 0 : statuses.has(st);
}
