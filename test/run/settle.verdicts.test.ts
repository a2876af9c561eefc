import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import type {Exchange} from '../../src/exchange.js';
import {roomIn, take} from '../../src/limits/ledger.js';
import {judge} from '../../src/requests/judge.js';
import {settle} from '../../src/run/settle.js';
import type {History} from '../../src/run/tools.js';
import {
  answered,
  fakeTime,
  NETWORK,
  ONE_PER_5_S,
  type Opened,
  openScene,
  preparedRow,
  type Scene,
  UNANSWERED,
  UNSENT,
} from './scene.js';

const LATENCY_MS = 200;
/** When the answered slot of one request per 5 s is free again, in ms after the start. */
const HELD_MS = LATENCY_MS + 5000;
const ROW = 7;

type Case = {
  readonly name: string;
  readonly exchange: Exchange;
  readonly scene?: Scene;
  /** Members of the `o` record. */
  readonly record: object;
  /** When the next may start, in ms after this one did. */
  readonly roomMs: number;
  /** When the row is in line again, in ms after its start; 0: at once. Absent: it is not. */
  readonly againMs?: number;
  readonly stop?: object;
  /** Attempts that count against the limit on them, for a row that is not settled. */
  readonly counted?: number;
};

const CASES: readonly Case[] = [
  {name: 'a success', exchange: answered(201), record: {k: 'ok', st: 201, ms: LATENCY_MS}, roomMs: HELD_MS},
  {
    name: 'a success whose body was lost',
    exchange: {kind: 'answered', response: {status: 201, headers: {}, body: '', bodyLost: true}},
    record: {k: 'ok', st: 201, lost: true},
    roomMs: HELD_MS,
  },
  {
    name: 'a failure, scrubbed',
    exchange: answered(404, {}, 'no s3cret here'),
    record: {k: 'failed', st: 404, b: 'no *** here'},
    roomMs: HELD_MS,
  },
  {
    name: 'a failure of which no body is to be kept',
    exchange: answered(404, {}, 'nobody'),
    scene: {options: {keepBodies: 'none'}},
    record: {k: 'failed', st: 404, b: undefined},
    roomMs: HELD_MS,
  },
  {
    name: 'a request that cannot be written',
    exchange: {kind: 'unsent', error: 'REQUEST_MALFORMED', message: 'line break in a header'},
    record: {k: 'failed', e: 'REQUEST_MALFORMED', m: 'line break in a header'},
    roomMs: LATENCY_MS,
  },
  {
    name: 'a refusal that names a wait',
    exchange: answered(429, {'retry-after': '7'}),
    record: {k: 'not', e: 'refused', st: 429},
    roomMs: LATENCY_MS + 7000,
    againMs: 0,
    counted: 0,
  },
  {
    name: 'a refusal that names none',
    exchange: answered(429),
    record: {k: 'not', e: 'refused', st: 429},
    // An even pace of one per 5 s from now on, since the profile seems to be wrong.
    roomMs: HELD_MS,
    againMs: 0,
    counted: 0,
  },
  {
    name: 'a refusal that the provider does not count',
    exchange: answered(429, {'retry-after': '1'}),
    scene: {profile: {countRefusals: false}},
    record: {k: 'not', e: 'refused'},
    roomMs: LATENCY_MS + 1000,
    againMs: 0,
    counted: 0,
  },
  {
    name: 'a refusal with a wait longer than --max-wait',
    exchange: answered(429, {'retry-after': '901'}),
    record: {k: 'not', e: 'refused'},
    roomMs: LATENCY_MS + 901_000,
    againMs: 0,
    counted: 0,
    stop: {why: 'wait-too-long', exit: 4},
  },
  {
    name: 'a status that is sent again',
    exchange: answered(503),
    scene: {repeatable: true},
    record: {k: 'not', e: 'backoff', st: 503},
    roomMs: HELD_MS,
    againMs: LATENCY_MS + 1000,
    counted: 1,
  },
  {
    name: 'the same, of a request that is not repeatable',
    exchange: answered(503),
    record: {k: 'unk', st: 503},
    roomMs: HELD_MS,
  },
  {
    name: 'a status that the profile sends again all the same',
    exchange: answered(503),
    scene: {profile: {resend: [503]}},
    record: {k: 'not', e: 'backoff', resent: true},
    roomMs: HELD_MS,
    againMs: LATENCY_MS + 1000,
    counted: 1,
  },
  {
    name: 'silence: it is in doubt, and its slot is held longer',
    exchange: UNANSWERED,
    record: {k: 'unk', e: 'ECONNRESET', st: undefined},
    roomMs: HELD_MS + 30_000,
  },
  {
    name: 'silence after a repeatable request',
    exchange: UNANSWERED,
    scene: {repeatable: true},
    record: {k: 'not', e: 'backoff'},
    roomMs: HELD_MS + 30_000,
    againMs: LATENCY_MS + 1000,
    counted: 1,
  },
  {
    name: 'silence, with --in-doubt retry',
    exchange: UNANSWERED,
    scene: {options: {inDoubt: 'retry'}},
    record: {k: 'not', e: 'backoff'},
    roomMs: HELD_MS + 30_000,
    againMs: LATENCY_MS + 1000,
    counted: 1,
  },
  {
    name: 'silence, with --in-doubt retry and no attempt left',
    exchange: UNANSWERED,
    scene: {options: {inDoubt: 'retry', maxAttempts: 1}},
    record: {k: 'unk'},
    roomMs: HELD_MS + 30_000,
  },
  {
    name: 'a request that never left',
    exchange: UNSENT,
    record: {k: 'not', e: 'unsent'},
    roomMs: LATENCY_MS,
    againMs: 0,
    counted: 0,
  },
  {
    name: 'a first 401',
    exchange: answered(401),
    record: {k: 'not', e: 'unauthorized', st: 401},
    roomMs: HELD_MS,
    counted: 1,
  },
  {
    name: 'a 401 to a credential that has been renewed',
    exchange: answered(401),
    scene: {tools: {secrets: {...openScene().tools.secrets, refresh: () => true}}},
    record: {k: 'not', e: 'unauthorized'},
    roomMs: HELD_MS,
    againMs: 0,
    counted: 1,
  },
  {
    name: 'a stop rule',
    exchange: answered(400, {}, 'your balance is 0'),
    scene: {profile: {stop: [{status: ['400'], body: 'balance', why: 'balance'}]}},
    record: {k: 'not', e: 'stop', m: 'balance'},
    roomMs: HELD_MS,
    againMs: 0,
    counted: 1,
    stop: {why: 'stop-rule', exit: 4},
  },
  {
    name: 'a certificate that cannot be trusted',
    exchange: {kind: 'untrusted', error: 'CERT_HAS_EXPIRED', message: 'certificate has expired'},
    record: {k: 'not', e: 'stop'},
    roomMs: LATENCY_MS,
    againMs: 0,
    counted: 1,
    stop: {why: 'certificate', exit: 69},
  },
];

