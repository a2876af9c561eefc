import type {Boot} from '../clock.js';
import {elapsedSince, type RecentAttempt, type RecentPause} from '../journal/recent.js';
import {closeUntil, type Ledger, recall} from '../limits/ledger.js';
import type {BucketRef} from '../limits/limit.js';

/** What earlier sessions used of the windows and which pauses were ordered, as the journal has it. */
export type Past = {readonly attempts: readonly RecentAttempt[]; readonly pauses: readonly RecentPause[]};

/**
 * Puts the attempts of earlier sessions into the windows, so that a limit is not exceeded because a run was killed and started again. An attempt
 * that was given up may be counted `lateMs` after that; one whose end nobody saw counts from `now`.
 */
export function recallPast(
  ledger: Ledger,
  {attempts, pauses}: Past,
  refsOf: (row: number) => readonly BucketRef[],
  {now, boot, lateMs}: {readonly now: number; readonly boot: Boot; readonly lateMs: number},
): void {
  const counted = attempts.map(({op, answeredAt, lostAt, opened}) => {
    const ago = (at: number) => now - elapsedSince(opened, at, boot, now);
    if (answeredAt !== undefined) return {op, at: ago(answeredAt)};
    return {op, at: lostAt === undefined ? now : ago(lostAt) + lateMs};
  });
  counted.sort((one, other) => one.at - other.at);
  for (const {op, at} of counted) recall(ledger, refsOf(op), at);
  for (const {op, at, until, opened} of pauses) {
    const left = until - at - elapsedSince(opened, at, boot, now);
    if (left > 0) closeUntil(ledger, refsOf(op), now + left);
  }
}
