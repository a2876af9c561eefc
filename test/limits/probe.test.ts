import {assert} from 'chai';
import {probeAdmitted, probeEnded, probeRefused, probeRoomAt, probeStarted} from '../../src/limits/probe.js';
import {openProbe} from '../../src/limits/probed.js';
import {
  concurrency,
  fixedWindow,
  gcra,
  type ModelServer,
  rollingLog,
  slidingCounter,
  tokenBucket,
} from './model-servers.js';
import {runProbe} from './probe-run.js';

const start = 1_770_000_000_000;

/** How a provider counts, how long it answers, for how long it is asked, and what part of its limit is to be reached in the end. */
const SERVERS: readonly {
  readonly open: () => ModelServer;
  readonly latencyMs: number;
  readonly seconds: number;
  readonly least?: number;
}[] = [
  {open: () => rollingLog(12, 60), latencyMs: 100, seconds: 15_000},
  {open: () => tokenBucket(0.2, 2), latencyMs: 500, seconds: 15_000},
  {open: () => rollingLog(10, 10, true), latencyMs: 5, seconds: 3600},
  {open: () => fixedWindow(60, 60), latencyMs: 100, seconds: 3600},
  {open: () => gcra(1, 40), latencyMs: 100, seconds: 3600},
  {open: () => rollingLog(10, 1), latencyMs: 5, seconds: 1800},
  {open: () => fixedWindow(600, 60), latencyMs: 100, seconds: 3600},
  {open: () => slidingCounter(100, 10), latencyMs: 500, seconds: 1800},
  {open: () => tokenBucket(10, 100), latencyMs: 100, seconds: 1800},
  {open: () => gcra(10, 25), latencyMs: 5, seconds: 1800},
  {open: () => concurrency(5, 500), latencyMs: 500, seconds: 1800},
  {open: () => rollingLog(100, 1), latencyMs: 100, seconds: 600},
  {open: () => slidingCounter(1000, 10), latencyMs: 5, seconds: 600},
  {open: () => gcra(500, 25), latencyMs: 5, seconds: 300, least: 0.75},
];

describe('the probe', () => {
  for (const {open, latencyMs, seconds, least = 0.8} of SERVERS)
    it(`finds ${open().name} at ${latencyMs} ms, and is refused less than one time in a hundred`, function () {
      this.timeout(20_000);
      const found = runProbe(open(), {latencyMs, seconds, seed: 7});
      assert.isAtLeast(found.requests, 1000);
      assert.isBelow(found.worst, 0.01, 'of the requests up to any point behind the first thousand');
      assert.isAtMost(found.early, 5, 'among the first hundred');
      assert.isAtLeast(found.reached, least, 'of the limit, in the last third');
    });

  it('begins with one per second and doubles while all is well', () => {
    const found = runProbe(rollingLog(1e6, 1), {latencyMs: 5, seconds: 10, seed: 1});
    assert.isAbove(found.requests, 30);
    assert.isBelow(found.requests, 120);
  });

  it('does not raise a pace that it has not tried, because there was nothing to send', () => {
    const probe = openProbe(1);
    for (let now = start; now < start + 600_000; now += 10_000) {
      probeStarted(probe, now);
      probeEnded(probe);
      probeAdmitted(probe, now, now + 5);
    }
    assert.isBelow(probe.pace, 1.5);
  });

  it('knocks with one request alone, no sooner than the provider asked', () => {
    const probe = openProbe(1);
    probeStarted(probe, start);
    probeEnded(probe);
    probeRefused(probe, {startedAt: start, now: start + 5, until: start + 7000, random: 0.5});
    assert.equal(probeRoomAt(probe, start + 10), start + 7000);
    probeStarted(probe, start + 7000);
    assert.equal(probeRoomAt(probe, start + 7001), Number.POSITIVE_INFINITY);
  });

  it('counts refusals that were on their way together as one event', () => {
    const probe = openProbe(1);
    for (const at of [0, 1, 2]) probeStarted(probe, start + at);
    for (const at of [0, 1, 2])
      probeRefused(probe, {startedAt: start + at, now: start + 100 + at, until: undefined, random: 0});
    assert.deepInclude(probe.refusal, {knocks: 0});
    assert.equal(probe.refused, 3);
  });
});
