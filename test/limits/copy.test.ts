import {assert} from 'chai';
import {copyLedger} from '../../src/limits/copy.js';
import {closeUntil, giveBack, openLedger, roomIn, take} from '../../src/limits/ledger.js';

const ref = {limit: 0, id: 1, label: 'network'};
const limits = [{name: 'network', windows: [{requests: 2, seconds: 5, kind: 'rolling' as const}]}];

describe('copyLedger', () => {
  it('misses nothing of what is taken and closed in the copy', () => {
    const ledger = openLedger(limits, 10);
    take(ledger, [ref], 0);
    giveBack(ledger, [ref], 100, {kind: 'answered'});
    take(ledger, [ref], 200);
    const before = structuredClone(ledger);
    const copy = copyLedger(ledger);
    assert.deepEqual(copy, before);
    giveBack(copy, [ref], 300, {kind: 'answered'});
    take(copy, [ref], 5200);
    closeUntil(copy, [ref], 9000);
    copy.turning.add(5);
    assert.deepEqual(ledger, before);
  });

  it('knows what the server told, and what a probe has found', () => {
    const unknown = [{name: 'auto', windows: [{requests: 1, seconds: 1, kind: 'rolling' as const}], learn: true}];
    const ledger = openLedger(unknown, 10);
    take(ledger, [ref], 0);
    const before = structuredClone(ledger);
    const copy = copyLedger(ledger);
    take(copy, [ref], roomIn(copy, [ref.id], 0).at);
    assert.deepEqual(ledger, before);

    const told = openLedger(limits, 10);
    take(told, [ref], 0);
    told.buckets.get(ref.id)!.windows[0]!.told = {remaining: 1, answeredAt: 0, after: 0};
    const other = copyLedger(told);
    giveBack(other, [ref], 100, {kind: 'answered'});
    assert.equal(told.buckets.get(ref.id)!.windows[0]!.told!.after, 0);
  });
});
