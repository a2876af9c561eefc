import {assert} from 'chai';
import {openLedger, recall} from '../../src/limits/ledger.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {forget, roomyLanes} from '../../src/schedule/roomy.js';

const limits = [
  {name: 'all', windows: [{requests: 50, seconds: 1, kind: 'rolling' as const}]},
  {name: 'user', windows: [{requests: 2, seconds: 1, kind: 'rolling' as const}]},
];
const user = (id: number) => ({limit: 1, id: 100 + id, label: `user ${id}`});

/** So many rows of each caller. */
function callers(counts: readonly number[]): Lanes {
  const lanes = new Lanes(limits, [false, true]);
  for (const [place, count] of counts.entries())
    lanes.add(lanes.laneOf([{limit: 0, id: 1, label: 'all'}, user(place)], place + 1), count);
  return lanes;
}

describe('roomyLanes', () => {
  it('are those with no more rows than their own windows have slots', () => {
    assert.deepEqual([...roomyLanes(callers([1, 2, 3]), openLedger(limits, 10))], [1, 1, 0]);
  });

  it('are none whose bucket is in use', () => {
    const ledger = openLedger(limits, 10);
    recall(ledger, [user(0)], 0);
    assert.deepEqual([...roomyLanes(callers([1, 1]), ledger)], [0, 1]);
  });

  it('have one row at most where starts are spaced', () => {
    const ledger = openLedger(limits, 10, {pace: 'even', ramp: undefined});
    assert.deepEqual([...roomyLanes(callers([1, 2]), ledger)], [1, 0]);
  });
});

describe('forget', () => {
  it('drops buckets in which nothing is under way', () => {
    const ledger = openLedger(limits, 10);
    recall(ledger, [user(0)], 0);
    recall(ledger, [user(1)], 0);
    ledger.buckets.get(user(1).id)!.windows[0]!.inFlight = 1;
    forget(ledger, [user(0).id, user(1).id]);
    assert.deepEqual([...ledger.buckets.keys()], [user(1).id]);
  });
});
