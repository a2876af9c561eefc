import {usedSlots, type Window} from './window.js';

/** A quota as the response to the request that started at `startedAt` told it. */
export type Told = {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number;
  readonly startedAt: number;
};

/** One reset, told twice, may move by so much: it is given in whole seconds, and the server's clock is known better with each answer. */
const SAME_RESET_MS = 3000;

/**
 * No more than `remaining` may start before `resetAt`, less what is in flight and less what was answered since without having been counted
 * in it. Answers overtake each other: within one window the least holds, unless its request started after the last was answered.
 */
export function believeRemaining(window: Window, {limit, remaining, resetAt, startedAt}: Told, now: number): void {
  // All that the server counts is what was answered here: nobody else is there, and a reset is told in whole seconds, our own count in ms.
  const answered = usedSlots(window, now) - window.inFlight + spentSince(window, startedAt);
  if (window.rule.kind !== 'counter' && limit - remaining <= answered) {
    window.told = undefined;
    return;
  }
  const same = now < window.toldUntil && Math.abs(resetAt - window.toldUntil) <= SAME_RESET_MS;
  if (same && window.told && startedAt < window.told.answeredAt && remaining > window.told.remaining) {
    // Overtaken: it was counted before what we know already.
    window.told.after = Math.max(0, window.told.after - 1);
    return;
  }
  window.told = {remaining, answeredAt: now, after: 0};
  window.toldUntil = resetAt;
}

/** How many slots came back since then: the server may have counted them still when it counted this one. */
function spentSince({rule, heldUntil, first}: Window, startedAt: number): number {
  if (rule.kind === 'bucket') return 0;
  let place = first;
  while (place > 0 && heldUntil[place - 1]! > startedAt) place -= 1;
  return first - place;
}
