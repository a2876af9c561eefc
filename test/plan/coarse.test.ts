import {assert} from 'chai';
import {coarsen, namesOf} from '../../src/plan/coarse.js';
import type {Limit} from '../../src/profiles/profile.js';

const LATENCY = {lowMs: 50, expectedMs: 100, highMs: 150};
const limit = (...windows: readonly (readonly [requests: number, seconds: number])[]): Limit => ({
  name: 'all',
  per: [],
  windows: windows.map(([requests, seconds]) => ({requests, seconds, kind: 'rolling'})),
});
const coarse = (limits: readonly Limit[], concurrency = 20) => coarsen({limits, concurrency}, new Set([0]), LATENCY);

describe('coarsen', () => {
  it('leaves alone what is quickly played', () => {
    const limits = [limit([60, 60], [1800, 3600])];
    assert.deepInclude(coarse(limits), {limits, concurrency: 20, latency: LATENCY, each: 1});
  });

  it('leaves out windows that the cap keeps from being full, and those that another window does', () => {
    assert.deepEqual(coarse([limit([300_000, 60], [10, 1])]).limits, [limit([10, 1])]);
    assert.deepEqual(coarse([limit([10, 1], [1_000_000, 86_400])]).limits, [limit([10, 1])]);
  });

  it('leaves out the windows of limits that nothing falls under', () => {
    assert.deepEqual(coarse([limit([10, 1]), limit([5, 1])]).limits[1]?.windows, []);
  });

  it('lets one stand for several where a turn has very many, in numbers that divide', () => {
    const {limits, each, concurrency, latency} = coarse([limit([1000, 1], [1_000_000, 3600])], 400);
    assert.isAbove(each, 1);
    const [second, hour] = limits[0]!.windows;
    assert.deepEqual([second!.seconds, hour!.seconds], [1, 3600]);
    assert.equal(hour!.requests * each, 1_000_000);
    assert.closeTo((concurrency / latency.expectedMs) * each, 400 / 100, 1e-9, 'as many pass under the cap');
  });

  it('keeps the rate where numbers do not divide', () => {
    const {limits, each} = coarse([limit([997, 1], [999_983, 3600])], 400);
    for (const [place, rate] of [997, 999_983 / 3600].entries()) {
      const {requests, seconds} = limits[0]!.windows[place]!;
      assert.closeTo((requests * each) / seconds, rate, 1e-6);
    }
  });
});

describe('namesOf', () => {
  it('calls what is played by the names of what was given', () => {
    const given = [limit([1000, 1], [1_000_000, 3600])];
    const names = namesOf(coarse(given, 400), given);
    assert.deepEqual([...names.values()], ['1000 per 1 s', '1000000 per 1 h']);
  });
});
