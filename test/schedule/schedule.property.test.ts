import {assert} from 'chai';
import fc from 'fast-check';
import {giveBack, openLedger, roomIn, take} from '../../src/limits/ledger.js';
import type {BucketRef} from '../../src/limits/limit.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {Schedule} from '../../src/schedule/schedule.js';

type World = {
  readonly limits: readonly {readonly requests: number; readonly seconds: number; readonly keyed: boolean}[];
  readonly concurrency: number;
  /** Of each operation in file order: which limits it falls under (one bit each), and the key of each of them. */
  readonly operations: readonly {readonly under: number; readonly keys: readonly number[]}[];
  /** What the attempts take, in the order of their starts. */
  readonly latencies: readonly number[];
  /** Which attempts end with their row put back, in the order of their starts. */
  readonly putBacks: readonly boolean[];
};

const worlds = fc.record({
  limits: fc.array(
    fc.record({
      requests: fc.integer({min: 1, max: 4}),
      seconds: fc.constantFrom(0.1, 0.5, 1, 3),
      keyed: fc.boolean(),
    }),
    {minLength: 1, maxLength: 3},
  ),
  concurrency: fc.integer({min: 1, max: 6}),
  operations: fc.array(fc.record({under: fc.nat(7), keys: fc.array(fc.nat(3), {minLength: 3, maxLength: 3})}), {
    maxLength: 60,
  }),
  latencies: fc.array(fc.nat(1500), {minLength: 1, maxLength: 20}),
  putBacks: fc.array(fc.boolean(), {minLength: 1, maxLength: 20}),
});

/** No operation may be put back for ever. */
const PUT_BACKS = 40;

const rulesOf = (world: World) =>
  world.limits.map(({requests, seconds}, limit) => ({
    name: `limit ${limit}`,
    windows: [{requests, seconds, kind: 'rolling' as const}],
  }));

function refsOf({limits}: World, {under, keys}: World['operations'][number]): BucketRef[] {
  return limits.flatMap(({keyed}, limit) =>
    under & (1 << limit) ? [{limit, id: 1 + limit * 10 + (keyed ? keys[limit]! : 0), label: ''}] : [],
  );
}

/** One attempt, as the provider and the clock see it. */
type Attempt = {readonly lane: number; readonly refs: readonly BucketRef[]; readonly from: number; readonly to: number};

/** Plays a world on a virtual clock. Whoever waits although nothing is under way and no instant is told has stalled, and fails here. */
function play(world: World): {attempts: Attempt[]; ms: number; rowsOf: readonly number[]; backOf: readonly number[]} {
  const lanes = new Lanes(
    rulesOf(world),
    world.limits.map(({keyed}) => keyed),
  );
  for (const [row, operation] of world.operations.entries()) lanes.add(lanes.laneOf(refsOf(world, operation), row + 1));
  const rowsOf = [...lanes.counts()];
  const backOf = rowsOf.map(() => 0);
  const ledger = openLedger(rulesOf(world), world.concurrency);
  const schedule = new Schedule(lanes, ledger);
  const attempts: Attempt[] = [];
  const underWay: {readonly attempt: Attempt; readonly back: boolean}[] = [];
  let now = 0;
  let back = 0;
  for (let step = 0; ; step++) {
    assert.isBelow(step, 20_000, 'it goes round in a circle');
    const choice = schedule.next(now);
    if (choice.kind === 'start') {
      const n = attempts.length;
      const refs = lanes.refs(choice.lane);
      assert.isAtMost(
        roomIn(
          ledger,
          refs.map(({id}) => id),
          now,
        ).at,
        now,
        'it starts where there is no room',
      );
      take(ledger, refs, now);
      const attempt = {lane: choice.lane, refs, from: now, to: now + world.latencies[n % world.latencies.length]!};
      attempts.push(attempt);
      underWay.push({attempt, back: back < PUT_BACKS && world.putBacks[n % world.putBacks.length]!});
      if (underWay.at(-1)!.back) back += 1;
      continue;
    }
    underWay.sort((one, other) => one.attempt.to - other.attempt.to);
    const next = underWay[0];
    if (choice.kind === 'empty' && !next) return {attempts, ms: now, rowsOf, backOf};
    const until = choice.kind === 'wait' ? choice.until : Number.POSITIVE_INFINITY;
    const at = Math.min(until, next?.attempt.to ?? Number.POSITIVE_INFINITY);
    assert.isBelow(at, Number.POSITIVE_INFINITY, 'it waits for nothing');
    assert.isAtLeast(at, now);
    now = at;
    if (!next || next.attempt.to > now) continue;
    underWay.shift();
    giveBack(ledger, next.attempt.refs, now, {kind: 'answered'});
    schedule.touch(
      next.attempt.refs.map(({id}) => id),
      now,
    );
    if (next.back) {
      backOf[next.attempt.lane]! += 1;
      schedule.putBack(next.attempt.lane);
    }
  }
}

