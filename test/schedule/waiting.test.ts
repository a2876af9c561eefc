import {assert} from 'chai';
import {giveBack, openLedger, take} from '../../src/limits/ledger.js';
import type {BucketRef} from '../../src/limits/limit.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {Waiting} from '../../src/schedule/waiting.js';

const limits = [
  {name: 'bot', windows: [{requests: 1, seconds: 1, kind: 'rolling' as const}]},
  {name: 'user', windows: [{requests: 1, seconds: 1, kind: 'rolling' as const}]},
];
const bot: BucketRef = {limit: 0, id: 1, label: ''};

/** Three users of one bot, whose one slot was used and comes back at 1100. */
function scene() {
  const lanes = new Lanes(limits, [true, true]);
  for (const [user, rows] of [1, 3, 2].entries())
    lanes.add(lanes.laneOf([bot, {limit: 1, id: 10 + user, label: ''}], user + 1), rows);
  const ledger = openLedger(limits, 10);
  take(ledger, [bot], 0);
  giveBack(ledger, [bot], 100, {kind: 'answered'});
  const left: number[] = [];
  return {ledger, left, waiting: new Waiting(lanes, ledger, (lane) => left.push(lane))};
}

describe('Waiting', () => {
  it('lets a lane go when its bucket has room, and not before', () => {
    const {waiting, left} = scene();
    waiting.add(0, 1, 1100);
    waiting.wake(1099);
    assert.deepEqual([left, waiting.next], [[], {at: 1100, bucket: 1}]);
    waiting.wake(1100);
    assert.deepEqual([left, waiting.next, waiting.size], [[0], undefined, 0]);
  });

  it('lets one lane of a crowd go at a time, the one that would end last first', () => {
    const {waiting, left, ledger} = scene();
    for (const lane of [0, 1, 2]) waiting.add(lane, 1, 1100);
    waiting.wake(1100);
    assert.deepEqual([left, waiting.due], [[1], true]);
    waiting.letGo(1100);
    assert.deepEqual([left, waiting.due], [[1, 2], true]);
    take(ledger, [bot], 1100);
    giveBack(ledger, [bot], 1200, {kind: 'answered'});
    waiting.letGo(1200);
    assert.deepEqual([left, waiting.due, waiting.next], [[1, 2], false, {at: 2200, bucket: 1}]);
  });

  it('asks again when an answer makes room sooner than was said', () => {
    const {waiting, left} = scene();
    waiting.add(0, 1, Number.POSITIVE_INFINITY);
    assert.deepEqual([waiting.next, waiting.any], [undefined, 1]);
    waiting.touch([1], 200);
    assert.deepEqual(waiting.next, {at: 1100, bucket: 1});
    waiting.wake(1100);
    assert.deepEqual(left, [0]);
  });
});
