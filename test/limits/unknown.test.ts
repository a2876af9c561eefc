import {assert} from 'chai';
import {changeLedger} from '../../src/limits/change.js';
import {admit, giveBack, type Ledger, openLedger, roomIn, sweep, take} from '../../src/limits/ledger.js';
import type {BucketRef, WindowRule} from '../../src/limits/limit.js';
import {refuse} from '../../src/limits/refuse.js';
import {isUnknown, learnWindows, probeOf, recallFound} from '../../src/limits/unknown.js';

const t = 1_770_000_000_000;
const auto: BucketRef = {limit: 0, id: 7, label: 'auto'};
const begin: WindowRule = {requests: 1, seconds: 1, kind: 'rolling'};
const told: WindowRule = {requests: 10, seconds: 5, kind: 'rolling'};
const backoff = {firstSeconds: 1, factor: 2, maxSeconds: 60, jitterSeconds: 0};

describe('a limit that is not known', () => {
  it('begins at the pace of its first window', () => {
    const ledger = open();
    take(ledger, [auto], t);
    giveBack(ledger, [auto], t + 5, {kind: 'answered'});
    admit(ledger, [auto], {startedAt: t, now: t + 5});
    assert.approximately(roomIn(ledger, [auto.id], t + 5).at, t + 1000, 1);
  });

  it('goes by what the server tells, as soon as it does', () => {
    const ledger = open();
    take(ledger, [auto], t);
    take(ledger, [auto], t + 1);
    giveBack(ledger, [auto], t + 5, {kind: 'answered'});
    learnWindows(ledger, auto, [told], t + 5);
    assert.equal(roomIn(ledger, [auto.id], t + 5).at, t + 505);
    assert.isUndefined(probeOf(ledger, auto));
    giveBack(ledger, [auto], t + 9, {kind: 'answered'});
    assert.deepInclude(ledger.buckets.get(auto.id)!.windows[0], {requests: 10, inFlight: 0});
  });

  it('keeps what a window holds when it turns out to be longer', () => {
    const ledger = open();
    take(ledger, [auto], t);
    learnWindows(ledger, auto, [told], t);
    giveBack(ledger, [auto], t + 5, {kind: 'answered'});
    learnWindows(ledger, auto, [{...told, seconds: 60}], t + 10);
    const [window] = ledger.buckets.get(auto.id)!.windows;
    assert.deepEqual(window!.heldUntil, [t + 5 + 60_000]);
  });

  // A run told to use half of its windows went on at their whole pace.
  it('uses the share of what the server tells that it is given, from the beginning or later', () => {
    const ledger = open({...begin, share: 0.5});
    learnWindows(ledger, auto, [told], t);
    take(ledger, [auto], t);
    const requests = () => ledger.buckets.get(auto.id)!.windows.map((window) => window.requests);
    assert.deepEqual(requests(), [5]);
    const change = (share: number | undefined) =>
      changeLedger(ledger, {limits: [{name: 'auto', windows: [{...begin, share}]}], concurrency: 9, pace: 'burst'}, t);
    change(0.2);
    assert.deepEqual(requests(), [2]);
    change(undefined);
    assert.deepEqual(requests(), [10]);
    assert.deepEqual(ledger.limits[0]!.told, [told]);
  });

  it('waits for the knock after a refusal, and not for a backoff', () => {
    const ledger = open();
    take(ledger, [auto], t);
    giveBack(ledger, [auto], t + 5, {kind: 'answered'});
    const refusal = {startedAt: t, now: t + 5, until: undefined, rule: backoff, random: 0, explained: false};
    assert.equal(refuse(ledger, [auto], refusal).until, t + 5 + 2000);
  });

  it('is not forgotten when it rests', () => {
    const ledger = open();
    take(ledger, [auto], t);
    giveBack(ledger, [auto], t + 5, {kind: 'answered'});
    sweep(ledger, t + 8 * 3_600_000);
    assert.isDefined(probeOf(ledger, auto));
  });

  it('stays one when the pace of the run is set anew', () => {
    const ledger = open();
    take(ledger, [auto], t);
    changeLedger(ledger, {limits: [{name: 'auto', windows: [begin]}], concurrency: 5, pace: 'even'}, t);
    assert.isTrue(isUnknown(ledger.limits[0]!));
    assert.isEmpty(ledger.buckets.get(auto.id)!.windows);
  });

  for (const {name, found, at} of [
    {name: 'the windows', found: [told], at: 500},
    {name: 'the pace', found: {pace: 4, ceiling: 5, sent: 900, refused: 2}, at: 250},
  ])
    it(`goes on from ${name} that an earlier session found`, () => {
      const ledger = open();
      recallFound(ledger, auto, found);
      take(ledger, [auto], t);
      giveBack(ledger, [auto], t, {kind: 'answered'});
      assert.approximately(roomIn(ledger, [auto.id], t).at, t + at, 1);
    });
});

function open(first = begin): Ledger {
  return openLedger([{name: 'auto', windows: [first], learn: true}], 100, {pace: 'even', ramp: undefined});
}
