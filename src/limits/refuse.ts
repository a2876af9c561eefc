import {type Refusal, refuseBucket} from './bucket.js';
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

/** Until when the buckets are closed, whether this was a new event rather than more of the last one, and which windows it has spread. */
export type Closing = {readonly until: number; readonly fresh: boolean; readonly spread: readonly Spread[]};

/** Closes the buckets after a refusal. */
export function refuse(ledger: Ledger, refs: readonly BucketRef[], refusal: Refusal): Closing {
  let until = refusal.until ?? refusal.now;
  let fresh = false;
  const spread: Spread[] = [];
  for (const ref of closable(refs)) {
    const bucket = bucketOf(ledger, ref);
    const unspaced = bucket.windows.filter(({spacingMs}) => spacingMs === 0);
    if (refuseBucket(bucket, refusal)) fresh = true;
    until = Math.max(until, bucket.closedUntil);
    for (const window of unspaced.filter(({spacingMs}) => spacingMs > 0)) {
      const {requests, rule} = window;
      const used = usedSlots(window, refusal.now);
      spread.push({limit: ref.limit, label: ref.label, used, requests, seconds: rule.seconds});
    }
  }
  return {until, fresh, spread};
}
