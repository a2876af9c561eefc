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

  it('puts rows for which others wait before the rest, the longest line first, and of equals the first in the file', () => {
    const rows = new LaneRows();
    rows.rank((row) => ({3: 1, 4: 2, 5: 1})[row] ?? 0);
    for (const row of [1, 5, 3, 4, 2]) rows.push(row, 0);
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => rows.shift(0)),
      [4, 3, 5, 1, 2],
    );
  });

  it('is not missed by whoever takes rows out of a copy', () => {
    const rows = new LaneRows();
    rows.rank((row) => (row === 2 ? 1 : 0));
    for (const row of [1, 2, 3]) rows.push(row, 0);
    const copy = rows.copy();
    copy.push(4, 0);
    assert.deepEqual(
      [copy.shift(0), copy.shift(0), copy.shift(0), copy.shift(0), copy.shift(0)],
      [2, 1, 3, 4, undefined],
    );
    assert.deepEqual([rows.shift(0), rows.shift(0), rows.shift(0), rows.shift(0)], [2, 1, 3, undefined]);
  });
});
