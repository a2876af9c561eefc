import {firstBeyond, freeSlots, lastStartAt, slotsBack, spanMs, turnMs} from '../limits/supply.js';
import type {Window} from '../limits/window.js';

/**
 * What the turns of a shared window leave to one of those who share it, until an end that is some turns and `spanMs` away. Of all who are left,
 * whatever exceeds the other turns has to start in the first `spanMs` of each turn: behind that no more than `spare` start before the next.
 */
export type Turns = {readonly turnMs: number; readonly spanMs: number; readonly spare: number};

/** What is left under a shared window until an end. */
export type Rest = {readonly left: number; readonly endAt: number; readonly now: number; readonly latencyMs: number};

/**
 * The turns that leave least to one with these windows of its own; undefined where slots come back one by one, or where enough are spare for whatever
 * wants them. A turn may be taken to begin at any instant: those are tried at which slots come back.
 */
export function turnsUntil(window: Window, rest: Rest, own: readonly Window[]): Turns | undefined {
  if (window.spacingMs > 0 || window.rule.kind === 'bucket') return undefined;
  let tightest: Turns | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const begunAt of begins(window, rest)) {
    const turns = turnsFrom(window, begunAt, rest);
    if (!turns) continue;
    const {inSpan, inGap} = eachTurn(own, turns, rest.latencyMs);
    if (inSpan + inGap >= least) continue;
    [tightest, least] = [turns, inSpan + inGap];
  }
  return tightest;
}

/** When the turn begins in which the last of all has to start, and when slots come back. */
function begins(window: Window, {left, now, latencyMs}: Rest): Set<number> {
  const lengthMs = turnMs(window, latencyMs);
  const lastAt = lastStartAt(window, left, now, latencyMs);
  const instants = new Set([lastAt - Math.floor((lastAt - now) / lengthMs - SAME_PART) * lengthMs]);
  const {heldUntil, first} = window;
  const held = heldUntil.length - first;
  for (let n = 0; n < PHASES && n < held; n++) instants.add(heldUntil[first + Math.floor((n * held) / PHASES)]!);
  return instants;
}

function turnsFrom(window: Window, begunAt: number, {left, endAt, now, latencyMs}: Rest): Turns | undefined {
  const lengthMs = turnMs(window, latencyMs);
  const later = left - freeSlots(window, now) - slotsBack(window, begunAt, now);
  const whole = Math.floor((endAt - begunAt) / lengthMs + SAME_PART);
  const spare = (whole + 1) * window.requests - later;
  if (whole < 1 || spare >= window.requests) return undefined;
  return {turnMs: lengthMs, spanMs: Math.max(0, endAt - begunAt - whole * lengthMs), spare: Math.max(0, spare)};
}

/** So many beginnings of a turn are tried. */
const PHASES = 8;
const SAME_PART = 1e-9;
/** Two instants that are the same, reckoned in two ways, are no further apart. */
const SAME_MS = 0.01;

/** One who starts at these windows' pace, where others share it in such turns. */
export type Pace = {readonly windows: readonly Window[]; readonly turns: readonly Turns[]; readonly latencyMs: number};

/** The most that can start in the last `ms` before the end. */
export function mostWithin({windows, turns, latencyMs}: Pace, ms: number): number {
  let most = ownWithin(windows, ms, latencyMs);
  for (const turn of turns) {
    const {inSpan, inGap} = eachTurn(windows, turn, latencyMs);
    const whole = Math.floor(ms / turn.turnMs + SAME_PART);
    const rest = Math.max(0, ms - whole * turn.turnMs);
    const own = ownWithin(windows, rest, latencyMs);
    const begun = rest <= turn.spanMs + SAME_MS ? own : Math.min(own, inSpan + inGap);
    most = Math.min(most, whole * (inSpan + inGap) + begun);
  }
  return most;
}

/** The least time from the first of `count` starts to the end. */
export function leastWithin({windows, turns, latencyMs}: Pace, count: number): number {
  let least = ownSpanMs(windows, count, latencyMs);
  for (const turn of turns) {
    const {inSpan, inGap} = eachTurn(windows, turn, latencyMs);
    const whole = Math.floor((count - 1) / (inSpan + inGap));
    const rest = count - whole * (inSpan + inGap);
    const own = ownSpanMs(windows, rest, latencyMs);
    const begun = rest <= inSpan ? own : Math.max(own, turn.spanMs);
    least = Math.max(least, whole * turn.turnMs + begun);
  }
  return least;
}

function eachTurn(windows: readonly Window[], {turnMs: lengthMs, spanMs: span, spare}: Turns, latencyMs: number) {
  const inSpan = Math.max(1, ownWithin(windows, span, latencyMs));
  return {inSpan, inGap: Math.min(spare, ownWithin(windows, lengthMs - span - 2 * SAME_MS, latencyMs))};
}

function ownWithin(windows: readonly Window[], ms: number, latencyMs: number): number {
  let most = Number.POSITIVE_INFINITY;
  for (const window of windows) most = Math.min(most, firstBeyond(window, ms, latencyMs));
  return most;
}

function ownSpanMs(windows: readonly Window[], count: number, latencyMs: number): number {
  let span = 0;
  for (const window of windows) span = Math.max(span, spanMs(window, count - 1, latencyMs));
  return span;
}
