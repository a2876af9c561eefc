import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import type {Boot} from '../../src/clock.js';
import {now} from '../../src/clock.js';
import {foldRecent, newRecent, recentOf} from '../../src/journal/recent.js';
import type {JournalRecord, OpenedRecord} from '../../src/journal/record.js';
import {openLedger, roomIn, sweep} from '../../src/limits/ledger.js';
import {recalledBuckets} from '../../src/requests/recalled-buckets.js';
import {dispatch} from '../../src/run/dispatch.js';
import {merged, type Past, recallPast, recallSpanMs, relearn} from '../../src/run/recall.js';
import {seeded} from '../simulation/random.js';
import {answered, fakeTime, later, NETWORK, ONE_PER_5_S, openScene, passing} from './scene.js';

const OPENED: OpenedRecord = {
  ...{t: 'O', at: 1_700_000_000_000, pid: 1, host: 'h', boot: 'b', up: 50_000},
  ...{v: 'new', cut: 0, amb: 0},
};
/** The same machine, so many ms after the session opened, by its boot clock. */
const sameBoot = (ms: number): Boot => ({host: 'h', bootId: 'b', uptimeMs: OPENED.up + ms});
const BUCKETS = [['network', NETWORK.id]] as const;
const LATE_MS = 30_000;
/** Uptime is told in hundredths of a second and records in whole ms, so everything may be this much younger than it looks. */
const COARSE_MS = 12;

/** How long after `nowAt` the one slot of 5 s is free again. */
function waitMs(past: Partial<Past>, nowAt: number, boot: Boot): number {
  const ledger = openLedger(ONE_PER_5_S, 10);
  recallPast(ledger, {attempts: [], pauses: [], learned: [], ...past}, recalledBuckets(ONE_PER_5_S), {
    now: nowAt,
    boot,
    lateMs: LATE_MS,
  });
  return roomIn(ledger, [NETWORK.id], nowAt).at - nowAt;
}

describe('recallPast', () => {
  const at = OPENED.at + 10_000;
  const attempt = {op: 1, buckets: BUCKETS, at, refused: false, opened: OPENED};
  const TABLE = [
    {
      name: 'what is left of the window after the answer',
      past: {answeredAt: at + 100},
      ms: 11_100,
      wait: 4000 + COARSE_MS,
    },
    {name: 'nothing once the window is over', past: {answeredAt: at + 100}, ms: 16_000, wait: 0},
    {name: 'a whole window from now where nobody saw the end', past: {}, ms: 14_000, wait: 5000},
    {
      name: 'the timeout on top of it where it was given up',
      past: {lostAt: at + 1000},
      ms: 12_000,
      wait: 34_000 + COARSE_MS,
    },
  ];
  for (const {name, past, ms, wait} of TABLE) {
    it(`counts ${name}`, () => {
      assert.equal(waitMs({attempts: [{...attempt, ...past}]}, OPENED.at + ms, sameBoot(ms)), wait);
    });

    it(`counts ${name}, whatever the wall clock was set to meanwhile`, () => {
      for (const jump of [-3_600_000, 3_600_000])
        assert.equal(waitMs({attempts: [{...attempt, ...past}]}, OPENED.at + ms + jump, sameBoot(ms)), wait);
    });
  }

  it('gives no slot back early because the kernel cuts its uptime', () => {
    // Up for 49,999.9 ms when the session opened, and for 55,990.0 now: what was answered 4,990.1 ms ago looks 5,000 ms old.
    const opened = {...OPENED, up: 49_990};
    const past = {attempts: [{...attempt, opened, answeredAt: OPENED.at + 1000}]};
    assert.isAtLeast(waitMs(past, OPENED.at + 12_000, {host: 'h', bootId: 'b', uptimeMs: 55_990}), 0.1);
  });

  it('goes by the wall clock after a restart of the machine, and never below zero', () => {
    const other = {host: 'h', bootId: 'c', uptimeMs: 5};
    const attempts = [{...attempt, answeredAt: at}];
    assert.equal(waitMs({attempts}, at + 1000, other), 4000 + COARSE_MS);
    assert.equal(waitMs({attempts}, at - 60_000, other), 5000);
  });

  it('keeps what is left of a pause that the provider ordered', () => {
    const pauses = [{buckets: BUCKETS, at, until: at + 60_000, why: 'refused', opened: OPENED}];
    assert.equal(waitMs({pauses}, OPENED.at + 30_000, sameBoot(30_000)), 40_000 + COARSE_MS);
    assert.equal(waitMs({pauses}, OPENED.at + 71_000, sameBoot(71_000)), 0);
  });
});

