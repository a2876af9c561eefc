import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import fc from 'fast-check';
import {now} from '../../src/clock.js';
import {counts} from '../../src/journal/states.js';
import type {BucketRef} from '../../src/limits/limit.js';
import {dispatch} from '../../src/run/dispatch.js';
import {seededRandom} from '../../src/simulate/random.js';
import {answered, fakeTime, later, openScene, passing} from './scene.js';

/** A limit as the profile has it, and as the provider counts it. */
type Counted = {readonly name: string; readonly requests: number; readonly seconds: number; readonly real: number};

const CONCURRENCY = 50;

/** Two limits: one that some rows fall under, and one that all do. */
type Case = {readonly some: Counted; readonly all: Counted; readonly rows: readonly [some: number, rest: number]};

const refsOf =
  (stacked: number) =>
  (row: number): readonly BucketRef[] => {
    const all = {limit: 1, id: 2, label: 'all'};
    return row <= stacked ? [{limit: 0, id: 1, label: 'some'}, all] : [all];
  };

/** Runs the rows on virtual time against a provider that counts arrivals; when the last row of each kind was answered, and how many refusals came. */
async function play(clock: Clock, {some, all, rows}: Case, seed: number, rightly: boolean) {
  const random = seededRandom(seed);
  const arrivals = [some, all].map((): number[] => []);
  const began = now();
  const ended = [0, 0];
  const isFull = (limit: number, at: number) => {
    const {real, seconds} = [some, all][limit]!;
    arrivals[limit] = arrivals[limit]!.filter((each) => each > at - seconds * 1000);
    return arrivals[limit]!.length >= real;
  };
  const limits = [some, all].map(({name, requests, seconds, real}) => ({
    name,
    per: [],
    windows: [{requests: rightly ? Math.min(real, requests) : requests, seconds, kind: 'rolling' as const}],
  }));
  const scene = openScene({
    rows: rows[0] + rows[1],
    profile: {limits, concurrency: CONCURRENCY},
    refsOf: refsOf(rows[0]),
    tools: {random: seededRandom(seed + 1)},
    answer: async (row) => {
      await later(10 + 40 * random(), undefined);
      const fallsUnder = row <= rows[0] ? [0, 1] : [1];
      const refused = fallsUnder.some((limit) => isFull(limit, now()));
      if (!refused) for (const limit of fallsUnder) arrivals[limit]!.push(now());
      await later(10 + 40 * random(), undefined);
      if (refused) return answered(429);
      ended[row <= rows[0] ? 0 : 1] = now() - began;
      return answered(200);
    },
  });
  await passing(clock, dispatch(scene.tools));
  const {ok, refusals} = counts(scene.standing);
  return {ok, refusals, ended, lines: scene.lines};
}

describe('a provider that enforces one of two limits more tightly than the profile says', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  const some = fc.integer({min: 45, max: 80}).map((real) => ({name: 'some', requests: 100, seconds: 5, real}));
  const all = fc.integer({min: 150, max: 400}).map((requests) => ({name: 'all', requests, seconds: 5, real: 1000}));
  const rows = fc.tuple(fc.integer({min: 200, max: 300}), fc.integer({min: 800, max: 1200}));

  it('lets all through, and refuses few', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.record({some, all, rows}), fc.nat(1e6), async (one, seed) => {
        const {ok, refusals} = await play(clock, one, seed, false);
        const sent = one.rows[0] + one.rows[1];
        assert.equal(ok, sent);
        // Those that were in flight with the first are no more than may be under way.
        assert.isAtMost(refusals, CONCURRENCY + 0.02 * sent);
      }),
      {numRuns: 8, endOnFailure: true},
    );
  });

  it('leaves those under the other limit nine tenths of their pace, on average of guesses', async function () {
    this.timeout(120_000);
    let [right, wrong] = [0, 0];
    for (const [seed, real] of [45, 47, 50, 60, 46, 48].entries()) {
      const one: Case = {
        some: {name: 'some', requests: 100, seconds: 5, real},
        all: {name: 'all', requests: 150 + 20 * seed, seconds: 5, real: 1000},
        rows: [300, 1200],
      };
      right += (await play(clock, one, seed, true)).ended[1]!;
      wrong += (await play(clock, one, seed, false)).ended[1]!;
    }
    assert.isAtMost(wrong, right / 0.9);
  });
});
