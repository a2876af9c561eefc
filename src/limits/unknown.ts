import {changeLedger} from './change.js';
import {bucketOf, type Ledger, type LimitRule} from './ledger.js';
import {type BucketRef, sharedWindow, type WindowRule} from './limit.js';
import {paceWindows} from './pace.js';
import {type Found, openProbe, type Probe} from './probed.js';
import {openWindow, usedSlots} from './window.js';

/** Whether what this limit allows is found out as the run goes on. */
export function isUnknown({beginsAt}: LimitRule): boolean {
  return beginsAt !== undefined;
}

/** The probe of an unknown limit; undefined once the server has told its windows, and for limits that are known. */
export function probeOf(ledger: Ledger, {id}: BucketRef): Probe | undefined {
  return ledger.buckets.get(id)?.probe;
}

/**
 * The server has told the windows of an unknown limit, or other ones than before. They are in force from here on, in place of the pace that was
 * being found out; what is on its way counts in them, and what was answered before only as far as the server says what remains.
 */
export function learnWindows(ledger: Ledger, ref: BucketRef, windows: readonly WindowRule[], now: number): void {
  const limits = ledger.limits.with(ref.limit, toldLimit(ledger.limits[ref.limit]!, windows));
  const bucket = bucketOf(ledger, ref);
  if (bucket.windows.length > 0) {
    changeLedger(ledger, {limits, concurrency: ledger.concurrency, pace: ledger.pacing.pace}, now);
    return;
  }
  ledger.limits = limits;
  const inFlight = bucket.probe?.inFlight ?? 0;
  bucket.windows = limits[ref.limit]!.windows.map((rule) => ({...openWindow(rule), inFlight, lastAt: now}));
  bucket.probe = undefined;
  paceWindows(bucket.windows, ledger.pacing.pace);
  for (const window of bucket.windows) {
    usedSlots(window, now);
    if (window.spacingMs > 0) window.nextStartAt = now + window.spacingMs;
  }
}

function toldLimit(limit: LimitRule, told: readonly WindowRule[]): LimitRule {
  return {...limit, told, windows: told.map((rule) => sharedWindow(rule, limit.share))};
}

/** Goes on from what an earlier session found. Before anything was taken from the bucket. */
export function recallFound(ledger: Ledger, ref: BucketRef, found: Found | readonly WindowRule[]): void {
  if (!('pace' in found)) {
    ledger.limits = ledger.limits.with(ref.limit, toldLimit(ledger.limits[ref.limit]!, found));
    return;
  }
  bucketOf(ledger, ref).probe = openProbe(found.pace, found);
}
