import {assert} from 'chai';
import fc from 'fast-check';
import {backoffMs} from '../../src/limits/backoff.js';

const rule = {firstSeconds: 1, factor: 2, maxSeconds: 60, jitterSeconds: 0.1};

describe('backoffMs', () => {
  for (const [refusals, random, ms] of [
    [1, 0.5, 1000],
    [2, 0.5, 2000],
    [3, 0.5, 4000],
    [6, 0.5, 32_000],
    [7, 0.5, 60_000],
    [5000, 0.5, 60_000],
    [1, 0, 900],
    [1, 1, 1100],
    [7, 1, 60_100],
    [0, 0.5, 1000],
  ] as const) {
    it(`waits ${ms} ms after ${refusals} refusals in a row, random ${random}`, () => {
      assert.closeTo(backoffMs(refusals, rule, random), ms, 1e-6);
    });
  }

  it('is never negative, and a number, whatever the rule', () => {
    const size = fc.double({min: 0, max: 1e6, noNaN: true});
    const rules = fc.record({firstSeconds: size, factor: size, maxSeconds: size, jitterSeconds: size});
    fc.assert(
      fc.property(
        fc.integer({min: 0, max: 1e6}),
        rules,
        fc.double({min: 0, max: 1, noNaN: true}),
        (refusals, any, random) => {
          const ms = backoffMs(refusals, any, random);
          assert.isTrue(ms >= 0 && ms <= (any.maxSeconds + any.jitterSeconds) * 1000 + 1, String(ms));
        },
      ),
    );
  });
});
