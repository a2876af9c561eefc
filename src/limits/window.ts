import type {WindowRule} from './limit.js';
import {evenMs} from './pace.js';

/**
 * What we know of one window of one bucket: how many requests are on their way, and when each answered one stops counting.
 *
 * A slot is given back `seconds` after the response arrived, not after the start: the provider counted the request somewhere in between,
 * so no span of its own can hold more than it allows, whatever the network does.
 */
export type Window = {
  readonly rule: WindowRule;
  /** The limit in force: the profile's, or the server's where that is believed. */
  requests: number;
  /** The limit that the server named last, as it named it. */
  learned: number | undefined;
  inFlight: number;
  /**
   * The instants at which answered requests stop counting, ascending from `first` on; what lies before `first` is spent. For a `bucket`, the
   * instants at which a token that was taken becomes debt.
   */
  heldUntil: number[];
  first: number;
  /** `bucket` only: tokens owed, as of `debtAt`. The debt drains from the response on. */
  debt: number;
  debtAt: number;
  /** Least distance of two starts; 0 means a burst is welcome. */
  spacingMs: number;
  /** What of it is by intent: the kind of the window, or the pace; the rest was learned from refusals. */
  pacedMs: number;
  /** When a request last found it empty; -Infinity while what came before is not known. */
  begunAt: number;
  /** When a request last started here. */
  lastAt: number;
  nextStartAt: number;
  /** The most that was used when a request started that was let through, and when that was seen; -1: none was. */
  passed: number;
  passedAt: number;
  /** The least the server said remains, when it said so, and how many were answered since that it may not have counted. */
  told: {readonly remaining: number; readonly answeredAt: number; after: number} | undefined;
  toldUntil: number;
};

/** Never changed. An array that is pushed to has room for seventeen, and of a million callers most ask once. */
const NONE_HELD: number[] = [];

/** A window that has seen nothing. `counter` is paced from the start: full bursts met 14 to 28 % refusals there. */
export function openWindow(rule: WindowRule): Window {
  const paced = rule.kind === 'counter' ? evenMs({requests: rule.requests, rule}) : 0;
  return {
    rule,
    requests: rule.requests,
    learned: undefined,
    inFlight: 0,
    heldUntil: NONE_HELD,
    first: 0,
    debt: 0,
    debtAt: 0,
    spacingMs: paced,
    pacedMs: paced,
    begunAt: Number.NEGATIVE_INFINITY,
    lastAt: 0,
    nextStartAt: 0,
    passed: -1,
    passedAt: 0,
    told: undefined,
    toldUntil: 0,
  };
}

/** The first instant from `now` on at which one more may start; Infinity while only a response can tell. */
export function roomAt(window: Window, now: number): number {
  const room = window.rule.kind === 'bucket' ? tokenAt(window, now) : slotAt(window, now);
  return Math.max(room, window.nextStartAt, toldAt(window, now));
}

/**
 * A timer comes so late, and on a busy machine by a part of the spacing. The next start is spaced from when this one was due then: else each would
 * push all behind it, and of a thousand per second half were lost. Whoever comes later than that came from elsewhere, and catches up nothing.
 */
const LATE_MS = 2;
const LATE_PART = 0.25;

/** One request starts now. The caller has seen that `roomAt` is not after `now`. */
export function takeSlot(window: Window, now: number): void {
  if (window.inFlight === 0 && window.heldUntil.length === window.first) window.begunAt = now;
  window.inFlight += 1;
  window.lastAt = now;
  if (window.spacingMs === 0) return;
  const lateMs = Math.max(LATE_MS, window.spacingMs * LATE_PART);
  const due = now - window.nextStartAt <= lateMs ? window.nextStartAt : now;
  window.nextStartAt = due + window.spacingMs;
}

/** A request that was taken here certainly never counted: its slot is free at once. */
export function returnSlot(window: Window): void {
  window.inFlight -= 1;
}

/**
 * A request that was taken here was answered (or given up) at `at`. It counts until a whole window later; where its own response announced the
 * end of a fixed window, only until then.
 */
export function holdSlot(window: Window, at: number, resetAt?: number): void {
  window.inFlight -= 1;
  if (window.told) window.told.after += 1;
  const {kind, seconds} = window.rule;
  const whole = kind === 'bucket' ? at : at + seconds * 1000;
  remember(window, kind === 'fixed' && resetAt !== undefined ? Math.min(whole, resetAt) : whole);
}

