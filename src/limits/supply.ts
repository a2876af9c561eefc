import type {WindowRule} from './limit.js';
import {usedSlots, type Window} from './window.js';

/** Two instants that are the same, reckoned in two ways, are no further apart. */
const SAME_MS = 0.01;

/** How many may start in this window now, if nothing else keeps them back. */
export function freeSlots(window: Window, now: number): number {
  const {told, toldUntil, inFlight} = window;
  const free = Math.floor(unused(window, now));
  if (!told || now >= toldUntil) return free;
  return Math.min(free, told.remaining - inFlight - told.after);
}

/** How many of the slots that answered requests still hold come back from `now` on and before `at`. What is in flight comes back later than that. */
export function slotsBack(window: Window, at: number, now: number): number {
  if (window.rule.kind === 'bucket') return Math.floor(Math.max(0, at - now) / eachMs(window));
  // What the server said remains is all there is until its reset.
  if (window.told && now < window.toldUntil && at <= window.toldUntil) return 0;
  const {heldUntil, first} = window;
  let [low, high] = [first, heldUntil.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (heldUntil[middle]! < at - SAME_MS) low = middle + 1;
    else high = middle;
  }
  return low - first;
}

/** The earliest instant of the `count`-th start from `now` on, if each start is made as soon as this window lets it, and each answer takes `latencyMs`. */
export function lastStartAt(window: Window, count: number, now: number, latencyMs: number): number {
  if (count < 1) return now;
  const {rule, requests, heldUntil, first, spacingMs, nextStartAt} = window;
  const paced = spacingMs > 0 ? Math.max(now, nextStartAt) + (count - 1) * spacingMs : now;
  if (rule.kind === 'bucket') return Math.max(paced, now + Math.max(0, count - unused(window, now)) * eachMs(window));
  const free = Math.max(0, freeSlots(window, now));
  const turns = Math.floor((count - 1) / requests);
  const place = (count - 1) % requests;
  const turnMs = rule.seconds * 1000 + latencyMs;
  // Behind those that are held come those in flight: the last to start is supposed to be answered last.
  const last = Math.max(now + rule.seconds * 1000, window.lastAt + turnMs);
  const begin = place < free ? now : Math.max(now, heldUntil[first + place - free] ?? last);
  return Math.max(paced, begin + turns * turnMs);
}

/** The least time from one start to the `after`-th one after it, in ms. */
export function spanMs(window: Window, after: number, latencyMs: number): number {
  const {rule, requests, spacingMs} = window;
  const paced = after * spacingMs;
  if (rule.kind === 'bucket') return Math.max(paced, (after + 1 - (rule.burst ?? requests)) * eachMs(window));
  return Math.max(paced, Math.floor(after / requests) * (rule.seconds * 1000 + latencyMs));
}

/** The last of a row of starts that can all be within `ms` of the first, counted from 0, and one more: the first that cannot. */
export function firstBeyond(window: Window, ms: number, latencyMs: number): number {
  const {rule, requests, spacingMs} = window;
  const paced = spacingMs > 0 ? Math.floor((ms + SAME_MS) / spacingMs) + 1 : Number.POSITIVE_INFINITY;
  if (rule.kind === 'bucket')
    return Math.min(paced, Math.floor((ms + SAME_MS) / eachMs(window)) + (rule.burst ?? requests));
  return Math.min(paced, requests * (Math.floor((ms + SAME_MS) / (rule.seconds * 1000 + latencyMs)) + 1));
}

/** How long a slot that is taken now is away, in ms. */
export function turnMs({rule}: {readonly rule: WindowRule}, latencyMs: number): number {
  return rule.seconds * 1000 + latencyMs;
}

/** Of a token bucket, parts of a token too. */
function unused(window: Window, now: number): number {
  const {rule, requests} = window;
  const used = usedSlots(window, now);
  if (rule.kind !== 'bucket') return requests - used;
  return (rule.burst ?? requests) - used + Math.ceil(window.debt) - window.debt;
}

function eachMs({rule, requests}: Window): number {
  return (rule.seconds * 1000) / requests;
}
