import type {LimitRule} from '../limits/ledger.js';
import {type BucketRef, NO_LIMIT} from '../limits/limit.js';
import type {Window} from '../limits/window.js';

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

/** The shape of lanes whose requests fall into `refs`; `keyed[limit]` says whether that limit has a bucket for each value of a key. */
export function shapeOf(
  refs: readonly BucketRef[],
  keyed: readonly boolean[],
  rules: readonly Pick<LimitRule, 'windows'>[],
): Shape {
  const limits = refs.map(({limit}) => limit);
  const shared = refs.length > 0 ? refs.filter(({limit}) => !keyed[limit]) : [NO_LIMIT];
  return {
    limits,
    shared: shared.map(({id}) => id),
    sharedLimits: limits.filter((limit) => !keyed[limit]),
    own: limits.filter((limit) => keyed[limit]).length,
    secondsEach: ownSeconds(limits, keyed, rules),
  };
}

/** How long one request keeps the tightest of these windows, in the long run; 0 without windows. */
export function secondsEach(windows: LimitRule['windows']): number {
  return Math.max(0, ...windows.map(({requests, seconds}) => seconds / requests));
}

/** The same by the limits that are a lane's own. Without any a lane still weighs something: the longest queue goes first. */
export function ownSeconds(
  limits: readonly number[],
  keyed: readonly boolean[],
  rules: readonly Pick<LimitRule, 'windows'>[],
): number {
  return Math.max(1e-9, secondsEach(limits.filter((limit) => keyed[limit]).flatMap((limit) => rules[limit]!.windows)));
}

/** The same of windows that are in use, by the limits and the spacing that are in force there. */
export function secondsInForce(windows: readonly Window[]): number {
  return Math.max(
    0,
    ...windows.map(({rule, requests, spacingMs}) => Math.max(rule.seconds / requests, spacingMs / 1000)),
  );
}

/** What people call a lane: the names of its buckets. */
export function laneName(refs: readonly BucketRef[]): string {
  return refs.length === 0 ? 'no limit' : refs.map(({label}) => label).join(', ');
}
