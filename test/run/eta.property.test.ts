import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import type {Exchange} from '../../src/exchange.js';
import {counts} from '../../src/journal/states.js';
import {recall} from '../../src/limits/ledger.js';
import type {BucketRef, WindowRule} from '../../src/limits/limit.js';
import {carryOut} from '../../src/run/controls.js';
import {dispatch} from '../../src/run/dispatch.js';
import {openEta} from '../../src/run/eta.js';
import type {Tools} from '../../src/run/tools.js';
import {seeded} from '../simulation/random.js';
import {answered, fakeTime, later, NETWORK, openScene, passing, type Scene} from './scene.js';

const rolling = (requests: number, seconds: number): WindowRule => ({requests, seconds, kind: 'rolling'});
const limit = (name: string, windows: readonly WindowRule[], per: readonly string[] = []) => ({name, per, windows});
const user = (id: number): BucketRef => ({limit: 1, id: 100 + id, label: `user ${id}`});
const GROUP: BucketRef = {limit: 1, id: 2, label: 'group'};
const LIMIT_HEADER = {
  headers: {limit: 'x-limit', trust: 'down' as const, describes: {limits: ['network'], seconds: 1}},
};

/** One shape of a run: `changesAt` is the part of its time from which on it is known how it goes. */
type Shape = {
  readonly name: string;
  readonly scene: Scene;
  readonly latency?: readonly [leastMs: number, mostMs: number];
  readonly before?: (tools: Tools) => void;
  /** So many ms after the start. */
  readonly later?: {readonly at: number; readonly act: (tools: Tools) => void};
  readonly answer?: (sinceMs: number, row: number, n: number) => Exchange;
  readonly changesAt?: number;
};

const shapes: readonly Shape[] = [
  {name: 'one window', scene: {rows: 400, profile: {limits: [limit('network', [rolling(10, 1)])]}}},
  {
    name: 'a minute and an hour, stacked',
    scene: {rows: 500, profile: {limits: [limit('network', [rolling(10, 1), rolling(150, 60)])]}},
  },
  {
    name: 'a bucket for each caller, one of whom has most of the rows',
    scene: {
      rows: 400,
      profile: {limits: [limit('network', [rolling(40, 1)]), limit('user', [rolling(3, 1)], ['user'])]},
      refsOf: (row) => [NETWORK, user(row % 3 === 0 ? row % 7 : 99)],
    },
  },
  {
    name: 'two kinds of rows that share a limit, of which one has its own besides',
    scene: {
      rows: 400,
      profile: {limits: [limit('network', [rolling(10, 1)]), limit('group', [rolling(2, 1)])]},
      refsOf: (row) => (row > 330 ? [NETWORK, GROUP] : [NETWORK]),
    },
  },
  {
    name: 'phases, of which the second is slower',
    scene: {
      rows: 360,
      profile: {limits: [limit('network', [rolling(20, 1)]), limit('group', [rolling(10, 3)])]},
      refsOf: (row) => (row > 240 ? [NETWORK, GROUP] : [NETWORK]),
      turnOf: (row) => ({phase: row > 240 ? 'channels' : 'users'}),
    },
  },
  {
    name: 'rows of the same key, one after another',
    scene: {
      rows: 500,
      profile: {limits: [limit('network', [rolling(20, 1)])]},
      turnOf: (row) => ({key: row % 4 === 0 ? 'hot' : `k${row % 150}`}),
    },
    latency: [180, 220],
  },
  {
    name: 'a limit that turns out lower in the middle',
    scene: {rows: 400, profile: {limits: [limit('network', [rolling(10, 1)])], ...LIMIT_HEADER}},
    answer: (sinceMs) => answered(201, {'x-limit': sinceMs > 15_000 ? '5' : '10'}),
    changesAt: 0.25,
  },
  {
    name: 'a resumed run, whose windows are half used',
    scene: {
      rows: 600,
      profile: {limits: [limit('network', [rolling(100, 60)])]},
      partOf: (row) => (row <= 200 ? 'done' : 'line'),
    },
    before: ({ledger}) => {
      for (let used = 0; used < 60; used++) recall(ledger, [NETWORK], now() - 20_000);
    },
  },
  {
    name: 'an even pace',
    scene: {rows: 400, profile: {limits: [limit('network', [rolling(10, 1), rolling(300, 60)])], pace: 'even'}},
  },
  {
    name: 'a pause that the provider orders',
    scene: {rows: 400, profile: {limits: [limit('network', [rolling(10, 1)])]}},
    answer: (sinceMs) => (sinceMs > 12_000 && sinceMs < 12_500 ? answered(429, {'retry-after': '20'}) : answered(201)),
    changesAt: 0.23,
  },
  {
    name: 'a share that is changed while it goes on',
    scene: {rows: 400, profile: {limits: [limit('network', [rolling(10, 1)])]}},
    later: {at: 10_000, act: (tools) => void carryOut({share: 0.5}, tools)},
    changesAt: 0.2,
  },
  {
    name: 'fixed windows whose ends the provider announces',
    scene: {
      rows: 300,
      profile: {
        limits: [limit('network', [{requests: 20, seconds: 10, kind: 'fixed'}])],
        headers: {limit: 'x-limit', remaining: 'x-left', reset: 'x-reset', format: 'epoch-seconds', trust: 'down'},
      },
    },
    answer: () => answered(201, {'x-reset': String((Math.floor(now() / 10_000) + 1) * 10)}),
  },
  {
    name: 'one answer in ten that has to be asked for again',
    scene: {rows: 500, repeatable: true, profile: {limits: [limit('network', [rolling(10, 1)])]}},
    answer: (_, row, n) => answered(row % 10 === 3 && n === 0 ? 503 : 201),
  },
  {
    name: 'slow answers and few at once',
    scene: {rows: 400, profile: {limits: [limit('network', [rolling(100, 1)])], concurrency: 5}},
    latency: [550, 650],
  },
];

