import {type Admissions, openAdmissions} from './admissions.js';

/**
 * What is being found out about a limit that nobody told us, from answers and refusals alone: how fast requests may start (an even pace), and
 * how many may be on their way at once.
 *
 * It begins slowly and doubles, as long as all is well, until the first refusal. From what was let through until the provider let something
 * through again follows a pace that it allows. From there the pace rises by equal steps, each held for as long as the provider has been seen
 * to remember, and falls back when one is refused.
 *
 * Whatever the provider counts, a refusal costs what is on its way at that moment. So while a pace is tried that has not been held before, no
 * more is on its way than may be refused without refusals becoming more than a small part of all requests.
 */
export type Probe = {
  /** Starts per second. */
  pace: number;
  /** The pace that is known to be allowed; 0 until the first refusal tells where the limit is. */
  safe: number;
  /** The lowest pace that was refused since it was last passed; Infinity until there was one. */
  ceiling: number;
  step: number;
  /** How many may be on their way; Infinity while nothing speaks for a cap. */
  atOnce: number;
  /** The fewest on their way when one was refused: the provider may count those instead. Infinity once that is disproved, or before. */
  crowd: number;
  counts: 'unknown' | 'rate';
  /** For how long `atOnce` alone held starts back. */
  crowdedFor: number;
  /** Whether the pace held the last start back, rather than something else. */
  paced: boolean;
  inFlight: number;
  sent: number;
  refused: number;
  /** How long a pace has to be held before the next one is tried. */
  spanMs: number;
  heldFor: number;
  lastAt: number;
  nextAt: number;
  /** The running mean of how long an answer takes. */
  latencyMs: number;
  /** The refusal that is waited out; undefined while requests flow. */
  refusal: Refused | undefined;
  noticedAt: number;
  readonly admissions: Admissions;
  /** The latest starts, and how many were on their way with each: which of them a refusal meant. */
  starts: {readonly at: number; readonly inFlight: number}[];
};

/** A refusal and the knocks after it. `startedAt` is the start of the first request that was refused, `pace` the pace it was refused at. */
export type Refused = {
  readonly startedAt: number;
  readonly pace: number;
  readonly paced: boolean;
  knocks: number;
  until: number;
};

/** One step up, as a part of the pace after the last fall. */
export const INCREASE = 0.05;
/** A pace is held for no shorter before the next one. */
export const HELD_MS = 2000;

/** What a probe has found so far, for whoever goes on from it. */
export type Found = {
  /** Starts per second that are known to be allowed. */
  readonly pace: number;
  /** The lowest pace that was refused; absent: none was. */
  readonly ceiling?: number | undefined;
  readonly atOnce?: number | undefined;
  readonly sent: number;
  readonly refused: number;
};

/** Begins at `perSecond`, or where an earlier probe ended. */
export function openProbe(perSecond: number, found?: Found): Probe {
  return {
    pace: perSecond,
    safe: found?.ceiling === undefined ? 0 : perSecond,
    ceiling: found?.ceiling ?? Number.POSITIVE_INFINITY,
    step: perSecond * INCREASE,
    atOnce: found?.atOnce ?? Number.POSITIVE_INFINITY,
    crowd: (found?.atOnce ?? Number.POSITIVE_INFINITY) + 1,
    counts: 'unknown',
    crowdedFor: 0,
    paced: true,
    inFlight: 0,
    sent: found?.sent ?? 0,
    refused: found?.refused ?? 0,
    spanMs: HELD_MS,
    heldFor: 0,
    lastAt: Number.NEGATIVE_INFINITY,
    nextAt: 0,
    latencyMs: 0,
    refusal: undefined,
    noticedAt: Number.NEGATIVE_INFINITY,
    admissions: openAdmissions(),
    starts: [],
  };
}

/** What is known by now. While nothing was refused, half of the pace that is being tried was allowed for a while. */
export function foundBy({pace, safe, ceiling, atOnce, sent, refused}: Probe): Found {
  return {
    pace: safe > 0 ? Math.min(safe, pace) : Math.max(pace / 2, Math.min(1, pace)),
    ceiling: safe > 0 && ceiling < Number.POSITIVE_INFINITY ? ceiling : undefined,
    atOnce: atOnce < Number.POSITIVE_INFINITY ? atOnce : undefined,
    sent,
    refused,
  };
}
