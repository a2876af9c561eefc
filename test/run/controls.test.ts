import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import type {Control} from '../../src/journal/record.js';
import {counts} from '../../src/journal/states.js';
import {carryOut} from '../../src/run/controls.js';
import {dispatch} from '../../src/run/dispatch.js';
import {answered, fakeTime, later, openScene, passing, type Scene, UNSENT} from './scene.js';

const LATENCY_MS = 100;
const limit = (requests: number, seconds: number) => ({
  name: 'network',
  per: [],
  windows: [{requests, seconds, kind: 'rolling' as const}],
});

describe('carryOut', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  /** Plays a run whose every answer takes 100 ms, with these controls so many ms after its start; tells when each attempt left. */
  async function play(scene: Scene, controls: Readonly<Record<number, Control>>) {
    const startedAt = now();
    const left: number[] = [];
    const opened = openScene({
      ...scene,
      answer: async (row, n, wire) => {
        left.push(Math.round(now() - startedAt));
        return later(LATENCY_MS, await (scene.answer?.(row, n, wire) ?? answered(201)));
      },
    });
    const answers = Object.entries(controls).map(
      ([ms, control]) =>
        new Promise((resolve) => setTimeout(() => resolve(carryOut(control, opened.tools)), Number(ms))),
    );
    await passing(clock, dispatch(opened.tools));
    const inSecond = (second: number) => left.filter((at) => Math.floor(at / 1000) === second).length;
    return {...opened, left, inSecond, answers: await Promise.all(answers)};
  }

  it('takes the pace back to half at once, and not a request more', async () => {
    const scene = {rows: 200, profile: {limits: [limit(20, 1)], pace: 'even' as const}};
    const {inSecond, records, answers, standing} = await play(scene, {3000: {share: 0.5}});
    assert.isAtLeast(inSecond(1), 18);
    for (const second of [4, 5, 6, 7]) assert.isAtMost(inSecond(second), 10, `second ${second}`);
    assert.isAtLeast(inSecond(6), 9);
    assert.deepInclude(counts(standing), {ok: 200, pending: 0});
    const [record] = records.filter(({t}) => t === 's');
    assert.deepInclude(record, {t: 's', share: 0.5});
    assert.deepInclude(answers[0], {said: 'share 50 % from now on', share: 0.5, paused: false});
  });

  it('lets more start within a second where more is allowed, also who waits for a bucket of its own', async () => {
    const scene: Scene = {
      rows: 40,
      profile: {limits: [{...limit(1, 60), per: ['user']}]},
      refsOf: (row) => [{limit: 0, id: row % 2, label: `user ${row % 2}`}],
    };
    const {left} = await play(scene, {12000: {limits: [{name: 'network', requests: 100, seconds: 60}]}});
    assert.deepEqual(left.slice(0, 2), [0, 0]);
    assert.lengthOf(
      left.filter((at) => at >= 12_000 && at < 13_000),
      38,
    );
  });

  it('keeps to another number at once', async () => {
    const scene = {rows: 60, profile: {limits: [], concurrency: 10}, refsOf: () => []};
    const {left, answers} = await play(scene, {250: {concurrency: 2}});
    assert.deepEqual(
      [0, 100, 200, 300, 400].map((from) => left.filter((at) => at >= from && at < from + 100).length),
      [10, 10, 10, 2, 2],
    );
    assert.deepInclude(answers[0], {concurrency: 2, said: 'concurrency 2 from now on'});
  });

  it('sends nothing while it is paused, finishes what is in flight, and goes on', async () => {
    const scene = {rows: 40, profile: {limits: [limit(5, 1)], concurrency: 10}};
    const {left, standing, records} = await play(scene, {2000: {paused: true}, 60000: {paused: false}});
    assert.isEmpty(left.filter((at) => at > 2000 && at < 60_000));
    assert.equal(
      left.find((at) => at > 2000),
      60_000,
    );
    assert.deepInclude(counts(standing), {ok: 40, pending: 0});
    assert.deepEqual(
      records.flatMap((record) => (record.t === 's' ? [record.paused] : [])),
      [true, false],
    );
  });

  it('is done where nothing is left when it is paused', async () => {
    const {standing} = await play({rows: 1}, {50: {paused: true}});
    assert.deepInclude(counts(standing), {ok: 1, pending: 0});
  });

  it('stops at the deadline although it is paused', async () => {
    const {tools} = await play({rows: 10, options: {deadlineAt: now() + 7000}}, {1000: {paused: true}});
    assert.deepInclude(tools.stop, {why: 'deadline'});
  });

  it('counts time paused as no time without a network, and none in which everything was refused', async () => {
    let away = true;
    setTimeout(() => (away = false), 700_000);
    const scene = {rows: 2, options: {maxOfflineMs: 120_000}, answer: () => (away ? UNSENT : answered(201))};
    const {standing, tools} = await play(scene, {6000: {paused: true}, 690000: {paused: false}});
    assert.isUndefined(tools.stop);
    assert.deepInclude(counts(standing), {ok: 2});
    let refusing = true;
    setTimeout(() => (refusing = false), 2_000_000);
    const refused = await play(
      {rows: 2, answer: () => answered(refusing ? 429 : 201)},
      {6000: {paused: true}, 1990000: {paused: false}},
    );
    assert.isUndefined(refused.tools.stop);
  });

  it('keeps the limits that a later control does not name, and says what is in force', async () => {
    const user = {...limit(10, 1), name: 'user'};
    const {answers, tools} = await play(
      {rows: 30, profile: {limits: [limit(100, 5), user]}},
      {
        10: {limits: [{name: 'network', requests: 50, seconds: 5}]},
        20: {limits: [{name: 'user', requests: 5, seconds: 1}], pace: 'even'},
      },
    );
    assert.deepInclude(answers[1], {
      said: 'user 5 per 1 s, pace even from now on',
      pace: 'even',
      limits: [
        {name: 'network', requests: 50, seconds: 5},
        {name: 'user', requests: 5, seconds: 1},
      ],
    });
    assert.deepEqual(
      tools.profile.limits.map(({windows}) => windows[0]!.requests),
      [50, 5],
    );
  });

  it('changes nothing where a limit is not there', () => {
    const {tools, records} = openScene();
    assert.throws(() => carryOut({limits: [{name: 'other', requests: 1, seconds: 1}]}, tools), /has no limit "other"/);
    assert.isEmpty(records);
    assert.deepEqual(tools.controls.overrides, {limits: []});
  });
});