describe('the ETA of a run that goes on', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  /** Plays a run to its end; tells what its ETA was at each instant, in ms since the start. */
  async function play({scene, latency: [leastMs, mostMs] = [20, 180], answer, ...shape}: Shape) {
    const random = seeded(7);
    const startedAt = now();
    const {tools, standing, lanes} = openScene({
      ...scene,
      profile: {concurrency: 20, ...scene.profile},
      answer: (row, n) =>
        later(leastMs + random() * (mostMs - leastMs), answer?.(now() - startedAt, row, n) ?? answered(201)),
    });
    shape.before?.(tools);
    const eta = openEta({intake: {lanes, lined: tools.rows, sequence: tools.sequence}, standing}, tools);
    const told: {at: number; endMs: number}[] = [];
    const tick = () => {
      eta.look();
      told.push({at: now() - startedAt, endMs: (eta.doneAt(now()) ?? Number.NaN) - startedAt});
      ticking = setTimeout(tick, 250);
    };
    let ticking = setTimeout(tick, 250);
    if (shape.later) setTimeout(() => shape.later!.act(tools), shape.later.at);
    await passing(clock, dispatch(tools));
    clearTimeout(ticking);
    eta.close();
    const left = counts(standing).pending;
    return {endMs: now() - startedAt, told, left};
  }

  for (const shape of shapes)
    it(`is within 3 % of what is left at 10, 25, 50 and 75 % of the way: ${shape.name}`, async () => {
      const {endMs, told, left} = await play(shape);
      assert.equal(left, shape.scene.partOf ? 200 : 0);
      for (const part of [0.1, 0.25, 0.5, 0.75]) {
        if (part <= (shape.changesAt ?? 0)) continue;
        const {at, endMs: foretold} = told.find((each) => each.at >= endMs * part)!;
        const off = (foretold - endMs) / (endMs - at);
        assert.isAtMost(Math.abs(off), 0.03, `at ${100 * part} %: ${foretold} in place of ${endMs}`);
      }
    });
});
