import {wallNow} from '../clock.js';
import {copyLedger} from '../limits/copy.js';
import type {Ledger} from '../limits/ledger.js';
import {windowName} from '../limits/limit.js';
import {roomAt} from '../limits/window.js';
import type {Lanes} from '../schedule/lanes.js';
import {phaseName} from '../schedule/notes.js';
import {Schedule} from '../schedule/schedule.js';
import type {Sequence} from '../schedule/sequence.js';

/** Shorter waits are the rhythm of a window, not news. */
export const WORTH_SAYING_MS = 500;

/** What a run waits for, as far as its rows and windows tell: `waiting for bot definition, 1800 per 1 h; next at 14:02:10`. Changes neither. */
export function waitOf(
  {lanes, sequence}: {readonly lanes: Lanes; readonly sequence: Sequence | undefined},
  ledger: Ledger,
  at: number,
): string | undefined {
  const choice = new Schedule(lanes.copy(), copyLedger(ledger)).next(at);
  if (choice.kind === 'wait' && choice.until > at + WORTH_SAYING_MS && choice.until < Number.POSITIVE_INFINITY)
    return waitingFor(ledger, choice.bucket, {at, until: choice.until});
  return sequence && turnOf(sequence);
}

export function waitingFor(
  ledger: Ledger,
  bucket: number | undefined,
  {at, until}: {readonly at: number; readonly until: number},
): string {
  // Nothing but a backoff ends at an instant that no bucket names.
  const what =
    bucket === undefined ? 'waiting to send again what failed' : `waiting for ${bucketName(ledger, bucket, at)}`;
  return `${what}; next at ${clockTime(until - at)}`;
}

/** What rows wait for whose turn has not come: `phase "channels" starts when 2 rows of "users" are settled`. */
export function turnOf({awaited, waiting}: Pick<Sequence, 'awaited' | 'waiting'>): string | undefined {
  if (waiting === 0) return undefined;
  if (!awaited) return `${waiting} rows wait for the one before them with the same key`;
  const {phase, left, next} = awaited;
  return `phase ${phaseName(next)} starts when ${left === 1 ? '1 row' : `${left} rows`} of ${phaseName(phase)} are settled`;
}

/** The bucket and, of its windows, the one that has room last: `bot definition, 1800 per 1 h`. */
export function bucketName({buckets}: Pick<Ledger, 'buckets'>, id: number | undefined, at: number): string {
  const bucket = id === undefined ? undefined : buckets.get(id);
  if (!bucket) return 'responses';
  if (bucket.closedUntil > at) return `${bucket.label}, closed by the provider`;
  const [last] = [...bucket.windows].sort((one, other) => roomAt(other, at) - roomAt(one, at));
  return last ? `${bucket.label}, ${windowName({...last.rule, requests: last.requests})}` : bucket.label;
}

/** `14:02:10`, so many milliseconds from now, in the operator's time zone. */
export function clockTime(inMs: number): string {
  return new Date(wallNow() + inMs).toTimeString().slice(0, 8);
}
