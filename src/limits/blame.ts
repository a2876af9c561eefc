import type {Bucket} from './bucket.js';
import {bucketOf, closable, type Ledger} from './ledger.js';
import type {BucketRef} from './limit.js';
import {usedSlots, type Window} from './window.js';

/** How much of each window of an attempt's buckets was used when it was about to start, in the order of the buckets. */
export type Used = readonly (readonly number[])[];

/** What is known of a refusal that may be one of several limits. `named`: the limits that the answer names, by their place in the profile. */
export type Suspicion = {
  readonly startedAt: number;
  readonly now: number;
  readonly named: readonly number[];
  readonly used: Used | undefined;
};

/** What is used of these buckets now. Undefined where a refusal could only mean one of them. */
export function usedOf(ledger: Ledger, refs: readonly BucketRef[], now: number): Used | undefined {
  if (refs.length < 2) return undefined;
  return refs.map((ref) => bucketOf(ledger, ref).windows.map((window) => usedSlots(window, now)));
}

/** An attempt was let through that started when so much was used: whoever is refused with no more used was not refused for that. */
export function notePassed(ledger: Ledger, refs: readonly BucketRef[], used: Used | undefined, now: number): void {
  for (const [i, counts] of (used ?? []).entries()) {
    for (const [j, window] of bucketOf(ledger, refs[i]!).windows.entries()) {
      const count = counts[j] ?? 0;
      const old = now - window.passedAt > Math.max(PROOF_MS, window.rule.seconds * 1000);
      if (count > window.passed || old) [window.passed, window.passedAt] = [count, now];
    }
  }
}

/** Limits move: what was let through longer ago than this, and longer than the window, proves nothing any more. */
const PROOF_MS = 60_000;

/**
 * The buckets that a refusal closes: those that the answer names; else of those that never let anything through with so much used, the one
 * nearest its limit; else, where nothing tells, all. A guess that the next refusals contradict is another's turn, and then everybody's.
 */
export function blame(ledger: Ledger, refs: readonly BucketRef[], suspicion: Suspicion): readonly BucketRef[] {
  const all = closable(refs);
  const {startedAt, now, named, used} = suspicion;
  if (all.length < 2) return all;
  const told = all.filter(({limit}) => named.includes(limit));
  if (told.length > 0) return told;
  const places = all.map((ref, i) => ({ref, bucket: bucketOf(ledger, ref), counts: used?.[i] ?? []}));
  // It was on its way when the guess was made, and tells nothing new.
  const same = places.filter(({bucket}) => isGuessed(bucket, now) && startedAt < bucket.refusedAt);
  if (same.length > 0) return same.map(({ref}) => ref);
  const caught = refusedMost(places);
  if (caught) return [caught.ref];
  const suspects = orAll(
    places.filter(({bucket, counts}) => bucket.windows.some((window, j) => (counts[j] ?? 0) > window.passed)),
    orAll(
      places.filter(({bucket}) => bucket.windows.some(({spacingMs, pacedMs}) => spacingMs > pacedMs)),
      places,
    ),
  );
  const common = suspects.filter(({bucket}) => guessedInstead(ledger, bucket, all, now) !== undefined);
  if (common.length > 0) return common.map(({ref}) => ref);
  const others = suspects.filter(({bucket}) => !isInVain(bucket));
  // Each of them had its turn, and waiting for it helped nobody.
  if (others.length === 0 && (suspects.length > 1 || suspects.every((one) => isEmptier(one)))) return all;
  return nearest(orAll(others, suspects)).map(({ref}) => ref);
}

type Place = {readonly ref: BucketRef; readonly bucket: Bucket; readonly counts: readonly number[]};

/** With fewer refusals than this, how many of a bucket's answers were refusals says little. */
const TELLING = 3;
/** A bucket whose answers are refusals so many times as often as those of another is the one that they have in common. */
const CLEARLY = 1.2;

/** The bucket that refuses clearly more often than each of the others: they let through whom it does not concern. */
function refusedMost(places: readonly Place[]): Place | undefined {
  if (places.some(({bucket}) => bucket.recent.refused < TELLING)) return undefined;
  const rate = ({bucket: {recent}}: Place) => recent.refused / (recent.refused + recent.passed);
  const [most, next] = [...places].sort((one, other) => rate(other) - rate(one));
  return most && next && rate(most) > CLEARLY * rate(next) ? most : undefined;
}

