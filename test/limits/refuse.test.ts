import {assert} from 'chai';
import {admit, closeUntil, openLedger, refusingSince, roomIn, take} from '../../src/limits/ledger.js';
import {type BucketRef, NO_LIMIT} from '../../src/limits/limit.js';
import {refuse} from '../../src/limits/refuse.js';

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
const backoff = {firstSeconds: 1, factor: 2, maxSeconds: 60, jitterSeconds: 0};
const refusal = (startedAt: number, now: number, until?: number) => ({
  startedAt,
  now,
  until,
  rule: backoff,
  random: 0.5,
  explained: false,
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
    admit(ledger, [network], {startedAt: 50, now: 1100});
    assert.equal(refusingSince(ledger, [network]), 100);
    admit(ledger, [network], {startedAt: 1200, now: 1300});
    assert.isUndefined(refusingSince(ledger, [network]));
    assert.equal(refuse(ledger, [network], refusal(2000, 2100)).until, 3100);
  });

  it('are explained by no quota when one follows the other, since the wait that it told was kept', () => {
    const ledger = openLedger(limits, 10);
    const explained = (startedAt: number, now: number) => ({...refusal(startedAt, now, now + 1000), explained: true});
    assert.isEmpty(refuse(ledger, [network], explained(0, 100)).spread);
    assert.isEmpty(refuse(ledger, [network], explained(50, 150)).spread);
    assert.lengthOf(refuse(ledger, [network], explained(1100, 1200)).spread, 1);
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
