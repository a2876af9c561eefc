import {admitBucket, type Bucket, openBucket} from './bucket.js';
import {type BucketRef, NO_LIMIT, type WindowRule} from './limit.js';
import {cappedUntil, type Pacing, rampedAt} from './pace.js';
import {probeEnded, probeRoomAt, probeStarted} from './probe.js';
import {openProbe} from './probed.js';
import {holdSlot, isUnused, isWhole, recallSlot, returnSlot, roomAt, takeSlot} from './window.js';

/** One limit as the ledger needs it: its windows. The place in the list is the `limit` of a `BucketRef`. */
export type LimitRule = {
  readonly name: string;
  readonly windows: readonly WindowRule[];
  /** What it allows is not known: starts per second to begin at. Its windows are those that the server has told. */
  readonly beginsAt?: number | undefined;
  /** Of such a limit, what the server has told, and the part of it that is ours to use. */
  readonly told?: readonly WindowRule[] | undefined;
  readonly share?: number | undefined;
};

/** A limit as a profile has it: where it is to be learned, its first window is where to begin. */
export type ProfileLimit = Pick<LimitRule, 'name' | 'windows'> & {readonly learn?: boolean | undefined};

/**
 * Every bucket that is in use. An attempt starts only when every window of every bucket of its has room; the slots are taken together, at
 * the instant of the start, or not at all. Buckets are made when they are first taken from and dropped when they are whole again.
 */
export type Ledger = {
  limits: readonly LimitRule[];
  concurrency: number;
  pacing: Pacing;
  readonly buckets: Map<number, Bucket>;
  running: number;
  /** Lengths of windows, in seconds, that were seen to turn over with the server's clock. */
  readonly turning: Set<number>;
};

/** As soon as a window is open, and from the first instant on. */
const AT_ONCE: Pacing = {pace: 'burst', ramp: undefined};

export function openLedger(limits: readonly ProfileLimit[], concurrency: number, pacing: Pacing = AT_ONCE): Ledger {
  return {limits: limits.map(ruleOf), concurrency, pacing, buckets: new Map(), running: 0, turning: new Set()};
}

/** When the buckets have room, and which of them is the last to have it. Infinity: only a response can tell. */
export type Room = {readonly at: number; readonly bucket: number | undefined};

/** The first instant from `now` on at which these buckets let one more start; the concurrency cap is a window of zero seconds. */
export function roomIn(ledger: Ledger, refs: readonly number[], now: number): Room {
  let at = cappedUntil(ledger.running, ledger.concurrency, ledger.pacing.ramp, now);
  let last: number | undefined;
  for (const id of refs) {
    const bucket = ledger.buckets.get(id);
    if (!bucket) continue;
    let room = Math.max(bucket.closedUntil, now);
    for (const window of bucket.windows) room = Math.max(room, roomAt(window, now));
    if (bucket.probe) room = Math.max(room, probeRoomAt(bucket.probe, now));
    if (room > at) [at, last] = [room, id];
  }
  return {at, bucket: last};
}

/** Takes one slot of every window of every bucket. */
export function take(ledger: Ledger, refs: readonly BucketRef[], now: number): void {
  ledger.running += 1;
  for (const ref of refs) {
    const {windows, probe} = bucketOf(ledger, ref);
    for (const window of windows) takeSlot(window, now);
    if (probe) probeStarted(probe, now);
    const [first] = windows;
    if (first) first.nextStartAt = Math.max(first.nextStartAt, rampedAt(windows, ledger.pacing, now));
  }
}

/**
 * How an attempt left its slots. `answered`: they count until a window after `now`. `unanswered`: the provider may count it as late as
 * `lateMs` from now. `uncounted`: it never left, or the provider does not count its refusals.
 */
export type Ending =
  | {readonly kind: 'answered'; readonly resetAt?: (limit: number, seconds: number) => number | undefined}
  | {readonly kind: 'unanswered'; readonly lateMs: number}
  | {readonly kind: 'uncounted'};

