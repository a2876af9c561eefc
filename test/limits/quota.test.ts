import {assert} from 'chai';
import fc from 'fast-check';
import {GENERAL, PARTICULAR} from '../../src/limits/conventions.js';
import {type Exchanged, type HeaderNames, type Quota, readQuotas} from '../../src/limits/quota.js';

const t = Date.UTC(2026, 1, 3, 10, 14, 30);
const at: Exchanged = {sentAt: t, receivedAt: t, clock: undefined};
const httpDate = (ms: number) => new Date(ms).toUTCString();
const usual: HeaderNames = {
  limit: 'x-ratelimit-limit',
  remaining: 'x-ratelimit-remaining',
  reset: 'x-ratelimit-reset',
  format: 'epoch-seconds',
  seconds: 60,
};

function read(headers: Record<string, string>, rule?: HeaderNames, more: Partial<Exchanged> = {}): readonly Quota[] {
  return readQuotas({date: httpDate(t), ...headers}, rule, {...at, ...more});
}

describe('readQuotas', () => {
  describe('with the headers that a profile names', () => {
    const reset = (value: string, format: HeaderNames['format'], seconds?: number, turning?: ReadonlySet<number>) =>
      read({'x-reset': value}, {reset: 'x-reset', format, seconds}, {turning})[0]?.resetAt;

    for (const [value, format, expected] of [
      [String(t / 1000 + 5), 'epoch-seconds', t + 6000],
      [`${t / 1000 + 5}.25`, 'epoch-seconds', t + 5250],
      [String(t + 5001), 'epoch-ms', t + 5001],
      ['5', 'seconds', t + 5000],
      ['0.0101', 'seconds', t + 11],
      ['15000', 'ms', t + 15_000],
      ['2026-02-03T10:15:00.500Z', 'iso', t + 30_500],
      ['2026-02-03T11:15:00+0100', 'iso', t + 31_000],
      ['2026-02-03 10:15:00', 'iso', t + 31_000],
      ['Tue, 03 Feb 2026 10:15:00 GMT', 'http-date', t + 31_000],
      ['Tuesday, 03-Feb-26 10:15:00 GMT', 'http-date', t + 31_000],
      ['Tue Feb  3 10:15:00 2026', 'http-date', t + 31_000],
      ['1m0.5s', 'duration', t + 60_500],
      ['30', 'epoch-seconds', undefined],
      ['30', 'epoch-ms', undefined],
      ['30', 'iso', undefined],
      ['30', 'http-date', undefined],
      ['30', 'duration', undefined],
      ['6m0s', 'seconds', undefined],
      ['-5', 'seconds', undefined],
    ] as const) {
      it(`reads "${value}" as ${format}, and as nothing else`, () => assert.equal(reset(value, format), expected));
    }

    it('does not guess again what the format of the profile could not read', () => {
      assert.deepEqual(read({'x-ratelimit-reset': '30', 'x-ratelimit-remaining': '3'}, usual), [
        {remaining: 3, windowSeconds: 60},
      ]);
    });

    it('takes a reset that is a multiple of the window to be exact, where the window is known to turn over with the clock', () => {
      const turning = new Set([60, 3600]);
      assert.equal(reset(String(t / 1000 + 30), 'epoch-seconds', 60, turning), t + 30_000);
      assert.equal(reset(String(t / 1000 + 31), 'epoch-seconds', 60, turning), t + 32_000);
      assert.equal(reset('2026-02-03T11:00Z', 'iso', 3600, turning), t + 45.5 * 60_000);
      assert.equal(reset('2026-02-03T11:00Z', 'iso', undefined, turning), t + 46.5 * 60_000);
      assert.equal(reset(String(t / 1000 + 30), 'epoch-seconds', 60), t + 31_000);
      assert.equal(reset(String(t / 1000 + 30), 'epoch-seconds', 30, turning), t + 31_000);
    });

    it('believes no other header about the window that the profile speaks of', () => {
      const headers = {'x-ratelimit-remaining': '3', 'ratelimit-remaining': '0', 'ratelimit-limit': '9'};
      assert.deepEqual(read(headers, usual), [{remaining: 3, windowSeconds: 60}]);
    });

    it('reads other windows beside it, where headers tell their length', () => {
      assert.deepEqual(read({'x-ratelimit-limit': '60', 'ratelimit-policy': '60;w=60, 1000;w=3600'}, usual), [
        {limit: 60, windowSeconds: 60},
        {limit: 1000, windowSeconds: 3600},
      ]);
    });

    it('falls back on the usual headers where the profile has none or they are not sent', () => {
      assert.deepEqual(read({'ratelimit-remaining': '3'}, usual), [{remaining: 3, windowSeconds: 60}]);
      assert.deepEqual(read({'ratelimit-remaining': '3'}, {}), [{remaining: 3}]);
      assert.deepEqual(read({'ratelimit-remaining': '3'}, undefined, {windowSeconds: 5}), [
        {remaining: 3, windowSeconds: 5},
      ]);
    });

    it('is not taken in by names that every object inherits', () => {
      assert.deepEqual(read({}, {limit: 'constructor', remaining: '__proto__', reset: 'tostring'}), []);
    });
  });

  describe('with clocks that disagree', () => {
    const hour = 3_600_000;
    for (const [name, ahead] of [
      ['an hour ahead of ours', hour],
      ['an hour behind ours', -hour],
    ] as const) {
      it(`reads an instant of a server ${name} with its own Date`, () => {
        const [quota] = read({
          date: httpDate(t + ahead),
          'x-ratelimit-reset': String((t + ahead) / 1000 + 20),
        });
        assert.equal(quota?.resetAt, t + 21_000);
      });
    }

    it('is never early, whatever the fraction of a second that Date leaves out', () => {
      const moment = fc.integer({min: t, max: t + 100_000});
      const short = fc.integer({min: 0, max: 3000});
      fc.assert(
        fc.property(
          moment,
          short,
          short,
          fc.integer({min: -1e7, max: 1e7}),
          fc.integer({min: 1, max: 90_000}),
          (sentAt, there, back, ahead, left) => {
            const server = sentAt + there + ahead;
            const headers = {
              date: httpDate(server),
              'x-ratelimit-reset': String(Math.floor((server + left) / 1000)),
            };
            const receivedAt = sentAt + there + back;
            const [quota] = readQuotas(headers, undefined, {sentAt, receivedAt, clock: undefined});
            assert.isAtLeast(quota!.resetAt!, sentAt + there + left);
            assert.isAtMost(quota!.resetAt!, receivedAt + left + 2000 + there);
          },
        ),
      );
    });

    it('takes a reset in the past to mean now', () => {
      for (const past of [
        String(t / 1000 - 100),
        String(t - 5),
        '2026-02-03T09:00Z',
        'Mon, 05 Aug 2019 09:27:05 GMT',
      ]) {
        assert.equal(read({'x-ratelimit-reset': past})[0]?.resetAt, t, past);
      }
    });
  });

  describe('with headers that were merged, cached or broken', () => {
    for (const [name, headers, quotas] of [
      [
        'the lower of two counts',
        {'x-ratelimit-limit': '10, 20', 'x-ratelimit-remaining': '5, 0'},
        [{limit: 10, remaining: 0}],
      ],
      ['the later of two waits', {'x-ratelimit-reset': '0, 57'}, [{resetAt: t + 57_000}]],
      [
        'the later of two dates',
        {'x-ratelimit-reset': 'Tue, 03 Feb 2026 10:15:00 GMT, Tue, 03 Feb 2026 10:16:00 GMT'},
        [{resetAt: t + 91_000}],
      ],
      ['the readable part of a merged header', {'x-ratelimit-remaining': 'unlimited, 7'}, [{remaining: 7}]],
      ['nothing of words', {'x-ratelimit-limit': 'unlimited', 'x-ratelimit-reset': 'soon'}, []],
      ['nothing of emptiness', {'x-ratelimit-limit': '', 'x-ratelimit-remaining': ' ', ratelimit: ''}, []],
      ['nothing of hexadecimal and exponents', {'x-ratelimit-limit': '0x10', 'x-ratelimit-remaining': '1e3'}, []],
      ['nothing of a negative count', {'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': '-1'}, []],
      [
        'nothing of a limit of 0, the mark of a refusal for concurrency',
        {'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '0'},
        [],
      ],
      ['nothing of a malformed RateLimit', {ratelimit: '"a";r=1;t=', 'ratelimit-policy': '"a"q=1'}, []],
      ['nothing of a RateLimit without r', {ratelimit: '"a";t=9'}, []],
      ['nothing of a reset a thousand years away', {'x-ratelimit-reset': '99999999999999'}, []],
      ['nothing that a cache says', {age: '3', 'x-ratelimit-remaining': '0'}, []],
      ['what is fresh', {age: '0', 'x-ratelimit-remaining': '0'}, [{remaining: 0}]],
    ] as [string, Record<string, string>, Quota[]][]) {
      it(`reads ${name}`, () => assert.deepEqual(read(headers), quotas));
    }
  });

  describe('from express-rate-limit 8', () => {
    const legacy = {'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795348521'};
    const arrival = {sentAt: 1_795_348_460_200, receivedAt: 1_795_348_460_230, clock: undefined};
    const date = 'Sun, 22 Nov 2026 11:54:20 GMT';
    const reset = arrival.receivedAt + 60_000;
    for (const [name, headers, quotas] of [
      ['the legacy headers', {}, [{limit: 1, remaining: 0, resetAt: 1_795_348_522_230}]],
      [
        'draft 6',
        {'ratelimit-limit': '1', 'ratelimit-policy': '1;w=60', 'ratelimit-remaining': '0', 'ratelimit-reset': '60'},
        [{limit: 1, remaining: 0, resetAt: reset, windowSeconds: 60}],
      ],
      [
        'draft 7',
        {ratelimit: 'limit=1, remaining=0, reset=60', 'ratelimit-policy': '1;w=60'},
        [{limit: 1, remaining: 0, resetAt: reset, windowSeconds: 60}],
      ],
      [
        'draft 8 of two limiters, whose partition is in the policy alone',
        {
          ratelimit: '"1-in-1min"; r=0; t=60, "100-in-1hr"; r=99; t=3600',
          'ratelimit-policy':
            '"1-in-1min"; q=1; w=60; pk=:MTJjYTE3YjQ5YWYy:, "100-in-1hr"; q=100; w=3600; pk=:MTJjYTE3YjQ5YWYy:',
        },
        [
          {limit: 1, remaining: 0, resetAt: reset, windowSeconds: 60, name: '1-in-1min'},
          {limit: 100, remaining: 99, resetAt: arrival.receivedAt + 3_600_000, windowSeconds: 3600, name: '100-in-1hr'},
        ],
      ],
    ] as [string, Record<string, string>, Quota[]][]) {
      it(`reads ${name}, and the legacy headers beside them as the same window`, () => {
        assert.deepEqual(readQuotas({date, ...legacy, ...headers}, undefined, arrival), quotas);
      });
    }
  });

  describe('of any string at all', () => {
    const names = [...GENERAL, ...PARTICULAR].flatMap(({limits, remaining, used, resets, windows, policy}) => [
      ...(limits ?? []),
      ...(remaining ?? []),
      ...(used ?? []),
      ...(resets ?? []).map(([name]) => name),
      ...(windows ?? []).map(([name]) => name),
      ...(policy ? [policy] : []),
    ]);
    names.push('ratelimit', 'ratelimit-policy', 'date', 'auth0-client-quota-limit', 'sforce-limit-info');
    names.push('x-shopify-shop-api-call-limit', 'zendesk-ratelimit-x');
    const piece = fc.constantFrom(
      '100',
      '0',
      '-1',
      '1e9',
      '1795348521',
      '9'.repeat(400),
      ';w=',
      '60',
      ',',
      ' ',
      '"a"',
      ';r=',
      ';q=',
      ';t=',
      'limit=',
      'remaining=',
      'reset=',
      '6m0s',
      'Tue, 03 Feb 2026 10:15:00 GMT',
      '.5',
      '/',
      'b=per_hour',
    );
    const value = fc.oneof(
      fc.string(),
      fc.array(piece, {maxLength: 8}).map((pieces) => pieces.join('')),
    );
    const headers = fc.dictionary(fc.constantFrom(...names), value, {maxKeys: 12});
    const format = fc.constantFrom(
      undefined,
      'epoch-seconds',
      'epoch-ms',
      'seconds',
      'ms',
      'iso',
      'http-date',
      'duration',
    );

    it('never throws, and tells only whole counts and instants from the arrival on', () => {
      fc.assert(
        fc.property(headers, format, (told, chosen) => {
          const rule = {...usual, format: chosen} as HeaderNames;
          for (const each of [undefined, rule]) {
            for (const {limit = 1, remaining = 0, resetAt = t, windowSeconds = 1} of readQuotas(told, each, at)) {
              assert.isTrue(Number.isInteger(limit) && limit > 0, `limit ${limit}`);
              assert.isTrue(Number.isInteger(remaining) && remaining >= 0, `remaining ${remaining}`);
              assert.isTrue(Number.isFinite(resetAt) && resetAt >= t, `reset ${resetAt}`);
              assert.isTrue(Number.isFinite(windowSeconds) && windowSeconds > 0, `window ${windowSeconds}`);
            }
          }
        }),
        {numRuns: 3000},
      );
    });
  });
});
