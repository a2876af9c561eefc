import {assert} from 'chai';
import fc from 'fast-check';
import {readRetryAfter} from '../../src/limits/retry-after.js';

const t = Date.UTC(2026, 1, 3, 10, 14, 30);
const at = {sentAt: t - 80, receivedAt: t, clock: undefined};
const httpDate = (ms: number) => new Date(ms).toUTCString();

describe('readRetryAfter', () => {
  for (const [name, headers, wait] of [
    ['1 seconds', {'retry-after': '30'}, 30_000],
    ['2 seconds with a fraction of nothing', {'retry-after': '2.0'}, 2000],
    ['a fraction of seconds, rounded up', {'retry-after': '2.0001'}, 2001],
    ['3 a date, to the end of its second', {date: httpDate(t), 'retry-after': httpDate(t + 30_000)}, 31_000],
    [
      'a date by the clock of a server an hour ahead',
      {date: httpDate(t + 3.6e6), 'retry-after': httpDate(t + 3.63e6)},
      31_000,
    ],
    [
      'a date by the clock of a server an hour behind',
      {date: httpDate(t - 3.6e6), 'retry-after': httpDate(t - 3.57e6)},
      31_000,
    ],
    ['a date gone by as now', {date: httpDate(t), 'retry-after': 'Mon, 05 Aug 2019 09:27:05 GMT'}, 0],
    ['a date of a clock that is not set as absent', {date: httpDate(0), 'retry-after': httpDate(t)}, undefined],
    ['5 milliseconds before seconds', {'retry-after': '2', 'retry-after-ms': '1500'}, 1500],
    ['6 milliseconds of Azure before seconds', {'retry-after': '2', 'x-ms-retry-after-ms': '33'}, 33],
    ['7 a clock time of Azure', {'x-ms-retry-after-ms': '00:00:00.033'}, 33],
    ['the next header where one is nonsense', {'retry-after-ms': 'soon', 'retry-after': '7'}, 7000],
    ['8 RateLimit-Retry-After', {'ratelimit-retry-after': '7'}, 7000],
    ['9 X-RateLimit-Retry-After', {'x-ratelimit-retry-after': '7'}, 7000],
    ['22 X-RateLimit-Reset-After', {'x-ratelimit-reset-after': '64.57'}, 64_570],
    [
      'Retry-After before X-RateLimit-Reset-After',
      {'retry-after': '1337', 'x-ratelimit-reset-after': '64.57'},
      1_337_000,
    ],
    ['a negative wait as now', {'retry-after': '-5'}, 0],
    ['zero as now', {'retry-after': '0'}, 0],
    ['nonsense as absent', {'retry-after': 'abc'}, undefined],
    ['emptiness as absent', {'retry-after': ''}, undefined],
    ['an exponent as absent', {'retry-after': '1e9'}, undefined],
    ['the longer of two', {'retry-after': '3, 9'}, 9000],
    [
      'the later of two dates',
      {date: httpDate(t), 'retry-after': `${httpDate(t + 9e3)}, ${httpDate(t + 3e3)}`},
      10_000,
    ],
    ['thirty days as thirty days', {'retry-after': '2592000'}, 2_592_000_000],
    ['thirty years as thirty years', {'retry-after': '1000000000'}, 1e12],
    ['4 no header as absent', {}, undefined],
  ] as [string, Record<string, string>, number | undefined][]) {
    it(`reads ${name}`, () => {
      assert.equal(readRetryAfter(headers, at), wait === undefined ? undefined : t + wait);
    });
  }

  it('never throws, and tells only instants that a Date can hold, from the arrival on', () => {
    const value = fc.oneof(fc.string(), fc.constantFrom('9'.repeat(300), '9'.repeat(400), '1, 2', '999999h'));
    const header = fc.constantFrom('retry-after', 'retry-after-ms', 'date', 'age', 'x-ratelimit-reset-after');
    fc.assert(
      fc.property(fc.dictionary(header, value), (headers) => {
        const instant = readRetryAfter(headers, at) ?? t;
        assert.isAtLeast(instant, t);
        assert.doesNotThrow(() => new Date(instant).toISOString());
      }),
    );
  });
});
