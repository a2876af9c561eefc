import {assert} from 'chai';
import {Holds} from '../../src/schedule/holds.js';

describe('Holds', () => {
  it('counts by lane and by shape, and knows of none before one is held', () => {
    const holds = new Holds();
    assert.deepEqual([holds.inLane(7), holds.inShape(1)], [0, 0]);
    holds.hold(2, 1, 8);
    holds.hold(2, 1, 8);
    holds.hold(3, 1, 8);
    holds.release(2, 1);
    assert.deepEqual([holds.inLane(2), holds.inLane(3), holds.inShape(1), holds.inShape(0)], [1, 1, 2, 0]);
  });

  it('is as it was after a run was played ahead', () => {
    const holds = new Holds();
    holds.hold(0, 0, 1);
    const copy = holds.copy();
    copy.release(0, 0);
    assert.deepEqual([copy.inLane(0), copy.inShape(0)], [0, 0]);
    assert.deepEqual([holds.inLane(0), holds.inShape(0)], [1, 1]);
  });
});
