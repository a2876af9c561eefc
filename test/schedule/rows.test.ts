import {assert} from 'chai';
import {LaneRows} from '../../src/schedule/rows.js';

describe('LaneRows', () => {
  it('keeps the order of each lane, and grows with the rows', () => {
    const rows = new LaneRows(2);
    for (let row = 1; row <= 5000; row++) rows.push(row, row % 3);
    const taken = (lane: number) => {
      const all: number[] = [];
      for (let row = rows.shift(lane); row !== undefined; row = rows.shift(lane)) all.push(row);
      return all;
    };
    for (const lane of [0, 1, 2]) {
      assert.deepEqual(
        taken(lane),
        Array.from({length: 5000}, (_, i) => i + 1).filter((row) => row % 3 === lane),
      );
    }
    assert.equal(rows.laneOf(4999), 4999 % 3);
  });

  it('takes up a lane that had run empty', () => {
    const rows = new LaneRows();
    rows.push(1, 0);
    assert.equal(rows.shift(0), 1);
    assert.isUndefined(rows.shift(0));
    rows.push(2, 0);
    assert.equal(rows.shift(0), 2);
  });
});
