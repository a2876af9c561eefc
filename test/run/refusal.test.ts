import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {counts} from '../../src/journal/states.js';
import type {BucketRef} from '../../src/limits/limit.js';
import {dispatch} from '../../src/run/dispatch.js';
import {answered, fakeTime, later, openScene, passing, type Scene} from './scene.js';

const LIMITS = ['user', 'network'].map((name) => ({
  name,
  per: [],
  windows: [{requests: 10, seconds: 5, kind: 'rolling' as const}],
}));
const USER: BucketRef = {limit: 0, id: 1, label: 'user'};
const NETWORK: BucketRef = {limit: 1, id: 2, label: 'network'};

const startsOf = (records: readonly JournalRecord[]) => records.flatMap((each) => (each.t === 'i' ? each.at : []));

describe('a refusal, in a whole run', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  async function run(scene: Scene) {
    const opened = openScene(scene);
    await passing(clock, dispatch(opened.tools));
    return opened;
  }

  for (const [name, refused, answer] of [
    ['403 with a text', {status: ['403'], body: 'slow down'}, answered(403, {}, 'Slow down!')],
    ['503 with a code', {status: ['503'], json: {'/code': 17}}, answered(503, {}, '{"code": 17}')],
    ['200 that says so', {status: ['200'], json: {'/ok': false}}, answered(200, {}, '{"ok": false}')],
  ] as const)
    it(`may be a ${name}: the row waits, and is sent again`, async () => {
      const {standing} = await run({
        rows: 3,
        profile: {refused: [refused]},
        answer: (row, n) => later(50, row === 1 && n === 0 ? answer : answered(200, {}, '{"ok": true}')),
      });
      assert.deepInclude(counts(standing), {ok: 3, refusals: 1, attempts: 4});
    });

  for (const [name, header, body, waitMs] of [
    ['its body alone', {}, '{"message": "You are being rate limited.", "retry_after": 7.5}', 7500],
    ['a sentence', {}, 'Too many requests, try again in 20 seconds', 20_000],
    ['Retry-After, whatever its body tells', {'retry-after': '8'}, '{"retry_after": 30}', 8000],
  ] as const)
    it(`waits as long as ${name} tells, and tells it on resume`, async () => {
      const began = now();
      const {records} = await run({
        rows: 1,
        answer: (_, n) => later(50, n === 0 ? answered(429, header, body) : answered(200)),
      });
      assert.approximately(startsOf(records)[1]! - began, 50 + waitMs, 10);
      assert.isTrue(records.some((record) => record.t === 'p' && record.until - began >= waitMs));
    });

  it('is none where a success speaks of a wait', async () => {
    const {records} = await run({
      rows: 2,
      profile: {concurrency: 1},
      answer: () => later(50, answered(200, {}, '{"retry_after": 60}')),
    });
    const [first, second] = startsOf(records);
    assert.isBelow(second! - first!, 10_000);
  });

  it('that no waiting cures stops the run, with the time at which the quota renews', async () => {
    const began = now();
    const {tools, standing} = await run({
      profile: {stop: [{status: ['429'], body: 'daily quota', why: 'the daily quota is used up', renews: 'daily'}]},
      answer: () => later(50, answered(429, {}, 'Daily quota exceeded')),
    });
    assert.deepInclude(tools.stop, {why: 'stop-rule', exit: 4});
    assert.include(tools.stop!.message, 'the daily quota is used up');
    assert.equal(tools.stop!.resumeAt! % 86_400_000, 0);
    assert.isAbove(tools.stop!.resumeAt!, began);
    assert.deepInclude(counts(standing), {pending: 3, failed: 0});
  });

  it('that no waiting cures is resumed when the answer says, and closed until then', async () => {
    const began = now();
    const {tools, records} = await run({
      profile: {stop: [{status: ['429'], body: 'daily quota', renews: 'daily'}]},
      answer: () => later(50, answered(429, {'retry-after': '7200'}, 'Daily quota exceeded')),
    });
    assert.approximately(tools.stop!.resumeAt! - began, 7_200_000, 1000);
    assert.isTrue(records.some((record) => record.t === 'p' && record.until - began >= 7_200_000));
  });

  const stacked = (header: Record<string, string>, body = '', refused: Scene['profile'] = {}) =>
    run({
      rows: 12,
      profile: {limits: LIMITS, concurrency: 1, ...refused},
      refsOf: (row) => (row <= 4 ? [USER, NETWORK] : [NETWORK]),
      answer: (row, n) => later(50, row === 1 && n === 0 ? answered(429, header, body) : answered(200)),
    });

  for (const [name, header, body, refused] of [
    ['a quota in its headers', {ratelimit: '"user";r=0;t=3'}, '', {}],
    ['a rule', {'retry-after': '3'}, 'per user', {refused: [{body: 'per user', limits: ['user']}]}],
    [
      'a policy that its body calls violated',
      {'retry-after': '3', 'content-type': 'application/problem+json'},
      '{"violated-policies": ["user"]}',
      {},
    ],
  ] as const)
    it(`closes the limit that is named by ${name}, and no other`, async () => {
      const {records} = await stacked(header, body, refused);
      const pause = records.find((record) => record.t === 'p')!;
      assert.deepInclude(pause, {op: 1, of: ['user']});
      const others = records.filter((record) => record.t === 'i' && record.op > 4 && record.at < pause.until);
      assert.isAtLeast(others.length, 5);
    });

  it('closes all of its limits where nothing tells which', async () => {
    const {records} = await run({
      profile: {limits: LIMITS},
      refsOf: () => [USER, NETWORK],
      answer: (row, n) => later(50, row === 1 && n === 0 ? answered(429, {'retry-after': '3'}) : answered(200)),
      rows: 1,
    });
    const pause = records.find((record) => record.t === 'p')!;
    assert.notProperty(pause, 'of');
  });
});