describe('merged', () => {
  it('holds what all runs used, and believes the least that the server told any of them', () => {
    const one = {op: 1, buckets: BUCKETS, at: OPENED.at, refused: false, opened: OPENED};
    const told = (said: number) => ({buckets: BUCKETS, seconds: 5, said});
    const own: Past = {attempts: [one], pauses: [], learned: [told(3)]};
    const others: Past = {attempts: [{...one, op: 2}], pauses: [], learned: [told(7), told(2)]};
    const {attempts, learned} = merged(own, others);
    assert.deepEqual(
      attempts.map(({op}) => op),
      [1, 2],
    );
    assert.deepEqual(
      learned.map(({said}) => said),
      [7, 3, 2],
    );
  });
});

describe('recallSpanMs', () => {
  it('is the longest window, and the timeout on top of it', () => {
    const hour = {name: 'hour', per: [], windows: [{requests: 1, seconds: 3600, kind: 'rolling'}]} as const;
    assert.equal(recallSpanMs([...ONE_PER_5_S, hour], 30_000), 3_630_000);
    assert.equal(recallSpanMs([], 30_000), 30_000);
  });
});

describe('a run that is killed and started again', () => {
  const REQUESTS = 4;
  const SPAN_MS = 5000;
  const profile = {
    limits: [{name: 'network', per: [], windows: [{requests: REQUESTS, seconds: 5, kind: 'rolling' as const}]}],
  };
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  /** Kills a run after `killedMs`, starts another after `awayMs`, and returns the most that any span of five seconds held at the provider. */
  async function mostAtOnce(random: () => number, recalled: boolean): Promise<number> {
    const seen: number[] = [];
    const boot = (): Boot => ({host: 'h', bootId: 'b', uptimeMs: Math.round(performance.now())});
    const recent = newRecent(SPAN_MS);
    let alive = 0;
    const session = (number: number) => {
      foldRecent(recent, {...OPENED, at: Math.round(now()), up: boot().uptimeMs});
      const opened = openScene({
        rows: 20,
        profile,
        answer: async () => {
          await later(random() * 80, undefined);
          seen.push(now());
          return later(20 + random() * 100, answered(201));
        },
      });
      const {record} = opened.tools;
      // A dead process writes nothing, though its requests are still on their way.
      const write = (each: JournalRecord) => {
        record(each);
        if (alive === number) foldRecent(recent, each);
      };
      Object.assign(opened.tools, {record: write});
      return opened.tools;
    };
    const first = session(0);
    void dispatch(first);
    await clock.tickAsync(random() * 12_000);
    alive = 1;
    Object.assign(first, {stop: {why: 'killed', exit: 70, message: ''}});
    first.wake();
    const past = recentOf(recent);
    await clock.tickAsync(random() * 4000);
    const second = session(1);
    if (recalled)
      recallPast(second.ledger, past, recalledBuckets(profile.limits), {now: now(), boot: boot(), lateMs: LATE_MS});
    await passing(clock, dispatch(second));
    seen.sort((one, other) => one - other);
    return Math.max(...seen.map((from) => seen.filter((time) => time >= from && time < from + SPAN_MS).length));
  }

  for (let seed = 1; seed <= 20; seed++)
    it(`never exceeds the limit, seed ${seed}`, async () => {
      assert.equal(await mostAtOnce(seeded(seed), true), REQUESTS);
    });

  it('would exceed it if it forgot', async () => {
    assert.isAbove(await mostAtOnce(seeded(1), false), REQUESTS);
  });
});

describe('relearn', () => {
  const limits = [{name: 'user', per: ['user'], windows: [{requests: 300, seconds: 60, kind: 'rolling' as const}]}];
  const learned = [{buckets: [['user', 7]] as const, seconds: 60, said: 120}];
  const inForce = (trust: 'none' | 'down' | 'up', said = 120, at = 0) => {
    const ledger = openLedger(limits, 10);
    relearn(ledger, {learned: learned.map((one) => ({...one, said}))}, recalledBuckets(limits), {trust, now: 0});
    sweep(ledger, at);
    return ledger.buckets.get(7)?.windows[0]?.requests;
  };

  it('puts what the server said last in force again, and keeps it until it is used', () => {
    assert.equal(inForce('down'), 120);
    assert.equal(inForce('down', 120, 600_000), 120);
  });

  it('believes it as far as the profile trusts the server', () => {
    assert.isUndefined(inForce('none'));
    // As the profile has it, so there is nothing to keep.
    assert.isUndefined(inForce('down', 900));
    assert.equal(inForce('up', 900), 900);
  });

  it('knows nothing of limits that are gone, or have other windows now', () => {
    const ledger = openLedger(limits, 10);
    const past = {
      learned: [
        {buckets: [['gone', 7]] as const, seconds: 60, said: 1},
        {buckets: [['user', 7]] as const, seconds: 1, said: 1},
      ],
    };
    relearn(ledger, past, recalledBuckets(limits), {trust: 'down', now: 0});
    assert.equal(ledger.buckets.get(7)?.windows[0]?.requests ?? 300, 300);
  });
});
