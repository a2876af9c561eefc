import {assert} from 'chai';
import {holdSlot, openWindow, takeSlot} from '../../src/limits/window.js';
import {leastWithin, mostWithin, turnsUntil} from '../../src/schedule/turns.js';

const shared = {requests: 10, seconds: 2, kind: 'rolling'} as const;
const own = [openWindow({requests: 5, seconds: 1, kind: 'rolling'})];
const latencyMs = 20;

/** 87 rows at ten per turn of 2020 ms: eight turns, and of the ninth only its first instant. Three slots are left over. */
const rest = {left: 87, endAt: 8 * 2020, now: 0, latencyMs};

/** With so many of its slots taken at `at` and answered. */
function used(count: number, at: number) {
  const window = openWindow(shared);
  for (let n = 0; n < count; n++) takeSlot(window, at);
  for (let n = 0; n < count; n++) holdSlot(window, at + latencyMs);
  return window;
}

describe('turns of a shared window', () => {
  it('leave behind their begin what is not needed for all to end in time', () => {
    assert.deepEqual(turnsUntil(openWindow(shared), rest, own), {turnMs: 2020, spanMs: 0, spare: 3});
    const later = {...rest, endAt: rest.endAt + 1020};
    assert.deepEqual(turnsUntil(openWindow(shared), later, own), {turnMs: 2020, spanMs: 1020, spare: 3});
  });

  it('are the same while slots of one are away', () => {
    assert.deepEqual(turnsUntil(used(7, 0), {...rest, left: 80, now: 20}, own), {turnMs: 2020, spanMs: 0, spare: 3});
  });

  it('leave to one what it can start at their begin, and of its next turns what is spare', () => {
    const turns = [{turnMs: 2020, spanMs: 0, spare: 3}];
    const pace = {windows: own, turns, latencyMs};
    assert.deepEqual(
      [0, 1019, 1020, 2019, 6060, 7080].map((ms) => mostWithin(pace, ms)),
      [5, 5, 8, 8, 29, 32],
    );
    assert.deepEqual(
      [5, 6, 8, 9, 29, 30].map((count) => leastWithin(pace, count)),
      [0, 1020, 1020, 2020, 6060, 7080],
    );
    const alone = {windows: own, turns: [], latencyMs};
    assert.deepEqual([mostWithin(alone, 2020), leastWithin(alone, 13)], [10, 2040]);
  });

  it('are none where slots come back one by one, or where all that one wants is spare', () => {
    assert.isUndefined(turnsUntil(openWindow({...shared, kind: 'bucket'}), rest, own));
    assert.isUndefined(turnsUntil(openWindow(shared), {...rest, left: 79}, own));
  });
});
