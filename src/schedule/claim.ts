import {freeSlots, slotsBack, turnMs} from '../limits/supply.js';
import type {Window} from '../limits/window.js';
import {mostWithin, type Pace} from './turns.js';

/** So many operations at this pace, which need slots of a shared bucket; those whose turn has not come can use none yet. */
export type Claim = Pace & {readonly left: number; readonly ready: number};

/** From `now` until an instant before the end. */
export type Stretch = {readonly endAt: number; readonly until: number; readonly now: number};

/** What is needed is held against what there is at so many instants, for each length of window. */
const PROBES = 64;
/** Who has to start at an instant has missed it then. */
const JUST_AFTER_MS = 0.1;

/** Whether those with claims would miss a slot of this window, some time before `until`, if one is taken now. */
export function isShort(window: Window, claims: readonly Claim[], stretch: Stretch): boolean {
  const {endAt, now} = stretch;
  const spare = freeSlots(window, now) - 1;
  const {spacingMs} = window;
  return deadlinesOf(claims, stretch).some((at) => {
    let needed = 0;
    for (const claim of claims)
      needed += Math.min(claim.ready, claim.left - Math.min(claim.left, mostWithin(claim, endAt - at)));
    // Whoever starts now keeps all others back for the spacing.
    if (spacingMs > 0 && needed > Math.floor((at - now) / spacingMs)) return true;
    return needed > spare && needed > spare + slotsBack(window, at, now);
  });
}

/** Instants at which claims run out, all of them in turns of windows before the end; of many, some. */
function deadlinesOf(claims: readonly Claim[], {endAt, until, now}: Stretch): number[] {
  const turns = new Set<number>();
  for (const {windows, latencyMs} of claims) for (const each of windows) turns.add(stepMs(each, latencyMs));
  const deadlines = [until];
  const probe = (turn: number, end: number) => {
    const step = Math.max(1, Math.ceil((until - now) / turn / PROBES)) * turn;
    const last = Math.min(until, end);
    for (let at = end - Math.ceil((end - now) / turn) * turn + JUST_AFTER_MS; at < last; at += step)
      if (at > now) deadlines.push(at);
  };
  for (const turn of turns) {
    probe(turn, endAt);
    // In each turn of the shared window one may start as much as in any other.
    for (const {turnMs: sharedMs} of claims[0]?.turns ?? []) {
      const first = endAt - Math.floor((endAt - now) / sharedMs) * sharedMs;
      probe(turn, first);
      if (first < until) probe(turn, first + sharedMs);
    }
  }
  return deadlines;
}

/** How far apart the instants are at which one more can start in the long run. */
function stepMs(window: Window, latencyMs: number): number {
  if (window.spacingMs > 0) return window.spacingMs;
  return window.rule.kind === 'bucket' ? (window.rule.seconds * 1000) / window.requests : turnMs(window, latencyMs);
}
