import {type BackoffRule, backoffMs} from './backoff.js';
import type {Used} from './blame.js';
import type {WindowRule} from './limit.js';
import {evenMs, type Pace, paceWindows} from './pace.js';
import {probeAdmitted, probeRefused} from './probe.js';
import type {Probe} from './probed.js';
import {openWindow, type Window} from './window.js';

/** One limit for one value of its key: the provider's counter, as far as we can know it. */
export type Bucket = {
  readonly limit: number;
  readonly label: string;
  windows: readonly Window[];
  /** Finds out what a limit allows that has no windows yet. */
  probe: Probe | undefined;
  /** Nothing starts before. */
  closedUntil: number;
  /** Refusals in a row, counted in events: those that were in flight together are one. */
  refusals: number;
  /** When the newest event was noticed; an attempt started before it belongs to it. */
  refusedAt: number;
  /** When the first refusal since the last answer that was none came; undefined when the last answer was none. */
  refusingSince: number | undefined;
  /** How many answers were no refusals: tells whether others pass while one row is refused. */
  admitted: number;
  /** Of its latest answers, how many were refusals and how many were not; of each the older count for half. */
  recent: {readonly refused: number; readonly passed: number};
  /** It was closed by a guess, because nobody could tell which of several buckets had refused. */
  guess: Guess | undefined;
  /** Another bucket was closed by a guess that might as well have been this one. */
  sparedFor: number | undefined;
};

/** How full the bucket was that was taken for the one that refused, what it had admitted by then, and how it was before. */
export type Guess = {
  readonly fullness: number;
  readonly admitted: number;
  readonly closedUntil: number;
  readonly refusals: number;
  readonly spacingMs: readonly number[];
  readonly passed: readonly number[];
  /** Other refusals have contradicted it. */
  readonly wrong: boolean;
};

/** A bucket that has seen nothing. */
export function openBucket(limit: number, label: string, rules: readonly WindowRule[], pace: Pace = 'burst'): Bucket {
  const windows = rules.map(openWindow);
  paceWindows(windows, pace);
  return {
    limit,
    label,
    windows,
    probe: undefined,
    closedUntil: 0,
    refusals: 0,
    refusedAt: Number.NEGATIVE_INFINITY,
    refusingSince: undefined,
    admitted: 0,
    recent: {refused: 0, passed: 0},
    guess: undefined,
    sparedFor: undefined,
  };
}

/** A refusal as it arrived: `startedAt` is when its attempt started; `until` is what the provider asked for, if it did. */
export type Refusal = {
  readonly startedAt: number;
  readonly now: number;
  readonly until: number | undefined;
  readonly rule: BackoffRule;
  /** From 0 to 1. */
  readonly random: number;
  /** The response told its quota, so the count is known to be right now and the pace may stay. */
  readonly explained: boolean;
  /** The limits that the answer names, by their place in the profile. */
  readonly named?: readonly number[];
  /** What was used of its buckets when its attempt was about to start, where there are several. */
  readonly used?: Used | undefined;
};

/**
 * Closes a bucket after a refusal: until the provider says, else for a backoff that grows with the refusals in a row. Refusals that were
 * already in flight when it closed count as one and can only lengthen the wait the provider asked for. Says whether this was a new event.
 */
export function refuseBucket(bucket: Bucket, {startedAt, now, until, rule, random, explained}: Refusal): boolean {
  bucket.refusingSince ??= now;
  // The probe knows better than a backoff when to knock again; and it alone says how fast to go on.
  const knockAt = bucket.probe && probeRefused(bucket.probe, {startedAt, now, until, random});
  const fresh = startedAt >= bucket.refusedAt;
  if (fresh) {
    bucket.refusals += 1;
    bucket.refusedAt = now;
    // One that comes after the wait that the last one told is explained by nothing.
    if (!explained || bucket.refusals > 1) slowDown(bucket);
  }
  // "Now" is no wait: whoever is told to come back at once and is refused again would knock in a loop.
  if (until !== undefined && until > now) bucket.closedUntil = Math.max(bucket.closedUntil, until);
  else if (knockAt !== undefined) bucket.closedUntil = Math.max(bucket.closedUntil, knockAt);
  else if (fresh) bucket.closedUntil = Math.max(bucket.closedUntil, now + backoffMs(bucket.refusals, rule, random));
  return fresh;
}

/** So many answers are remembered before the older ones count for half. */
const RECENT = 200;

/** Counts one more answer among the latest. */
export function noteAnswer(bucket: Bucket, kind: 'refused' | 'passed'): void {
  const {refused, passed} = bucket.recent;
  const half = refused + passed >= RECENT ? 0.5 : 1;
  bucket.recent = {refused: refused * half, passed: passed * half, [kind]: bucket.recent[kind] * half + 1};
}

/** An answer that was no refusal: the wait of the next one begins anew. Answers of attempts from before the refusal prove nothing. */
export function admitBucket(bucket: Bucket, startedAt: number, now: number): void {
  if (bucket.probe) probeAdmitted(bucket.probe, startedAt, now);
  noteAnswer(bucket, 'passed');
  if (startedAt < bucket.refusedAt) return;
  bucket.refusals = 0;
  bucket.refusingSince = undefined;
  bucket.admitted += 1;
  for (const window of bucket.windows) {
    const even = Math.max(evenMs({requests: window.rule.requests, rule: window.rule}), window.pacedMs);
    if (window.spacingMs > even) window.spacingMs = Math.max(even, window.spacingMs * QUICKER);
  }
}

/** A third slower with every refusal that should not have been: an even pace, at most this much slower than the profile's own. */
const SLOWER = 4 / 3;
const SLOWEST = 16;
/** Won back with every answer: it takes some 140 of them to try the pace again that was refused. */
const QUICKER = 0.998;

/**
 * A refusal although our count said there was room: the provider counts otherwise than its profile says, or others use its budget. From now
 * on starts are spread evenly, and further apart each time.
 */
function slowDown(bucket: Bucket): void {
  for (const window of bucket.windows) {
    const even = evenMs({requests: window.rule.requests, rule: window.rule});
    window.spacingMs = Math.min(Math.max(even, window.spacingMs * SLOWER), even * SLOWEST);
  }
}
