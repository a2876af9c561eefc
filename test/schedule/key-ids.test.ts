import {assert} from 'chai';
import {makeKeyIds} from '../../src/schedule/key-ids.js';

describe('makeKeyIds', () => {
  it('numbers each key once, in the order in which they come', () => {
    const ids = makeKeyIds();
    assert.deepEqual(['a', 'b', 'a', '', 'b'].map(ids.idOf), [1, 2, 1, 3, 2]);
    assert.equal(ids.count, 3);
  });

  it('tells a hundred thousand keys apart that differ in a digit', () => {
    const ids = makeKeyIds();
    const keys = Array.from({length: 100_000}, (_, key) => `user-${key}@example.com`);
    for (const [index, key] of keys.entries()) assert.equal(ids.idOf(key), index + 1);
    for (const [index, key] of keys.entries()) assert.equal(ids.idOf(key), index + 1);
  });
});