describe('settle', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  /** One attempt of a row, answered 200 ms after its start. */
  function attempted(
    opened: Opened,
    exchange: Exchange,
    scene: Scene = {},
    row = ROW,
  ): {startedAt: number; history: History} {
    const {tools} = opened;
    const prepared = preparedRow(row, [NETWORK], scene);
    const startedAt = now();
    take(tools.ledger, [NETWORK], startedAt);
    const history = tools.histories.get(row) ?? {
      attempts: 0,
      counted: 0,
      refusals: 0,
      admitted: [],
      firstAt: startedAt,
    };
    tools.histories.set(row, history);
    history.attempts += 1;
    history.counted += 1;
    clock.tick(LATENCY_MS);
    const verdict = judge(exchange, prepared.request, tools.profile, {n: history.counted, hasIdempotencyKey: false});
    settle(prepared, {startedAt, exchange, verdict, history}, tools);
    return {startedAt, history};
  }

  for (const {name, exchange, scene, record, roomMs, againMs, stop, counted} of CASES)
    it(`follows ${name}`, () => {
      const opened = openScene({rows: 9, ...scene});
      const {tools, records} = opened;
      const {startedAt, history} = attempted(opened, exchange, scene);
      const said = records.find(({t}) => t === 'o')!;
      for (const [member, value] of Object.entries(record))
        assert.equal((said as Record<string, unknown>)[member], value, member);
      assert.deepInclude(said, {op: ROW, n: 1});
      const room = roomIn(tools.ledger, [NETWORK.id], now());
      assert.equal(Math.round(room.at - startedAt), roomMs, 'room');
      const again = tools.delayed.top;
      const atMs = again && (again.at === 0 ? 0 : Math.round(again.at - startedAt));
      assert.deepEqual([again?.row, atMs], againMs === undefined ? [undefined, undefined] : [ROW, againMs]);
      assert.equal(tools.histories.has(ROW), counted !== undefined, 'a history is kept for rows that are not settled');
      if (counted !== undefined) assert.equal(history.counted, counted);
      if (stop) assert.deepInclude(tools.stop, stop);
      else assert.isUndefined(tools.stop);
    });

  it('writes one pause for refusals that were in flight together', () => {
    const opened = openScene({
      rows: 3,
      profile: {limits: [{...ONE_PER_5_S[0], windows: [{requests: 9, seconds: 5, kind: 'rolling'}]}]},
    });
    const {tools, records} = opened;
    const startedAt = now();
    clock.tick(LATENCY_MS);
    for (const row of [1, 2, 3]) {
      take(tools.ledger, [NETWORK], startedAt);
      const history = {attempts: 1, counted: 1, refusals: 0, admitted: [], firstAt: startedAt};
      const ended = {
        startedAt,
        exchange: answered(429, {'retry-after': '3'}),
        verdict: {kind: 'refused', status: 429},
        history,
      } as const;
      settle(preparedRow(row, [NETWORK]), ended, tools);
      clock.tick(10);
    }
    const pauses = records.filter(({t}) => t === 'p');
    assert.lengthOf(pauses, 1);
    assert.deepInclude(pauses[0], {op: 1, why: 'refused'});
    assert.equal(tools.delayed.size, 3);
  });

  it('fails a row that is refused five times while others pass, and not one that is refused like all others', () => {
    const opened = openScene({rows: 9});
    for (let i = 0; i < 9; i++) attempted(opened, answered(429), {}, 2);
    assert.notInclude(JSON.stringify(opened.records), '"failed"');
    for (let i = 0; i < 5; i++) {
      clock.tick(100_000);
      attempted(opened, answered(201), {}, 3);
      clock.tick(100_000);
      attempted(opened, answered(429), {}, 1);
    }
    assert.deepInclude(opened.records.at(-1), {op: 1, k: 'failed', m: 'refused 5 times while other rows passed'});
    assert.isFalse(opened.tools.histories.has(1));
  });

  it('fails those that were told 401 when a later row gets through', () => {
    const opened = openScene({rows: 9});
    attempted(opened, answered(401), {}, 1);
    attempted(opened, answered(201), {}, 2);
    assert.deepInclude(opened.records.at(-2), {op: 1, k: 'failed', st: 401});
    assert.equal(opened.tools.unauthorized.size, 0);
  });

  // The credential expired between the two; the success had been sent with it before.
  it('holds nothing against them that was on its way when they were told', () => {
    const opened = openScene({rows: 9});
    const {tools} = opened;
    const earlier = now();
    clock.tick(10);
    attempted(opened, answered(401), {}, 1);
    take(tools.ledger, [NETWORK], earlier);
    const history = {attempts: 1, counted: 1, refusals: 0, admitted: [], firstAt: earlier};
    const verdict = {kind: 'ok', status: 201, bodyLost: false} as const;
    settle(preparedRow(2, [NETWORK]), {startedAt: earlier, exchange: answered(201), verdict, history}, tools);
    assert.notInclude(JSON.stringify(opened.records), '"failed"');
    attempted(opened, answered(401), {}, 3);
    attempted(opened, answered(401), {}, 4);
    assert.deepInclude(tools.stop, {why: 'unauthorized', exit: 77});
  });

  it('takes what the run kept back itself for no sign of the network', () => {
    const opened = openScene({rows: 9});
    attempted(opened, {kind: 'unsent', error: 'ABORTED', message: 'the run was stopped before it left'});
    assert.isUndefined(opened.tools.network.down);
    attempted(opened, UNSENT);
    assert.isDefined(opened.tools.network.down);
  });
});
