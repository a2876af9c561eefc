import {forgetAdmissions, noteAdmitted, paceOver} from './admissions.js';
import {INCREASE, type Probe, type Refused} from './probed.js';

/** Of all requests so many may be refused before nothing new is tried any more, beside the first few. */
const FEW = 2;
const FEW_LATER = 5;
const LATER = 100;
const PART = 0.0045;
/** While all is well the pace doubles in this time, and in no less than so many answers take. */
const DOUBLE_MS = 2000;
const DOUBLE_ANSWERS = 7;
/**
 * How long the knocks after a refusal wait, the first no less than two requests' time. Longer and longer, because each may be refused; not by
 * much beyond the minute that most providers count in, because what is waited too long counts as theirs.
 */
const KNOCKS_MS = [1000, 6000, 36_000, 60_000, 120_000, 300_000] as const;
/** So many of the refusals that would still be few are left for the knocks, while nothing is known. */
const KNOCKS_KEPT = 4;
/** Below what was found, so that what the network does to the distances is no refusal. */
const BELOW = 0.95;
const FAR_BELOW = 0.85;
/** A pace that was refused falls at least to this part of itself. */
const DECREASE = 0.85;
const STEEP_DECREASE = 0.7;
/** Below a pace that was refused by so much, steps are as long as this. */
const FAR = 2;
const FAR_INCREASE = 0.25;
/** A pace that was refused is tried again after so long. */
const AGAIN_MS = 90_000;
/** A pace is held for no fewer requests, and no shorter, before the next one. */
const HELD_REQUESTS = 8;
const MOST_HELD_MS = 90_000;
/** A start that came late by a timer's grain is made up for, so that the pace is kept on the whole. */
const GRAIN_MS = 15;
const REMEMBERED_STARTS = 1024;

/** The first instant from `now` on at which one more may start; Infinity while only an answer can tell. */
export function probeRoomAt(probe: Probe, now: number): number {
  if (probe.inFlight >= mostAtOnce(probe)) return Number.POSITIVE_INFINITY;
  return Math.max(now, probe.nextAt, probe.refusal?.until ?? 0);
}

/** One request starts now. */
export function probeStarted(probe: Probe, now: number): void {
  const spacingMs = 1000 / probe.pace;
  // Held back by the pace alone: whoever had nothing to send, or waited for something else, has not tried the pace.
  const first = probe.lastAt === Number.NEGATIVE_INFINITY;
  const paced = now - probe.nextAt < GRAIN_MS;
  const passed = Math.min(now - probe.lastAt, 2 * spacingMs + GRAIN_MS);
  probe.paced = paced;
  probe.inFlight += 1;
  probe.sent += 1;
  probe.lastAt = now;
  probe.nextAt = (first ? now : Math.max(probe.nextAt, now - GRAIN_MS)) + spacingMs;
  probe.starts.push({at: now, inFlight: probe.inFlight});
  if (probe.starts.length > 2 * REMEMBERED_STARTS) probe.starts = probe.starts.slice(-REMEMBERED_STARTS);
  if (probe.refusal) return;
  if (!paced) {
    if (probe.inFlight >= probe.atOnce) probe.crowdedFor += passed;
  } else probe.heldFor += passed;
}

/** An answer that was no refusal, to a request that started at `startedAt`. */
export function probeAdmitted(probe: Probe, startedAt: number, now: number): void {
  const latencyMs = now - startedAt;
  probe.latencyMs += (latencyMs - probe.latencyMs) / Math.min(10, probe.admissions.total + 1);
  if (probe.refusal && startedAt >= probe.noticedAt) recover(probe, probe.refusal, startedAt, now);
  noteAdmitted(probe.admissions, now);
  if (probe.refusal) return;
  if (probe.safe > 0) rise(probe, now);
  else grow(probe);
}

/** A refusal of a request that started at `startedAt`; `until` is what the provider asked for. Says until when nothing starts. */
export function probeRefused(
  probe: Probe,
  {startedAt, now, until, random}: {startedAt: number; now: number; until: number | undefined; random: number},
): number {
  probe.refused += 1;
  const told = until !== undefined && until > now ? until : 0;
  if (probe.refusal && startedAt < probe.noticedAt) {
    // It was on its way with the first.
    probe.refusal.until = Math.max(probe.refusal.until, told);
    return probe.refusal.until;
  }
  const knocks = probe.refusal ? probe.refusal.knocks + 1 : 0;
  if (probe.refusal) probe.counts = 'rate';
  else noteCrowd(probe, startedAt);
  const waitMs = Math.max(KNOCKS_MS[knocks] ?? KNOCKS_MS.at(-1)!, 2000 / probe.pace) * (1 + random / 10);
  const first = probe.refusal ?? {startedAt, pace: probe.pace, paced: probe.paced || probe.safe === 0};
  probe.refusal = {...first, knocks, until: told > 0 ? told : now + waitMs};
  probe.noticedAt = now;
  return probe.refusal.until;
}

