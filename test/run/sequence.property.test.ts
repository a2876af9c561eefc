import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import fc from 'fast-check';
import {now} from '../../src/clock.js';
import type {Exchange} from '../../src/exchange.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {stateOf} from '../../src/journal/states.js';
import {dispatch} from '../../src/run/dispatch.js';
import {answered, fakeTime, later, openScene, passing, UNANSWERED, UNSENT} from './scene.js';

/** What the provider says to the attempts of a row: some that settle nothing, and then one that does. */
const HITCHES = ['refused', 'backoff', 'unsent'] as const;
const ENDS = ['ok', 'ok', 'ok', 'failed', 'in-doubt'] as const;

type World = {
  readonly rows: readonly {
    readonly key: string | undefined;
    readonly phase: string | undefined;
    readonly lane: number;
    readonly hitches: readonly (typeof HITCHES)[number][];
    readonly end: (typeof ENDS)[number];
    readonly latencyMs: number;
  }[];
  readonly phases: boolean;
  readonly stop: boolean;
  readonly concurrency: number;
};

const worlds: fc.Arbitrary<World> = fc.record({
  rows: fc.array(
    fc.record({
      key: fc.constantFrom(undefined, 'a', 'b', 'c', 'd'),
      phase: fc.constantFrom(undefined, 'users', 'channels', 'members'),
      lane: fc.nat(2),
      hitches: fc.array(fc.constantFrom(...HITCHES), {maxLength: 2}),
      end: fc.constantFrom(...ENDS),
      latencyMs: fc.integer({min: 1, max: 900}),
    }),
    {minLength: 1, maxLength: 24},
  ),
  phases: fc.boolean(),
  stop: fc.boolean(),
  concurrency: fc.integer({min: 1, max: 6}),
});

/** One request as the provider sees it. */
type Arrival = {readonly row: number; readonly from: number; to: number};

function exchangeOf(row: number, what: string | undefined): Exchange {
  switch (what) {
    case 'refused':
      return answered(429, {'retry-after': '2'});
    case 'backoff':
      return answered(503);
    case 'unsent':
      return UNSENT;
    case 'failed':
      return answered(400, {}, `{"message": "row ${row}"}`);
    case 'in-doubt':
      return UNANSWERED;
    default:
      return answered(201);
  }
}

async function play(clock: Clock, world: World) {
  const arrivals: Arrival[] = [];
  const settledAt = new Map<number, number>();
  const records: JournalRecord[] = [];
  const rowOf = (row: number) => world.rows[row - 1]!;
  const opened = openScene({
    rows: world.rows.length,
    profile: {
      limits: [{name: 'lane', per: ['lane'], windows: [{requests: 3, seconds: 1, kind: 'rolling'}]}],
      notExecuted: [{status: ['503']}],
      concurrency: world.concurrency,
    },
    options: {onKeyFailure: world.stop ? 'stop' : 'continue'},
    refsOf: (row) => [{limit: 0, id: 10 + rowOf(row).lane, label: `lane ${rowOf(row).lane}`}],
    turnOf: (row) => ({key: rowOf(row).key, phase: world.phases ? rowOf(row).phase : undefined}),
    answer: async (row, n) => {
      const {hitches, end, latencyMs} = rowOf(row);
      const what = n < hitches.length ? hitches[n] : end;
      const arrival = {row, from: now(), to: Number.POSITIVE_INFINITY};
      if (what !== 'unsent') arrivals.push(arrival);
      await later(latencyMs, undefined);
      arrival.to = now();
      return exchangeOf(row, what);
    },
  });
  const {record} = opened.tools;
  Object.assign(opened.tools, {
    record: (each: JournalRecord) => {
      records.push(each);
      if (each.t === 'o' && each.k !== 'not' && each.k !== 'unk') settledAt.set(each.op, now());
      record(each);
    },
  });
  await passing(clock, dispatch(opened.tools));
  assert.isUndefined(opened.tools.stop, opened.tools.stop?.message);
  return {arrivals, settledAt, records, standing: opened.standing, tools: opened.tools};
}

