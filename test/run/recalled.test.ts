import {assert} from 'chai';
import type {Boot} from '../../src/clock.js';
import type {OpenedRecord} from '../../src/journal/record.js';
import {hashText} from '../../src/limits/hash.js';
import {roomIn} from '../../src/limits/ledger.js';
import {type Known, recalledLedger} from '../../src/run/recalled.js';
import {openLanes} from '../../src/schedule/intake.js';
import {sampleProfile} from '../requests/sample.js';

const NOW = 1_800_000_000_000;
const BOOT: Boot = {host: 'here', bootId: 'one', uptimeMs: 500_000};
const OPENED: OpenedRecord = {
  t: 'O',
  at: NOW - 60_000,
  pid: 1,
  host: 'here',
  boot: 'one',
  up: 440_000,
  v: 'new',
  cut: 0,
  amb: 0,
};
const NETWORK = hashText('network');
const profile = sampleProfile({
  limits: [{name: 'network', per: [], windows: [{requests: 2, seconds: 60, kind: 'rolling'}]}],
  rampSeconds: 10,
});

/** An attempt that was answered so many ms ago. */
const attempt = (agoMs: number) => ({
  op: 1,
  buckets: [['network', NETWORK] as const],
  at: NOW - agoMs - 100,
  answeredAt: NOW - agoMs,
  refused: false,
  opened: OPENED,
});
const NOTHING = {attempts: [], pauses: [], learned: []};

function opened(parts: Partial<Known> = {}, beganAt?: number) {
  const known = {profile, lanes: openLanes(profile.limits), past: NOTHING, found: [], timeoutMs: 1000, ...parts};
  return recalledLedger({used: {...NOTHING, lateMs: 0}, ...known}, {now: NOW, boot: BOOT, beganAt});
}

describe('recalledLedger', () => {
  it('holds what this run and others have used, each for the rest of its window', () => {
    const past = {...NOTHING, attempts: [attempt(20_000)]};
    const used = {...NOTHING, attempts: [attempt(50_000)], lateMs: 0};
    assert.equal(roomIn(opened({past}, 0), [NETWORK], NOW).at, NOW);
    assert.closeTo(roomIn(opened({past, used}, 0), [NETWORK], NOW).at, NOW + 10_000, 20);
  });

  it('goes by the lower limit that the server told', () => {
    const learned = [{buckets: [['network', NETWORK] as const], seconds: 60, said: 1}];
    const past = {...NOTHING, attempts: [attempt(20_000)], learned};
    assert.closeTo(roomIn(opened({past}, 0), [NETWORK], NOW).at, NOW + 40_000, 20);
  });

  it('ramps up from when the session began', () => {
    assert.equal(opened().pacing.ramp?.beganAt, NOW);
    assert.equal(opened({}, NOW - 5000).pacing.ramp?.beganAt, NOW - 5000);
  });
});
