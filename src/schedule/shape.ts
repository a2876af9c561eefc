import type {LimitRule} from '../limits/ledger.js';
import type {BucketRef} from '../limits/limit.js';

/** Lanes that fall under the same limits. Buckets of a limit without a key are the same for all of them, so they are asked about once. */
export type Shape = {
  /** The limits, in the order of the profile. */
  readonly limits: readonly number[];
  readonly shared: readonly number[];
  /** The limits of those buckets. */
  readonly sharedLimits: readonly number[];
  /** How many buckets each lane has for itself. */
  readonly own: number;
  /** How long one request keeps the tightest window that is the lane's own, in the long run. Tells which lane would end last. */
  readonly secondsEach: number;
};

/** How long one request keeps the tightest of these windows, in the long run; 0 without windows. */
export function secondsEach(windows: LimitRule['windows']): number {
  return Math.max(0, ...windows.map(({requests, seconds}) => seconds / requests));
}

/** What people call a lane: the names of its buckets. */
export function laneName(refs: readonly BucketRef[]): string {
  return refs.length === 0 ? 'no limit' : refs.map(({label}) => label).join(', ');
}