/** The order in which the rows of the file have to run: by phase, then as in the file. */
function inOrder({rows, phases}: World): number[] {
  const names = [...new Set(rows.map(({phase}) => (phases ? phase : undefined)))];
  const place = (row: number) => names.indexOf(phases ? rows[row - 1]!.phase : undefined);
  return rows.map((_, index) => index + 1).sort((one, other) => place(one) - place(other) || one - other);
}

/** What has to become of each row, told without a clock. */
function expected(world: World): Map<number, string> {
  const states = new Map<number, string>();
  const failedKeys = new Set<string>();
  const heldKeys = new Set<string>();
  const names = [...new Set(world.rows.map(({phase}) => (world.phases ? phase : undefined)))];
  let held = false;
  for (const name of names) {
    let doubt = false;
    for (const row of inOrder(world)) {
      const {key, phase, end} = world.rows[row - 1]!;
      if ((world.phases ? phase : undefined) !== name) continue;
      if (key !== undefined && world.stop && failedKeys.has(key)) states.set(row, 'skipped');
      else if (held || (key !== undefined && heldKeys.has(key))) states.set(row, 'pending');
      else {
        states.set(row, end);
        if (end === 'failed' && key !== undefined) failedKeys.add(key);
        if (end === 'in-doubt' && key !== undefined) heldKeys.add(key);
        if (end === 'in-doubt') doubt = true;
      }
    }
    held ||= doubt;
  }
  return states;
}

describe('sequence, in random worlds judged by what arrives', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  const holds = (judge: (world: World, played: Awaited<ReturnType<typeof play>>) => void) =>
    fc.assert(
      fc.asyncProperty(worlds, async (world) => judge(world, await play(clock, world))),
      {numRuns: 150},
    );

  it('settles every row as its turn says, and keeps or skips the others', () =>
    holds((world, {standing}) => {
      const states = new Map(world.rows.map((_, index) => [index + 1, stateOf(standing, index + 1)]));
      assert.deepEqual(
        [...states],
        [...expected(world)].sort(([one], [other]) => one - other),
      );
    }));

  it('has never two rows of a key under way, and none before the last is settled for good', () =>
    holds((world, {arrivals, settledAt}) => {
      const order = inOrder(world);
      for (const key of ['a', 'b', 'c', 'd']) {
        const rows = order.filter((row) => world.rows[row - 1]!.key === key);
        const came = arrivals.filter(({row}) => rows.includes(row));
        assert.deepEqual(
          [...new Set(came.map(({row}) => row))],
          rows.filter((row) => came.some((each) => each.row === row)),
          `the rows of ${key} arrive first in their order`,
        );
        for (const [n, {row, from}] of came.entries()) {
          for (const other of came.slice(0, n)) assert.isAtLeast(from, other.to, `two of ${key} under way`);
          for (const before of rows.slice(0, rows.indexOf(row)))
            assert.isAtMost(settledAt.get(before) ?? Number.POSITIVE_INFINITY, from, `${row} overtakes ${before}`);
        }
      }
    }));

  it('begins no phase before the last row of the one before is settled', () =>
    holds((world, {arrivals, settledAt}) => {
      if (!world.phases) return;
      const names = [...new Set(world.rows.map(({phase}) => phase))];
      const place = (row: number) => names.indexOf(world.rows[row - 1]!.phase);
      for (const {row, from} of arrivals)
        for (let before = 1; before <= world.rows.length; before++)
          if (place(before) < place(row))
            assert.isAtMost(settledAt.get(before) ?? Number.POSITIVE_INFINITY, from, `${row} comes before ${before}`);
    }));

  it('says of a skipped row which one failed, and counts who waits for a row in doubt', () =>
    holds((world, {records, standing, tools}) => {
      const pending = world.rows.filter((_, index) => stateOf(standing, index + 1) === 'pending').length;
      assert.equal(tools.sequence?.inDoubt.rows ?? 0, pending);
      for (const record of records) {
        if (record.t !== 'o' || record.k !== 'skipped') continue;
        const failed = Number(/^row (\d+) of its key failed$/.exec(record.m ?? '')?.[1]);
        assert.equal(stateOf(standing, failed), 'failed');
        assert.equal(world.rows[failed - 1]!.key, world.rows[record.op - 1]!.key);
        assert.deepInclude(record, {n: 0, e: 'KEY_STOPPED'});
      }
    }));
});
