import {assert} from 'chai';
import {believe} from '../../src/limits/believe.js';
import {openLedger, recall, roomIn, take} from '../../src/limits/ledger.js';
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

describe('what the server says', () => {
  const belief = {limit: 0, seconds: 5, quota: {limit: 2}, trust: 'down'} as const;
  const span = {startedAt: 0, now: 0};

  it('is believed at once when it is lower, once', () => {
    const ledger = openLedger(limits, 10);
    assert.deepEqual(believe(ledger, [network], belief, span), {
      limit: 0,
      label: 'network',
      seconds: 5,
      profile: 3,
      said: 2,
      requests: 2,
      was: 3,
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

  it('is believed as far as our share of it goes, and leaves us one at least', () => {
    const [window] = limits[0]!.windows;
    const ledger = openLedger([{name: 'network', windows: [{...window!, requests: 80, share: 0.8}]}], 10);
    const told = (limit: number) => believe(ledger, [network], {...belief, quota: {limit}}, span);
    assert.deepInclude(told(50), {profile: 80, said: 50, requests: 40});
    assert.deepInclude(told(1), {was: 40, requests: 1});
    assert.deepInclude(told(100), {was: 1, requests: 80});
  });

  it('takes the size of a bucket for no rate, whatever our share of it is', () => {
    const rule = {requests: 24, seconds: 5, kind: 'bucket' as const, burst: 2, share: 0.8};
    const ledger = openLedger([{name: 'network', windows: [rule]}], 10);
    assert.isUndefined(believe(ledger, [network], belief, span));
  });

  it('takes the size of a bucket for no rate', () => {
    const rule = {requests: 30, seconds: 5, kind: 'bucket' as const, burst: 2};
    const ledger = openLedger([{name: 'network', windows: [rule]}], 10);
    assert.isUndefined(believe(ledger, [network], belief, span));
    assert.equal(believe(ledger, [network], {...belief, quota: {limit: 1}}, span)?.requests, 1);
  });

  describe('and the clock by which windows turn over', () => {
    const fixed = {name: 'network', windows: [{requests: 3, seconds: 60, kind: 'fixed' as const}]};
    const turningAfter = (resetAt: number, recalled = false) => {
      const ledger = openLedger([fixed], 10);
      if (recalled) recall(ledger, [network], 500);
      take(ledger, [network], 1000);
      believe(ledger, [network], {...belief, seconds: 60, quota: {resetAt}}, {startedAt: 1000, now: 1100});
      return [...ledger.turning];
    };

    it('is known once a window ends sooner than one that began with our first request could', () => {
      assert.deepEqual(turningAfter(60_999), [60]);
      assert.deepEqual(turningAfter(61_000), []);
    });

    it('is not known while an earlier session may have begun the window', () => {
      assert.deepEqual(turningAfter(60_999, true), []);
    });
  });

  it('touches only the window it speaks of', () => {
    const ledger = openLedger(limits, 10);
    assert.isUndefined(believe(ledger, [network], {...belief, seconds: 60}, span));
    assert.isUndefined(believe(ledger, [network], {...belief, limit: 1}, span));
  });
});