/** A request of an earlier session that was answered at `answeredAt` counts here for the rest of its window, and the pace goes on from it. */
export function recallSlot(window: Window, answeredAt: number): void {
  // What came before it is not known, and a bucket that was in use may have been empty all the time.
  const {inFlight, heldUntil, debtAt} = window;
  if (window.rule.kind === 'bucket' && inFlight === 0 && heldUntil.length === 0 && debtAt === 0) {
    window.debt = (window.rule.burst ?? window.requests) - 1;
    window.debtAt = answeredAt;
  }
  window.inFlight += 1;
  if (window.spacingMs > 0) window.nextStartAt = Math.max(window.nextStartAt, answeredAt + window.spacingMs);
  holdSlot(window, answeredAt);
}

/** Nothing is held, and nothing keeps a start back. */
export function isUnused(window: Window, now: number): boolean {
  return usedSlots(window, now) === 0 && now >= window.toldUntil && now >= window.nextStartAt;
}

/** A fresh window would be the same: nothing is held, and nothing was learned of it. */
export function isWhole(window: Window, now: number): boolean {
  return isUnused(window, now) && window.requests === window.rule.requests && window.spacingMs === window.pacedMs;
}

/** How many count in this window now: in flight, or answered and not yet forgotten by the provider. */
export function usedSlots(window: Window, now: number): number {
  settleUp(window, now);
  return window.inFlight + (window.heldUntil.length - window.first) + Math.ceil(window.debt);
}

function slotAt(window: Window, now: number): number {
  settleUp(window, now);
  const held = window.heldUntil.length - window.first;
  const surplus = held + window.inFlight - window.requests + 1;
  if (surplus <= 0) return now;
  return surplus > held ? Number.POSITIVE_INFINITY : window.heldUntil[window.first + surplus - 1]!;
}

function tokenAt(window: Window, now: number): number {
  settleUp(window, now);
  const late = window.heldUntil.length - window.first;
  const allowed = (window.rule.burst ?? window.requests) - window.inFlight - late - 1;
  if (allowed < 0) return late > 0 ? window.heldUntil[window.first]! : Number.POSITIVE_INFINITY;
  return window.debt <= allowed ? now : now + ((window.debt - allowed) * window.rule.seconds * 1000) / window.requests;
}

function toldAt(window: Window, now: number): number {
  if (!window.told || now >= window.toldUntil) return now;
  const left = window.told.remaining - window.inFlight - window.told.after;
  if (left > 0) return now;
  const {kind} = window.rule;
  if (kind !== 'bucket' && kind !== 'counter') return window.toldUntil;
  // What was used comes back evenly all the time, and not at the reset alone.
  return Math.min(window.toldUntil, Math.max(now, window.told.answeredAt + (1 - left) * evenMs(window)));
}

/** Brings the window up to `now`: what has stopped counting is forgotten, and a token bucket has drained. */
function settleUp(window: Window, now: number): void {
  if (window.rule.kind !== 'bucket') {
    expire(window, now);
    return;
  }
  for (; window.first < window.heldUntil.length && window.heldUntil[window.first]! <= now; window.first += 1) {
    drain(window, window.heldUntil[window.first]!);
    window.debt += 1;
  }
  expire(window, now);
  drain(window, now);
}

function drain(window: Window, now: number): void {
  const drained = ((now - window.debtAt) * window.requests) / (window.rule.seconds * 1000);
  if (drained > 0) window.debt = Math.max(0, window.debt - drained);
  window.debtAt = Math.max(window.debtAt, now);
}

function expire(window: Window, now: number): void {
  const {heldUntil} = window;
  while (window.first < heldUntil.length && heldUntil[window.first]! <= now) window.first += 1;
  if (window.first === 0) return;
  // Spent entries are cut off in bulk: once for every thousand requests, not once for each.
  if (window.first === heldUntil.length || window.first > 1024) {
    heldUntil.splice(0, window.first);
    window.first = 0;
  }
}

function remember(window: Window, until: number): void {
  const {heldUntil} = window;
  if (heldUntil === NONE_HELD) {
    window.heldUntil = [until];
    return;
  }
  let place = heldUntil.length;
  while (place > window.first && heldUntil[place - 1]! > until) place -= 1;
  if (place === heldUntil.length) heldUntil.push(until);
  else heldUntil.splice(place, 0, until);
}
