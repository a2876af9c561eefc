import {bucketOf, type Ledger, type Span} from './ledger.js';
import type {BucketRef} from './limit.js';
import {paceWindows} from './pace.js';
import {believeRemaining} from './window.js';

/** A limit that turned out lower (or, where the profile trusts that, higher) than what was in force. */
export type Learned = {
  readonly limit: number;
  readonly label: string;
  readonly was: number;
  readonly requests: number;
  readonly seconds: number;
};

/** Which window a quota speaks of, and how far it is believed. */
export type Belief = {
  readonly limit: number;
  readonly seconds: number;
  readonly quota: Quota;
  readonly trust: 'down' | 'up';
};

/** A quota as the server tells it; `resetAt` on our clock, never early. */
type Quota = {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  readonly resetAt?: number | undefined;
};

/**
 * Believes what the server says of one window: what remains until the reset, and a limit that is lower than ours; upward, only where the
 * profile says so, and only past its own figure by the server's word. Returns the change of limit, if there was one.
 */
export function believe(
  ledger: Ledger,
  refs: readonly BucketRef[],
  belief: Belief,
  {startedAt, now}: Span,
): Learned | undefined {
  const {limit, seconds, quota, trust} = belief;
  const ref = refs.find((candidate) => candidate.limit === limit);
  const windows = ref && bucketOf(ledger, ref).windows;
  const window = windows?.find(({rule}) => rule.seconds === seconds);
  if (!ref || !window) return undefined;
  if (quota.remaining !== undefined && quota.resetAt !== undefined && quota.resetAt > now) {
    believeRemaining(window, {remaining: quota.remaining, resetAt: quota.resetAt, startedAt}, now);
  }
  // Zero is what concurrency refusals of some gateways say; it is no rate.
  if (quota.limit === undefined || quota.limit < 1) return undefined;
  window.learned = quota.limit;
  const told = trust === 'up' ? quota.limit : Math.min(quota.limit, window.rule.requests);
  if (told === window.requests) return undefined;
  const learned: Learned = {limit, label: ref.label, was: window.requests, requests: told, seconds};
  window.requests = told;
  paceWindows(windows!, ledger.pacing.pace);
  return learned;
}
