import {assert} from 'chai';
import {Lanes} from '../../src/schedule/lanes.js';
import {Recurrence} from '../../src/schedule/recurrence.js';

const limits = [{name: 'all', windows: [{requests: 2, seconds: 10, kind: 'rolling' as const}]}];

function watched() {
  const lanes = new Lanes(limits, [false]);
  lanes.laneOf([{limit: 0, id: 1, label: 'all'}], 1);
  lanes.laneOf([], 2);
  return new Recurrence(lanes, limits, {startAt: 0, latencyMs: 100, fixedEnds: false});
}

describe('Recurrence', () => {
  it('finds a turn that was the same twice: the window and the latency', () => {
    const recurrence = watched();
    for (const at of [100, 100, 10_200, 10_200]) recurrence.start(0, at);
    assert.isUndefined(recurrence.found(10_200, 10_300), 'it is not over yet');
    assert.deepEqual(recurrence.found(10_300, 20_300), {ms: 10_000 + 100, starts: Uint32Array.of(2, 0)});
  });

  it('finds nothing where another lane was started, or at another time', () => {
    for (const [lane, at] of [
      [1, 10_200],
      [0, 14_000],
    ] as const) {
      const recurrence = watched();
      for (const each of [100, 100, 10_200]) recurrence.start(0, each);
      recurrence.start(lane, at);
      assert.isUndefined(recurrence.found(14_100, 20_300));
    }
  });

  it('forgets what was before something changed', () => {
    const recurrence = watched();
    for (const at of [100, 100, 10_200, 10_200]) recurrence.start(0, at);
    recurrence.renew(20_150);
    assert.isUndefined(recurrence.found(10_300, 20_300));
  });

  it('finds no turn where nothing is started', () => {
    assert.isUndefined(watched().found(0, 1_000_000));
  });
});
