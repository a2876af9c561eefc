import {assert} from 'chai';
import {openLedger} from '../../src/limits/ledger.js';
import {type Planned, planRun} from '../../src/plan/plan.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {sampleProfile} from '../requests/sample.js';

const START_AT = Date.UTC(2026, 7, 21, 12);
const limits = [{name: 'bot', per: ['bot'], windows: [{requests: 10, seconds: 60, kind: 'rolling' as const}]}];

/** `counts[bot]` operations of each bot, planned. */
function planned(counts: readonly number[], parts: Partial<Planned> = {}) {
  const lanes = new Lanes(limits, [true]);
  for (const [bot, count] of counts.entries())
    lanes.add(lanes.laneOf([{limit: 0, id: bot + 1, label: `bot bot=${bot}`}], bot + 1), count);
  const before = [...lanes.counts()];
  const plan = planRun({
    rows: counts.reduce((sum, count) => sum + count, 0),
    invalid: 0,
    lanes,
    profile: sampleProfile({limits}),
    latency: {lowMs: 50, expectedMs: 100, highMs: 150},
    startAt: START_AT,
    openLedger: () => openLedger(limits, 100),
    preview: [],
    ...parts,
  });
  assert.deepEqual([...lanes.counts()], before, 'a plan leaves the lanes as they were');
  return plan;
}

describe('planRun', () => {
  it('takes as long as the slowest lane, with a range for the latency', () => {
    const {seconds, secondsLow, secondsHigh, finishesAt, requests} = planned([25, 5]);
    assert.deepEqual({secondsLow, secondsHigh, requests}, {secondsLow: 120.15, secondsHigh: 120.45, requests: 30});
    assert.closeTo(seconds, 120.3, 0.1);
    assert.equal(finishesAt, new Date(START_AT + seconds * 1000).toISOString());
  });

  it('waits for the slowest answer of a burst, where some take longer than others', () => {
    assert.closeTo(planned([10]).seconds, 0.14, 0.01);
    assert.equal(planned([10], {latency: {lowMs: 100, expectedMs: 100, highMs: 100}}).seconds, 0.1);
  });

  it('says the same twice', () => {
    assert.deepEqual(planned([250, 50]), planned([250, 50]));
  });

  it('lists the lanes, those that end last first, and leaves out those with nothing to do', () => {
    const latency = {lowMs: 100, expectedMs: 100, highMs: 100};
    assert.deepEqual(planned([5, 0, 25], {latency}).lanes, [
      {name: 'bot bot=2', requests: 25, seconds: 120.3},
      {name: 'bot bot=0', requests: 5, seconds: 0.1},
    ]);
  });

  it('lists the thousand lanes that end last, of equals the first', () => {
    const counts = Array.from({length: 2000}, (_, bot) => (bot % 400 === 0 ? 0 : bot === 1999 ? 25 : 1));
    const {lanes} = planned(counts);
    assert.lengthOf(lanes, 1000);
    assert.equal(lanes[0]?.requests, 25);
    assert.isTrue(lanes.every(({requests}) => requests > 0));
    const times = lanes.map(({seconds}) => seconds);
    assert.deepEqual(
      times,
      [...times].sort((one, other) => other - one),
    );
  });

  it('says which window holds the run back, and for what part of the time', () => {
    const [first] = planned([25]).binding;
    assert.deepInclude(first, {limit: 'bot', window: '10 per 60 s'});
    assert.isAbove(first!.share, 0.99);
  });

  it('counts a window that holds turn after turn once for each, though some answers take longer than others', () => {
    const windows = [
      {requests: 10, seconds: 10, kind: 'rolling' as const},
      {requests: 100, seconds: 1000, kind: 'rolling' as const},
    ];
    const [most] = planned([400], {openLedger: () => openLedger([{name: 'bot', windows}], 100)}).binding;
    assert.equal(most?.window, '100 per 1000 s');
    assert.closeTo(most!.idleSeconds, 900, 15);
    assert.closeTo(most!.everySeconds!, 1000, 1);
  });

  it('says what each window would save if it were a quarter wider', () => {
    // 25 are three turns of ten and two of thirteen; 40 are four of each.
    assert.deepInclude(planned([25]).binding[0], {limit: 'bot', savesSeconds: 60.1});
    assert.deepInclude(planned([40]).binding[0], {limit: 'bot', savesSeconds: 0});
  });

  it('says what would not help: the minute, where the hour holds', () => {
    const hour = [
      {requests: 10, seconds: 60, kind: 'rolling' as const},
      {requests: 20, seconds: 600, kind: 'rolling' as const},
    ];
    const {binding} = planned([100], {openLedger: () => openLedger([{name: 'bot', windows: hour}], 100)});
    assert.deepEqual(
      binding.map(({window, savesSeconds}) => [window, savesSeconds]),
      [
        ['20 per 600 s', 540],
        ['10 per 60 s', 0],
      ],
    );
  });

  it('counts the rows that are left out', () => {
    assert.deepInclude(planned([3], {rows: 5, invalid: 2}), {rows: 5, valid: 3, invalid: 2, requests: 3});
  });

  it('takes no time for nothing', () => {
    assert.deepInclude(planned([]), {seconds: 0, requests: 0});
  });
});
