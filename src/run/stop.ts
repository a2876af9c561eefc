import {EXIT, type ExitCode} from '../problem.js';
import type {Tools} from './tools.js';

/** Why a run ends before its last row: a word for scripts, a sentence for people, the exit code, and when going on makes sense. */
export type Stop = {
  readonly why: string;
  readonly exit: ExitCode;
  readonly message: string;
  readonly resumeAt?: number | undefined;
};

/** The rows failed alike from the start: so many settle it that something is wrong with all of them. */
const ALIKE = 20;
/** A percentage of failures means little before so many rows are settled. */
const SETTLED_FOR_SHARE = 200;
/** Different rows that are told 401 with no success between. One banned user is not an expired token. */
export const UNAUTHORIZED_ROWS = 3;

/** `--stop-on-failures`: so many rows, or a share (0 to 1) of those settled. */
export type FailureLimit = {readonly rows: number} | {readonly share: number};

/** What the stop rules have seen of this phase, in this session. */
export type FailureWatch = {
  ok: number;
  failed: number;
  firstWhy: string | undefined;
  alike: number;
  readonly limit: FailureLimit | undefined;
};

export function watchFailures(limit: FailureLimit | undefined): FailureWatch {
  return {ok: 0, failed: 0, firstWhy: undefined, alike: 0, limit};
}

/** Begins to count anew. */
export function renewFailures(watch: FailureWatch): void {
  Object.assign(watch, watchFailures(watch.limit));
}

/** Counts one settled row. Returns the reason to stop, if this row was one too many. */
export function noteSettled(
  watch: FailureWatch,
  outcome: {readonly kind: 'ok'} | {readonly kind: 'failed'; readonly why: string},
): Stop | undefined {
  if (outcome.kind === 'ok') {
    watch.ok += 1;
    return undefined;
  }
  watch.failed += 1;
  watch.firstWhy ??= outcome.why;
  if (outcome.why === watch.firstWhy) watch.alike += 1;
  if (watch.ok === 0 && watch.failed === ALIKE && watch.alike === ALIKE) {
    return failures(`the first ${ALIKE} rows all failed the same way: ${outcome.why}`);
  }
  const {limit} = watch;
  if (limit === undefined) return undefined;
  if ('rows' in limit)
    return watch.failed >= limit.rows
      ? failures(`${watch.failed} rows failed, the newest with: ${outcome.why}`)
      : undefined;
  const settled = watch.ok + watch.failed;
  if (settled < SETTLED_FOR_SHARE || watch.failed / settled < limit.share) return undefined;
  return failures(`${watch.failed} of ${settled} rows failed, the newest with: ${outcome.why}`);
}

/** The provider wants to be left alone until `resumeAt`, which is longer than the operator waits. */
export function waitTooLong(resumeAt: number): Stop {
  return {
    why: 'wait-too-long',
    exit: EXIT.stopped,
    message: 'the provider orders a wait longer than --max-wait',
    resumeAt,
  };
}

function failures(message: string): Stop {
  return {why: 'failures', exit: EXIT.stopped, message};
}

/** How urgent an exit code is: the highest wins when several hold. */
const URGENCY: readonly ExitCode[] = [
  EXIT.sigint,
  EXIT.sigterm,
  EXIT.sighup,
  EXIT.internal,
  EXIT.disk,
  EXIT.credentials,
  EXIT.misfit,
  EXIT.noInput,
  EXIT.unreachable,
  EXIT.stopped,
];

/** The more urgent of two reasons to stop; of equals, the earlier. */
export function moreUrgent(one: Stop | undefined, other: Stop): Stop {
  if (!one) return other;
  return URGENCY.indexOf(other.exit) < URGENCY.indexOf(one.exit) ? other : one;
}

/** Ends the run, unless it is ending for something more urgent. */
export function stopRun(tools: Tools, stop: Stop): void {
  // The provider's own words may be in the message, and what it echoes.
  tools.stop = moreUrgent(tools.stop, {...stop, message: tools.secrets.scrub(stop.message)});
  tools.wake();
}
