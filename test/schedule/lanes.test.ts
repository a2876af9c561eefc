import {assert} from 'chai';
import type {BucketRef} from '../../src/limits/limit.js';
import {Lanes} from '../../src/schedule/lanes.js';

const windows = [{requests: 10, seconds: 1, kind: 'rolling' as const}];
const limits = [
  {name: 'all', windows},
  {name: 'user', windows},
  {name: 'bot', windows},
];
const ref = (limit: number, id: number): BucketRef => ({limit, id, label: limits[limit]!.name});
const all = ref(0, 1);

function lanesOf(...rows: readonly (readonly BucketRef[])[]): Lanes {
  const lanes = new Lanes(limits, [false, true, true]);
  for (const [index, refs] of rows.entries()) lanes.add(lanes.laneOf(refs, index + 1));
  return lanes;
}

describe('Lanes', () => {
  it('has one lane for the rows of the same buckets, and another for any other', () => {
    const lanes = lanesOf([all, ref(1, 7)], [all, ref(1, 8)], [all, ref(1, 7)], [all]);
    assert.equal(lanes.count, 3);
    assert.deepEqual([...lanes.counts()], [2, 1, 1]);
    assert.deepEqual(
      lanes.refs(1).map(({id}) => id),
      [1, 8],
    );
    assert.deepEqual(lanes.sharedRefs(1), [all]);
  });

  it('says what the buckets are called that a lane has alone of its own', () => {
    const admin = {...ref(1, 7), label: 'user user=admin'};
    const lanes = lanesOf([all, admin], [all, ref(1, 8), ref(2, 3)], [all]);
    assert.deepEqual([...lanes.labels()], [[7, 'user user=admin']]);
  });

  it('knows a lane whose own bucket is no other’s', () => {
    const lanes = lanesOf([all, ref(1, 7)], [all, ref(1, 8)], [all]);
    assert.isTrue(lanes.isAlone(0));
    assert.isTrue(lanes.isAlone(1));
    assert.isFalse(lanes.isAlone(2));
  });

  it('takes no bucket for one lane’s that another may fall into: two keys, or the same key in another shape', () => {
    const twoKeys = lanesOf([ref(1, 7), ref(2, 1)], [ref(1, 7), ref(2, 2)]);
    assert.isFalse(twoKeys.isAlone(0));
    const twoShapes = lanesOf([all, ref(1, 7)], [ref(1, 7)]);
    assert.isFalse(twoShapes.isAlone(0));
    assert.isFalse(twoShapes.isAlone(1));
  });
});
