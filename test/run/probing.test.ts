import {assert} from 'chai';
import fc from 'fast-check';
import {now} from '../../src/clock.js';
import type {Exchange} from '../../src/exchange.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {openLedger} from '../../src/limits/ledger.js';
import {compileCaptures} from '../../src/requests/capture.js';
import {compileProbes} from '../../src/requests/probe.js';
import type {Request} from '../../src/requests/request.js';
import {openMeasured} from '../../src/run/measured.js';
import type {Asking, Probing} from '../../src/run/probe.js';
import {probeAll} from '../../src/run/probing.js';
import {sampleProfile} from '../requests/sample.js';
import {answered, fakeTime, passing, UNANSWERED, UNSENT} from './scene.js';

const PROFILE = sampleProfile({
  concurrency: 4,
  limits: [{name: 'all', per: [], windows: [{requests: 2, seconds: 10, kind: 'rolling'}]}],
  probes: [{operations: ['x'], request: 'GET /x', happened: [{status: ['200']}], didNot: [{status: ['404']}]}],
});
const [PROBE] = compileProbes(PROFILE);

type Answer = (row: number, n: number) => Exchange;

/** Probes rows on a clock of the test; `latencyMs` pass before each answer. */
async function probing(
  count: number,
  answer: Answer,
  more: () => Partial<Probing> = () => ({}),
  notBefore = (_: number) => 0,
  latencyMs = 100,
) {
  const clock = fakeTime();
  try {
    const records: JournalRecord[] = [];
    const sent: {row: number; at: number; durable: boolean}[] = [];
    let durable = 0;
    const probing: Probing = {
      ledger: openLedger(PROFILE.limits, PROFILE.concurrency),
      profile: PROFILE,
      measured: openMeasured(),
      serverClock: undefined,
      options: {timeoutMs: 30_000, maxWaitMs: 900_000, deadlineAt: Number.POSITIVE_INFINITY},
      journal: {
        hasRoom: async () => {},
        commit: async () => {
          durable = records.length;
        },
      },
      record: (record) => records.push(record),
      captures: [],
      sender: {
        send: async ({url}) => {
          const row = Number(url.split('/').at(-1));
          const q = records.findLastIndex((record) => record.t === 'q' && record.op === row);
          sent.push({row, at: now(), durable: q >= 0 && q < durable});
          await new Promise((resolve) => setTimeout(resolve, latencyMs));
          return answer(row, sent.filter((each) => each.row === row).length);
        },
      },
      secrets: {apply: (wire) => wire, scrub: (text) => text.replaceAll('s3cret', '***')},
      random: () => 0.5,
      abort: new AbortController(),
      told: {happened: [], didNot: [], left: []},
      silent: 0,
      stop: undefined,
      wake: () => {},
      ...more(),
    };
    const rows = Array.from({length: count}, (_, i): Asking => {
      const buckets = [{limit: 0, id: 1, label: 'all'}];
      const request = {
        method: 'GET',
        url: `https://api.example.com/${i + 1}`,
        headers: {},
        buckets,
      } as unknown as Request;
      return {row: i + 1, probe: PROBE!, request, notBefore: now() + notBefore(i + 1)};
    });
    const beganAt = now();
    await passing(clock, probeAll(rows, probing));
    return {
      ...probing.told,
      stop: probing.stop,
      records,
      sent: sent.map(({at, ...each}) => ({...each, at: at - beganAt})),
    };
  } finally {
    clock.uninstall();
  }
}

