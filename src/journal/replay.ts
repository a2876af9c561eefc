import {open, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {type Disk, realDisk, syncDurably, unwritable, writeDurably} from './disk.js';
import type {JournalRecord, OutcomeRecord} from './record.js';
import {type Detail, intentsIn, type Scan, scan} from './scan.js';
import {segmentName} from './segments.js';

/** What recovery found and left: `Journal.open` goes on from it. */
export type Recovered = Scan;

/**
 * Tells `visit` of every record, in order, and changes nothing: for whoever only looks, even while the run goes on, for an incomplete
 * end is left out. With `detail: 'states'` outcomes are told in part, five times as fast. Resolves with what was found. Throws
 * JOURNAL_CORRUPT, JOURNAL_MISSING or JOURNAL_NEWER (exit 65); `visit` may have been called by then.
 */
export function readJournal(
  folder: string,
  run: string,
  visit: (record: JournalRecord) => void,
  detail: Detail = 'full',
): Promise<Scan> {
  return scan(folder, run, visit, detail);
}

/**
 * Makes a journal ready to be gone on with; the lock must be held. What a crash tore off the end is saved beside it and cut; damage that no
 * crash can do throws JOURNAL_CORRUPT (exit 65) and touches nothing. Killed half-way and begun again it finds the same. `visit` is told
 * of every record, in the detail `states`. Also throws JOURNAL_MISSING, JOURNAL_NEWER (65) and JOURNAL_UNWRITABLE (74).
 */
export async function recover(
  folder: string,
  {
    run,
    now,
    visit = () => {},
    disk = realDisk,
  }: {
    readonly run: string;
    /** Wall time, for the name of the file that keeps what was cut. */
    readonly now: number;
    readonly visit?: (record: JournalRecord) => void;
    readonly disk?: Disk;
  },
): Promise<Recovered> {
  const found = await scan(folder, run, visit, 'states');
  const path = join(folder, segmentName(found.segment));
  try {
    if (found.cutBytes > 0) await saveCut(path, found, now, disk);
    // Also where nothing is cut: what a killed process wrote may still be in memory alone, and from here on counts as durable. So does the line
    // that leads to this file.
    if (found.segment > 1) await syncDurably(join(folder, segmentName(found.segment - 1)), disk);
    await disk.truncate(path, found.size);
    if (found.unbegun !== undefined) await disk.remove(found.unbegun);
    await disk.syncFolder(folder);
  } catch (error) {
    throw await unwritable(disk, path, error);
  }
  return {...found, cutIntents: await doubtfulIntents(folder, found)};
}

/**
 * The records that put the rows of `cutIntents` in doubt for good. To be appended directly behind the `O` of the session that recovered,
 * before anything is sent.
 */
export function cutOutcomes({cutIntents}: Recovered, at: number): OutcomeRecord[] {
  return cutIntents.map((op) => ({
    t: 'o',
    op,
    n: 0,
    k: 'unk',
    at,
    e: 'JOURNAL_CUT',
    m: 'its attempt stood in the torn end of the journal',
  }));
}

/** `journal-000001.torn-20260801T101112345Z-s104`: cut at that time, behind line 104. */
async function saveCut(path: string, {size, cutBytes, lastSeq}: Scan, now: number, disk: Disk): Promise<void> {
  const bytes = Buffer.alloc(cutBytes);
  const file = await open(path, 'r');
  try {
    await file.read(bytes, 0, cutBytes, size);
  } finally {
    await file.close();
  }
  const time = new Date(now).toISOString().replaceAll(/[-:.]/g, '');
  await writeDurably(`${path.replace(/\.ndjson$/, '')}.torn-${time}-s${lastSeq}`, bytes, disk);
}

/** As long as no line follows the cut, what was cut there is part of what was found, by whichever recovery it was saved. */
async function doubtfulIntents(folder: string, {run, lastSeq, cutIntents}: Scan): Promise<number[]> {
  const rows = new Set(cutIntents);
  for (const name of await readdir(folder)) {
    if (!name.startsWith('journal-') || !name.includes('.torn-') || !name.endsWith(`-s${lastSeq}`)) continue;
    for (const row of await intentsIn(join(folder, name), run)) rows.add(row);
  }
  return [...rows].sort((a, b) => a - b);
}
