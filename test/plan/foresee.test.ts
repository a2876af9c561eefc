import {assert} from 'chai';
import {openLedger} from '../../src/limits/ledger.js';
import type {WindowRule} from '../../src/limits/limit.js';
import {foresee} from '../../src/plan/foresee.js';
import {Lanes} from '../../src/schedule/lanes.js';

/** Plays `count` operations of one lane under these windows. */
function play(
  count: number,
  windows: readonly WindowRule[],
  more: {latencyMs?: number; fixedEnds?: boolean; concurrency?: number} = {},
) {
  const limits = [{name: 'only', windows}];
  const lanes = new Lanes(limits, [false]);
  lanes.add(lanes.laneOf([{limit: 0, id: 1, label: 'only'}], 1), count);
  const {latencyMs = 100, fixedEnds = false, concurrency = 1000} = more;
  return foresee(lanes, openLedger(limits, concurrency), {startAt: 1_800_000_000_000, latencyMs, fixedEnds});
}

const perMinute: WindowRule = {requests: 60, seconds: 60, kind: 'rolling'};
const perHour: WindowRule = {requests: 1800, seconds: 3600, kind: 'rolling'};

describe('foresee', () => {
  it('takes a window and a latency for every windowful but the last, and a latency for that', () => {
    assert.equal(play(60, [perMinute]).ms, 100);
    assert.equal(play(61, [perMinute]).ms, 60_100 + 100);
    assert.equal(play(600, [perMinute]).ms, 9 * 60_100 + 100);
  });

  it('lets the hour bind once it is used up', () => {
    const {ms, held} = play(2000, [perMinute, perHour]);
    assert.equal(ms, 3_600_100 + 3 * 60_100 + 100);
    assert.deepEqual([...held.keys()], ['only 60 per 60 s', 'only 1800 per 1 h']);
  });

  it('books all of the time on one window or another', () => {
    const {ms, held} = play(2000, [perMinute, perHour]);
    const booked = [...held.values()].reduce((sum, entry) => sum + entry.ms, 0);
    assert.closeTo(booked, ms, 200);
  });

  it('uses a fixed window again at its announced end, which comes sooner than a whole window', () => {
    const fixed: WindowRule = {...perMinute, kind: 'fixed'};
    assert.equal(play(61, [fixed], {fixedEnds: true}).ms, 60_100);
  });

  it('knows the concurrency cap', () => {
    assert.equal(play(100, [{...perMinute, requests: 1000}], {concurrency: 10}).ms, 1000);
  });
});
