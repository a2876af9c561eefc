import {assert} from 'chai';
import fc from 'fast-check';
import {LaneHeap, lanePlaces} from '../../src/schedule/lane-heap.js';

const LANES = 40;

describe('LaneHeap', () => {
  it('has the first on top, whatever was pushed and taken out before', () =>
    fc.assert(
      fc.property(
        fc.array(fc.nat(9), {minLength: LANES, maxLength: LANES}),
        fc.array(fc.nat(LANES - 1), {maxLength: 200}),
        (rank, toggled) => {
          const heap = new LaneHeap(lanePlaces(LANES), (one, other) => rank[one]! < rank[other]!);
          const inside = new Set<number>();
          for (const lane of toggled) {
            if (inside.has(lane)) heap.remove(lane);
            else heap.push(lane);
            if (!inside.delete(lane)) inside.add(lane);
            assert.equal(heap.size, inside.size);
            const least = Math.min(...[...inside].map((each) => rank[each]!));
            assert.equal(heap.top === undefined ? Number.POSITIVE_INFINITY : rank[heap.top], least);
          }
        },
      ),
    ));

  it('shows those that stand before a mark, and of the others only those that border on them', () => {
    const heap = new LaneHeap(lanePlaces(1000), (one, other) => one < other);
    for (let lane = 999; lane >= 0; lane--) heap.push(lane);
    const shown: number[] = [];
    const seen: number[] = [];
    heap.walk((lane) => {
      seen.push(lane);
      if (lane < 10) shown.push(lane);
      return lane < 10;
    });
    assert.deepEqual(
      shown.sort((one, other) => one - other),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.isAtMost(seen.length, 21);
  });

  it('lets heaps of other lanes share the places', () => {
    const places = lanePlaces(4);
    const before = (one: number, other: number) => one < other;
    const [even, odd] = [new LaneHeap(places, before), new LaneHeap(places, before)];
    for (const lane of [2, 0]) even.push(lane);
    for (const lane of [3, 1]) odd.push(lane);
    even.remove(0);
    assert.deepEqual([even.top, odd.top], [2, 1]);
  });
});
