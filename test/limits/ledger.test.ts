import {assert} from 'chai';
import {
  admit,
  believe,
  closeUntil,
  giveBack,
  openLedger,
  recall,
  refuse,
  refusingSince,
  roomIn,
  sweep,
  take,
} from '../../src/limits/ledger.js';
import {type BucketRef, NO_LIMIT} from '../../src/limits/limit.js';

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
const backoff = {firstSeconds: 1, factor: 2, maxSeconds: 60, jitterSeconds: 0};
const refusal = (startedAt: number, now: number, until?: number) => ({
  startedAt,
  now,
  until,
  rule: backoff,
  random: 0.5,
  explained: false,
});

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

  describe('refusals', () => {
    it('count as one when they were in flight together, and grow the wait when they come one after another', () => {
      const ledger = openLedger(limits, 10);
      assert.deepInclude(refuse(ledger, [network], refusal(0, 100)), {until: 1100, fresh: true});
      assert.deepInclude(refuse(ledger, [network], refusal(50, 150)), {until: 1100, fresh: false});
      assert.deepInclude(refuse(ledger, [network], refusal(1100, 1200)), {until: 3200, fresh: true});
    });

    it('never wait less than the provider asked, and keep the later of two instants', () => {
      const ledger = openLedger(limits, 10);
      refuse(ledger, [network], refusal(0, 100, 9000));
      assert.equal(refuse(ledger, [network], refusal(0, 150, 5000)).until, 9000);
      closeUntil(ledger, [network], 20_000);
      assert.equal(roomIn(ledger, [1], 200).at, 20_000);
    });

    it('tell once which windows they spread, and how much of them was used', () => {
      const ledger = openLedger(limits, 10);
      take(ledger, [network], 0);
      const [spread, ...others] = refuse(ledger, [network], refusal(0, 100)).spread;
      assert.deepEqual(spread, {limit: 0, label: 'network', used: 1, requests: 3, seconds: 5});
      assert.isEmpty(others);
      assert.isEmpty(refuse(ledger, [network], refusal(1100, 1200)).spread);
      assert.isEmpty(refuse(openLedger(limits, 10), [network], {...refusal(0, 100), explained: true}).spread);
    });

    it('begin anew after an answer to an attempt that started later, not after one that was already on its way', () => {
      const ledger = openLedger(limits, 10);
      refuse(ledger, [network], refusal(0, 100));
      admit(ledger, [network], 50);
      assert.equal(refusingSince(ledger, [network]), 100);
      admit(ledger, [network], 1200);
      assert.isUndefined(refusingSince(ledger, [network]));
      assert.equal(refuse(ledger, [network], refusal(2000, 2100)).until, 3100);
    });

    it('close what falls under no limit too, so that nobody knocks in a loop', () => {
      const ledger = openLedger(limits, 10);
      assert.equal(refuse(ledger, [], refusal(0, 100)).until, 1100);
      assert.equal(roomIn(ledger, [NO_LIMIT.id], 200).at, 1100);
      assert.equal(roomIn(ledger, [1], 200).at, 200);
    });

    it('spread the starts evenly when nothing explains them', () => {
      const ledger = openLedger([limits[0]!], 10);
      refuse(ledger, [network], refusal(0, 0));
      take(ledger, [network], 1000);
      assert.closeTo(roomIn(ledger, [1], 1000).at, 1000 + 5000 / 3, 1);
    });
  });

  describe('what the server says', () => {
    const belief = {limit: 0, seconds: 5, quota: {limit: 2}, trust: 'down'} as const;
    const span = {startedAt: 0, now: 0};

    it('is believed at once when it is lower, once', () => {
      const ledger = openLedger(limits, 10);
      assert.deepEqual(believe(ledger, [network], belief, span), {
        limit: 0,
        label: 'network',
        was: 3,
        requests: 2,
        seconds: 5,
      });
      assert.isUndefined(believe(ledger, [network], belief, span));
      take(ledger, [network], 0);
      take(ledger, [network], 0);
      assert.equal(roomIn(ledger, [1], 0).at, Number.POSITIVE_INFINITY);
    });

    it('rises again, never beyond the profile unless the profile trusts it', () => {
      const ledger = openLedger(limits, 10);
      believe(ledger, [network], belief, span);
      const higher = {...belief, quota: {limit: 9}};
      assert.equal(believe(ledger, [network], higher, span)?.requests, 3);
      assert.equal(believe(ledger, [network], {...higher, trust: 'up'}, span)?.requests, 9);
    });

    it('touches only the window it speaks of', () => {
      const ledger = openLedger(limits, 10);
      assert.isUndefined(believe(ledger, [network], {...belief, seconds: 60}, span));
      assert.isUndefined(believe(ledger, [network], {...belief, limit: 1}, span));
    });
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