/** How long it takes to send row after row, each as soon as its own buckets have room and none before its turn. */
function inTurn(world: World): number {
  const ledger = openLedger(rulesOf(world), world.concurrency);
  let underWay: {readonly refs: readonly BucketRef[]; readonly to: number}[] = [];
  let now = 0;
  let sent = 0;
  const end = () => {
    for (const {refs, to} of underWay.filter(({to}) => to <= now)) giveBack(ledger, refs, to, {kind: 'answered'});
    underWay = underWay.filter(({to}) => to > now);
  };
  for (const operation of world.operations) {
    const refs = refsOf(world, operation);
    for (;;) {
      end();
      const room = roomIn(
        ledger,
        refs.map(({id}) => id),
        now,
      ).at;
      if (room <= now) break;
      now = Math.min(room, ...underWay.map(({to}) => to));
    }
    take(ledger, refs, now);
    underWay.push({refs, to: now + world.latencies[sent++ % world.latencies.length]!});
  }
  return Math.max(now, ...underWay.map(({to}) => to));
}

/** The most that any span of `ms` holds of these instants; one that ends where the next begins is another span. */
function most(instants: readonly number[], ms: number): number {
  const sorted = [...instants].sort((one, other) => one - other);
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + ms).length));
}

describe('Schedule, in random worlds', () => {
  it('starts each operation once and once more for each time it was put back, and never stalls', () =>
    fc.assert(
      fc.property(worlds, (world) => {
        const {attempts, rowsOf, backOf} = play(world);
        const started = rowsOf.map((_, lane) => attempts.filter((attempt) => attempt.lane === lane).length);
        assert.deepEqual(
          started,
          rowsOf.map((rows, lane) => rows + backOf[lane]!),
        );
      }),
      {numRuns: 300},
    ));

  it('exceeds no window of any bucket and no concurrency, whenever within an attempt the provider counts it', () =>
    fc.assert(
      fc.property(worlds, fc.double({min: 0, max: 1, noNaN: true}), (world, part) => {
        const {attempts} = play(world);
        // Early for one and late for the next is what brings two of them closest together.
        const counted = attempts.map(({from, to}, n) => from + (to - from) * (n % 2 ? part : 1 - part));
        for (const id of new Set(attempts.flatMap(({refs}) => refs.map((ref) => ref.id)))) {
          const limit = world.limits[Math.floor((id - 1) / 10)]!;
          const own = counted.filter((_, n) => attempts[n]!.refs.some((ref) => ref.id === id));
          assert.isAtMost(most(own, limit.seconds * 1000), limit.requests);
        }
        for (const {from: at} of attempts) {
          const beside = attempts.filter(({from, to}) => from <= at && at < to).length;
          assert.isAtMost(beside, world.concurrency);
        }
      }),
      {numRuns: 300},
    ));

  // What is best cannot be known without trying every order; the price of guessing is less than one window.
  it('takes at most one window longer than sending row after row, where all answers take equally long', () =>
    fc.assert(
      fc.property(worlds, (world) => {
        const even = {...world, latencies: [world.latencies[0]!], putBacks: [false]};
        const longestMs = Math.max(...world.limits.map(({seconds}) => seconds * 1000));
        assert.isAtMost(play(even).ms, inTurn(even) + longestMs + even.latencies[0]!);
      }),
      {numRuns: 300},
    ));
});
