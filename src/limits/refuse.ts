import {blame, guess, pardon} from './blame.js';
import {noteAnswer, type Refusal, refuseBucket} from './bucket.js';
import {bucketOf, closable, type Ledger} from './ledger.js';
import type {BucketRef} from './limit.js';
import {usedSlots} from './window.js';

/** A window that refused although our count had room: its starts are spread evenly from now on. */
export type Spread = {
  readonly limit: number;
  readonly label: string;
  readonly used: number;
  readonly requests: number;
  readonly seconds: number;
};

/**
 * Which buckets are closed and until when, whether this was a new event rather than more of the last one, which windows it has spread, and which
 * buckets are open again because they were closed by a wrong guess.
 */
export type Closing = {
  readonly until: number;
  readonly closed: readonly BucketRef[];
  readonly fresh: boolean;
  readonly spread: readonly Spread[];
  readonly opened: readonly number[];
};

/** Closes, after a refusal, the buckets that are to blame for it. */
export function refuse(ledger: Ledger, refs: readonly BucketRef[], refusal: Refusal): Closing {
  const {startedAt, now, named = [], used} = refusal;
  const all = closable(refs);
  for (const ref of all) noteAnswer(bucketOf(ledger, ref), 'refused');
  const closed = blame(ledger, all, {startedAt, now, named, used});
  const known = closed.some(({limit}) => named.includes(limit));
  const pardoned = pardon(ledger, all, closed, now);
  const old = closed.some((ref) => startedAt < bucketOf(ledger, ref).refusedAt);
  if (!known && !old) guess(ledger, all, closed, used);
  let until = Math.max(refusal.until ?? now, pardoned.until);
  let fresh = false;
  const spread: Spread[] = [];
  for (const ref of closed) {
    const bucket = bucketOf(ledger, ref);
    const unspaced = bucket.windows.filter(({spacingMs}) => spacingMs === 0);
    if (refuseBucket(bucket, refusal)) fresh = true;
    bucket.closedUntil = Math.max(bucket.closedUntil, pardoned.until);
    until = Math.max(until, bucket.closedUntil);
    for (const window of unspaced.filter(({spacingMs}) => spacingMs > 0)) {
      const {requests, rule} = window;
      spread.push({limit: ref.limit, label: ref.label, used: usedSlots(window, now), requests, seconds: rule.seconds});
    }
  }
  return {until, closed, fresh, spread, opened: pardoned.opened};
}
