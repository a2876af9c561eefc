import type {Boot} from '../clock.js';
import {elapsedSince, type RecentAttempt, type RecentPause} from '../journal/recent.js';
import {closeUntil, type Ledger, recall} from '../limits/ledger.js';
import type {RecalledBuckets} from '../requests/recalled-buckets.js';

/** What was used of the windows before this session and which pauses were ordered, as journals have it. */
export type Past = {readonly attempts: readonly RecentAttempt[]; readonly pauses: readonly RecentPause[]};

/** Records tell whole milliseconds, and the kernel tells hundredths of a second, at both ends: what was answered may be that much younger. */
const COARSE_MS = 12;

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
