import type {Ledger, LimitRule} from './ledger.js';
import {sharedWindow, shareOf, type WindowRule} from './limit.js';
import {evenMs, type Pace, paceWindows, rampedAt} from './pace.js';
import {openWindow, usedSlots, type Window} from './window.js';

/** What a ledger is to go by from now on. The limits are the same ones, in the same order: only their windows differ. */
export type Change = {readonly limits: readonly LimitRule[]; readonly concurrency: number; readonly pace: Pace};

/**
 * Puts other windows, another cap or another pace into a ledger that is in use. What is held stays held, for as long as the new window lasts;
 * what the server told, and what refusals have spread, stays in force. A window that is longer than any before knows only what those still held.
 */
export function changeLedger(ledger: Ledger, {limits, concurrency, pace}: Change, now: number): void {
  const known = ledger.limits;
  ledger.limits = limits.map((limit, i) => {
    const found = known[i];
    // What is found out as the run goes on is not to be said otherwise; only how much of it is used.
    return limit.beginsAt === undefined && found?.beginsAt ? reshared(found, limit.windows[0]?.share) : limit;
  });
  ledger.concurrency = concurrency;
  ledger.pacing = {...ledger.pacing, pace};
  for (const bucket of ledger.buckets.values()) {
    const was = bucket.windows;
    const rules = ledger.limits[bucket.limit]?.windows ?? [];
    bucket.windows = rules.map((rule, i) =>
      rerule(sourceOf(rule, was, rules.length === was.length ? i : -1), rule, now),
    );
    paceWindows(bucket.windows, pace);
    const [first] = bucket.windows;
    for (const window of bucket.windows)
      window.nextStartAt = window.spacingMs > 0 ? window.lastAt + window.spacingMs : 0;
    if (first && first.lastAt > 0)
      first.nextStartAt = Math.max(first.nextStartAt, rampedAt(bucket.windows, ledger.pacing, first.lastAt));
  }
}

function reshared(found: LimitRule, share: number | undefined): LimitRule {
  return {...found, share, windows: found.told?.map((rule) => sharedWindow(rule, share)) ?? found.windows};
}

/** The window that knows most of what a new one has to: of the same length, of the same place, or the longest. */
function sourceOf({seconds}: WindowRule, windows: readonly Window[], place: number): Window {
  const same = windows.find(({rule}) => rule.seconds === seconds) ?? windows[place];
  return same ?? windows.reduce((one, other) => (other.rule.seconds > one.rule.seconds ? other : one));
}

function rerule(window: Window, rule: WindowRule, now: number): Window {
  // Brings debt and slots up to now.
  usedSlots(window, now);
  const fresh = openWindow(rule);
  const {learned} = window;
  const requests =
    learned === undefined ? rule.requests : Math.max(1, Math.min(shareOf(learned, rule.share), rule.requests));
  const spread = window.spacingMs > window.pacedMs ? window.spacingMs / evenMs(window) : 0;
  return {
    ...window,
    ...fresh,
    ...heldIn(window, rule, now),
    rule,
    requests,
    learned,
    inFlight: window.inFlight,
    debtAt: now,
    spacingMs: Math.max(fresh.spacingMs, spread * evenMs({requests, rule})),
    lastAt: window.lastAt,
    told: window.told,
    toldUntil: window.toldUntil,
  };
}

/** What a window holds, in the terms of another rule; where they cannot be the same, rather too much. */
function heldIn(window: Window, rule: WindowRule, now: number): Pick<Window, 'heldUntil' | 'first' | 'debt'> {
  const {rule: was, debt} = window;
  const held = window.heldUntil.slice(window.first);
  const lengthMs = rule.seconds * 1000;
  if (was.kind === 'bucket' && rule.kind === 'bucket') return {heldUntil: held, first: 0, debt};
  if (rule.kind === 'bucket') return {heldUntil: [], first: 0, debt: held.length};
  if (was.kind === 'bucket') {
    const owed = Array.from({length: Math.ceil(debt)}, () => now + lengthMs);
    return {heldUntil: [...owed, ...held.map((at) => at + lengthMs)], first: 0, debt: 0};
  }
  const longerMs = lengthMs - was.seconds * 1000;
  // The end of a fixed window says nothing of when its requests were answered.
  const shiftMs = was.kind === 'fixed' ? Math.max(0, longerMs) : longerMs;
  return {heldUntil: held.map((at) => at + shiftMs), first: 0, debt: 0};
}