/** An attempt from its start to its end. */
export type Span = {readonly startedAt: number; readonly now: number};

/** Gives the slots of one attempt back, as its ending says. */
export function giveBack(ledger: Ledger, refs: readonly BucketRef[], now: number, ending: Ending): void {
  ledger.running -= 1;
  for (const ref of refs) {
    const {windows, probe} = bucketOf(ledger, ref);
    if (probe) probeEnded(probe);
    for (const window of windows) {
      if (ending.kind === 'uncounted') returnSlot(window);
      else if (ending.kind === 'unanswered') holdSlot(window, now + ending.lateMs);
      else holdSlot(window, now, ending.resetAt?.(ref.limit, window.rule.seconds));
    }
  }
}

/** An attempt of an earlier session counts in its windows as if this ledger had seen it. Nothing answered it: count it from `now`. */
export function recall(ledger: Ledger, refs: readonly BucketRef[], answeredAt: number): void {
  for (const ref of refs) for (const window of bucketOf(ledger, ref).windows) recallSlot(window, answeredAt);
}

/** Nothing starts in these buckets before `until`. The latest closing wins. */
export function closeUntil(ledger: Ledger, refs: readonly BucketRef[], until: number): void {
  for (const ref of closable(refs)) {
    const bucket = bucketOf(ledger, ref);
    bucket.closedUntil = Math.max(bucket.closedUntil, until);
  }
}

/** An answer that was no refusal, to an attempt that started at `startedAt`. */
export function admit(ledger: Ledger, refs: readonly BucketRef[], {startedAt, now}: Span): void {
  for (const ref of closable(refs)) admitBucket(bucketOf(ledger, ref), startedAt, now);
}

/** Since when these buckets have refused everything; undefined when one of their last answers was none. */
export function refusingSince(ledger: Ledger, refs: readonly BucketRef[]): number | undefined {
  const since = closable(refs)
    .map(({id}) => ledger.buckets.get(id)?.refusingSince)
    .filter((at) => at !== undefined);
  return since.length === 0 ? undefined : Math.min(...since);
}

/** A refusal and what was learned from it are remembered for so long after the bucket was last in use. */
const REMEMBERED_MS = 3_600_000;

/** Drops the buckets that are whole again: memory follows what is in use, not what is in the file. */
export function sweep(ledger: Ledger, now: number): void {
  for (const [id, bucket] of ledger.buckets) {
    const {windows, probe} = bucket;
    if (probe || bucket.closedUntil > now || windows.some((window) => !isUnused(window, now))) continue;
    const learned = bucket.refusals > 0 || windows.some((window) => !isWhole(window, now));
    const lastAt = Math.max(bucket.refusedAt, ...windows.map(({lastAt}) => lastAt));
    if (!learned || now - lastAt > REMEMBERED_MS) ledger.buckets.delete(id);
  }
}

/** The buckets that a refusal can close: a request that falls under no limit has one too. */
export function closable(refs: readonly BucketRef[]): readonly BucketRef[] {
  return refs.length > 0 ? refs : [NO_LIMIT];
}

/** The bucket, made if it is not in use. */
export function bucketOf(ledger: Ledger, {id, limit, label}: BucketRef): Bucket {
  let bucket = ledger.buckets.get(id);
  if (!bucket) {
    const {windows = [], beginsAt} = ledger.limits[limit] ?? {};
    bucket = openBucket(limit, label, windows, ledger.pacing.pace);
    if (beginsAt !== undefined && windows.length === 0) bucket.probe = openProbe(beginsAt);
    ledger.buckets.set(id, bucket);
  }
  return bucket;
}

function ruleOf({name, windows, learn}: ProfileLimit): LimitRule {
  const [first] = windows;
  if (!learn || !first) return {name, windows};
  return {name, windows: [], beginsAt: first.requests / first.seconds, share: first.share};
}
