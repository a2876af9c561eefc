import {assert} from 'chai';
import {makePlaces} from '../../src/operations/places.js';

describe('Places', () => {
  it('gives back what was added, across the edges of its chunks', () => {
    const places = makePlaces();
    const count = 2 ** 17 + 5;
    for (let row = 1; row <= count; row++)
      places.add({row, line: row + 1, offset: row * 2 ** 20, end: (row + 1) * 2 ** 20});
    assert.equal(places.count, count);
    for (const row of [1, 2, 2 ** 16, 2 ** 16 + 1, 2 ** 17, count]) {
      assert.deepEqual(places.at(row), {row, line: row + 1, offset: row * 2 ** 20, end: (row + 1) * 2 ** 20});
    }
  });

  it('knows the lines of records that take several, and of those around them', () => {
    const places = makePlaces();
    const lines = [2, 3, 4, 9, 10, 11, 20];
    for (const [index, line] of lines.entries())
      places.add({row: index + 1, line, offset: index * 10, end: index * 10 + 10});
    assert.deepEqual(
      lines.map((_, index) => places.at(index + 1).line),
      lines,
    );
  });

  it('knows no row that was not added, and takes none out of order', () => {
    const places = makePlaces();
    places.add({row: 1, line: 2, offset: 3, end: 9});
    for (const row of [0, 2, -1, 1.5, Number.NaN]) assert.throws(() => places.at(row), RangeError);
    assert.throws(() => places.add({row: 3, line: 4, offset: 9, end: 12}), RangeError);
  });
});
