import {assert} from 'chai';
import {Problem} from '../../src/problem.js';
import {
  parseDuration,
  parseFailureLimit,
  parseLatency,
  parseRows,
  parseScope,
  sayDuration,
} from '../../src/ui/words.js';

const refused = (parse: () => unknown, code: string) => {
  try {
    parse();
  } catch (error) {
    assert.instanceOf(error, Problem);
    assert.deepEqual([(error as Problem).code, (error as Problem).exit], [code, 2]);
    return;
  }
  assert.fail(`nothing was refused, expected ${code}`);
};

describe('words', () => {
  for (const [text, ms] of [
    ['30s', 30_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['120ms', 120],
    ['0.5s', 500],
  ] as const) {
    it(`reads ${text} as ${ms} ms`, () => assert.equal(parseDuration('--timeout', text), ms));
  }
  for (const text of ['', '30', 's', '-5s', '5 parsecs', '0s', '9999d']) {
    it(`refuses ${JSON.stringify(text)} as a length of time`, () =>
      refused(() => parseDuration('--timeout', text), 'DURATION_INVALID'));
  }

  it('reads ranges of rows, single rows and open ends', () => {
    assert.deepEqual(parseRows('1-3,7,10-'), [
      [1, 3],
      [7, 7],
      [10, Number.MAX_SAFE_INTEGER],
    ]);
    for (const text of ['', '0', '3-1', 'a', '1-2-3', '1;2']) refused(() => parseRows(text), 'ROWS_INVALID');
  });

  it('tells a column from a value', () => {
    assert.deepEqual(parseScope('user=@team'), ['user', {column: 'team'}]);
    assert.deepEqual(parseScope('user=a=b'), ['user', {value: 'a=b'}]);
    for (const text of ['user', 'user=', '=x', 'user=@']) refused(() => parseScope(text), 'SCOPE_INVALID');
  });

  it('reads a share or a number of failures', () => {
    assert.deepEqual(parseFailureLimit('5%'), {share: 0.05});
    assert.deepEqual(parseFailureLimit('100'), {rows: 100});
    for (const text of ['0', '0%', '101%', '1.5', 'x']) refused(() => parseFailureLimit(text), 'FAILURES_INVALID');
  });

  it('reads a latency, or a range of it', () => {
    assert.deepEqual(parseLatency('100ms'), {lowMs: 50, expectedMs: 100, highMs: 150});
    assert.deepEqual(parseLatency('20-200'), {lowMs: 20, expectedMs: 110, highMs: 200});
    refused(() => parseLatency('soon'), 'DURATION_INVALID');
  });

  it('says a length of time as a person would', () => {
    assert.deepEqual([1234, 59_000, 100_000, 7_500_000, 200_000_000].map(sayDuration), [
      '1.2 s',
      '59 s',
      '1 min 40 s',
      '2 h 05 min',
      '2 d 7 h',
    ]);
  });
});
