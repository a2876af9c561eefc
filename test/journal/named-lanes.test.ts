import {assert} from 'chai';
import {type NamedLanes, REMEMBERED_LANES, rememberLane} from '../../src/journal/named-lanes.js';
import {foldRecent, newRecent, recentOf} from '../../src/journal/recent.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {bucketsOf, intent, opened, T} from './sample.js';

describe('rememberLane', () => {
  it('keeps what a lane falls into', () => {
    const named: NamedLanes = new Map();
    rememberLane(named, 3, bucketsOf(3));
    assert.deepEqual([...named], [[3, bucketsOf(3)]]);
  });

  it('never keeps more than its bound', () => {
    const named: NamedLanes = new Map();
    for (let lane = 0; lane < 2.5 * REMEMBERED_LANES; lane++) rememberLane(named, lane, bucketsOf(lane));
    assert.isAtMost(named.size, REMEMBERED_LANES);
    assert.isTrue(named.has(2.5 * REMEMBERED_LANES - 1));
  });

  // Who writes asks the same map whether a lane has to be named, so whoever reads never misses one.
  it('lets a reader follow a writer whose lanes are more than the bound, in whatever order they are used', () => {
    const written: NamedLanes = new Map();
    const recent = newRecent(3_600_000);
    const tell = (record: JournalRecord) => foldRecent(recent, record);
    tell(opened(T));
    const used: number[] = [];
    for (let op = 1; op <= 3 * REMEMBERED_LANES; op++) {
      const lane = op % 7 === 0 ? 5 : (op * 31) % (REMEMBERED_LANES + 1000);
      if (!written.has(lane)) {
        rememberLane(written, lane, bucketsOf(lane));
        tell({t: 'b', l: lane, in: bucketsOf(lane)});
      }
      tell(intent(op, T + 1, 1, lane));
      used.push(lane);
    }
    const {attempts} = recentOf(recent);
    assert.deepEqual(
      attempts.map(({buckets}) => buckets[1]![1]),
      used,
    );
  });
});
