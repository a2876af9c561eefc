import type {Used} from '../budgets/users.js';
import type {Boot} from '../clock.js';
import type {FoundRecord} from '../journal/record.js';
import {type Ledger, openLedger} from '../limits/ledger.js';
import {pacingOf} from '../limits/pace.js';
import type {Profile} from '../profiles/profile.js';
import {recalledBuckets} from '../requests/recalled-buckets.js';
import type {Lanes} from '../schedule/lanes.js';
import {recallFindings} from './found.js';
import {merged, type Past, recallPast, relearn} from './recall.js';

/** What is known of the windows before a session begins. */
export type Known = {
  /** With limits, share and pace as the operator wants them. */
  readonly profile: Profile;
  readonly lanes: Pick<Lanes, 'labels'>;
  /** What earlier sessions of the run have used, and what they found out of limits that nobody told. */
  readonly past: Past;
  readonly found: readonly FoundRecord[];
  /** What other runs have used. */
  readonly used: Used;
  readonly timeoutMs: number;
};

/** The windows as they are `now`, for a session that begins `beganAt`. */
export function recalledLedger(
  {profile, lanes, past: own, found, used, timeoutMs}: Known,
  {now, boot, beganAt = now}: {readonly now: number; readonly boot: Boot; readonly beganAt?: number | undefined},
): Ledger {
  const ledger = openLedger(profile.limits, profile.concurrency, pacingOf(profile, beganAt));
  recallFindings(ledger, found);
  const labels = lanes.labels();
  const buckets = recalledBuckets(profile.limits, (id) => labels.get(id));
  const past = merged(own, used);
  recallPast(ledger, past, buckets, {now, boot, lateMs: Math.max(timeoutMs, used.lateMs)});
  relearn(ledger, past, buckets, {trust: profile.headers.trust, now});
  return ledger;
}
