import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import type {Exchange} from '../../src/exchange.js';
import {counts} from '../../src/journal/states.js';
import {dispatch} from '../../src/run/dispatch.js';
import {answered, fakeTime, later, openScene, passing, type Scene, UNANSWERED, UNSENT} from './scene.js';

const HOUR_MS = 3_600_000;
const LATENCY_MS = 100;
const OFFLINE_MS = 20_000;
const ALLOWED = {requests: 10, ms: 5000};
const ROWS = 60;

/** How a machine wakes up: what its clocks say then, and by which of them the provider's time went on meanwhile. */
const WAKES: readonly {name: string; wake: (clock: Clock) => void; providerNow: () => number}[] = [
  {name: 'both clocks went on', wake: (clock) => clock.jump(HOUR_MS), providerNow: () => Date.now()},
  {
    name: 'the wall clock went on and the monotonic one stood still',
    wake: (clock) => clock.setSystemTime(Date.now() + HOUR_MS),
    providerNow: () => Date.now(),
  },
  {
    name: 'the wall clock was set back by an hour',
    wake: (clock) => clock.setSystemTime(Date.now() - HOUR_MS),
    providerNow: () => performance.now(),
  },
];

describe('a run on a machine that sleeps for an hour and wakes without a network', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  /** The run, asleep from `sleepAt` on, against a provider that counts by itself what it executes and refuses. */
  async function play({wake, providerNow}: (typeof WAKES)[number], sleepAt: number, scene: Scene = {}) {
    const executed: number[] = [];
    const arrivals: number[] = [];
    const dying = new Set<() => void>();
    let refused = 0;
    let offline = false;
    const answer = (row: number): Promise<Exchange> => {
      if (offline) return later(5, UNSENT);
      const at = providerNow();
      if (arrivals.filter((each) => each > at - ALLOWED.ms).length >= ALLOWED.requests) {
        refused += 1;
        return later(LATENCY_MS, answered(429));
      }
      arrivals.push(at);
      executed.push(row);
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          dying.delete(die);
          resolve(answered(201));
        }, LATENCY_MS);
        const die = () => {
          clearTimeout(timer);
          setTimeout(() => resolve(UNANSWERED), 1);
        };
        dying.add(die);
      });
    };
    const limits = [
      {name: 'network', per: [], windows: [{...ALLOWED, seconds: ALLOWED.ms / 1000, kind: 'rolling'}]},
    ] as const;
    const {tools, standing} = openScene({rows: ROWS, profile: {limits}, answer, ...scene});
    const done = dispatch(tools);
    await clock.tickAsync(sleepAt);
    const inFlight = dying.size;
    for (const die of dying) die();
    dying.clear();
    offline = true;
    wake(clock);
    await clock.tickAsync(OFFLINE_MS);
    offline = false;
    await passing(clock, done);
    return {counts: counts(standing), executed, refused, inFlight, stop: tools.stop};
  }

  for (const each of WAKES) {
    it(`executes nothing twice and is never refused, where ${each.name}`, async () => {
      const {counts: all, executed, refused, inFlight, stop} = await play(each, 5150);
      assert.equal(inFlight, 10, 'nothing was in flight when it fell asleep');
      assert.equal(refused, 0);
      assert.isUndefined(stop);
      assert.deepInclude(all, {ok: ROWS - inFlight, inDoubt: inFlight, failed: 0, pending: 0});
      assert.lengthOf(new Set(executed), executed.length);
      assert.lengthOf(executed, ROWS);
    });

    it(`sends again what may be sent again, where ${each.name}`, async () => {
      const {counts: all, executed, refused} = await play(each, 5150, {repeatable: true, method: 'PUT'});
      assert.equal(refused, 0);
      assert.deepInclude(all, {ok: ROWS, inDoubt: 0, failed: 0});
      assert.lengthOf(executed, ROWS + 10);
    });

    it(`is never refused where it slept while its window was used up, and ${each.name}`, async () => {
      const {counts: all, executed, refused, inFlight} = await play(each, 5300);
      assert.equal(inFlight, 0);
      assert.equal(refused, 0);
      assert.deepInclude(all, {ok: ROWS});
      assert.lengthOf(new Set(executed), ROWS);
    });
  }
});
