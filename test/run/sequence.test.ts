import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import {counts, stateOf} from '../../src/journal/states.js';
import {openLedger} from '../../src/limits/ledger.js';
import type {Turn} from '../../src/operations/parse.js';
import {dispatch} from '../../src/run/dispatch.js';
import {foresee} from '../../src/schedule/foresee.js';
import {answered, fakeTime, later, NETWORK, openScene, passing, type Scene, UNSENT} from './scene.js';

const LATENCY_MS = 100;

describe('passOn', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  /** Plays a run whose every answer takes 100 ms; tells what left, when the last answer came, and what the plan had said. */
  async function play({answer = () => answered(201), ...scene}: Scene) {
    const startedAt = now();
    const left: {row: number; at: number}[] = [];
    const opened = openScene({
      ...scene,
      answer: async (row, n, wire) => {
        left.push({row, at: Math.round(now() - startedAt)});
        return later(LATENCY_MS, await answer(row, n, wire));
      },
    });
    const {profile, rows: lined, sequence} = opened.tools;
    const ledger = openLedger(profile.limits, profile.concurrency);
    const conditions = {startAt: startedAt, latencyMs: LATENCY_MS, fixedEnds: false};
    const foreseen = foresee(opened.lanes.copy(), ledger, conditions, {lined, sequence});
    await passing(clock, dispatch(opened.tools));
    return {...opened, left, ms: Math.round(now() - startedAt), foreseenMs: Math.round(foreseen.ms)};
  }

  const network = [{name: 'network', per: [], windows: [{requests: 100, seconds: 5, kind: 'rolling'}]}] as const;
  const busy = {rows: 2000, profile: {limits: network, concurrency: 50}, refsOf: () => [NETWORK]};

  /** The most that arrived in any window of five seconds. */
  const mostIn5s = (left: readonly {at: number}[]) =>
    Math.max(...left.map(({at: from}) => left.filter(({at}) => at >= from && at < from + 5000).length));

  for (const {name, keys, turnOf} of [
    {name: 'in blocks', keys: 1000, turnOf: (row: number): Turn => ({key: `k${Math.floor((row - 1) / 2)}`})},
    {name: 'in turns', keys: 1000, turnOf: (row: number): Turn => ({key: `k${row % 1000}`})},
  ])
    it(`lets ${keys} keys flow as fast as rows without a key, ${name}`, async () => {
      const without = await play(busy);
      const {ms, left, foreseenMs, standing} = await play({...busy, turnOf});
      assert.equal(counts(standing).ok, 2000);
      assert.equal(mostIn5s(left), 100);
      assert.equal(ms, without.ms);
      assert.equal(foreseenMs, ms);
    });

  // Its next row stood behind all others each time: most of its rows were left when nothing else was, and went one by one.
  it('sends a key with a tenth of all rows beside the others, not behind them', async () => {
    const wide: Scene = {rows: 2000, profile: {limits: [], concurrency: 10}, refsOf: () => []};
    const {ms, foreseenMs} = await play({...wide, turnOf: (row) => (row % 10 ? {} : {key: 'hot'})});
    assert.isAtMost(ms, 200 * LATENCY_MS + 2 * LATENCY_MS);
    assert.equal(foreseenMs, ms);
  });

  it('sends the rows of one key one by one, and foresees it', async () => {
    const {ms, foreseenMs} = await play({
      rows: 50,
      profile: {limits: []},
      refsOf: () => [],
      turnOf: () => ({key: 'a'}),
    });
    assert.equal(ms, 50 * LATENCY_MS);
    assert.equal(foreseenMs, ms);
  });

  it('sends one phase after another, and foresees it', async () => {
    const {ms, foreseenMs} = await play({
      rows: 90,
      profile: {limits: [], concurrency: 50},
      refsOf: () => [],
      turnOf: (row) => ({phase: `p${row % 3}`}),
    });
    assert.equal(ms, 3 * LATENCY_MS);
    assert.equal(foreseenMs, ms);
  });

  it('lets a row that is sent again keep its turn, before the next of its key', async () => {
    const {left} = await play({
      rows: 3,
      profile: {limits: [], notExecuted: [{status: ['503']}]},
      refsOf: () => [],
      turnOf: (row) => (row === 3 ? {} : {key: 'a'}),
      answer: (row, n) => (row === 1 && n < 2 ? [answered(503), UNSENT][n]! : answered(201)),
    });
    assert.deepEqual(
      left.map(({row}) => row),
      [1, 3, 1, 1, 2],
    );
  });

  it('counts failures anew with each phase', async () => {
    const scene: Scene = {
      rows: 6,
      profile: {limits: [], concurrency: 1},
      refsOf: () => [],
      turnOf: (row) => ({phase: row <= 3 ? 'a' : 'b'}),
      options: {failureLimit: {rows: 2}},
    };
    const spread = await play({...scene, answer: (row) => answered(row === 1 || row === 4 ? 400 : 201)});
    assert.isUndefined(spread.tools.stop);
    const together = await play({...scene, answer: (row) => answered(row === 4 || row === 5 ? 400 : 201)});
    assert.equal(together.tools.stop?.why, 'failures');
    assert.equal(stateOf(together.standing, 6), 'pending');
  });

  // Each row held its key while it waited for somebody to prove it wrong, and nobody else was left: the run stood still.
  it('fails a row for its 401 where only rows of its key are left', async () => {
    const {standing, tools} = await play({
      rows: 4,
      profile: {limits: []},
      refsOf: () => [],
      turnOf: () => ({key: 'a'}),
      answer: (row) => answered(row === 2 ? 401 : 201),
    });
    assert.isUndefined(tools.stop);
    assert.deepInclude(counts(standing), {ok: 3, failed: 1});
  });

  it('ends the run all the same when three of them in a row are told 401', async () => {
    const {standing, tools} = await play({
      rows: 9,
      profile: {limits: []},
      refsOf: () => [],
      turnOf: () => ({key: 'a'}),
      answer: (row) => answered(row > 1 ? 401 : 201),
    });
    assert.equal(tools.stop?.why, 'unauthorized');
    assert.deepInclude(counts(standing), {ok: 1, failed: 2, pending: 6});
  });
});
