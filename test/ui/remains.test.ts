import {assert} from 'chai';
import {openLedger} from '../../src/limits/ledger.js';
import type {Remains, Rest} from '../../src/run/remains.js';
import {openLanes} from '../../src/schedule/intake.js';
import {begunWords, latencyOf, nextOf, planRest, standLines} from '../../src/ui/remains.js';
import {sampleProfile} from '../requests/sample.js';

const SUPPOSED = {lowMs: 50, expectedMs: 100, highMs: 150};
const profile = sampleProfile({
  limits: [{name: 'network', per: [], windows: [{requests: 10, seconds: 1, kind: 'rolling'}]}],
});
const COUNTS = {rows: 50, ok: 20, failed: 1, inDoubt: 2, skipped: 0, pending: 27, attempts: 24, refusals: 0};

/** A run with `left` rows to send, of which nothing was used. */
function remains(left: number, parts: Partial<Remains> = {}, latencies?: Rest['latencies']): Remains {
  const lanes = openLanes(profile.limits);
  lanes.add(lanes.laneOf([{limit: 0, id: 1, label: 'network'}], 1), left);
  const rest = {
    intake: {lanes, lined: undefined, sequence: undefined, bad: 0},
    ...{profile, ledger: openLedger(profile.limits, 10), at: 1_800_000_000_000, preview: [], latencies},
  };
  const manifest = {
    ...{run: 'r-1', file: '/users.csv', baseUrl: 'https://api.example.com', template: null, profile},
    ...{input: {rows: 50}, roles: {id: null, scope: {}}},
    options: {headers: [], allowedOrigins: [], delimiter: null, skipInvalid: false, overrides: {limits: []}},
  };
  return {
    ...{manifest, counts: COUNTS, state: 'stopped', underWay: 0, inDoubt: {rows: 2, first: ['row 7 (u.csv:8)']}},
    ...(left > 0 && {rest}),
    ...parts,
  } as unknown as Remains;
}

describe('planRest', () => {
  it('is a plan of what is left, and tells how the run stands', () => {
    const plan = planRest(remains(25), SUPPOSED);
    assert.deepInclude(plan, {rows: 50, requests: 25, run: 'r-1', state: 'stopped', underWay: 0, kept: 2});
    assert.deepEqual(plan.done, {ok: 20, failed: 1, inDoubt: 2, skipped: 0});
    assert.closeTo(plan.seconds, 2.3, 0.05);
    assert.deepEqual(plan.latencySeconds, {low: 0.05, expected: 0.1, high: 0.15});
  });

  it('takes no time for nothing, and says that it is finished', () => {
    const counts = {...COUNTS, ok: 47, pending: 0};
    assert.deepInclude(planRest(remains(0, {counts}), SUPPOSED), {requests: 0, seconds: 0, state: 'finished', kept: 0});
  });
});

describe('latencyOf', () => {
  const measured = {latencyMs: 200, spreadMs: 60};

  it('is what was said, else what was measured, else what is supposed', () => {
    const said = {lowMs: 1, expectedMs: 2, highMs: 3};
    assert.deepEqual(latencyOf(remains(1, {}, measured), {said, supposed: SUPPOSED}), said);
    const found = latencyOf(remains(1, {}, measured), {said: undefined, supposed: SUPPOSED});
    assert.deepEqual(found, {lowMs: 140, expectedMs: 200, highMs: 260, measuredMs: 200});
    assert.deepEqual(latencyOf(remains(1), {said: undefined, supposed: SUPPOSED}), SUPPOSED);
  });

  it('is measured give or take half at most', () => {
    const wild = {latencyMs: 200, spreadMs: 199};
    const {lowMs, highMs} = latencyOf(remains(1, {}, wild), {said: undefined, supposed: SUPPOSED});
    assert.deepEqual([lowMs, highMs], [100, 300]);
  });
});

describe('standLines', () => {
  it('names rows in doubt, which are not sent, and counts those that stay', () => {
    assert.deepEqual(standLines(remains(25), {kept: 2}, false), [
      '50 rows: 20 ok, 1 failed, 2 in doubt, 27 pending',
      '2 rows in doubt are not sent: row 7 (u.csv:8), and 1 more; look at each and say what you found with sluice settle, or add --in-doubt retry',
      '2 pending rows are not sent with the rest',
    ]);
  });

  it('says how many are under way', () => {
    const [first] = standLines(remains(25, {underWay: 2}), {kept: 0}, false);
    assert.equal(first, '50 rows: 20 ok, 1 failed, 2 in doubt, 27 pending (2 under way)');
  });
});

describe('the next command', () => {
  it('goes on with a run in the same words, and watches one that goes on', () => {
    const words = ['users.run', '--share', '50%'];
    assert.equal(nextOf(remains(25), 'users.run', words), 'sluice resume users.run --share 50%');
    assert.equal(nextOf(remains(25, {state: 'running'}), 'users.run', words), 'sluice status users.run');
    assert.equal(nextOf(remains(25, {state: 'paused'}), 'users.run', words), 'sluice go users.run');
  });

  it('is that of the summary where nothing is left', () => {
    const counts = {...COUNTS, ok: 50, failed: 0, inDoubt: 0, pending: 0};
    assert.equal(nextOf(remains(0, {counts}), 'a b.run', []), "sluice results 'a b.run' --format csv");
  });
});

describe('begunWords', () => {
  it('tell from when the time counts', () => {
    assert.equal(begunWords('running'), 'it goes on, and is done');
    assert.equal(begunWords('stopped'), 'gone on with now, the run is done');
    assert.include(begunWords('paused'), 'paused');
  });
});
