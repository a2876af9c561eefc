import {assert} from 'chai';
import fc from 'fast-check';
import type {WindowRule} from '../../src/limits/limit.js';
import {believeRemaining} from '../../src/limits/remaining.js';
import {firstBeyond, freeSlots, lastStartAt, slotsBack, spanMs} from '../../src/limits/supply.js';
import {holdSlot, openWindow, roomAt, takeSlot, type Window} from '../../src/limits/window.js';

const LATENCY_MS = 100;

const rules: fc.Arbitrary<WindowRule> = fc.record({
  requests: fc.integer({min: 1, max: 6}),
  seconds: fc.constantFrom(1, 2, 5),
  kind: fc.constantFrom('rolling', 'counter', 'bucket'),
});

/** Starts as soon as the window lets it, `count` times; each answer comes `LATENCY_MS` later. The instants of the starts. */
function starts(window: Window, count: number, from: number): number[] {
  const times: number[] = [];
  const answers: number[] = [];
  for (let now = from; times.length < count; ) {
    for (; answers[0] !== undefined && answers[0] <= now; answers.shift()) holdSlot(window, answers[0]);
    const at = roomAt(window, now);
    if (at > now) {
      now = Math.min(at, answers[0] ?? Number.POSITIVE_INFINITY);
      continue;
    }
    takeSlot(window, now);
    times.push(now);
    answers.push(now + LATENCY_MS);
  }
  for (const at of answers) holdSlot(window, at);
  return times;
}

/** A window in which so many were started since 0, all of them answered, and the instant of the last answer. */
function used(rule: WindowRule, count: number): {window: Window; now: number} {
  const window = openWindow(rule);
  const last = starts(window, count, 0).at(-1) ?? 0;
  return {window, now: last + LATENCY_MS};
}

describe('the supply of a window', () => {
  it('has as many free slots as may start at once', () => {
    const {window} = used({requests: 5, seconds: 1, kind: 'rolling'}, 2);
    assert.equal(freeSlots(window, 100), 3);
    takeSlot(window, 100);
    assert.equal(freeSlots(window, 100), 2);
    assert.equal(freeSlots(window, 1100), 4);
  });

  it('has no more than the server said remains', () => {
    const window = openWindow({requests: 5, seconds: 10, kind: 'rolling'});
    believeRemaining(window, {limit: 100, remaining: 2, resetAt: 8000, startedAt: 0}, 0);
    takeSlot(window, 0);
    assert.equal(freeSlots(window, 0), 1);
    assert.equal(slotsBack(window, 7000, 0), 0);
    assert.equal(freeSlots(window, 8000), 4);
  });

  it('counts what comes back before an instant, and not what comes at it', () => {
    const {window} = used({requests: 5, seconds: 1, kind: 'rolling'}, 3);
    assert.deepEqual(
      [1100, 1101].map((at) => slotsBack(window, at, 100)),
      [0, 3],
    );
  });

  it('knows the last of so many starts as well as who makes them', () =>
    fc.assert(
      fc.property(rules, fc.nat(12), fc.integer({min: 1, max: 30}), (rule, before, count) => {
        const {window, now} = used(rule, before);
        const said = lastStartAt(window, count, now, LATENCY_MS);
        const made = starts(window, count, now).at(-1)!;
        // A paced start that is late by up to a quarter of the spacing is made up for.
        assert.isAtMost(said, made + window.spacingMs / 4 + 1e-6);
        // A token drains from the answer on, and a paced start may have to wait for a slot besides: what that costs depends on all starts before.
        if (rule.kind === 'rolling') assert.closeTo(said, made, 1e-6);
        else assert.isAtLeast(2 * (said - now) + 2000 * rule.seconds, made - now);
      }),
      {numRuns: 300},
    ));

  it('knows how far apart two starts are at least, and which start is too far', () =>
    fc.assert(
      fc.property(rules, fc.nat(30), (rule, after) => {
        const window = openWindow(rule);
        const times = starts(openWindow(rule), after + 1, 0);
        const span = spanMs(window, after, LATENCY_MS);
        assert.isAtMost(span, times[after]! - times[0]! + 1e-6);
        assert.isAbove(firstBeyond(window, span, LATENCY_MS), after);
        if (span > 1) assert.isAtMost(firstBeyond(window, span - 1, LATENCY_MS), after);
      }),
      {numRuns: 300},
    ));
});
