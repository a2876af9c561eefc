import {assert} from 'chai';
import {apart, drawnTogether, together} from '../../src/plan/apart.js';
import type {Plan} from '../../src/plan/plan.js';

const limits = [1, 10, 100].map((requests, place) => ({
  name: `limit-${place}`,
  per: [],
  windows: [{requests, seconds: 1, kind: 'rolling' as const}],
}));
const kind = (...buckets: number[]) => ({refs: buckets.map((limit) => ({limit, id: limit, label: ''}))});
const sizes = (kinds: readonly ReturnType<typeof kind>[], concurrency = 100) =>
  apart(kinds, {limits, concurrency}, 100).map((group) => group.length);

describe('kinds of requests', () => {
  it('are planned apart where they share no bucket', () =>
    assert.deepEqual(sizes([kind(0), kind(1), kind(2)]), [1, 1, 1]));

  it('are planned together where they share one, if only by way of a third', () => {
    assert.deepEqual(sizes([kind(0), kind(1), kind(0, 1), kind(2)]), [3, 1]);
  });

  it('are planned together where the cap may hold them back', () => {
    assert.deepEqual(sizes([kind(0), kind(1), kind(2)], 20), [3]);
    assert.deepEqual(sizes([kind(0), kind()]), [2], 'nothing but the cap holds the second back');
  });
});

describe('plans that go on at the same time', () => {
  const plan = (seconds: number): Plan => ({
    rows: 10,
    valid: 10,
    invalid: 0,
    requests: 10,
    seconds,
    secondsLow: seconds - 1,
    secondsHigh: seconds + 1,
    finishesAt: `in ${seconds}`,
    binding: [],
    lanes: [{name: `lane ${seconds}`, requests: 10, seconds}],
    preview: [],
    problems: [],
  });

  it('take as long as the longest', () => {
    const all = together([plan(5), plan(9)]);
    assert.deepInclude(all, {rows: 20, requests: 20, seconds: 9, secondsLow: 8, secondsHigh: 10, finishesAt: 'in 9'});
    assert.deepEqual(
      all.lanes.map(({name}) => name),
      ['lane 9', 'lane 5'],
    );
  });

  it('are drawn in slices of one length, every request in them', () => {
    const held = [{limit: 'a', window: 'b', parts: [1, 0, 1]}];
    const all = drawnTogether([
      {sliceMs: 4, lanes: [{name: 'long', requests: [4, 4, 4]}], others: 0, held},
      {sliceMs: 1, lanes: [{name: 'short', requests: [1, 2, 3, 4, 5]}], others: 0, held: []},
    ]);
    assert.deepEqual(all.lanes, [
      {name: 'short', requests: [10, 5, 0]},
      {name: 'long', requests: [4, 4, 4]},
    ]);
    assert.deepEqual([all.sliceMs, all.held], [4, held]);
  });

  it('are drawn eight lanes each for itself, and all others together', () => {
    const one = (name: string) => ({sliceMs: 1, lanes: [{name, requests: [1]}], others: 0, held: []});
    const all = drawnTogether(Array.from({length: 20}, (_, place) => one(`lane ${place}`)));
    assert.lengthOf(all.lanes, 9);
    assert.deepEqual([all.others, all.lanes[8]], [12, {name: '12 more lanes', requests: [12]}]);
  });
});
