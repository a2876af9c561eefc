import {assert} from 'chai';
import {giveBack, openLedger, roomIn, take} from '../../src/limits/ledger.js';
import type {WindowRule} from '../../src/limits/limit.js';
import {cappedUntil, type Pacing, paceWindows, pacingOf, rampedAt} from '../../src/limits/pace.js';
import {openWindow} from '../../src/limits/window.js';

const perFive: WindowRule = {requests: 100, seconds: 5, kind: 'rolling'};
const perMinute: WindowRule = {requests: 60, seconds: 60, kind: 'rolling'};
const ref = {limit: 0, id: 1, label: 'all'};

/** The instants at which so many requests start, each as soon as it may, answered `latencyMs` later. */
function starts(
  count: number,
  windows: readonly WindowRule[],
  pacing: Pacing,
  {latencyMs = 0, concurrency = 1000} = {},
): number[] {
  const ledger = openLedger([{name: 'all', windows}], concurrency, pacing);
  const answers: number[] = [];
  const left: number[] = [];
  for (let now = 0; left.length < count; ) {
    while (answers.length > 0 && answers[0]! <= now) giveBack(ledger, [ref], answers.shift()!, {kind: 'answered'});
    const {at} = roomIn(ledger, [ref.id], now);
    if (at <= now) {
      take(ledger, [ref], now);
      answers.push(now + latencyMs);
      left.push(now);
    } else now = Math.min(at, answers[0] ?? at);
  }
  return left;
}

describe('pace', () => {
  it('is a burst where neither profile nor operator says otherwise', () => {
    assert.deepEqual(pacingOf({}, 5), {pace: 'burst', ramp: undefined});
    assert.deepEqual(pacingOf({pace: 'even', rampSeconds: 30}, 5), {pace: 'even', ramp: {beganAt: 5, ms: 30_000}});
  });

  it('spreads starts over the tightest window of a bucket, and leaves the others alone', () => {
    const windows = [perFive, perMinute].map(openWindow);
    paceWindows(windows, 'even');
    assert.deepEqual(
      windows.map(({spacingMs}) => spacingMs),
      [0, 1000],
    );
    paceWindows(windows, 'burst');
    assert.deepEqual(
      windows.map(({spacingMs}) => spacingMs),
      [0, 0],
    );
  });

  it('keeps what refusals have spread further, and the pace of a counter', () => {
    const windows = [openWindow({...perFive, kind: 'counter'}), openWindow(perFive)];
    windows[1]!.spacingMs = 120;
    paceWindows(windows, 'even');
    paceWindows(windows, 'burst');
    assert.deepEqual(
      windows.map(({spacingMs}) => spacingMs),
      [5000 / 99, 120],
    );
  });

  it('reaches the full rate of the window and a round trip, one by one', () => {
    const left = starts(1001, [perFive], pacingOf({pace: 'even'}, 0), {latencyMs: 110});
    assert.closeTo(left[1000]!, 10 * 5110, 1);
    for (const [i, at] of left.entries()) if (i > 0) assert.isAtLeast(at - left[i - 1]!, 50 - 1e-6);
  });

  it('does not catch up after a rest', () => {
    const ledger = openLedger([{name: 'all', windows: [perFive]}], 10, pacingOf({pace: 'even'}, 0));
    take(ledger, [ref], 0);
    take(ledger, [ref], 60_000);
    assert.equal(roomIn(ledger, [1], 60_000).at, 60_050);
  });

  it('is not slowed down by a timer that comes late each time', () => {
    const ledger = openLedger(
      [{name: 'all', windows: [{...perFive, requests: 1000}]}],
      10_000,
      pacingOf({pace: 'even'}, 0),
    );
    let now = 0;
    for (let i = 0; i < 999; i++) {
      take(ledger, [ref], now);
      now = roomIn(ledger, [1], now).at + 1.1;
    }
    assert.closeTo(now, 999 * 5, 5);
  });
});

describe('ramp', () => {
  const ramp = {beganAt: 0, ms: 30_000};

  it('lets the rate grow evenly up to the even pace', () => {
    const left = starts(700, [perFive], {pace: 'even', ramp});
    const inSecond = (second: number) => left.filter((at) => Math.floor(at / 1000) === second).length;
    assert.deepEqual([0, 10, 20, 29, 31].map(inSecond), [1, 7, 14, 20, 20]);
    assert.closeTo(left.filter((at) => at < 30_000).length, 300, 1);
  });

  it('lets a long window be used up within the ramp, and then as it is open', () => {
    const left = starts(5000, [{requests: 5000, seconds: 3600, kind: 'rolling'}], {pace: 'burst', ramp});
    const startedBefore = (ms: number) => left.filter((at) => at < ms).length;
    assert.closeTo(startedBefore(15_000), 625, 1);
    assert.closeTo(startedBefore(30_000), 2500, 1);
    assert.equal(startedBefore(30_001), 5000);
  });

  it('starts at once, and is over when it is over', () => {
    const [window] = [openWindow(perMinute)];
    assert.closeTo(rampedAt([window!], {pace: 'even', ramp}, 0), Math.sqrt(2 * 30_000 * 1000), 1e-6);
    assert.equal(rampedAt([window!], {pace: 'even', ramp}, 30_000), 0);
    assert.equal(rampedAt([window!], {pace: 'burst', ramp: {beganAt: 0, ms: 500}}, 499), 500);
    assert.closeTo(rampedAt([window!], {pace: 'even', ramp}, 29_999.999), 30_999.999, 0.001);
  });

  it('lets more be under way from step to step', () => {
    assert.equal(cappedUntil(0, 10, ramp, 0), 0);
    assert.equal(cappedUntil(1, 10, ramp, 0), 3000);
    assert.equal(cappedUntil(9, 10, ramp, 5), 27_000);
    assert.equal(cappedUntil(9, 10, ramp, 40_000), 40_000);
    assert.equal(cappedUntil(10, 10, ramp, 40_000), Number.POSITIVE_INFINITY);
    const left = starts(
      20,
      [{...perFive, requests: 10_000}],
      {pace: 'burst', ramp},
      {latencyMs: 100_000, concurrency: 10},
    );
    assert.deepEqual(left.slice(0, 3).map(Math.round), [0, 3000, 6000]);
  });
});
