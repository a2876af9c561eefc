import type {Boot} from '../clock.js';
import {elapsedSince, type RecentAttempt, type RecentLearned, type RecentPause} from '../journal/recent.js';
import {believe} from '../limits/believe.js';
import {bucketOf, closeUntil, type Ledger, recall} from '../limits/ledger.js';
import type {HeaderRule, Limit} from '../profiles/profile.js';
import type {RecalledBuckets} from '../requests/recalled-buckets.js';

/** What was used of the windows before this session, which pauses were ordered, and what the server said of its limits, as journals have it. */
export type Past = {
  readonly attempts: readonly RecentAttempt[];
  readonly pauses: readonly RecentPause[];
  readonly learned: readonly RecentLearned[];
};

/** The own past of a run and that of others together. Of what the server said of one window the least is believed, until it says otherwise. */
export function merged(own: Past, others: Past): Past {
  return {
    attempts: [...own.attempts, ...others.attempts],
    pauses: [...own.pauses, ...others.pauses],
    learned: [...own.learned, ...others.learned].sort((one, other) => other.said - one.said),
  };
}

/** Records tell whole milliseconds, and the kernel tells hundredths of a second, at both ends: what was answered may be that much younger. */
const COARSE_MS = 12;

/** How long an attempt may count in one of these limits; what is given up on counts later by the timeout. */
export function recallSpanMs(limits: readonly Pick<Limit, 'windows'>[], timeoutMs: number): number {
  return Math.max(0, ...limits.flatMap(({windows}) => windows.map(({seconds}) => seconds * 1000))) + timeoutMs;
}

/**
 * Puts earlier attempts into the windows, so that a limit is not exceeded because a run was killed and started again, or because another run
 * came before. An attempt that was given up may be counted `lateMs` after that; one whose end nobody saw counts from `now`.
 */
export function recallPast(
  ledger: Ledger,
  {attempts, pauses}: Past,
  {used, closed}: RecalledBuckets,
  {now, boot, lateMs}: {readonly now: number; readonly boot: Boot; readonly lateMs: number},
): void {
  const counted = attempts.map(({buckets, answeredAt, lostAt, opened}) => {
    const ago = (at: number) => Math.min(now, now - elapsedSince(opened, at, boot, now) + COARSE_MS);
    if (answeredAt !== undefined) return {buckets, at: ago(answeredAt)};
    return {buckets, at: lostAt === undefined ? now : ago(lostAt) + lateMs};
  });
  counted.sort((one, other) => one.at - other.at);
  for (const {buckets, at} of counted) recall(ledger, used(buckets), at);
  for (const {buckets, at, until, opened} of pauses) {
    const left = until - at - elapsedSince(opened, at, boot, now) + COARSE_MS;
    const refs = closed(buckets);
    if (left > 0 && refs) closeUntil(ledger, refs, now + left);
  }
}

/** What the server said of its limits in earlier sessions is in force again, as far as the profile trusts it, until the server says otherwise. */
export function relearn(
  ledger: Ledger,
  {learned}: Pick<Past, 'learned'>,
  {closed}: RecalledBuckets,
  {trust, now}: {readonly trust: HeaderRule['trust']; readonly now: number},
): void {
  if (trust === 'none') return;
  for (const {buckets, seconds, said} of learned) {
    const refs = closed(buckets) ?? [];
    for (const ref of refs) {
      believe(ledger, refs, {limit: ref.limit, seconds, quota: {limit: said}, trust}, {startedAt: now, now});
      // Until it is used it would be swept away as one that nobody needs.
      for (const window of bucketOf(ledger, ref).windows) window.lastAt = Math.max(window.lastAt, now);
    }
  }
}

/** The windows of buckets that the journal speaks of, as `learnedOf` has them. */
export function learnedWindows({learned}: Pick<Past, 'learned'>): readonly string[] {
  return learned.flatMap(({buckets, seconds}) => buckets.map(([, id]) => learnedKey(id, seconds)));
}

/** One window of one bucket. */
export function learnedKey(bucket: number | undefined, seconds: number): string {
  return `${bucket} ${seconds}`;
}
