import {assert} from 'chai';
import {openLedger} from '../../src/limits/ledger.js';
import type {WindowRule} from '../../src/limits/limit.js';
import {Course} from '../../src/schedule/course.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {openSkip} from '../../src/schedule/skip.js';

const window: WindowRule = {requests: 2, seconds: 10, kind: 'rolling'};

/** Two turns of one lane were played, with so many left. */
function played(left: number, {learn = false, closedUntil = 0} = {}) {
  const limits = [{name: 'all', windows: [window], learn}];
  const lanes = new Lanes(limits, [false]);
  const ref = {limit: 0, id: 1, label: 'all'};
  lanes.add(lanes.laneOf([ref], 1), left);
  const ledger = openLedger(limits, 5);
  const course = new Course();
  const skip = openSkip(lanes, ledger, {startAt: 0, latencyMs: 100, fixedEnds: false}, course);
  for (const at of [100, 100, 10_200, 10_200]) skip.start(0, at);
  course.book({limit: 'all', window: '2 per 10 s'}, 10_200, 20_300);
  if (closedUntil > 0) {
    ledger.buckets.set(1, {windows: [], closedUntil} as never);
  }
  return {skipped: skip.found(10_300, 20_300, 20_300), left: lanes.left(0), course};
}

describe('openSkip', () => {
  it('takes out of the lanes what the turns to come start, and leaves two turns to be played', () => {
    const {skipped, left, course} = played(1000);
    assert.deepInclude(skipped, {count: 996, ms: 498 * 10_100});
    assert.equal(skipped?.turn.ms, 10_100);
    assert.equal(left, 4);
    assert.equal(course.held.get('all 2 per 10 s')?.ms, 10_100 * 499);
  });

  it('leaves nothing out of what is nearly at its end', () => {
    assert.deepInclude(played(5), {skipped: undefined, left: 5});
  });

  it('leaves nothing out while a bucket is closed, or what it allows is being found out', () => {
    assert.isUndefined(played(1000, {closedUntil: 10 ** 9}).skipped);
    assert.isUndefined(played(1000, {learn: true}).skipped);
  });
});
