import {EXIT} from '../problem.js';
import type {Stop} from './stop.js';

/** So many rows one after another may come into doubt with nothing answered between. */
const IN_A_ROW = 5;
/** So many in one session are taken as they come; beyond it, so large a part of the rows. */
const AT_LEAST = 20;
const PART_OF_ROWS = 0.02;

/** How many rows came into doubt in this session. A dying server must not turn thousands of rows into questions for a person. */
export type DoubtWatch = {
  readonly rows: number;
  total: number;
  /** Since the last answer; those that were under way together count as one. */
  inRow: number;
  /** When the newest of them that counted was noticed. */
  at: number;
};

export function watchDoubt(rows: number): DoubtWatch {
  return {rows, total: 0, inRow: 0, at: Number.NEGATIVE_INFINITY};
}

/** An answer that leaves no doubt: the provider is there. */
export function noteAnswered(watch: DoubtWatch): void {
  watch.inRow = 0;
}

/** One more row is in doubt. Returns the reason to stop, if it was one too many. */
export function noteDoubtful(watch: DoubtWatch, startedAt: number, now: number, why: string): Stop | undefined {
  watch.total += 1;
  if (startedAt >= watch.at) {
    watch.inRow += 1;
    watch.at = now;
  }
  const most = Math.max(AT_LEAST, Math.floor(watch.rows * PART_OF_ROWS));
  if (watch.inRow > IN_A_ROW) return stop(`${watch.inRow} rows in a row may or may not have been executed`, why);
  return watch.total > most ? stop(`${watch.total} rows may or may not have been executed`, why) : undefined;
}

/** Whether one request goes ahead alone: the last one's fate is unknown, and each that is sent beside it might share it. */
export function hesitates({inRow}: DoubtWatch): boolean {
  return inRow > 0;
}

function stop(message: string, why: string): Stop {
  return {why: 'doubt', exit: EXIT.stopped, message: `${message}, the newest: ${why}`};
}
