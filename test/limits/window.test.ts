import {assert} from 'chai';
import type {WindowRule} from '../../src/limits/limit.js';
import {
  holdSlot,
  isWhole,
  openWindow,
  recallSlot,
  returnSlot,
  roomAt,
  takeSlot,
  usedSlots,
  type Window,
} from '../../src/limits/window.js';

const rolling: WindowRule = {requests: 2, seconds: 5, kind: 'rolling'};

/** Starts a request at `start` that is answered at `answer`. */
function exchange(window: Window, start: number, answer: number, resetAt?: number): void {
  takeSlot(window, start);
  holdSlot(window, answer, resetAt);
}

describe('Window', () => {
  it('gives a slot back a whole window after the response, not after the start', () => {
    const window = openWindow(rolling);
    exchange(window, 0, 150);
    exchange(window, 0, 200);
    assert.equal(roomAt(window, 200), 5150);
    assert.equal(roomAt(window, 5150), 5150);
  });

  it('knows no instant while everything is in flight', () => {
    const window = openWindow(rolling);
    takeSlot(window, 0);
    takeSlot(window, 0);
    assert.equal(roomAt(window, 9999), Number.POSITIVE_INFINITY);
  });

  it('is free at once when a request never left', () => {
    const window = openWindow({...rolling, requests: 1});
    takeSlot(window, 0);
    returnSlot(window);
    assert.equal(roomAt(window, 1), 1);
    assert.isTrue(isWhole(window, 1));
  });

  it('holds an answered request only until the reset its own response announced, when the window is fixed', () => {
    const window = openWindow({requests: 1, seconds: 60, kind: 'fixed'});
    exchange(window, 50_000, 50_100, 60_000);
    assert.equal(roomAt(window, 50_100), 60_000);
  });

  it('counts a request that was in flight across the reset in the next window too', () => {
    const window = openWindow({requests: 2, seconds: 60, kind: 'fixed'});
    exchange(window, 58_000, 58_100, 60_000);
    exchange(window, 59_990, 60_080, 120_000);
    assert.equal(usedSlots(window, 60_080), 1);
    takeSlot(window, 60_080);
    assert.equal(roomAt(window, 60_080), 120_000);
  });

  it('forgets no slot when answers come out of order', () => {
    const window = openWindow({requests: 3, seconds: 60, kind: 'fixed'});
    exchange(window, 0, 100);
    exchange(window, 0, 110, 20_000);
    exchange(window, 0, 120, 30_000);
    assert.deepEqual(
      [20_000, 30_000, 60_100].map((at) => usedSlots(window, at)),
      [2, 1, 0],
    );
  });

  it('counts an answered request of an earlier session for the rest of its window', () => {
    const window = openWindow({...rolling, requests: 1});
    recallSlot(window, 1000);
    assert.equal(roomAt(window, 3000), 6000);
  });

  it('spreads a counter from the first request on, by one less than its limit', () => {
    const window = openWindow({requests: 11, seconds: 5, kind: 'counter'});
    takeSlot(window, 0);
    assert.equal(roomAt(window, 0), 500);
    const ofOne = openWindow({requests: 1, seconds: 5, kind: 'counter'});
    takeSlot(ofOne, 0);
    holdSlot(ofOne, 100);
    assert.equal(roomAt(ofOne, 100), 10_000);
  });

  it('goes on at its pace behind what an earlier session sent', () => {
    const window = openWindow({requests: 4, seconds: 300, kind: 'counter'});
    recallSlot(window, 60_000);
    recallSlot(window, 1000);
    assert.equal(roomAt(window, 61_000), 160_000);
  });

  describe('bucket', () => {
    const rule: WindowRule = {requests: 10, seconds: 1, kind: 'bucket', burst: 3};

    it('lets a burst pass, then one for every token that came back after the response', () => {
      const window = openWindow(rule);
      for (let i = 0; i < 3; i++) exchange(window, 0, 50);
      assert.equal(roomAt(window, 50), 150);
      exchange(window, 150, 200);
      assert.closeTo(roomAt(window, 200), 250, 1e-6);
    });

    it('holds a token in flight whole, however long it takes', () => {
      const window = openWindow({...rule, burst: 1});
      takeSlot(window, 0);
      assert.equal(roomAt(window, 60_000), Number.POSITIVE_INFINITY);
    });

    it('is taken for empty where an earlier session used it: what came before is not known', () => {
      const window = openWindow(rule);
      recallSlot(window, 0);
      assert.equal(roomAt(window, 0), 100);
      assert.equal(usedSlots(window, 0), 3);
      recallSlot(window, 100);
      assert.equal(usedSlots(window, 100), 3);
    });

    it('holds a token whose answer never came until it may have counted', () => {
      const window = openWindow({...rule, burst: 1});
      takeSlot(window, 0);
      holdSlot(window, 30_000);
      assert.equal(roomAt(window, 100), 30_000);
      assert.equal(roomAt(window, 30_000), 30_100);
    });
  });
});
