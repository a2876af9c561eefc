import {assert} from 'chai';
import fc from 'fast-check';
import {makeHashIndex} from '../../src/schedule/hash-index.js';

/** Any of the items with that hash will do. */
const any = () => true;

describe('makeHashIndex', () => {
  it('finds the item of every hash that was added and of no other, as a Map does', () => {
    const far = fc.nat(50).map((each) => each * 2 ** 32);
    const hash = fc.oneof(fc.maxSafeNat(), fc.nat(50), far);
    fc.assert(
      fc.property(fc.uniqueArray(hash, {maxLength: 1500}), fc.array(hash), (added, asked) => {
        const index = makeHashIndex();
        for (const [lane, each] of added.entries()) index.add(each, lane);
        const lanes = new Map(added.map((each, lane) => [each, lane]));
        for (const each of [...added, ...asked]) {
          assert.equal(
            index.find(each, (lane) => added[lane] === each),
            lanes.get(each),
          );
        }
      }),
    );
  });

  it('asks about each item of a hash until one matches', () => {
    const index = makeHashIndex();
    for (const lane of [0, 1, 2]) index.add(7, lane);
    assert.equal(
      index.find(7, (lane) => lane === 2),
      2,
    );
    assert.isUndefined(index.find(7, () => false));
    assert.isUndefined(index.find(8, any));
  });

  it('grows', () => {
    const index = makeHashIndex();
    const hashOf = (lane: number) => lane * 2 ** 20;
    for (let lane = 0; lane < 20_000; lane++) index.add(hashOf(lane), lane);
    for (let lane = 0; lane < 20_000; lane++) {
      assert.equal(
        index.find(hashOf(lane), (each) => each === lane),
        lane,
      );
    }
  });
});
