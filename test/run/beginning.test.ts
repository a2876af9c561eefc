import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import {counts} from '../../src/journal/states.js';
import {beginningOf, etaAnew} from '../../src/run/beginning.js';
import {carryOut} from '../../src/run/controls.js';
import {dispatch} from '../../src/run/dispatch.js';
import {answered, fakeTime, later, openScene, passing} from './scene.js';

describe('the outlook of a session', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  const profile = {
    limits: [{name: 'network', per: [], windows: [{requests: 10, seconds: 1, kind: 'rolling' as const}]}],
  };

  /** Plays 300 rows at 10 per second, answered after 100 ms; the share is changed after 5 s. Tells both ends, foreseen and true, in ms from the start. */
  async function play(share: number) {
    const opened = openScene({rows: 300, profile, answer: () => later(100, answered(201))});
    const {tools, standing, lanes} = opened;
    const intake = {lanes, lined: tools.rows, sequence: tools.sequence};
    const begun = beginningOf({intake, standing}, tools);
    const startedAt = now();
    const ends: number[] = [];
    const look = () => ends.push((begun.eta(counts(standing).ok, now()) ?? 0) - startedAt);
    setTimeout(look, 4000);
    setTimeout(() => {
      carryOut({share}, tools);
      begun.eta = etaAnew({intake, standing}, tools, begun);
    }, 5000);
    setTimeout(look, 5000.1);
    setTimeout(look, 20_000);
    await passing(clock, dispatch(tools));
    return {before: ends[0]!, after: ends[1]!, halfway: ends[2]!, truly: now() - startedAt, ok: counts(standing).ok};
  }

  it('is played again after a change, from where the run is', async () => {
    const {before, after, halfway, truly, ok} = await play(0.5);
    assert.equal(ok, 300);
    assert.closeTo(before, 30 * 1100, 6000);
    assert.closeTo(after, truly, 0.05 * truly);
    assert.closeTo(halfway, truly, 0.05 * truly);
    assert.isAbove(truly, 55_000);
  });

  it('does not use up what it plays', async () => {
    const {tools, standing, lanes} = openScene({rows: 300, profile});
    const before = lanes.counts();
    const intake = {lanes, lined: tools.rows, sequence: tools.sequence};
    const begun = beginningOf({intake, standing}, tools);
    etaAnew({intake, standing}, tools, begun);
    assert.deepEqual(lanes.counts(), before);
    assert.equal(tools.ledger.running, 0);
    assert.isEmpty([...tools.ledger.buckets]);
  });
});
