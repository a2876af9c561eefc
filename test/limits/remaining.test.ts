import {assert} from 'chai';
import type {WindowRule} from '../../src/limits/limit.js';
import {believeRemaining} from '../../src/limits/remaining.js';
import {holdSlot, openWindow, roomAt, takeSlot, usedSlots, type Window} from '../../src/limits/window.js';

/** Starts a request at `start` that is answered at `answer`. */
function exchange(window: Window, start: number, answer: number): void {
  takeSlot(window, start);
  holdSlot(window, answer);
}

describe('what the server says remains', () => {
  const wide: WindowRule = {requests: 100, seconds: 60, kind: 'fixed'};

  it('lets no more start than remains less what is in flight', () => {
    const window = openWindow(wide);
    takeSlot(window, 0);
    takeSlot(window, 10);
    exchange(window, 20, 100);
    believeRemaining(window, {limit: 100, remaining: 3, resetAt: 60_000, startedAt: 20}, 100);
    assert.equal(roomAt(window, 100), 100);
    takeSlot(window, 100);
    assert.equal(roomAt(window, 100), 60_000);
  });

  it('gains what was in flight once its answer shows that the server had counted it before', () => {
    const window = openWindow(wide);
    takeSlot(window, 0);
    exchange(window, 20, 100);
    believeRemaining(window, {limit: 100, remaining: 1, resetAt: 60_000, startedAt: 20}, 100);
    assert.equal(roomAt(window, 100), 60_000);
    holdSlot(window, 200);
    believeRemaining(window, {limit: 100, remaining: 2, resetAt: 60_000, startedAt: 0}, 200);
    assert.equal(roomAt(window, 200), 200);
  });

  it('ignores an answer that was overtaken', () => {
    const window = openWindow(wide);
    believeRemaining(window, {limit: 100, remaining: 0, resetAt: 60_000, startedAt: 20}, 100);
    believeRemaining(window, {limit: 100, remaining: 1, resetAt: 60_000, startedAt: 10}, 110);
    assert.equal(roomAt(window, 110), 60_000);
  });

  it('changes nothing while all that the server counts was answered here', () => {
    const window = openWindow({requests: 2, seconds: 5, kind: 'rolling'});
    exchange(window, 0, 100);
    exchange(window, 0, 200);
    // The oldest leaves the server at 5,050 at the latest, and is told in whole seconds.
    believeRemaining(window, {limit: 2, remaining: 0, resetAt: 6000, startedAt: 0}, 200);
    assert.equal(roomAt(window, 200), 5100);
    // Somebody else's.
    believeRemaining(window, {limit: 3, remaining: 0, resetAt: 6000, startedAt: 0}, 200);
    assert.equal(roomAt(window, 200), 6000);
  });

  // At an even pace one of nineteen came back while the next was on its way: the server counted both, and told a second to wait.
  it('changes nothing where one came back while the answer was on its way', () => {
    const window = openWindow({requests: 2, seconds: 5, kind: 'rolling'});
    exchange(window, 0, 100);
    exchange(window, 2400, 2500);
    exchange(window, 5050, 5200);
    assert.equal(usedSlots(window, 5200), 2);
    believeRemaining(window, {limit: 3, remaining: 0, resetAt: 6200, startedAt: 5050}, 5200);
    assert.equal(roomAt(window, 5200), 7500);
    believeRemaining(window, {limit: 4, remaining: 0, resetAt: 9200, startedAt: 5050}, 5200);
    assert.equal(roomAt(window, 5200), 9200);
  });

  it('comes back one by one where it does so evenly, and not at the reset alone', () => {
    for (const kind of ['bucket', 'counter'] as const) {
      const window = openWindow({requests: kind === 'counter' ? 11 : 10, seconds: 5, kind, burst: 10});
      believeRemaining(window, {limit: 10, remaining: 0, resetAt: 5000, startedAt: 0}, 100);
      assert.equal(roomAt(window, 100), 600, kind);
    }
  });

  it('is forgotten at the reset', () => {
    const window = openWindow(wide);
    believeRemaining(window, {limit: 100, remaining: 0, resetAt: 60_000, startedAt: 20}, 100);
    assert.equal(roomAt(window, 60_000), 60_000);
  });
});
