import {assert} from 'chai';
import {holdSlot, openWindow, takeSlot, type Window} from '../../src/limits/window.js';
import {isShort} from '../../src/schedule/claim.js';

const latencyMs = 100;
const windows = [openWindow({requests: 1, seconds: 1, kind: 'rolling'})];
const claim = (left: number, ready = left) => ({left, ready, windows, turns: [], latencyMs});
const stretch = {endAt: 22_000, until: 5100, now: 0};

/** Ten per 5 s, of which so many are taken. */
function pool(used: number): Window {
  const window = openWindow({requests: 10, seconds: 5, kind: 'rolling'});
  for (let n = 0; n < used; n++) takeSlot(window, 0);
  for (let n = 0; n < used; n++) holdSlot(window, 0);
  return window;
}

describe('a claim to slots of a shared window', () => {
  // At one per 1.1 s, 16 can start in the 16.9 s before the end: whoever has 21 left has to start five before slots come back.
  it('is missed where less is free than has to start before slots come back', () => {
    assert.isFalse(isShort(pool(4), [claim(21)], stretch));
    assert.isTrue(isShort(pool(5), [claim(21)], stretch));
    assert.isFalse(isShort(pool(9), [claim(10)], stretch));
  });

  it('is one with the others', () => {
    assert.isFalse(isShort(pool(3), [claim(21)], stretch));
    assert.isTrue(isShort(pool(3), [claim(21), claim(21)], stretch));
  });

  it('is no larger than those whose turn has come', () => {
    assert.isFalse(isShort(pool(5), [claim(23, 2)], stretch));
  });

  // The largest of four lanes at one per 206 ms, under one per 95 ms for all: it got every third start, each time 80 ms late.
  it('is missed where starts are spaced, and one now keeps it from the instant at which it can', () => {
    const spaced = {...openWindow({requests: 100, seconds: 5, kind: 'rolling'}), spacingMs: 95};
    const own = [{...openWindow({requests: 10, seconds: 1, kind: 'rolling'}), spacingMs: 206}];
    const stretch = {endAt: 206 * 287, until: 5100, now: 0};
    assert.isFalse(isShort(spaced, [{...claim(287), windows: own}], stretch));
    assert.isTrue(isShort(spaced, [{...claim(287), windows: own}], {...stretch, now: 190}));
  });
});
