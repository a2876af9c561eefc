import {assert} from 'chai';
import {openLedger} from '../../src/limits/ledger.js';
import {type CountOrder, planCounts} from '../../src/plan/counted.js';
import {planRun} from '../../src/plan/plan.js';
import type {Limit, Profile} from '../../src/profiles/profile.js';
import {openLanes} from '../../src/schedule/intake.js';
import {sampleProfile} from '../requests/sample.js';

const rolling = (requests: number, seconds: number) => ({requests, seconds, kind: 'rolling' as const});
const LIMITS: readonly Limit[] = [
  {name: 'definition', groups: ['definition'], per: ['bot'], windows: [rolling(60, 60), rolling(1800, 3600)]},
  {name: 'users', groups: ['users'], per: ['operation'], windows: [rolling(10, 1)]},
];
const LATENCY = {lowMs: 50, expectedMs: 100, highMs: 150};

function planned(counts: Record<string, number>, parts: Partial<CountOrder> = {}) {
  return planCounts({
    counts: Object.entries(counts).map(([name, requests]) => ({name, requests})),
    keys: {},
    scope: {},
    profile: sampleProfile({limits: LIMITS}),
    overrides: {limits: []},
    credential: 'key',
    latency: LATENCY,
    startAt: 1_800_000_000_000,
    ...parts,
  });
}

describe('planCounts', () => {
  it('plans a billion as exactly as the windows can be reckoned', () => {
    const {plan} = planned({ExportBot: 1e9});
    assert.deepInclude(plan, {rows: 1e9, valid: 1e9, invalid: 0, requests: 1e9});
    // 555,555 turns of the hour and of one answer each, and the minute in the last.
    const whole = 555_555 * 3600.1;
    assert.isAbove(plan.seconds, whole);
    assert.isBelow(plan.seconds, whole + 3600.1);
  });

  it('takes as long as the rows of a file would', () => {
    const profile = sampleProfile({limits: LIMITS});
    const lanes = openLanes(LIMITS);
    lanes.add(lanes.laneOf([{limit: 0, id: 7, label: 'definition bot=st-1'}], 1), 5000);
    const ledger = () => openLedger(LIMITS, profile.concurrency);
    const read = planRun({
      rows: 5000,
      invalid: 0,
      lanes,
      profile,
      latency: LATENCY,
      startAt: 0,
      openLedger: ledger,
      preview: [],
    });
    const {plan} = planned({ExportBot: 5000}, {startAt: 0});
    assert.deepEqual([plan.seconds, plan.binding], [read.seconds, read.binding]);
  });

  it('adds lanes of different limits up to the slowest of them, and names the windows as the profile does', () => {
    const {plan} = planned({ExportBot: 100_000, RemoveUser: 50_000_000});
    assert.deepEqual(
      plan.lanes.map(({name, requests}) => [name, requests]),
      [
        ['users operation=RemoveUser', 50_000_000],
        ['definition bot=(any)', 100_000],
      ],
    );
    assert.include(
      plan.binding.map(({window}) => window),
      '10 per 1 s',
    );
  });

  it('says that one bot is assumed, and how to say otherwise', () => {
    const {notes} = planned({ExportBot: 10});
    assert.lengthOf(notes, 1);
    assert.include(notes[0], 'all requests are taken to be for one bot');
    assert.include(notes[0], '--keys bot=20');
  });

  it('spreads requests over as many keys as there are', () => {
    const one = planned({ExportBot: 18_000}).plan;
    const {plan, notes} = planned({ExportBot: 180_000}, {keys: {bot: 10}});
    assert.closeTo(plan.seconds, one.seconds, one.seconds * 0.001);
    assert.include(notes[0], '10 values of bot');
    assert.deepEqual(
      plan.binding.filter(({limit}) => limit === 'definition').map(({window}) => window),
      ['1800 per 1 h', '60 per 60 s'],
    );
  });

  it('takes limits, share and concurrency of the operator', () => {
    const overrides = {limits: [{name: 'users', requests: 100, seconds: 1}], share: 0.5, concurrency: 100};
    const {plan} = planned({RemoveUser: 5000}, {overrides});
    assert.equal(plan.binding[0]?.window, '50 per 1 s');
  });

  it('says what falls under no limit', () => {
    const {notes} = planned({'POST /other': 10});
    assert.include(notes[0], 'POST /other falls under no limit of profile example');
  });

  it('leaves a limit out that is not for requests without a value, and says so', () => {
    const scopes: Profile['scopes'] = {user: {from: [{kind: 'row'}], absent: 'skip'}};
    const limits = [{name: 'user', per: ['user'], windows: [rolling(1, 1)]}];
    const profile = sampleProfile({limits, scopes});
    assert.include(planned({ExportBot: 9}, {profile}).notes[0], 'limit user counts for each user and is left out');
    assert.isAbove(planned({ExportBot: 9}, {profile, scope: {user: 'admin'}}).plan.seconds, 8);
  });
});
