import {exitOf} from '../journal/ending.js';
import type {Counts, JournalRecord} from '../journal/record.js';
import {EXIT} from '../problem.js';

/** The shape of summary.json, of `status --json` and of `run --json`. Instants are ISO 8601 in UTC. */
export type Summary = Counts & {
  readonly run: string;
  readonly startedAt: string | null;
  /** `null` while the run is going on, and after it was killed. */
  readonly endedAt: string | null;
  readonly exit: number | null;
  /** `complete`, `running`, `paused`, `interrupted` (killed, so nobody could say), or the word of the stop. */
  readonly why: string;
  /** The next command to type. */
  readonly next: string;
};

/** When a run began, and how its last session ended; `ended` is absent while a session is open. */
export type Span = {
  readonly startedAt: number | undefined;
  readonly ended: {readonly at: number; readonly why: string; readonly exit: number} | undefined;
  /** Absent: no. */
  readonly paused?: boolean;
};

/** The span before the first record. */
export const NOT_BEGUN: Span = {startedAt: undefined, ended: undefined};

/** The span after one more record. A session begins unpaused. */
export function foldSpan(span: Span, record: JournalRecord): Span {
  switch (record.t) {
    case 'O':
      return {startedAt: span.startedAt ?? record.at, ended: undefined};
    case 'E':
      return {...span, ended: {at: record.at, why: record.why, exit: record.exit}};
    case 's':
      return record.paused === undefined ? span : {...span, paused: record.paused};
    case 'H':
    case 'b':
    case 'i':
    case 'o':
    case 'd':
    case 'w':
    case 't':
    case 'p':
    case 'q':
    case 'a':
    case 'l':
    case 'f':
    case 'c':
      return span;
  }
}

/** Exit codes that only tell how the rows stand; all others tell why a run was ended. */
const OF_ROWS: readonly number[] = [EXIT.ok, EXIT.rowsFailed, EXIT.inDoubt];

/** How a run stands. `running` says whether a process holds it now, which the journal cannot know. */
export function summaryOf({
  run,
  folder,
  counts,
  span,
  running,
}: {
  readonly run: string;
  /** As a person would type it. */
  readonly folder: string;
  readonly counts: Counts;
  readonly span: Span;
  readonly running: boolean;
}): Summary {
  const {rows, ok, failed, inDoubt, skipped, pending, attempts, refusals} = counts;
  const {startedAt, ended, paused = false} = span;
  const exit = ended && (OF_ROWS.includes(ended.exit) ? exitOf(counts) : ended.exit);
  return {
    run,
    ...{rows, ok, failed, inDoubt, skipped, pending, attempts, refusals},
    startedAt: instant(startedAt),
    endedAt: instant(ended?.at),
    exit: exit ?? null,
    why: ended?.why ?? (running ? (paused ? 'paused' : 'running') : 'interrupted'),
    next:
      running && !ended ? `sluice ${paused ? 'go' : 'status'} ${shellWord(folder)}` : nextCommand(folder, counts, exit),
  };
}

/**
 * The next command to type, as it can be typed: what is pending goes on, failed rows are sent again. Rows in doubt may have been executed, so
 * they are looked at before this command is typed; the summary says where.
 */
export function nextCommand(folder: string, {pending, inDoubt, failed}: Counts, exit: number | undefined): string {
  const word = shellWord(folder);
  if (pending > 0 && !(inDoubt > 0 && exit === EXIT.inDoubt)) return `sluice resume ${word}`;
  if (inDoubt > 0) return `sluice resume ${word} --in-doubt retry`;
  return failed > 0 ? `sluice resume ${word} --retry-failed` : `sluice results ${word} --format csv`;
}

function instant(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

/** In quotes where a shell would read it otherwise. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
