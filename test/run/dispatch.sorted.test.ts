import {assert} from 'chai';
import {now} from '../../src/clock.js';
import {counts} from '../../src/journal/states.js';
import {dispatch} from '../../src/run/dispatch.js';
import type {Tools} from '../../src/run/tools.js';
import {answered, fakeTime, later, openScene, passing, preparedRow} from './scene.js';

const LATENCY_MS = 100;
const CONCURRENCY = 50;

/** So many rows of each operation, one operation behind the other, the narrowest limit first: sixty thousand. */
const OPERATIONS = [
  {name: 'export', perMinute: 6, rows: 60},
  {name: 'ban', perMinute: 60, rows: 540},
  {name: 'invite', perMinute: 300, rows: 2400},
  {name: 'update', perMinute: 1000, rows: 7000},
  {name: 'message', perMinute: 10_000, rows: 50_000},
];

/** How many of a server's rolling minute are counted; what exceeds it is refused. */
function openMinute(limit: number) {
  const arrivals: number[] = [];
  let first = 0;
  return (): boolean => {
    while (first < arrivals.length && arrivals[first]! <= now() - 60_000) first += 1;
    if (arrivals.length - first >= limit) return false;
    arrivals.push(now());
    return true;
  };
}

describe('the loop of a run, over a file that is sorted by operation', () => {
  it('takes as long as the slowest limit, and holds few rows at a time', async () => {
    const operationOf: number[] = [0];
    for (const [operation, {rows}] of OPERATIONS.entries()) for (let n = 0; n < rows; n++) operationOf.push(operation);
    const refsOf = (row: number) => [{limit: operationOf[row]!, id: operationOf[row]! + 1, label: ''}];
    const minutes = OPERATIONS.map(({perMinute}) => openMinute(perMinute));
    const clock = fakeTime();
    try {
      // A row is held from when its request is built until it is settled.
      const held = new Set<number>();
      let mostHeld = 0;
      let refused = 0;
      const built: Partial<Tools> = {
        prepare: (row) => {
          held.add(row);
          mostHeld = Math.max(mostHeld, held.size);
          return preparedRow(row, refsOf(row));
        },
      };
      const {tools, standing} = openScene({
        rows: operationOf.length - 1,
        profile: {
          concurrency: CONCURRENCY,
          limits: OPERATIONS.map(({name, perMinute}) => ({
            name,
            per: [],
            windows: [{requests: perMinute, seconds: 60, kind: 'rolling'}],
          })),
        },
        refsOf,
        tools: built,
        answer: async (row) => {
          const passed = minutes[operationOf[row]!]!();
          if (!passed) refused += 1;
          return later(LATENCY_MS, answered(passed ? 201 : 429)).then((exchange) => {
            if (passed) held.delete(row);
            return exchange;
          });
        },
      });
      const beganAt = clock.now;
      await passing(clock, dispatch(tools));
      const tookMs = clock.now - beganAt;
      const turns = OPERATIONS.map(({perMinute, rows}) => Math.ceil(rows / perMinute) - 1);
      const slowestMs = Math.max(...turns) * 60_000;
      assert.isUndefined(tools.stop);
      assert.equal(counts(standing).ok, 60_000);
      assert.equal(refused, 0);
      assert.isAtLeast(tookMs, slowestMs);
      assert.isAtMost(tookMs, 1.03 * slowestMs);
      // What is under way, and the next one of each lane.
      assert.isAtMost(mostHeld, CONCURRENCY + OPERATIONS.length);
    } finally {
      clock.uninstall();
    }
  });
});