/** Those whose fullest window is nearest its limit. */
function nearest(places: readonly Place[]): readonly Place[] {
  const most = Math.max(...places.map(({bucket, counts}) => fullness(bucket, counts)));
  return places.filter(({bucket, counts}) => fullness(bucket, counts) === most);
}

/** It was closed by a guess, and nothing was let through since. */
function isInVain({guess, admitted}: Bucket): boolean {
  return guess !== undefined && guess.admitted === admitted;
}

function isEmptier({bucket, counts}: Place): boolean {
  return bucket.guess !== undefined && fullness(bucket, counts) < bucket.guess.fullness;
}

/** Remembers that `closed` were taken for the ones that refused, of `refs`; to be called before they are closed. */
export function guess(
  ledger: Ledger,
  refs: readonly BucketRef[],
  closed: readonly BucketRef[],
  used: Used | undefined,
): void {
  for (const ref of closed) {
    const bucket = bucketOf(ledger, ref);
    const counts = used?.[refs.indexOf(ref)] ?? [];
    const {windows} = bucket;
    const passed = windows.map((window) => window.passed);
    for (const [j, count] of counts.entries()) lower(windows[j], count);
    if (closed.length === refs.length) {
      bucket.guess = undefined;
      continue;
    }
    bucket.guess = {
      fullness: fullness(bucket, counts),
      admitted: bucket.admitted,
      closedUntil: bucket.closedUntil,
      refusals: bucket.refusals,
      spacingMs: windows.map(({spacingMs}) => spacingMs),
      passed,
      wrong: false,
    };
  }
  for (const ref of refs) if (!closed.includes(ref)) bucketOf(ledger, ref).sparedFor = closed[0]!.id;
}

/**
 * Takes back the guesses that this refusal contradicts, now that others are to blame: who was closed instead of them, and whose turn it was before.
 * Returns the buckets that are open again, and the latest wait of theirs, which is now that of those to blame.
 */
export function pardon(
  ledger: Ledger,
  refs: readonly BucketRef[],
  blamed: readonly BucketRef[],
  now: number,
): {readonly opened: readonly number[]; readonly until: number} {
  const wrong = new Map<number, Bucket>();
  for (const ref of blamed) {
    const id = guessedInstead(ledger, bucketOf(ledger, ref), refs, now);
    if (id !== undefined) wrong.set(id, ledger.buckets.get(id)!);
  }
  for (const ref of refs) {
    const bucket = bucketOf(ledger, ref);
    if (!blamed.includes(ref) && isInVain(bucket) && !bucket.guess?.wrong) wrong.set(ref.id, bucket);
  }
  let until = 0;
  for (const bucket of wrong.values()) {
    const {closedUntil, refusals, spacingMs, passed} = bucket.guess!;
    until = Math.max(until, bucket.closedUntil);
    bucket.closedUntil = closedUntil;
    bucket.refusals = refusals;
    bucket.refusingSince = undefined;
    for (const [j, window] of bucket.windows.entries()) {
      window.spacingMs = Math.max(window.pacedMs, spacingMs[j] ?? 0);
      window.passed = Math.max(window.passed, passed[j] ?? -1);
    }
    bucket.guess = {...bucket.guess!, wrong: true};
  }
  return {opened: [...wrong.keys()], until};
}

/** With so much used it refused, so what it let through before proves nothing about it. */
function lower(window: Window | undefined, count: number): void {
  if (window) window.passed = Math.min(window.passed, count - 1);
}

/** The bucket that is closed by a guess although this one might have been meant, where it is none of `refs`: they were refused all the same. */
function guessedInstead(
  ledger: Ledger,
  {sparedFor}: Bucket,
  refs: readonly BucketRef[],
  now: number,
): number | undefined {
  const other = sparedFor === undefined ? undefined : ledger.buckets.get(sparedFor);
  return other && isGuessed(other, now) && !refs.some(({id}) => id === sparedFor) ? sparedFor : undefined;
}

function isGuessed({guess, closedUntil}: Bucket, now: number): boolean {
  return guess !== undefined && !guess.wrong && now < closedUntil;
}

/** The part of its fullest window that is used. */
function fullness({windows}: Bucket, counts: readonly number[]): number {
  return Math.max(0, ...windows.map((window: Window, j) => (counts[j] ?? 0) / window.requests));
}

function orAll<T>(some: readonly T[], all: readonly T[]): readonly T[] {
  return some.length > 0 ? some : all;
}
