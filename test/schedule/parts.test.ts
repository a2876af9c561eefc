import {assert} from 'chai';
import {FIRST, keep, noneKept, PART, PART_BITS} from '../../src/schedule/parts.js';

describe('keep', () => {
  it('counts every row, and names the first three', () => {
    const kept = noneKept();
    for (const row of [4, 5, 6, 7]) keep(kept, {row, after: 1, by: 'key'});
    assert.equal(kept.rows, 4);
    assert.deepEqual(
      kept.first.map(({row}) => row),
      [4, 5, 6],
    );
  });
});

describe('PART', () => {
  it('leaves the bit of the first of its key free', () => {
    for (const part of Object.values(PART)) assert.equal((part | FIRST) & PART_BITS, part);
  });
});
