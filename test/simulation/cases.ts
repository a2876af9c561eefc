import fc from 'fast-check';
import type {Case, Kind} from './case.js';
import type {Announcement, ServerLimit} from './provider.js';
import type {Algorithm, ServerWindow} from './servers.js';
import type {Wire} from './wire.js';

/**
 * What a case is meant to show. `fits`: the profile's kind is one that rule 2 covers, and nothing may be refused. `paced`: a sliding counter, where
 * the pace keeps refusals few. `misfit`: the profile says rolling of a server that is stricter than that.
 */
export type Promise = 'fits' | 'paced' | 'misfit';

const ALGORITHMS: readonly Algorithm[] = ['log', 'clock', 'first', 'counter', 'bucket'];

/** What rule 2 covers of each algorithm: the kinds that a profile may give it without meeting a refusal. */
const FITTING: Readonly<Record<Algorithm, readonly Kind[]>> = {
  log: ['rolling'],
  clock: ['rolling', 'fixed'],
  first: ['rolling', 'fixed'],
  counter: ['counter'],
  bucket: ['bucket'],
};

export function promiseOf({provider, kinds}: Case): Promise {
  const each = provider.limits.flatMap(({windows}, limit) =>
    windows.map((window, place) => promiseOfWindow(window, kinds[limit]![place]!)),
  );
  return each.includes('misfit') ? 'misfit' : each.includes('paced') ? 'paced' : 'fits';
}

function promiseOfWindow({algorithm, requests, burst}: ServerWindow, kind: Kind): Promise {
  if (algorithm === 'counter') return kind === 'counter' ? 'paced' : 'misfit';
  // A bucket that saves a whole window's tokens takes whatever a rolling window lets start.
  if (algorithm === 'bucket' && kind === 'rolling') return burst >= requests ? 'fits' : 'misfit';
  return FITTING[algorithm].includes(kind) ? 'fits' : 'misfit';
}

/** A thousandth part of the way from one to the other; a double of fast-check's own is a denormal more often than not. */
const between = (min: number, max: number) => fc.nat(1000).map((part) => min + ((max - min) * part) / 1000);

const wires: fc.Arbitrary<Wire> = fc
  .record({
    scale: fc.constantFrom(0.001, 0.2, 1, 1),
    upFloorMs: between(0, 80),
    downFloorMs: between(0, 80),
    jitterMs: between(0.1, 40),
    tailPart: fc.constantFrom(0, 0.02, 0.1),
    tailShape: between(1.3, 3),
    workMs: between(0, 100),
    lost: fc.constantFrom(0, 0, 1),
    lostAnswers: between(0, 0.003),
    lostRequests: between(0, 0.003),
    timeoutMs: fc.constantFrom(5000, 10_000, 30_000),
  })
  .map(({scale, lost, ...wire}) => ({
    ...wire,
    upFloorMs: wire.upFloorMs * scale,
    downFloorMs: wire.downFloorMs * scale,
    jitterMs: wire.jitterMs * scale,
    workMs: wire.workMs * scale,
    lostAnswers: wire.lostAnswers * lost,
    lostRequests: wire.lostRequests * lost,
  }));

/** One to three windows, each longer one holding less than the shorter ones would let through. */
const windowsOf = (algorithm: Algorithm): fc.Arbitrary<readonly ServerWindow[]> =>
  fc
    .record({
      requests: fc.integer({min: 1, max: 40}),
      ms: fc.constantFrom(500, 1000, 2000, 5000, 10_000, 60_000),
      burstPart: fc.constantFrom(0, 0.2, 0.5, 1),
      longer: fc.constantFrom([], [], [], [3], [5], [2, 4]),
      part: between(0.3, 0.95),
    })
    .map(({requests, ms, burstPart, longer, part}) => {
      const windows: ServerWindow[] = [];
      let factor = 1;
      let kept = requests;
      for (const times of [1, ...longer]) {
        factor *= times;
        kept = Math.max(kept, Math.round(kept * times * (times === 1 ? 1 : part)));
        windows.push({algorithm, requests: kept, ms: ms * factor, burst: Math.max(1, Math.round(kept * burstPart))});
      }
      return windows;
    });

const limitsOf = (algorithm: Algorithm): fc.Arbitrary<readonly ServerLimit[]> =>
  fc
    .record({
      first: windowsOf(algorithm),
      keyed: fc.constantFrom(false, false, true),
      second: fc.option(
        fc.constantFrom<Algorithm>('log', 'clock', 'bucket').chain((other) => windowsOf(other)),
        {freq: 3, nil: undefined},
      ),
      secondKeyed: fc.boolean(),
    })
    .map(({first, keyed, second, secondKeyed}) => [
      {keyed, windows: first},
      ...(second && algorithm !== 'counter' ? [{keyed: secondKeyed, windows: second}] : []),
    ]);

const announcements = fc.constantFrom<Announcement>('none', 'none', 'seconds', 'ms', 'wait');

/** So many times the longest window is filled, and so many rows are played at least. */
const TURNS = 15;
const LEAST_ROWS = 200;
const MOST_ROWS = 600;

/** Every case that the simulation may draw. */
export const cases: fc.Arbitrary<Case> = fc.constantFrom(...ALGORITHMS).chain((algorithm) =>
  fc
    .record({
      seed: fc.integer({min: 0, max: 2 ** 31}),
      limits: limitsOf(algorithm),
      fitting: fc.constantFrom(true, true, true, true, false),
      kind: fc.nat(1),
      keys: fc.integer({min: 2, max: 8}),
      skew: between(0, 1.5),
      announces: announcements,
      countsRefused: fc.boolean(),
      clockAheadMs: fc.constantFrom(0, 0, 400, -7300, 3_600_000),
      retryAfterSeconds: fc.constantFrom(0, 1, 2),
      concurrency: fc.constantFrom(4, 16, 64, 200, 200),
      wire: wires,
      repeatable: fc.boolean(),
      restarts: fc.constantFrom(0, 0, 0, 1, 3),
    })
    .map(({limits, fitting, kind, announces, countsRefused, clockAheadMs, retryAfterSeconds, ...rest}) => {
      const most = Math.max(...limits.flatMap(({windows}) => windows.map(({requests}) => requests)));
      return {
        ...rest,
        rows: Math.min(MOST_ROWS, Math.max(LEAST_ROWS, most * TURNS)),
        provider: {limits, announces, countsRefused, clockAheadMs, retryAfterSeconds},
        kinds: limits.map(({windows}) =>
          windows.map((window) => {
            const fits = FITTING[window.algorithm];
            return fitting ? fits[kind % fits.length]! : 'rolling';
          }),
        ),
      };
    }),
);

/** The case of a seed. */
export function caseOf(seed: number): Case {
  return fc.sample(fc.noBias(cases), {seed, numRuns: 1})[0]!;
}
