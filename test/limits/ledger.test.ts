import {assert} from 'chai';
import {giveBack, openLedger, recall, roomIn, sweep, take} from '../../src/limits/ledger.js';
import type {BucketRef} from '../../src/limits/limit.js';

const limits = [
  {name: 'network', windows: [{requests: 3, seconds: 5, kind: 'rolling' as const}]},
  {
    name: 'user',
    windows: [
      {requests: 1, seconds: 1, kind: 'rolling' as const},
      {requests: 2, seconds: 60, kind: 'rolling' as const},
    ],
  },
];
const network: BucketRef = {limit: 0, id: 1, label: 'network'};
const user = (id: number): BucketRef => ({limit: 1, id: 100 + id, label: `user user=u${id}`});
const refsOf = (id: number) => [network, user(id)];
const idsOf = (refs: readonly BucketRef[]) => refs.map(({id}) => id);
const answered = {kind: 'answered'} as const;

describe('Ledger', () => {
  it('starts nothing until every window of every bucket has room, and names the last to have it', () => {
    const ledger = openLedger(limits, 10);
    take(ledger, refsOf(1), 0);
    giveBack(ledger, refsOf(1), 100, answered);
    assert.deepEqual(roomIn(ledger, idsOf(refsOf(1)), 200), {at: 1100, bucket: user(1).id});
    assert.deepEqual(roomIn(ledger, idsOf(refsOf(2)), 200), {at: 200, bucket: undefined});
    take(ledger, refsOf(1), 1100);
    giveBack(ledger, refsOf(1), 1200, answered);
    assert.equal(roomIn(ledger, idsOf(refsOf(1)), 1200).at, 60_100);
  });

  it('keeps the concurrency cap as a window of zero seconds', () => {
    const ledger = openLedger(limits, 1);
    take(ledger, refsOf(1), 0);
    assert.equal(roomIn(ledger, idsOf(refsOf(2)), 0).at, Number.POSITIVE_INFINITY);
    giveBack(ledger, refsOf(1), 50, answered);
    assert.equal(roomIn(ledger, idsOf(refsOf(2)), 50).at, 50);
  });

  it('holds the slots of an attempt without an answer for as long as the provider may still count it', () => {
    const ledger = openLedger([limits[0]!], 10);
    for (let i = 0; i < 3; i++) take(ledger, [network], 0);
    giveBack(ledger, [network], 1000, {kind: 'unanswered', lateMs: 30_000});
    for (let i = 0; i < 2; i++) giveBack(ledger, [network], 1000, answered);
    assert.equal(roomIn(ledger, [1], 1000).at, 6000);
    take(ledger, [network], 6000);
    take(ledger, [network], 6000);
    assert.equal(roomIn(ledger, [1], 6000).at, 36_000);
    giveBack(ledger, [network], 6100, answered);
    assert.equal(roomIn(ledger, [1], 6100).at, 11_100);
  });

  it('counts the attempts of an earlier session', () => {
    const ledger = openLedger([limits[0]!], 10);
    for (const at of [100, 200, 300]) recall(ledger, [network], at);
    assert.equal(roomIn(ledger, [1], 1000).at, 5100);
  });

  it('drops buckets that are whole again and no others', () => {
    const ledger = openLedger(limits, 10);
    take(ledger, refsOf(1), 0);
    giveBack(ledger, refsOf(1), 100, answered);
    sweep(ledger, 6000);
    assert.deepEqual([...ledger.buckets.keys()], [user(1).id]);
    sweep(ledger, 60_100);
    assert.equal(ledger.buckets.size, 0);
  });
});
