import {assert} from 'chai';
import {giveBack, openLedger, take} from '../../src/limits/ledger.js';
import type {BucketRef} from '../../src/limits/limit.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {Reserve} from '../../src/schedule/reserve.js';

const limits = [
  {name: 'network', windows: [{requests: 10, seconds: 5, kind: 'rolling' as const}]},
  {name: 'user', windows: [{requests: 1, seconds: 1, kind: 'rolling' as const}]},
];
const network: BucketRef = {limit: 0, id: 1, label: ''};
const refsOf = (user: number) => [network, {limit: 1, id: 10 + user, label: ''}];

/** So many rows are left of each user, once the first of them has started one and waits for its own bucket; then `used` slots are taken by others. */
function scene(rows: readonly number[], used: number) {
  const lanes = new Lanes(limits, [false, true]);
  for (const [user, count] of rows.entries()) lanes.add(lanes.laneOf(refsOf(user), user + 1), count);
  const ledger = openLedger(limits, 100);
  const ready = [lanes.openHeap()];
  for (let lane = 1; lane < rows.length; lane++) ready[0]!.push(lane);
  const left = [rows.reduce((sum, count) => sum + count, 0)];
  const reserve = new Reserve(lanes, ledger, left, ready);
  const start = (refs: readonly BucketRef[]) => {
    take(ledger, refs, 0);
    giveBack(ledger, refs, 0, {kind: 'answered'});
  };
  start(refsOf(0));
  reserve.sleep(0);
  for (let n = 0; n < used; n++) start([network]);
  return {reserve, ledger};
}

describe('Reserve', () => {
  // 20 rows of one user at 1 per second take 20 s, and so do all 40 rows at 2 per second: it can spare none of its turns.
  it('keeps of the shared bucket what the lane that would end last can use before slots come back', () => {
    const others = [4, 4, 4, 4, 4];
    assert.isUndefined(scene([20, ...others], 4).reserve.keptFrom(1, 0, []));
    assert.equal(scene([20, ...others], 5).reserve.keptFrom(1, 0, []), 1);
  });

  it('keeps nothing for a lane that has time enough, or where all that is left fits in what is free', () => {
    assert.isUndefined(scene([5, 7, 7, 7, 7, 7], 8).reserve.keptFrom(1, 0, []));
    assert.isUndefined(scene([3, 1], 5).reserve.keptFrom(1, 0, []));
  });

  it('keeps nothing for a lane whose own bucket is closed until others’ slots are back', () => {
    const {reserve, ledger} = scene([20, 4, 4, 4, 4, 4], 5);
    ledger.buckets.get(10)!.closedUntil = 60_000;
    assert.isUndefined(reserve.keptFrom(1, 0, []));
  });

  it('keeps nothing from a lane that has no more time than those it would be kept for', () => {
    assert.isUndefined(scene([20, 20], 8).reserve.keptFrom(1, 0, []));
  });
});
