import {assert} from 'chai';
import {type Hearsay, hear, windowsHeard} from '../../src/limits/hearsay.js';

const t = 1_770_000_000_000;

describe('what a server tells of its windows', () => {
  for (const {name, quota, windows} of [
    {name: 'a length that is told', quota: {limit: 100, windowSeconds: 7}, windows: ['100/7/rolling']},
    {name: 'the distance to the reset', quota: {limit: 100, resetAt: t + 60_000}, windows: ['100/60/rolling']},
    {name: 'a reset at the end of its second', quota: {limit: 100, resetAt: t + 60_900}, windows: ['100/60/rolling']},
    {name: 'a distance in the middle of a window', quota: {limit: 9, resetAt: t + 41_000}, windows: ['9/60/rolling']},
    {name: 'a window longer than a day', quota: {limit: 9, resetAt: t + 1e8}, windows: ['9/100000/rolling']},
    {name: 'nothing, without a limit', quota: {remaining: 5, resetAt: t + 60_000}, windows: []},
    {name: 'nothing, without a length', quota: {limit: 100, remaining: 5}, windows: []},
    {name: 'nothing, of a limit of zero', quota: {limit: 0, resetAt: t + 1000}, windows: []},
  ])
    it(`is read from ${name}`, () => assert.deepEqual(said(hear([], [quota], t)), windows));

  it('becomes longer where a reset is further away', () => {
    const first = hear([], [{limit: 100, remaining: 90, resetAt: t + 25_000}], t);
    assert.deepEqual(said(first), ['100/30/rolling']);
    const next = hear(first, [{limit: 100, remaining: 99, resetAt: t + 85_000}], t + 25_001);
    assert.deepEqual(said(next), ['100/60/rolling']);
  });

  it('keeps counters apart by their names, and by their lengths', () => {
    const both = [
      {name: 'burst', limit: 10, windowSeconds: 1},
      {name: 'day', limit: 1000, windowSeconds: 86_400},
    ];
    assert.deepEqual(said(hear(hear([], both, t), both, t + 5)), ['10/1/rolling', '1000/86400/rolling']);
  });

  it('is a fixed window where all of it is back at the reset', () => {
    let heard = hear([], [{limit: 10, remaining: 9, resetAt: t + 60_000}], t);
    heard = hear(heard, [{limit: 10, remaining: 2, resetAt: t + 60_000}], t + 50_000);
    heard = hear(heard, [{limit: 10, remaining: 9, resetAt: t + 120_000}], t + 60_100);
    assert.deepEqual(said(heard), ['10/60/fixed']);
  });

  it('is a rolling one where only what came first is back', () => {
    let heard = hear([], [{limit: 10, remaining: 9, resetAt: t + 60_000}], t);
    heard = hear(heard, [{limit: 10, remaining: 2, resetAt: t + 60_000}], t + 50_000);
    heard = hear(heard, [{limit: 10, remaining: 2, resetAt: t + 67_000}], t + 60_100);
    assert.deepEqual(said(heard), ['10/60/rolling']);
  });
});

function said(heard: readonly Hearsay[]): string[] {
  return windowsHeard(heard).map(({requests, seconds, kind}) => `${requests}/${seconds}/${kind}`);
}
