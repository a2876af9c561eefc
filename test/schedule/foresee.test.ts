import {assert} from 'chai';
import {openLedger} from '../../src/limits/ledger.js';
import type {WindowRule} from '../../src/limits/limit.js';
import type {Pace} from '../../src/limits/pace.js';
import type {Turn} from '../../src/operations/parse.js';
import {foresee, foreseeInSteps, type InLine} from '../../src/schedule/foresee.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {openLineUp} from '../../src/schedule/line-up.js';
import {LaneRows} from '../../src/schedule/rows.js';

/** Plays `count` operations of one lane under these windows. */
function play(
  count: number,
  windows: readonly WindowRule[],
  more: {latencyMs?: number; fixedEnds?: boolean; concurrency?: number; pace?: Pace; rampMs?: number} = {},
) {
  const limits = [{name: 'only', windows}];
  const lanes = new Lanes(limits, [false]);
  lanes.add(lanes.laneOf([{limit: 0, id: 1, label: 'only'}], 1), count);
  const {latencyMs = 100, fixedEnds = false, concurrency = 1000, pace = 'burst', rampMs} = more;
  const startAt = 1_800_000_000_000;
  const ramp = rampMs === undefined ? undefined : {beganAt: startAt, ms: rampMs};
  return foresee(lanes, openLedger(limits, concurrency, {pace, ramp}), {startAt, latencyMs, fixedEnds});
}

const perMinute: WindowRule = {requests: 60, seconds: 60, kind: 'rolling'};
const perHour: WindowRule = {requests: 1800, seconds: 3600, kind: 'rolling'};

