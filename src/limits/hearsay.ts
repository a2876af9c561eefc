import type {WindowKind, WindowRule} from './limit.js';
import type {Quota} from './quota.js';

/** What a server has told of one counter of its, from answer to answer. */
export type Hearsay = {
  readonly name: string | undefined;
  readonly requests: number;
  /** The length of its window: told, or what the longest distance to a reset comes to. */
  readonly seconds: number;
  readonly told: boolean;
  readonly kind: WindowKind;
  readonly resetAt: number | undefined;
  /** The least that remained since the last reset. */
  readonly least: number;
};

/** Windows have these lengths, in seconds. */
const USUAL_SECONDS = [1, 2, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 86_400] as const;
/** Resets are told in whole seconds, rounded up. */
const ROUNDED_MS = 1100;
/** Two resets of one window differ by no more. */
const SAME_RESET_MS = 1500;

/** What is known once another response has told `quotas`, at `now`. What names no limit, or nothing of its window, adds nothing. */
export function hear(heard: readonly Hearsay[], quotas: readonly Quota[], now: number): readonly Hearsay[] {
  let known = heard;
  for (const quota of quotas) {
    const place = known.findIndex((each) => isOf(each, quota));
    const next = hearOne(known[place], quota, now);
    if (next) known = place < 0 ? [...known, next] : known.with(place, next);
  }
  return known;
}

/** The windows that a server has told of. */
export function windowsHeard(heard: readonly Hearsay[]): readonly WindowRule[] {
  return heard.map(({requests, seconds, kind}) => ({requests, seconds, kind}));
}

/** Whether a quota speaks of this counter: by its name, else by its length, else because it says neither. */
export function isOf({name, seconds, told}: Hearsay, quota: Quota): boolean {
  if (name !== undefined || quota.name !== undefined) return name === quota.name;
  return quota.windowSeconds === undefined ? !told : told && seconds === quota.windowSeconds;
}

function hearOne(before: Hearsay | undefined, quota: Quota, now: number): Hearsay | undefined {
  const {name, limit, remaining, resetAt, windowSeconds} = quota;
  // Zero is what concurrency refusals of some gateways say; it is no rate.
  const requests = limit !== undefined && limit >= 1 ? limit : before?.requests;
  const seconds = windowSeconds ?? lengthFrom(before, resetAt, now);
  if (requests === undefined || seconds === undefined) return undefined;
  const turned = before !== undefined && hasTurned(before, resetAt, now);
  const least = turned || !before ? (remaining ?? requests) : Math.min(before.least, remaining ?? requests);
  const kind = turned && isWholeAgain(before, quota, seconds, requests) ? 'fixed' : (before?.kind ?? 'rolling');
  return {name, requests, seconds, told: windowSeconds !== undefined, kind, resetAt: resetAt ?? before?.resetAt, least};
}

/** Just after a reset the distance to the next one is the window, so the longest distance comes closest to it. */
function lengthFrom(before: Hearsay | undefined, resetAt: number | undefined, now: number): number | undefined {
  if (resetAt === undefined || resetAt <= now) return before?.seconds;
  const distanceMs = resetAt - now;
  const seconds =
    USUAL_SECONDS.findLast((usual) => usual * 1000 <= distanceMs && usual * 1000 >= distanceMs - ROUNDED_MS) ??
    USUAL_SECONDS.find((usual) => usual * 1000 >= distanceMs) ??
    Math.ceil(distanceMs / 1000);
  return Math.max(before?.seconds ?? 0, seconds);
}

function hasTurned(before: Hearsay, resetAt: number | undefined, now: number): boolean {
  if (before.resetAt === undefined || resetAt === undefined) return false;
  return now >= before.resetAt - ROUNDED_MS && resetAt > before.resetAt + SAME_RESET_MS;
}

/** At a turn nearly all is left of what was nearly used up: a rolling window would have given back what it first took, and no more. */
function isWholeAgain(before: Hearsay, {remaining, resetAt}: Quota, seconds: number, requests: number): boolean {
  const apart = resetAt! - before.resetAt! >= seconds * 1000 - SAME_RESET_MS;
  return apart && remaining !== undefined && remaining >= 0.8 * requests && before.least <= 0.5 * requests;
}
