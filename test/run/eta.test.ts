import {assert} from 'chai';
import {openEta} from '../../src/run/eta.js';

/** Half of the rows in the first minute, then a wait, the other half in the last minute of an hour. */
const PLAN = {
  ms: 3_600_000,
  parts: Array.from({length: 501}, (_, part) =>
    part <= 250 ? (60_000 * part) / 250 : 3_540_000 + (60_000 * (part - 250)) / 250,
  ),
};

describe('openEta', () => {
  it('is not misled by a quick beginning when a long wait is to come', () => {
    const eta = openEta(PLAN, {total: 2000, beganAt: 0});
    assert.closeTo(eta(500, 30_000)!, 3_600_000, 1);
    assert.closeTo(eta(1000, 60_000)!, 3_600_000, 1);
  });

  it('stays where it is while the wait goes on', () => {
    const eta = openEta(PLAN, {total: 2000, beganAt: 0});
    eta(1000, 60_000);
    assert.closeTo(eta(1000, 1_800_000)!, 3_600_000, 1);
  });

  it('moves with a run that is a little slower than planned', () => {
    const eta = openEta(PLAN, {total: 2000, beganAt: 0});
    assert.closeTo(eta(500, 33_000)!, 33_000 + 3_570_000 * 1.1, 1);
  });

  it('goes by the pace of a run that is nothing like its plan, and of one that has none', () => {
    const planned = openEta(PLAN, {total: 2000, beganAt: 0});
    assert.closeTo(planned(500, 100_000)!, 400_000, 1);
    const unplanned = openEta(undefined, {total: 100, beganAt: 1000});
    assert.isUndefined(unplanned(0, 5000));
    assert.equal(unplanned(25, 6000), 21_000);
  });

  it('is never in the past, and says nothing when all is done', () => {
    const eta = openEta(undefined, {total: 10, beganAt: 0});
    assert.equal(eta(9, 900), 1000);
    assert.equal(eta(9, 5000), 5000);
    assert.isUndefined(eta(10, 6000));
  });
});
