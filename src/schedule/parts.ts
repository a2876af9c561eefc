/** What a row is to those behind it, in the low bits of its byte. */
export const PART = {
  /** Settled, or of no concern to others. */
  done: 0,
  /** It is sent in this session, when its turn has come. */
  line: 1,
  /** Nobody knows whether it was executed, and it is not sent: those behind it wait for a person. */
  doubt: 2,
  /** It failed, and those behind it are skipped. */
  failed: 3,
  /** Pending, and not among the rows that are sent in this session: rows behind it with its key would overtake it. */
  outside: 4,
  /** It waits for one in doubt. */
  held: 5,
  /** It waits for one of its key that is outside. */
  late: 6,
  /** A row of its key has failed: it is to be skipped. */
  stopped: 7,
} as const;

/** The first of its key in its phase, among the rows that are left. */
export const FIRST = 8;
export const PART_BITS = 7;

/** One row that is not sent in this session, and the row that keeps it. */
export type Kept = {readonly row: number; readonly after: number; readonly by: 'key' | 'phase'};

/** How many rows are kept, and the first of them. */
export type KeptRows = {rows: number; readonly first: Kept[]};

/** Phases by number, in the order in which they run. The rows of phase `p` are `sorted[from[p]..from[p + 1])`, in the order of the file. */
export type Phases = {
  readonly names: readonly string[];
  readonly of: Uint32Array;
  readonly sorted: Uint32Array;
  readonly from: Uint32Array;
  /** How many rows of each phase are in line when the session begins. */
  readonly lined: Uint32Array;
};

/** Everything that `Sequence` goes by; arrays are by row, from 1. */
export type SequenceState = {
  /** The row behind it with the same key, by phase and then in the order of the file; 0 for none. */
  readonly next: Uint32Array;
  /** How many rows of its phase wait for it, one behind the other. */
  readonly behind: Uint32Array;
  readonly parts: Uint8Array;
  /** Undefined where all rows are of one. */
  readonly phases: Phases | undefined;
  /** Rows that failed before this session began, with rows behind them that are to be skipped. */
  readonly stopped: readonly number[];
  /** Phases from this one on wait for a row in doubt. */
  readonly until: number;
  /** How many rows are in line. */
  readonly lined: number;
  readonly inDoubt: KeptRows;
  readonly outside: KeptRows;
};

/** So many of the rows that are kept are named. */
const NAMED = 3;

export function noneKept(): KeptRows {
  return {rows: 0, first: []};
}

export function keep(kept: KeptRows, one: Kept): void {
  kept.rows += 1;
  if (kept.first.length < NAMED) kept.first.push(one);
}
