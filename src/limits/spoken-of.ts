import type {LimitRule} from './ledger.js';
import {type BucketRef, shareOf, type WindowRule} from './limit.js';
import type {Quota} from './quota.js';

/** A window that a response may speak of: one of a limit that its request falls under. `limit` is its place in the profile. */
export type Candidate = WindowRule & {readonly limit: number; readonly name: string};

/** What the profile says its headers speak of. */
export type Described = {readonly limits?: readonly string[] | undefined; readonly seconds?: number | undefined};

/** Every window of the limits of one request. */
export function candidates(limits: readonly LimitRule[], refs: readonly BucketRef[]): readonly Candidate[] {
  return refs.flatMap(({limit}) =>
    limits[limit]!.windows.map((window) => ({...window, limit, name: limits[limit]!.name})),
  );
}

/** Whether a quota bears the name of a limit. */
export function sameName(limit: string, quota: string | undefined): boolean {
  return limit.toLowerCase() === quota?.toLowerCase();
}

/**
 * The one window that a quota speaks of: by the name of its limit, by what the profile says, by its length. Where no length is told, a window
 * whose length contradicts the reset or the figure is not meant, and of several the one that allows so many is. Undefined where nobody can tell:
 * a quota that is put on the wrong window would hold it up, or loosen it.
 */
export function spokenOf(
  quota: Quota,
  windows: readonly Candidate[],
  described: Described,
  now: number,
): Candidate | undefined {
  const namesakes = windows.filter(({name}) => sameName(name, quota.name));
  const {limits} = described;
  const named = namesakes.length > 0 ? namesakes : limits ? windows.filter(({name}) => limits.includes(name)) : windows;
  const seconds = quota.windowSeconds ?? described.seconds;
  const fitting = named.filter((window) =>
    seconds === undefined ? canBe(window, quota, now) : window.seconds === seconds,
  );
  if (fitting.length < 2) return fitting[0];
  // Two windows of the same length (Amity's kind of stack) cannot be told apart by length: the figure has to.
  const alike = fitting.filter((window) => quota.limit !== undefined && allows(window, quota.limit));
  return alike.length === 1 ? alike[0] : undefined;
}

/** Whether a window allows so many; of a bucket, servers tell how many tokens it holds. */
function allows({requests, burst, share}: Candidate, limit: number): boolean {
  return shareOf(limit, share) === requests || limit === burst;
}

/** Resets come in whole seconds, read by a clock that is known to within one. */
const IMPRECISE_MS = 2000;
/** Lengths of which providers tell a slice: Intercom's headers speak of 10 s of a limit per minute. */
const SLICES = [1, 10, 60, 3600, 86_400];

/** Whether a quota that tells no length can be one of this window. */
function canBe({requests, seconds, burst = 0, share}: Candidate, {limit, resetAt}: Quota, now: number): boolean {
  const longestMs = seconds * 1000 * Math.max(1, burst / requests) + IMPRECISE_MS;
  const leftMs = resetAt === undefined ? 0 : resetAt - now;
  // What is whole again later than this window can be belongs to a wider one.
  if (leftMs > longestMs) return false;
  if (limit === undefined) return true;
  // The same rate in a shorter time is a slice of this window, not this window cut down.
  const whole = requests / (share ?? 1);
  return !SLICES.some(
    (slice) => slice < seconds && leftMs <= slice * 1000 + IMPRECISE_MS && isNear(limit / slice, whole / seconds),
  );
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one / other - 1) < 1e-9;
}
