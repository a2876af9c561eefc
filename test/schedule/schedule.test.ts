import {assert} from 'chai';
import {changeLedger} from '../../src/limits/change.js';
import {bucketOf, closeUntil, giveBack, openLedger, take} from '../../src/limits/ledger.js';
import type {BucketRef} from '../../src/limits/limit.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {Schedule} from '../../src/schedule/schedule.js';

const limits = [
  {name: 'network', windows: [{requests: 4, seconds: 5, kind: 'rolling' as const}]},
  {name: 'user', windows: [{requests: 1, seconds: 1, kind: 'rolling' as const}]},
];
const refsOf = (user: number): BucketRef[] => [
  {limit: 0, id: 1, label: 'network'},
  {limit: 1, id: 100 + user, label: `user user=u${user}`},
];

/** A schedule over `counts[user]` operations of each user, with what a run does at a start. */
function scene(counts: readonly number[]) {
  const lanes = new Lanes(limits, [false, true]);
  let row = 0;
  for (const [user, count] of counts.entries())
    for (let i = 0; i < count; i++) lanes.add(lanes.laneOf(refsOf(user), ++row));
  const ledger = openLedger(limits, 100);
  const schedule = new Schedule(lanes, ledger);
  const start = (now: number) => {
    const choice = schedule.next(now);
    if (choice.kind === 'start') take(ledger, lanes.refs(choice.lane), now);
    return choice;
  };
  const answer = (lane: number, _startedAt: number, now: number) => {
    giveBack(ledger, lanes.refs(lane), now, {kind: 'answered'});
    schedule.touch(
      lanes.refs(lane).map(({id}) => id),
      now,
    );
  };
  return {schedule, start, answer, lanes};
}

describe('Schedule', () => {
  it('starts the lane that would end last first, and others while that one waits', () => {
    const {start} = scene([1, 3, 2]);
    assert.deepEqual(
      [start(0), start(0), start(0)],
      [
        {kind: 'start', lane: 1},
        {kind: 'start', lane: 2},
        {kind: 'start', lane: 0},
      ],
    );
  });

  it('waits for a response when only a response can make room', () => {
    const {start} = scene([2]);
    start(0);
    assert.deepEqual(start(0), {kind: 'wait', until: Number.POSITIVE_INFINITY, bucket: 100});
  });

  // Every free slot of a crowded bucket asked all who waited for it: 20,000 lanes took three minutes to plan.
  it('asks few lanes for each start, however many wait for the same bucket', () => {
    let asked = 0;
    class Watched extends Lanes {
      override own(lane: number) {
        asked += 1;
        return super.own(lane);
      }
    }
    const lanes = new Watched(limits, [true, true]);
    const count = 1000;
    for (let user = 0; user < count; user++) lanes.add(lanes.laneOf(refsOf(user), user + 1));
    const ledger = openLedger(limits, 100);
    const schedule = new Schedule(lanes, ledger);
    // To group them, all are asked once.
    asked = 0;
    let now = 0;
    for (let started = 0; started < count; ) {
      const choice = schedule.next(now);
      if (choice.kind !== 'start') {
        now = choice.kind === 'wait' ? choice.until : Number.NaN;
        continue;
      }
      const refs = lanes.refs(choice.lane);
      started += 1;
      take(ledger, refs, now);
      giveBack(ledger, refs, now, {kind: 'answered'});
    }
    assert.isBelow(asked, 4 * count);
  });

  it('says which bucket it waits for and until when, and goes on then', () => {
    const {start, answer} = scene([2]);
    start(0);
    answer(0, 0, 100);
    assert.deepEqual(start(100), {kind: 'wait', until: 1100, bucket: 100});
    assert.deepEqual(start(1100), {kind: 'start', lane: 0});
  });

  it('waits for the shared bucket once it is used up, whoever is ready', () => {
    const {start, answer} = scene([1, 1, 1, 1, 1, 1]);
    for (let i = 0; i < 4; i++) start(0);
    for (let lane = 0; lane < 4; lane++) answer(lane, 0, 100);
    assert.deepEqual(start(100), {kind: 'wait', until: 5100, bucket: 1});
  });

  it('starts an operation that was put back, and is empty when all are started', () => {
    const {start, answer, schedule} = scene([1]);
    start(0);
    assert.deepEqual(start(0), {kind: 'empty'});
    answer(0, 0, 100);
    schedule.putBack(0);
    assert.deepEqual(start(1100), {kind: 'start', lane: 0});
    assert.deepEqual(start(1100), {kind: 'empty'});
  });

  describe('when limits change while it runs', () => {
    const window = (requests: number, seconds: number) => [{requests, seconds, kind: 'rolling' as const}];
    const rules = (bot: number) => [
      {name: 'network', windows: window(3, 5)},
      {name: 'user', windows: window(1, 1)},
      {name: 'bot', windows: window(bot, 10)},
    ];
    const network = {limit: 0, id: 1, label: ''};
    const user = [network, {limit: 1, id: 10, label: ''}];
    const bot = [network, {limit: 2, id: 20, label: ''}];

    /** Ten rows of a user, and ten of a bot that may send 20 in 10 s: the user would end last. */
    const running = (keyed: readonly boolean[]) => {
      const lanes = new Lanes(rules(20), keyed);
      for (const [row, refs] of [user, bot].entries()) lanes.add(lanes.laneOf(refs, row + 1), 10);
      const ledger = openLedger(rules(20), 100);
      const schedule = new Schedule(lanes, ledger);
      return {ledger, next: () => schedule.next(0)};
    };

    // What one request takes was reckoned when the run began: the lane that would now end last went on behind all others.
    it('goes by those in force', () => {
      for (const keyed of [
        [false, true, true],
        [false, false, false],
      ]) {
        const {ledger, next} = running(keyed);
        assert.deepEqual(next(), {kind: 'start', lane: 0});
        changeLedger(ledger, {limits: rules(2), concurrency: 100, pace: 'burst'}, 0);
        assert.deepEqual(next(), {kind: 'start', lane: 1});
      }
    });

    it('goes by what the server has told of a bucket', () => {
      const {ledger, next} = running([false, true, true]);
      assert.deepEqual(next(), {kind: 'start', lane: 0});
      bucketOf(ledger, bot[1]!).windows[0]!.requests = 2;
      assert.deepEqual(next(), {kind: 'start', lane: 1});
    });
  });
});

