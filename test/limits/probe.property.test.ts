import {assert} from 'chai';
import fc from 'fast-check';
import {fixedWindow, gcra, rollingLog, slidingCounter, tokenBucket} from './model-servers.js';
import {runProbe} from './probe-run.js';

const OPEN = {
  rolling: (requests: number, seconds: number) => rollingLog(requests, seconds),
  fixed: (requests: number, seconds: number) => fixedWindow(requests, seconds),
  counter: (requests: number, seconds: number) => slidingCounter(requests, seconds),
  bucket: (requests: number, seconds: number) => tokenBucket(requests / seconds, requests),
  even: (requests: number, seconds: number) => gcra(requests / seconds, 30),
} as const;

describe('the probe, against providers of all kinds', () => {
  it('is refused less than one time in a hundred, up to any point behind the first thousand requests', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(OPEN) as (keyof typeof OPEN)[])),
        fc.integer({min: 5, max: 300}),
        fc.constantFrom(1, 5, 10, 60),
        fc.integer({min: 5, max: 200}),
        fc.integer(),
        (kind, requests, seconds, latencyMs, seed) => {
          const server = OPEN[kind](requests, seconds);
          const found = runProbe(server, {latencyMs, seconds: 4000 / server.perSecond, seed});
          assert.isBelow(found.worst, 0.01, `${server.name}: ${found.refusals} of ${found.requests}`);
        },
      ),
      {numRuns: 40},
    );
  });
});