/** How many may be on their way at once: one while a refusal is waited out, else as many as may be refused. */
function mostAtOnce(probe: Probe): number {
  const {refusal, pace, safe, atOnce} = probe;
  if (refusal) return 1;
  if (safe > 0 && pace <= safe) return atOnce;
  const kept = safe > 0 ? 0 : KNOCKS_KEPT;
  return Math.min(atOnce, Math.max(1, Math.floor(allowance(probe)) - kept));
}

/** How many more refusals would still be few. */
function allowance({sent, refused}: Probe): number {
  return (sent < LATER ? FEW : FEW_LATER + PART * (sent - LATER)) - refused;
}

function noteCrowd(probe: Probe, startedAt: number): void {
  if (probe.counts === 'rate') return;
  const inFlight = probe.starts.findLast(({at}) => at <= startedAt)?.inFlight ?? 1;
  if (inFlight < Math.min(2, probe.crowd)) {
    // Fewer than were refused before, and refused all the same: it is not what is on its way that counts.
    probe.counts = 'rate';
    probe.crowd = Number.POSITIVE_INFINITY;
    probe.atOnce = Number.POSITIVE_INFINITY;
    return;
  }
  probe.crowd = Math.min(probe.crowd, inFlight);
  probe.atOnce = probe.crowd - 1;
  probe.crowdedFor = 0;
}

/** Something was let through again: what the provider allowed from its last pause to the end of this one is a pace that it allows. */
function recover(probe: Probe, refusal: Refused, startedAt: number, now: number): void {
  const {
    pace: allowed,
    spanMs,
    count,
    restMs,
  } = paceOver(probe.admissions, refusal.startedAt, startedAt - refusal.startedAt);
  if (probe.counts === 'rate') probe.atOnce = Number.POSITIVE_INFINITY;
  if (!refusal.paced && probe.counts === 'unknown') {
    // More were on their way than ever, and no more started than before.
    probe.refusal = undefined;
    probe.nextAt = Math.max(probe.nextAt, now);
    return;
  }
  const held = refusal.pace > probe.safe ? probe.safe : 0;
  // Of a handful of answers no pace can be told.
  const found =
    count < HELD_REQUESTS && refusal.knocks === 0
      ? refusal.pace * STEEP_DECREASE
      : Math.min(allowed * (probe.safe > 0 ? BELOW : FAR_BELOW), refusal.pace * DECREASE);
  // Later on, what was let through before reaches back over many spans; the wait alone does not.
  probe.spanMs = Math.min(
    MOST_HELD_MS,
    Math.max(probe.spanMs, probe.safe > 0 ? startedAt - refusal.startedAt : spanMs),
  );
  probe.pace = Math.max(held, found);
  probe.nextAt = startedAt + 1000 / probe.pace + (probe.safe > 0 ? 0 : restMs(probe.pace));
  probe.ceiling = refusal.pace;
  probe.safe = probe.pace;
  probe.step = probe.pace * INCREASE;
  probe.refusal = undefined;
  probe.heldFor = 0;
  forgetAdmissions(probe.admissions);
}

/** Where the limit is nobody knows yet: the pace grows by what it was held for since the last answer. */
function grow(probe: Probe): void {
  probe.pace *= 2 ** (probe.heldFor / Math.max(DOUBLE_MS, DOUBLE_ANSWERS * probe.latencyMs));
  probe.heldFor = 0;
}

/** The next step, once this pace was held for long enough and one more refusal would still be one of few. */
function rise(probe: Probe, now: number): void {
  const heldMs = Math.max(probe.spanMs, (HELD_REQUESTS * 1000) / probe.pace);
  const mayRise = allowance(probe) >= Math.max(1, (probe.pace * probe.latencyMs) / 1000);
  if (probe.crowdedFor >= heldMs && mayRise) {
    probe.crowdedFor = 0;
    if (probe.atOnce >= probe.crowd) probe.crowd = probe.atOnce + 1;
    probe.atOnce += 1;
  }
  if (probe.heldFor < heldMs) return;
  probe.safe = Math.max(probe.safe, probe.pace);
  if (probe.pace > probe.ceiling) probe.ceiling = Number.POSITIVE_INFINITY;
  if (!mayRise) return;
  const far = probe.pace * FAR < probe.ceiling && probe.ceiling < Number.POSITIVE_INFINITY;
  const next = probe.pace + (far ? probe.pace * FAR_INCREASE : probe.step);
  if (next < probe.ceiling || now - probe.noticedAt > AGAIN_MS) probe.pace = next;
  else probe.pace = Math.max(probe.pace, probe.ceiling * BELOW);
  probe.heldFor = 0;
}

/** A request has ended, however it did. */
export function probeEnded(probe: Probe): void {
  probe.inFlight -= 1;
}
