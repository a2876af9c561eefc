import {assert} from 'chai';
import {groupsOf} from '../../src/schedule/groups.js';
import {Lanes} from '../../src/schedule/lanes.js';

const window = (requests: number) => [{requests, seconds: 1, kind: 'rolling' as const}];
const limits = [{windows: window(100)}, {windows: window(1)}, {windows: window(10)}].map((each, limit) => ({
  ...each,
  name: `limit ${limit}`,
}));
const keyed = [false, true, true];

/** A lane for each pair of a channel and a user, ten rows in each. */
function lanesOf(pairs: readonly (readonly [number, number])[]): Lanes {
  const lanes = new Lanes(limits, keyed);
  for (const [row, [channel, user]] of pairs.entries()) {
    const refs = [
      {limit: 0, id: 1, label: ''},
      {limit: 1, id: 100 + channel, label: ''},
      {limit: 2, id: 10_000 + user, label: ''},
    ];
    lanes.add(lanes.laneOf(refs, row + 1), 10);
  }
  return lanes;
}

const crossed = (channels: number, users: number) =>
  Array.from({length: channels * users}, (_, n) => [n % channels, Math.floor(n / channels)] as const);

describe('groups of lanes', () => {
  it('are those that share the slowest bucket with a key', () => {
    const groups = groupsOf(lanesOf(crossed(3, 20)), {keyed, limits})!;
    assert.deepEqual(
      groups.shapes.map(({shared, ownLimits}) => ({shared, ownLimits})),
      [100, 101, 102].map((channel) => ({shared: [1, channel], ownLimits: [2]})),
    );
    assert.deepEqual([...groups.shapeOf.subarray(0, 4)], [1, 2, 3, 1]);
  });

  it('are those that share both, where they are few', () => {
    const groups = groupsOf(lanesOf(crossed(2, 3)), {keyed, limits})!;
    assert.equal(groups.shapes.length, 6);
    assert.deepEqual(groups.shapes[0]!.shared, [1, 100, 10_000]);
  });

  it('are none where nothing is shared, or by too many to be looked at each time', () => {
    assert.isUndefined(groupsOf(lanesOf([...Array(40).keys()].map((n) => [n, n] as const)), {keyed, limits}));
    assert.isUndefined(groupsOf(lanesOf(crossed(40, 40)), {keyed, limits}));
  });

  it('leave every lane its buckets, and find it again', () => {
    const pairs = crossed(3, 20);
    const [lanes, plain] = [lanesOf(pairs), lanesOf(pairs)];
    lanes.hold(5);
    const copy = lanes.copy();
    lanes.group();
    for (let lane = 0; lane < lanes.count; lane++) {
      assert.deepEqual(lanes.refs(lane), plain.refs(lane));
      assert.equal(lanes.laneOf(plain.refs(lane), 1), lane);
      assert.deepEqual(lanes.own(lane), [plain.own(lane)[1]!]);
      assert.isFalse(lanes.isAlone(lane));
    }
    assert.deepEqual([lanes.heldInShape(0), lanes.heldInShape(lanes.shapeOf(5))], [0, 1]);
    assert.equal(copy.shapeOf(5), 0);
    lanes.laneOf([{limit: 0, id: 1, label: ''}], 61);
    assert.equal(lanes.count, 61);
  });
});
