import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import type {Exchange} from '../../src/exchange.js';
import {counts} from '../../src/journal/states.js';
import {Problem} from '../../src/problem.js';
import {dispatch} from '../../src/run/dispatch.js';
import {stopRun} from '../../src/run/stop.js';
import type {Tools} from '../../src/run/tools.js';
import {answered, fakeTime, later, openScene, passing, type Scene, UNSENT} from './scene.js';

const LATENCY_MS = 100;

describe('dispatch', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  /** Plays a run whose every answer takes 100 ms, and tells when each attempt left, in ms since the start. */
  async function play({answer = () => answered(201), ...scene}: Scene = {}, meanwhile = (_: Opened) => {}) {
    const startedAt = now();
    const left: {row: number; at: number}[] = [];
    const opened = openScene({
      ...scene,
      answer: async (row, n, wire) => {
        left.push({row, at: Math.round(now() - startedAt)});
        return later(LATENCY_MS, await answer(row, n, wire));
      },
    });
    meanwhile(opened);
    await passing(clock, dispatch(opened.tools));
    return {...opened, left, ms: Math.round(now() - startedAt)};
  }
  type Opened = ReturnType<typeof openScene>;

  it('starts a whole window at once, and the next one a window after the answers', async () => {
    const {left, standing} = await play({rows: 8, profile: {limits: [limit(4, 5)]}});
    assert.deepEqual(
      left.map(({at}) => at),
      [0, 0, 0, 0, 5100, 5100, 5100, 5100],
    );
    assert.deepInclude(counts(standing), {ok: 8, attempts: 8, pending: 0});
  });

  it('starts the next window a window after the heads of the answers, however long their bodies take', async () => {
    const {left} = await play({
      rows: 4,
      profile: {limits: [limit(2, 5)]},
      answer: () => ({...answered(201), headAt: now() + 30}) as Exchange,
    });
    assert.deepEqual(
      left.map(({at}) => at),
      [0, 0, 5030, 5030],
    );
  });

  it('has no more under way than the concurrency allows', async () => {
    const {left} = await play({rows: 6, profile: {limits: [], concurrency: 2}, refsOf: () => []});
    assert.deepEqual(
      left.map(({at}) => at),
      [0, 0, 100, 100, 200, 200],
    );
  });

  it('sends a row again after a backoff that grows, while others go on', async () => {
    const {left, standing} = await play({
      rows: 3,
      profile: {limits: []},
      refsOf: () => [],
      repeatable: true,
      answer: (row, n) => answered(row === 2 && n < 3 ? 503 : 201),
    });
    assert.deepEqual(
      left.filter(({row}) => row === 2).map(({at}) => at),
      [0, 1100, 3200, 7300],
    );
    assert.deepInclude(counts(standing), {ok: 3, attempts: 6});
  });

  it('sends refused rows before those that were never sent, once the provider lets it', async () => {
    const {left, standing, lines} = await play({
      rows: 6,
      profile: {limits: [limit(3, 1)]},
      answer: (row, n) => (row === 2 && n === 0 ? answered(429, {'retry-after': '10'}) : answered(201)),
    });
    assert.deepEqual(
      left.slice(0, 3).map(({row}) => row),
      [1, 2, 3],
    );
    assert.deepEqual(left[3], {row: 2, at: 10_100});
    assert.deepInclude(counts(standing), {ok: 6, attempts: 7, refusals: 1});
    assert.deepEqual(lines, [
      'network: refused although 3 of 3 per 1 s were used; spreading requests evenly from now on',
    ]);
  });

  it('knocks with one request every five seconds while the network is away', async () => {
    let away = true;
    const {left, standing} = await play(
      {rows: 4, profile: {limits: []}, refsOf: () => [], answer: (): Exchange => (away ? UNSENT : answered(201))},
      () => setTimeout(() => (away = false), 12_000),
    );
    const [first, ...knocks] = [...new Set(left.map(({at}) => at))];
    assert.equal(first, 0);
    assert.deepEqual(knocks.slice(0, 3), [5100, 10_200, 15_300]);
    assert.lengthOf(
      left.filter(({at}) => at === 5100),
      1,
    );
    assert.deepInclude(counts(standing), {ok: 4, pending: 0});
  });

  it('stops after max-offline, and leaves the rows pending', async () => {
    const {tools, standing} = await play({
      rows: 2,
      options: {maxOfflineMs: 60_000},
      answer: () => UNSENT,
    });
    assert.deepInclude(tools.stop, {why: 'offline', exit: 4});
    assert.deepInclude(counts(standing), {pending: 2, inDoubt: 0, failed: 0});
  });

  it('stops at the deadline, and finishes what is in flight', async () => {
    const {tools, standing, ms} = await play({rows: 10, options: {deadlineAt: now() + 7000}});
    assert.deepInclude(tools.stop, {why: 'deadline', exit: 4});
    assert.equal(ms, 7000);
    assert.deepInclude(counts(standing), {ok: 2, pending: 8, inDoubt: 0});
  });

  it('starts nothing new once it is to stop, and finishes what is in flight', async () => {
    const {left, ms, standing} = await play({rows: 9, profile: {limits: [limit(3, 1)]}}, ({tools}) =>
      setTimeout(() => stopRun(tools, {why: 'SIGINT', exit: 130, message: ''}), 1150),
    );
    assert.lengthOf(left, 6);
    assert.equal(ms, 1200);
    assert.deepInclude(counts(standing), {ok: 6, pending: 3, inDoubt: 0});
  });

  it('aborts what is still in flight after the drain timeout: it is in doubt', async () => {
    const startedAt = now();
    const opened = openScene({rows: 1, options: {drainMs: 3000}});
    const {tools} = opened;
    tools.sender.send = (_, signal) =>
      new Promise((resolve) =>
        signal!.addEventListener('abort', () =>
          resolve({kind: 'unanswered', error: 'ABORTED', message: 'given up', timedOut: false}),
        ),
      );
    setTimeout(() => stopRun(tools, {why: 'SIGTERM', exit: 143, message: ''}), 500);
    await passing(clock, dispatch(tools));
    assert.equal(Math.round(now() - startedAt), 3500);
    assert.deepInclude(counts(opened.standing), {inDoubt: 1, pending: 0});
  });

  it('sends nothing whose record reached the disk only after the stop', async () => {
    const {left, standing, records} = await play(
      {rows: 1, tools: {journal: {commit: () => later(50, undefined)} as never}},
      ({tools}) => setTimeout(() => stopRun(tools, {why: 'SIGINT', exit: 130, message: ''}), 20),
    );
    assert.isEmpty(left);
    assert.deepInclude(records.at(-1), {t: 'o', k: 'not', e: 'unsent'});
    assert.deepInclude(counts(standing), {pending: 1});
  });

  it('fails a row whose request cannot be written, and sends the others', async () => {
    const {standing, records, tools} = await play({
      rows: 3,
      profile: {limits: [], concurrency: 1},
      refsOf: () => [],
      answer: (row) => {
        if (row === 1) throw new Problem('REQUEST_MALFORMED', 'a line break in a header', '', {exit: 65});
        return answered(201);
      },
    });
    assert.isUndefined(tools.stop);
    assert.deepInclude(counts(standing), {ok: 2, failed: 1, pending: 0});
    assert.deepInclude(
      records.find(({t}) => t === 'o'),
      {k: 'failed', e: 'REQUEST_MALFORMED', m: 'a line break in a header'},
    );
  });

  it('sends nothing that the journal cannot make durable', async () => {
    const {left, standing} = await play(
      {rows: 1, tools: {journal: {commit: () => Promise.reject(new Error('disk'))} as never}},
      ({tools}) => stopWhenAsked(tools),
    );
    assert.isEmpty(left);
    assert.deepInclude(counts(standing), {pending: 1});
  });

  it('lets no lane wait for another', async () => {
    const refsOf = (row: number) => [{limit: 0, id: row > 3 ? 2 : 1, label: row > 3 ? 'network b' : 'network a'}];
    const {left} = await play({rows: 5, refsOf, profile: {limits: [{...limit(1, 60), per: ['user']}]}});
    assert.sameDeepMembers(left.slice(0, 2), [
      {row: 1, at: 0},
      {row: 4, at: 0},
    ]);
    assert.equal(left.at(-1)!.at, 120_200);
  });

  it('fails a row that was told 401 when nothing is left that could prove the credential bad', async () => {
    const {standing, tools} = await play({rows: 2, answer: (row) => answered(row === 2 ? 401 : 201)});
    assert.isUndefined(tools.stop);
    assert.deepInclude(counts(standing), {ok: 1, failed: 1, pending: 0});
  });

  it('leaves all rows that were told 401 pending when that is why it stops', async () => {
    const {standing, tools} = await play({rows: 5, answer: () => answered(401)});
    assert.deepInclude(tools.stop, {why: 'unauthorized', exit: 77});
    assert.deepInclude(counts(standing), {failed: 0, pending: 5});
  });

  it('says what it waits for, and until when', async () => {
    let seen: [number | undefined, number | undefined] | undefined;
    const startedAt = now();
    await play({rows: 2, profile: {limits: [limit(1, 60)]}}, ({tools}) =>
      setTimeout(() => (seen = [tools.waitsFor, tools.waitsUntil! - startedAt]), 30_000),
    );
    assert.equal(seen?.[0], 1);
    assert.equal(Math.round(seen?.[1] ?? 0), 60_100);
  });
});

/** As the journal does when it cannot be written: the run is told before the attempt is. */
function stopWhenAsked(tools: Tools): void {
  const {journal} = tools;
  Object.assign(tools, {
    journal: {
      commit: () => {
        stopRun(tools, {why: 'journal-unwritable', exit: 74, message: ''});
        return journal.commit();
      },
    },
  });
}

function limit(requests: number, seconds: number) {
  return {name: 'network', per: [] as string[], windows: [{requests, seconds, kind: 'rolling' as const}]};
}