describe('Schedule of requests under no limit', () => {
  it('waits for the bucket that a refusal closed', () => {
    const lanes = new Lanes(limits, [false, true]);
    lanes.add(lanes.laneOf([], 1), 2);
    const ledger = openLedger(limits, 100);
    const schedule = new Schedule(lanes, ledger);
    closeUntil(ledger, [], 5000);
    assert.deepEqual(schedule.next(0), {kind: 'wait', until: 5000, bucket: 0});
    assert.deepEqual(schedule.next(5000), {kind: 'start', lane: 0});
  });
});

describe('Lanes', () => {
  it('knows its buckets in the order of the limits, and what it is called', () => {
    const {lanes} = scene([1, 1]);
    assert.deepEqual(
      lanes.refs(1).map(({limit, id}) => [limit, id]),
      [
        [0, 1],
        [1, 101],
      ],
    );
    assert.equal(lanes.name(1), 'user user=u1');
    assert.deepEqual(lanes.own(1), [101]);
  });

  it('holds a hundred thousand lanes apart', () => {
    const lanes = new Lanes(limits, [false, true]);
    for (let user = 0; user < 100_000; user++) lanes.add(lanes.laneOf(refsOf(user), user + 1));
    assert.equal(lanes.count, 100_000);
    assert.equal(lanes.refs(77_777)[1]!.id, 100 + 77_777);
  });

  // Ids are hashes of 53 bits; what tells two lanes apart was cut to fewer, and rows started by the room in another lane's buckets.
  it('holds lanes apart whose buckets differ in the last bit alone', () => {
    const lanes = new Lanes(limits, [true, true]);
    const [one, other] = [100, 101].map((id) => [
      {limit: 0, id: 2 ** 52 + 12_345, label: ''},
      {limit: 1, id, label: ''},
    ]);
    assert.deepEqual(
      [one!, other!, one!].map((refs) => lanes.laneOf(refs, 1)),
      [0, 1, 0],
    );
  });
});
