import {assert} from 'chai';
import {now} from '../../src/clock.js';
import {counts} from '../../src/journal/states.js';
import {dispatch} from '../../src/run/dispatch.js';
import {answered, fakeTime, later, openScene, passing, UNANSWERED} from '../run/scene.js';
import {keysOf, profileFor, refsOf} from './case.js';
import {caseOf, promiseOf} from './cases.js';
import {openProvider} from './provider.js';
import {seeded} from './random.js';
import {drawFate} from './wire.js';

/** The first seeds whose cases rule 2 covers, played by the loop of the program itself. */
const SEEDS = Array.from({length: 60}, (_, place) => place + 1)
  .filter((seed) => promiseOf(caseOf(seed)) === 'fits')
  .slice(0, 12);
const ROWS = 150;

describe('the loop of a run, against simulated servers', () => {
  for (const seed of SEEDS) {
    it(`overfills nothing and settles every row, seed ${seed}`, async () => {
      const each = {...caseOf(seed), rows: ROWS};
      const random = seeded(each.seed);
      const keys = keysOf(each, random);
      const provider = openProvider(each.provider);
      const clock = fakeTime();
      try {
        const {tools, standing} = openScene({
          rows: ROWS,
          profile: profileFor(each),
          options: {timeoutMs: each.wire.timeoutMs},
          repeatable: each.repeatable,
          refsOf: (row) => refsOf(each, keys[row - 1]!),
          answer: async (row) => {
            const fate = drawFate(each.wire, random);
            // The timers of the test know whole milliseconds.
            const [up, whole] = [fate.arrivesMs, fate.endsMs].map((ms) => Math.ceil(ms ?? 0)) as [number, number];
            const arrival = fate.arrivesMs === undefined ? undefined : later(up, row).then(() => arrive(row));
            if (!fate.answered || !arrival) return later(whole, UNANSWERED);
            const {status, headers} = await arrival;
            return later(whole - up, answered(status, {...headers}));
          },
        });
        const arrive = (row: number) => provider.arrive(keys[row - 1]!, now());
        await passing(clock, dispatch(tools));
        assert.isUndefined(tools.stop);
        assert.equal(counts(standing).pending, 0);
        assert.isAtMost(provider.seen.fullest, 1);
        assert.equal(provider.seen.refused, 0);
        assert.isAtLeast(provider.seen.arrivals, ROWS * 0.9);
      } finally {
        clock.uninstall();
      }
    });
  }
});
