import type {LimitRule} from '../limits/ledger.js';
import {type BucketRef, NO_LIMIT} from '../limits/limit.js';
import type {Window} from '../limits/window.js';

/**
 * Lanes that fall under the same limits. Buckets that all of them share are asked about once: those of a limit without a key, and those of one
 * value of a key where lanes are grouped by it.
 */
export type Shape = {
  /** The limits, in the order of the profile. */
  readonly limits: readonly number[];
  readonly shared: readonly number[];
  /** The limits of those buckets. */
  readonly sharedLimits: readonly number[];
  /** The limits of which each lane has a bucket of its own, and which of its buckets with a key those are. */
  readonly ownLimits: readonly number[];
  readonly ownPlaces: readonly number[];
  /** How many buckets with a key each lane has. */
  readonly keyed: number;
  /** How long one request keeps the tightest window that is the lane's own, in the long run. Tells which lane would end last. */
  readonly secondsEach: number;
};

/** The limits of a profile as lanes need them; `keyed[limit]` says whether that limit has a bucket for each value of a key. */
export type Rules = {readonly keyed: readonly boolean[]; readonly limits: readonly Pick<LimitRule, 'windows'>[]};

/** The shape of lanes whose requests fall into `refs`; of limits in `grouped` they share the bucket though it has a key. */
export function shapeOf(refs: readonly BucketRef[], rules: Rules, grouped: ReadonlySet<number> = new Set()): Shape {
  const withKey = refs.filter(({limit}) => rules.keyed[limit]);
  const isOwn = ({limit}: BucketRef) => rules.keyed[limit] === true && !grouped.has(limit);
  const shared = refs.filter((ref) => !isOwn(ref));
  const ownLimits = refs.filter(isOwn).map(({limit}) => limit);
  return {
    limits: refs.map(({limit}) => limit),
    shared: (refs.length > 0 ? shared : [NO_LIMIT]).map(({id}) => id),
    sharedLimits: shared.map(({limit}) => limit),
    ownLimits,
    ownPlaces: withKey.flatMap((ref, place) => (isOwn(ref) ? place : [])),
    keyed: withKey.length,
    secondsEach: ownSeconds(ownLimits, rules),
  };
}

/** Whether lanes of this shape may share buckets with a key: with two keys, two lanes may have one of them alike, and so may two shapes under one limit. */
export function mayShare({limits, keyed}: Shape, shapes: readonly Shape[], hasKey: readonly boolean[]): boolean {
  if (keyed !== 1) return keyed > 1;
  const limit = limits.find((each) => hasKey[each])!;
  return shapes.some((each) => each.limits !== limits && each.limits.includes(limit));
}

/** How long one request keeps the tightest of these windows, in the long run; 0 without windows. */
export function secondsEach(windows: LimitRule['windows']): number {
  return Math.max(0, ...windows.map(({requests, seconds}) => seconds / requests));
}

/** The same by the limits that are a lane's own. Without any a lane still weighs something: the longest queue goes first. */
export function ownSeconds(ownLimits: readonly number[], {limits}: Pick<Rules, 'limits'>): number {
  return Math.max(1e-9, secondsEach(ownLimits.flatMap((limit) => limits[limit]!.windows)));
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
