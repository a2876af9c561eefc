import {bucketOf, type Ledger, type Span} from './ledger.js';
import {type BucketRef, shareOf} from './limit.js';
import {paceWindows} from './pace.js';
import {believeRemaining} from './remaining.js';

/** A limit that turned out lower (or, where the profile trusts that, higher) than what was in force. */
export type Learned = {
  readonly limit: number;
  readonly label: string;
  readonly seconds: number;
  /** What the profile allows, what the server says it allows, and what is in force from now on. */
  readonly profile: number;
  readonly said: number;
  readonly requests: number;
  /** What was in force until now. */
  readonly was: number;
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
 * profile says so, and only past its own figure by the server's word; of both no more than our share. Returns the change of limit, if there was one.
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
    const {limit: whole = Number.POSITIVE_INFINITY, remaining, resetAt} = quota;
    believeRemaining(window, {limit: whole, remaining, resetAt, startedAt}, now);
  }
  // A window that ends before a whole length of it has passed since it was found empty began with none of our requests.
  const {begunAt, rule} = window;
  if (quota.resetAt !== undefined && rule.kind === 'fixed' && quota.resetAt < begunAt + seconds * 1000)
    ledger.turning.add(seconds);
  // Zero is what concurrency refusals of some gateways say; it is no rate.
  if (quota.limit === undefined || quota.limit < 1) return undefined;
  const {requests: profile, share} = window.rule;
  const ours = Math.max(1, shareOf(quota.limit, share));
  // Who has a bucket tells how many tokens it holds; that is no other rate.
  if (window.rule.kind === 'bucket' && quota.limit === window.rule.burst) return undefined;
  window.learned = quota.limit;
  const requests = trust === 'up' ? ours : Math.min(ours, profile);
  if (requests === window.requests) return undefined;
  const {requests: was} = window;
  window.requests = requests;
  paceWindows(windows!, ledger.pacing.pace);
  return {limit, label: ref.label, seconds, profile, said: quota.limit, requests, was};
}
