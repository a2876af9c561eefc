import {assert} from 'chai';
import fc from 'fast-check';
import type {WindowRule} from '../../src/limits/limit.js';
import {openMeter} from '../../src/simulate/meter.js';

/** Instants in ms, ascending, that begin at a whole multiple of every window used here. */
const arrivals = fc
  .array(fc.integer({min: 0, max: 700}), {minLength: 1, maxLength: 80})
  .map((gaps) => gaps.map((_, i) => 1_800_000_000_000 + gaps.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0)));

const sizes = fc.record({requests: fc.integer({min: 1, max: 8}), seconds: fc.integer({min: 1, max: 3})});

/** What a meter lets through, when each arrival is counted only if there is room. */
function admitted(rule: WindowRule, times: readonly number[]): number[] {
  const meter = openMeter(rule);
  return times.filter((at) => {
    const room = meter.hasRoom(at);
    if (room) meter.count(at);
    return room;
  });
}

/** The same by the definition, looking through all that was let through before. */
function admittedBySearch(
  times: readonly number[],
  fits: (before: readonly number[], at: number) => boolean,
): number[] {
  const admittedSoFar = [] as number[];
  for (const at of times) if (fits(admittedSoFar, at)) admittedSoFar.push(at);
  return admittedSoFar;
}

function check(
  kind: WindowRule['kind'],
  fits: (rule: WindowRule, before: readonly number[], at: number) => boolean,
): void {
  fc.assert(
    fc.property(sizes, arrivals, (size, times) => {
      const rule: WindowRule = {...size, kind};
      assert.deepEqual(
        admitted(rule, times),
        admittedBySearch(times, (before, at) => fits(rule, before, at)),
      );
    }),
    {numRuns: 500},
  );
}

describe('a meter', () => {
  it('that is rolling lets through what no span of the window length holds too much of', () => {
    check(
      'rolling',
      ({requests, seconds}, before, at) => before.filter((time) => time > at - seconds * 1000).length < requests,
    );
  });

  it('that is fixed starts anew at every whole multiple of its length', () => {
    check('fixed', ({requests, seconds}, before, at) => {
      const turn = (time: number) => Math.floor(time / (seconds * 1000));
      return before.filter((time) => turn(time) === turn(at)).length < requests;
    });
  });

  it('that is a counter adds the window before in proportion', () => {
    check('counter', ({requests, seconds}, before, at) => {
      const windowMs = seconds * 1000;
      const turn = (time: number) => Math.floor(time / windowMs);
      const here = before.filter((time) => turn(time) === turn(at)).length;
      const last = before.filter((time) => turn(time) === turn(at) - 1).length;
      return here + last * (1 - (at % windowMs) / windowMs) + 1 <= requests + 1e-9;
    });
  });

  it('that is a bucket lets through what no span of time could have refilled', () => {
    // Whatever span is looked at, no more than the burst and what came back in it.
    check('bucket', ({requests, seconds}, before, at) =>
      [...before, at].every(
        (from, i, all) => all.length - i <= requests + ((at - from) * requests) / (seconds * 1000) + 1e-9,
      ),
    );
  });

  it('that is a bucket saves up to its burst, and no more', () => {
    const rule: WindowRule = {kind: 'bucket', requests: 10, seconds: 10, burst: 3};
    const at = 1_800_000_000_000;
    assert.deepEqual(
      admitted(rule, [at, at, at, at, at + 1000, at + 1001, at + 60_000, at + 60_000, at + 60_000, at + 60_000]),
      [at, at, at, at + 1000, at + 60_000, at + 60_000, at + 60_000],
    );
  });

  for (const kind of ['rolling', 'fixed', 'counter', 'bucket'] as const)
    it(`that is ${kind} tells the first instant with room, whatever was counted`, () => {
      fc.assert(
        fc.property(sizes, arrivals, fc.integer({min: 0, max: 4_000}), (size, times, waitMs) => {
          const meter = openMeter({...size, kind});
          for (const at of times) meter.count(at);
          const now = times.at(-1)! + waitMs;
          const roomAt = meter.roomAt(now);
          if (roomAt === now) return assert.isTrue(meter.hasRoom(now));
          assert.isAbove(roomAt, now);
          const copy = openMeter({...size, kind});
          for (const at of times) copy.count(at);
          assert.isFalse(copy.hasRoom(roomAt - 0.1), 'room before');
          assert.isTrue(copy.hasRoom(roomAt + 0.001), 'no room then');
        }),
        {numRuns: 300},
      );
    });

  for (const kind of ['rolling', 'fixed', 'counter', 'bucket'] as const)
    it(`that is ${kind} is whole again two windows after the last request, and not before it`, () => {
      const meter = openMeter({kind, requests: 5, seconds: 2});
      const at = 1_800_000_000_500;
      meter.count(at);
      assert.isFalse(meter.isWhole(at));
      assert.isTrue(meter.isWhole(at + 4_000));
    });
});
