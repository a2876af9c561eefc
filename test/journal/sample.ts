import {writeFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Counts, HeaderRecord, JournalRecord, OpenedRecord} from '../../src/journal/record.js';
import {readJournal} from '../../src/journal/replay.js';
import {sealLine, seedOf} from '../../src/journal/seal.js';
import {Problem} from '../../src/problem.js';

export const RUN = '01JD2Q8Z7K0000000000000000';
export const T = 1_763_780_000_000;

export function header(rows: number, run = RUN): HeaderRecord {
  return {t: 'H', fmt: 3, run, tool: '1.0.0', input: {sha256: '9f86d081', bytes: 8123, rows}, plan: 'c0ffee'};
}

export function opened(at: number, up = 1_000_000, boot = 'boot-1'): OpenedRecord {
  return {t: 'O', at, pid: 4711, host: 'here', boot, up, v: 'new', cut: 0, amb: 0};
}

/** The buckets of lane `l`: two of them, of which the first is everybody's. */
export function bucketsOf(l: number) {
  return [
    ['network', 9_007_199_254_740_991],
    ['user', l],
  ] as const;
}

export function named(l = 0): JournalRecord {
  return {t: 'b', l, in: bucketsOf(l)};
}

export function intent(op: number, at: number, n = 1, l = 0): JournalRecord {
  return {t: 'i', op, n, l, h: '5feceb66', at};
}

export function outcome(
  op: number,
  at: number,
  k: Extract<JournalRecord, {t: 'o'}>['k'],
  more: Partial<Extract<JournalRecord, {t: 'o'}>> = {},
): JournalRecord {
  return {t: 'o', op, n: 1, k, at, ...more};
}

export const NOTHING: Counts = {
  rows: 0,
  ok: 0,
  failed: 0,
  inDoubt: 0,
  skipped: 0,
  pending: 0,
  attempts: 0,
  refusals: 0,
};

/** A header, an opening and rows sent two at a time, as one writer with groups of two would leave them. */
export function sampleRecords(rows: number): JournalRecord[] {
  const records: JournalRecord[] = [header(rows), opened(T)];
  for (let op = 1; op < rows; op += 2) {
    records.push(intent(op, T + op), intent(op + 1, T + op));
    records.push(outcome(op, T + op + 50, 'ok', {st: 201, ms: 50}));
    records.push(outcome(op + 1, T + op + 60, 'failed', {st: 422, ms: 60, e: 'rejected', m: 'no "such" rôle, at all'}));
  }
  return records;
}

/** Seals records with the watermark of a writer that makes every two lines durable together. */
export function sealAll(records: readonly JournalRecord[], run = RUN): string[] {
  return records.map((record, index) => sealLine(record, index + 1, index - (index % 2), seedOf(run)));
}

export function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** A journal as a writer leaves it: its bytes, and where each of its lines ends. */
export function sampleJournal(rows: number) {
  const records = sampleRecords(rows);
  const lines = sealAll(records);
  const endOf = lines.map((_, index) => Buffer.byteLength(text(lines.slice(0, index + 1))));
  return {records, lines, whole: Buffer.from(text(lines)), endOf};
}

export type Found =
  | {readonly verdict: 'clean' | 'torn'; readonly records: JournalRecord[]; readonly cutBytes: number}
  | Problem;

/** What a reader makes of these bytes. */
export async function readBytes(folder: string, bytes: string | Uint8Array): Promise<Found> {
  await writeSegment(folder, bytes);
  const records: JournalRecord[] = [];
  try {
    const {verdict, cutBytes} = await readJournal(folder, RUN, (record) => records.push(record));
    return {verdict, records, cutBytes};
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** The Problem with which something is refused. */
export async function refusal(promise: Promise<unknown>): Promise<Problem> {
  const outcome = await promise.catch((error: unknown) => error);
  if (outcome instanceof Problem) return outcome;
  throw new Error(`expected a Problem, got ${JSON.stringify(outcome)}`);
}

/** A new folder, given to `use` and removed afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-journal-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

export async function writeSegment(folder: string, content: string | Uint8Array, segment = 1): Promise<void> {
  // Thousands of small files are written: a round through the thread pool would be most of the time.
  writeFileSync(join(folder, `journal-${String(segment).padStart(6, '0')}.ndjson`), content);
}