describe('probeAll', () => {
  it('settles what happened and what did not, and leaves the rest in doubt with the reason', async () => {
    const {happened, didNot, left, records} = await probing(3, (row) => answered([200, 404, 500][row - 1]!));
    assert.deepEqual([happened, didNot], [[1], [2]]);
    assert.deepEqual(left, [{row: 3, why: 'the probe was answered 500, 5 times'}]);
    const decided = records.filter(({t}) => t === 'd');
    assert.deepEqual(
      decided.map((record) => record.t === 'd' && [record.op, record.as, record.by, record.st]),
      [
        [1, 'ok', 'probe', 200],
        [2, 'retry', 'probe', 404],
      ],
    );
  });

  it('keeps what the lost answer was to give, where this one has it, and settles no row without', async () => {
    const captures = compileCaptures({id: '{{ response.body.id }}'});
    const body = (row: number) => (row === 1 ? '{"id": "u-s3cret"}' : '{"name": "Zoë"}');
    const {happened, left, records} = await probing(
      2,
      (row) => answered(200, {}, body(row)),
      () => ({captures}),
    );
    assert.deepEqual(happened, [1]);
    assert.lengthOf(left, 1);
    assert.match(left[0]!.why, /^it was executed, and nothing was captured for id: .*settle --captured$/);
    const [decided, ...others] = records.filter((record) => record.t === 'd');
    assert.deepEqual(decided?.t === 'd' && decided.cap, {id: 'u-***'});
    assert.isEmpty(others);
  });

  it('sends none before its record is on the disk, and names the buckets before that', async () => {
    const {sent, records} = await probing(3, () => answered(200));
    assert.isTrue(sent.every(({durable}) => durable));
    assert.deepEqual(records[0], {t: 'b', l: 0, in: [['all', 1]]});
    assert.lengthOf(
      records.filter(({t}) => t === 'b'),
      1,
    );
  });

  it('is never faster than the limits', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({min: 1, max: 9}), fc.integer({min: 1, max: 4000}), async (count, latencyMs) => {
        const {sent, happened} = await probing(
          count,
          () => answered(200),
          undefined,
          () => 0,
          latencyMs,
        );
        assert.lengthOf(happened, count);
        // Each was counted somewhere between its start and its answer: no three within a window, whichever way.
        for (let i = 2; i < sent.length; i++) assert.isAtLeast(sent[i]!.at - (sent[i - 2]!.at + latencyMs), 10_000);
      }),
      {numRuns: 25},
    ));

  it('asks nobody before its time', async () => {
    const {sent} = await probing(
      2,
      () => answered(200),
      undefined,
      (row) => (row === 1 ? 30_000 : 5_000),
    );
    assert.deepEqual(
      sent.map(({row, at}) => [row, at]),
      [
        [2, 5_000],
        [1, 30_000],
      ],
    );
  });

  it('asks again what was refused, when the provider allows it, and journals the pause', async () => {
    const {sent, happened, records} = await probing(1, (_, n) =>
      n === 1 ? answered(429, {'retry-after': '60'}) : answered(200),
    );
    assert.deepEqual(happened, [1]);
    assert.isAtLeast(sent[1]!.at, 60_000);
    assert.include(records.map(({t}) => t).join(' '), 'q a p q a d');
  });

  it('leaves a row that is refused five times', async () => {
    const {sent, left} = await probing(1, () => answered(429, {'retry-after': '1'}));
    assert.lengthOf(sent, 5);
    assert.deepEqual(left, [{row: 1, why: 'the probe was refused, 5 times'}]);
  });

  it('stops where the provider orders a longer wait than is waited', async () => {
    const {sent, left, stop} = await probing(3, () => answered(429, {'retry-after': '7200'}));
    assert.lengthOf(sent, 2);
    assert.lengthOf(left, 3);
    assert.deepInclude(stop, {why: 'wait-too-long', exit: 4});
  });

  for (const {name, answer, asked, exit} of [
    {name: 'the credential is refused', answer: () => answered(401), asked: 2, exit: 77},
    {name: 'nobody is there', answer: () => UNSENT, asked: 2, exit: 69},
    {name: 'five in a row get no answer', answer: () => UNANSWERED, asked: 6, exit: 69},
  ])
    it(`stops where ${name}, and leaves all in doubt`, async () => {
      const {sent, left, stop, records} = await probing(9, answer);
      assert.lengthOf(sent, asked);
      assert.lengthOf(left, 9);
      assert.equal(stop?.exit, exit);
      assert.isEmpty(records.filter(({t}) => t === 'd'));
    });

  it('asks again after a backoff where one gets no answer, or one that passes', async () => {
    const {happened, sent} = await probing(3, (row, n) =>
      n > 1 || row === 1 ? answered(200) : row === 2 ? UNANSWERED : answered(503),
    );
    assert.sameMembers(happened, [1, 2, 3]);
    const third = sent.filter(({row}) => row === 3);
    assert.isAtLeast(third[1]!.at - third[0]!.at, 1_000);
  });

  it('stops at the deadline', async () => {
    const {happened, left, stop} = await probing(
      4,
      () => answered(200),
      () => ({options: {timeoutMs: 30_000, maxWaitMs: 900_000, deadlineAt: now() + 5_000}}),
    );
    assert.deepEqual(happened, [1, 2]);
    assert.lengthOf(left, 2);
    assert.equal(stop?.why, 'deadline');
  });

  it('stops, and sends nothing, where the journal cannot be written', async () => {
    const journal = {hasRoom: async () => {}, commit: () => Promise.reject(new Error('no'))};
    const {sent, left, stop} = await probing(
      3,
      () => answered(200),
      () => ({journal}),
    );
    assert.isEmpty(sent);
    assert.lengthOf(left, 3);
    assert.equal(stop?.exit, 70);
  });
});
