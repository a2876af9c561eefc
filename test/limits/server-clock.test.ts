import {assert} from 'chai';
import fc from 'fast-check';
import {observeDate, type ServerClock, toLocal} from '../../src/limits/server-clock.js';

const t = Date.UTC(2026, 1, 3, 10, 14, 30);
const httpDate = (ms: number) => new Date(ms).toUTCString();

describe('the clock of a server', () => {
  it('lies between what one Date allows, given when we sent and received', () => {
    assert.deepEqual(observeDate(undefined, httpDate(t), t - 100, t + 200), {low: -200, high: 1100});
  });

  it('is known better with every response', () => {
    const first = observeDate(undefined, httpDate(t), t, t + 900);
    assert.deepEqual(observeDate(first, httpDate(t), t - 50, t + 100), {low: -100, high: 1000});
  });

  it('starts anew where a clock was set', () => {
    const before = observeDate(undefined, httpDate(t), t, t);
    assert.deepEqual(observeDate(before, httpDate(t + 3_600_000), t, t), {low: 3_600_000, high: 3_601_000});
  });

  it('learns nothing from a missing, a broken or a cached date', () => {
    const clock: ServerClock = {low: 1, high: 2};
    assert.equal(observeDate(clock, undefined, t, t), clock);
    assert.equal(observeDate(clock, 'today', t, t), clock);
    assert.equal(observeDate(clock, '5', t, t), clock);
    assert.equal(observeDate(clock, httpDate(t - 60_000), t, t, '60'), clock);
  });

  it('is taken to be ours where it was never told', () => assert.equal(toLocal(undefined, t), t));

  it('never makes us early, and after enough responses hardly late', () => {
    const latency = fc.tuple(fc.integer({min: 1, max: 40}), fc.integer({min: 1, max: 40}));
    const gaps = fc.array(fc.tuple(fc.integer({min: 0, max: 3000}), latency), {minLength: 1, maxLength: 60});
    fc.assert(
      fc.property(fc.integer({min: -1e8, max: 1e8}), gaps, (offset, exchanges) => {
        let clock: ServerClock;
        let now = t;
        for (const [gap, [there, back]] of exchanges) {
          now += gap;
          clock = observeDate(clock, httpDate(now + there + offset), now, now + there + back);
          assert.isAtLeast(toLocal(clock, t + offset), t);
          assert.isAtMost(toLocal(clock, t + offset), t + 1040);
          assert.isTrue(clock!.low <= offset && offset <= clock!.high);
        }
      }),
    );
    let clock: ServerClock;
    for (let now = t; now < t + 60_000; now += 137) clock = observeDate(clock, httpDate(now + 10), now, now + 20);
    assert.isAtMost(toLocal(clock, t), t + 30);
  });
});