describe('foresee', () => {
  it('takes a window and a latency for every windowful but the last, and a latency for that', () => {
    assert.equal(play(60, [perMinute]).ms, 100);
    assert.equal(play(61, [perMinute]).ms, 60_100 + 100);
    assert.equal(play(600, [perMinute]).ms, 9 * 60_100 + 100);
  });

  it('lets the hour bind once it is used up', () => {
    const {ms, held} = play(2000, [perMinute, perHour]);
    assert.equal(ms, 3_600_100 + 3 * 60_100 + 100);
    assert.deepEqual([...held.keys()], ['only 60 per 60 s', 'only 1800 per 1 h']);
  });

  it('books all of the time on one window or another', () => {
    const {ms, held} = play(2000, [perMinute, perHour]);
    const booked = [...held.values()].reduce((sum, entry) => sum + entry.ms, 0);
    assert.closeTo(booked, ms, 200);
  });

  it('uses a fixed window again at its announced end, which comes sooner than a whole window', () => {
    const fixed: WindowRule = {...perMinute, kind: 'fixed'};
    assert.equal(play(61, [fixed], {fixedEnds: true}).ms, 60_100);
  });

  it('plays an even pace: a window full takes a window, and no burst comes first', () => {
    const {ms, parts} = play(60, [perMinute], {pace: 'even'});
    assert.equal(ms, 59_000 + 100);
    assert.closeTo(parts[250]!, 29_100, 1);
  });

  it('plays an even pace for lanes whose own bucket never fills', () => {
    const limits = [{name: 'user', windows: [perMinute]}];
    const lanes = new Lanes(limits, [true]);
    lanes.add(lanes.laneOf([{limit: 0, id: 1, label: 'user 1'}], 1), 1);
    lanes.add(lanes.laneOf([{limit: 0, id: 2, label: 'user 2'}], 2), 3);
    const ledger = openLedger(limits, 10, {pace: 'even', ramp: undefined});
    assert.equal(foresee(lanes, ledger, {startAt: 0, latencyMs: 100, fixedEnds: false}).ms, 2100);
  });

  it('plays a ramp: half of what the full rate would have sent by its end', () => {
    assert.closeTo(play(60, [perMinute], {pace: 'even', rampMs: 60_000}).ms, 89_000 + 100, 500);
    assert.equal(play(10, [perMinute], {concurrency: 10, rampMs: 30_000, latencyMs: 60_000}).ms, 27_000 + 60_000);
  });

  it('is the same in steps', () => {
    const limits = [{name: 'only', windows: [perMinute]}];
    const lanes = new Lanes(limits, [false]);
    lanes.add(lanes.laneOf([{limit: 0, id: 1, label: 'only'}], 1), 600);
    const conditions = {startAt: 0, latencyMs: 137, fixedEnds: false};
    const playing = foreseeInSteps(lanes.copy(), openLedger(limits, 100), conditions);
    let steps = 1;
    let step = playing.next();
    for (; !step.done; step = playing.next()) steps += 1;
    assert.isAbove(steps, 2);
    assert.deepEqual(step.value, foresee(lanes, openLedger(limits, 100), conditions));
  });

  it('remembers how far the run is at each part of its way', () => {
    const {parts, ms} = play(120, [perMinute]);
    assert.equal(parts.length, 501);
    assert.deepEqual([parts[0], parts[250], parts[251], parts[500]], [0, 100, 60_200, ms]);
  });

  it('knows the concurrency cap', () => {
    assert.equal(play(100, [{...perMinute, requests: 1000}], {concurrency: 10}).ms, 1000);
  });

  // 100 of 1000 rows have a limit of their own besides. When the 900 went first, for they are more, the 100 had it all before them: 197 s.
  it('lets the few with a tight limit start at once, and the many fill up what they leave', () => {
    const limits = [
      {name: 'all', windows: [{requests: 10, seconds: 1, kind: 'rolling' as const}]},
      {name: 'group', windows: [{requests: 1, seconds: 1, kind: 'rolling' as const}]},
    ];
    const all = {limit: 0, id: 1, label: 'all'};
    const lanes = new Lanes(limits, [false, false]);
    lanes.add(lanes.laneOf([all], 1), 900);
    lanes.add(lanes.laneOf([all, {limit: 1, id: 2, label: 'group'}], 901), 100);
    const {ms} = foresee(lanes, openLedger(limits, 50), {startAt: 0, latencyMs: 100, fixedEnds: false});
    assert.equal(ms, 99 * 1100 + 100);
  });

  it('takes no longer than the slowest bucket of a file that is sorted by operation', () => {
    const perMinutes = [6, 60, 300, 1000, 10_000];
    const operations = perMinutes.map((requests, limit) => ({
      limit: {name: `operation ${limit}`, windows: [{...perMinute, requests}]},
      rows: [59, 600, 3000, 10_000, 46_341][limit]!,
    }));
    const limits = operations.map(({limit}) => limit);
    const lanes = new Lanes(
      limits,
      limits.map(() => false),
    );
    let row = 1;
    for (const [limit, {rows}] of operations.entries())
      for (let n = 0; n < rows; n++) lanes.add(lanes.laneOf([{limit, id: limit + 1, label: ''}], row++));
    assert.deepEqual([row - 1, lanes.count], [60_000, 5]);
    const {ms} = foresee(lanes, openLedger(limits, 100), {startAt: 0, latencyMs: 100, fixedEnds: false});
    assert.isAtMost(ms, 1.03 * 9 * 60_100);
  });

  describe('with a bucket for each caller', () => {
    const limits = [
      {name: 'all', windows: [{requests: 50, seconds: 1, kind: 'rolling' as const}]},
      {name: 'user', windows: [{requests: 2, seconds: 1, kind: 'rolling' as const}]},
    ];

    /** Plays so many callers with so many rows each. */
    function callers(count: number, rows: number) {
      const lanes = new Lanes(limits, [false, true]);
      for (let user = 0; user < count; user++) {
        const refs = [
          {limit: 0, id: 1, label: 'all'},
          {limit: 1, id: user + 2, label: 'user'},
        ];
        lanes.add(lanes.laneOf(refs, user * rows + 1), rows);
      }
      const ledger = openLedger(limits, 10);
      const {ms} = foresee(lanes, ledger, {startAt: 0, latencyMs: 100, fixedEnds: false});
      return {ms, buckets: ledger.buckets.size};
    }

    it('takes as long as the callers’ own limit says', () => {
      assert.equal(callers(1, 2).ms, 100);
      assert.equal(callers(1, 3).ms, 1200);
      assert.equal(callers(10, 5).ms, 2 * 1100 + 100);
    });

    // A million callers with a row each took 1.6 GB: their buckets were kept to the end.
    it('keeps no bucket of a caller who is done', () => {
      assert.equal(callers(200, 1).buckets, 1);
      assert.equal(callers(200, 5).buckets, 1);
    });
  });

  describe('with rows that wait for others', () => {
    const limits = [{name: 'all', windows: []}];

    function opened(turnOf: (row: number) => Turn, rows = 20) {
      const lanes = new Lanes(limits, [false]);
      const lined = new LaneRows();
      const lineUp = openLineUp({stop: false});
      for (let row = 1; row <= rows; row++) {
        lined.assign(row, lanes.laneOf([{limit: 0, id: 1, label: 'all'}], row));
        lineUp.add(row, turnOf(row), 'line');
      }
      const sequence = lineUp.close(lanes, lined);
      const foreseen = (underWay: Partial<InLine> = {}) => {
        const conditions = {startAt: 0, latencyMs: 100, fixedEnds: false};
        return foresee(lanes.copy(), openLedger(limits, 50), conditions, {lined, sequence, ...underWay});
      };
      return {lanes, lined, sequence, foreseen};
    }

    it('plays the longest key to its end, and books the time on the keys', () => {
      const {foreseen} = opened((row) => ({key: row <= 15 ? 'a' : 'b'}));
      const {ms, held} = foreseen();
      assert.equal(ms, 1500);
      assert.deepEqual([...held.keys()], ['key or phase one after another']);
      assert.equal(foreseen().ms, 1500, 'nothing is missing from the line afterwards');
    });

    it('begins a phase when the one before is through', () => {
      assert.equal(opened((row) => ({phase: `${row % 4}`})).foreseen().ms, 400);
    });

    it('goes on behind the rows that are under way', () => {
      const {foreseen, lanes, lined} = opened(() => ({key: 'a'}));
      lanes.remove(0);
      assert.equal(lined.shift(0), 1);
      assert.equal(foreseen({sent: [{row: 1, lane: 0, at: 60}]}).ms, 60 + 1900);
    });

    it('sends what is delayed when its time has come, and lets those behind it wait for that', () => {
      const {foreseen, lanes, lined} = opened(() => ({key: 'a'}));
      lanes.remove(0);
      assert.equal(lined.shift(0), 1);
      assert.equal(foreseen({delayed: [{row: 1, lane: 0, at: 5000}]}).ms, 5000 + 2000);
    });

    it('goes on with a row that stands in its lane again', () => {
      const {foreseen, lined} = opened(() => ({key: 'a'}));
      assert.equal(lined.shift(0), 1);
      assert.equal(foreseen({again: [1]}).ms, 2000);
    });
  });
});
