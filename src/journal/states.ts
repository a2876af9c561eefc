import {EXIT, Problem} from '../problem.js';
import type {Counts, JournalRecord, State} from './record.js';

const CHUNK_ROWS = 1024 * 1024;
/** The low bits of a row's byte are its state, as an index into this. */
const STATES = ['pending', 'ok', 'failed', 'in-doubt', 'skipped'] as const satisfies readonly State[];
const STATE_BITS = 7;
const [PENDING, OK, FAILED, IN_DOUBT, SKIPPED] = [0, 1, 2, 3, 4] as const;
/** An attempt has begun and nothing is known of its end. */
const OPEN = 8;
/** There was an attempt at all. */
const ATTEMPTED = 16;
/** It was skipped because a row of its key had failed. */
const KEY_STOPPED = 32;

/** The word of a record that skips a row because one before it with its key has failed: sending that one again brings it back. */
export const SKIPPED_FOR_KEY = 'KEY_STOPPED';

const STATE_OF_OUTCOME = {ok: OK, failed: FAILED, not: PENDING, unk: IN_DOUBT, skipped: SKIPPED} as const;
const STATE_OF_DECISION = {ok: OK, failed: FAILED, retry: PENDING, skip: SKIPPED} as const;

/** Where every row stands, in one byte a row. Made by `newStanding`, moved on by `fold`, and by nothing else. */
export type Standing = {
  readonly rows: number;
  readonly chunks: readonly Uint8Array[];
  /** Only the rows with more than one attempt. */
  readonly manyAttempts: Map<number, number>;
  /** How many rows are in each of `STATES`. */
  readonly tally: [number, number, number, number, number];
  attempts: number;
  refusals: number;
  inFlight: number;
};

/** All rows pending. */
export function newStanding(rows: number): Standing {
  const chunks = [];
  for (let from = 0; from < rows; from += CHUNK_ROWS) chunks.push(new Uint8Array(Math.min(CHUNK_ROWS, rows - from)));
  return {rows, chunks, manyAttempts: new Map(), tally: [rows, 0, 0, 0, 0], attempts: 0, refusals: 0, inFlight: 0};
}

/**
 * What one record changes. The run folds what it appends, everybody else what they read, so that all count alike. An attempt without an
 * outcome is in flight while its session lasts, and in doubt from the next `O` on. Throws JOURNAL_CORRUPT (exit 65) for a row that is not
 * in the input.
 */
export function fold(standing: Standing, record: JournalRecord): void {
  switch (record.t) {
    case 'i':
      begin(standing, record.op, record.n);
      return;
    case 'o':
      if (record.k === 'not' && record.e === 'refused') standing.refusals++;
      move(
        standing,
        record.op,
        STATE_OF_OUTCOME[record.k],
        record.k === 'skipped' && record.e === SKIPPED_FOR_KEY ? KEY_STOPPED : 0,
      );
      return;
    case 'd':
      move(standing, record.op, STATE_OF_DECISION[record.as], 0);
      return;
    case 'O':
      settleOpenAttempts(standing);
      return;
    case 'H':
    case 'b':
    case 'w':
    case 't':
    case 'p':
    case 'q':
    case 'a':
    case 'l':
    case 's':
    case 'f':
    case 'c':
    case 'E':
      return;
  }
}

/** Puts every row whose attempt has no outcome in doubt, and names them. For when the session that sent them is known to be dead. */
export function settleOpenAttempts(standing: Standing): number[] {
  const rows: number[] = [];
  if (standing.inFlight === 0) return rows;
  for (const [index, chunk] of standing.chunks.entries())
    for (let at = 0; at < chunk.length; at++) if (chunk[at]! & OPEN) rows.push(index * CHUNK_ROWS + at + 1);
  for (const row of rows) move(standing, row, IN_DOUBT, 0);
  return rows;
}

/** `pending` holds those in flight too, so that all states add up to `rows`. */
export function counts({rows, tally, attempts, refusals}: Standing): Counts {
  const [pending, ok, failed, inDoubt, skipped] = tally;
  return {rows, ok, failed, inDoubt, skipped, pending, attempts, refusals};
}

export function stateOf(standing: Standing, row: number): State {
  return STATES[byteOf(standing, row) & STATE_BITS]!;
}

/** Whether an attempt of the row has begun and has no outcome. */
export function inFlight(standing: Standing, row: number): boolean {
  return (byteOf(standing, row) & OPEN) !== 0;
}

/** Whether the row was skipped because one before it with its key had failed. */
export function skippedForKey(standing: Standing, row: number): boolean {
  return (byteOf(standing, row) & KEY_STOPPED) !== 0;
}

/** The number of the row's last attempt; 0: there was none. */
export function attemptsOf(standing: Standing, row: number): number {
  return standing.manyAttempts.get(row) ?? (byteOf(standing, row) & ATTEMPTED ? 1 : 0);
}

/** The rows that stand in `state`, in order; those in flight are pending. */
export function* rowsIn(standing: Standing, state: State): Generator<number> {
  const wanted = STATES.indexOf(state);
  for (const [index, chunk] of standing.chunks.entries())
    for (let at = 0; at < chunk.length; at++)
      if ((chunk[at]! & STATE_BITS) === wanted) yield index * CHUNK_ROWS + at + 1;
}

function begin(standing: Standing, row: number, attempt: number): void {
  standing.attempts++;
  if (attempt > 1) standing.manyAttempts.set(row, attempt);
  move(standing, row, PENDING, OPEN | ATTEMPTED);
}

function move(standing: Standing, row: number, state: 0 | 1 | 2 | 3 | 4, marks: number): void {
  const before = byteOf(standing, row);
  standing.tally[(before & STATE_BITS) as 0 | 1 | 2 | 3 | 4]--;
  standing.tally[state]++;
  if (before & OPEN) standing.inFlight--;
  if (marks & OPEN) standing.inFlight++;
  const index = row - 1;
  standing.chunks[Math.floor(index / CHUNK_ROWS)]![index % CHUNK_ROWS] = state | marks | (before & ATTEMPTED);
}

function byteOf({chunks, rows}: Standing, row: number): number {
  const index = row - 1;
  const byte = chunks[Math.floor(index / CHUNK_ROWS)]?.[index % CHUNK_ROWS];
  if (byte !== undefined) return byte;
  throw new Problem(
    'JOURNAL_CORRUPT',
    `speaks of row ${row}, but the input has ${rows} rows`,
    'Restore the run folder from a backup.',
    {
      exit: EXIT.misfit,
    },
  );
}
