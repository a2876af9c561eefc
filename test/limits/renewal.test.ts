import {assert} from 'chai';
import {RENEWS, renewalAt} from '../../src/limits/renewal.js';

const NOW = Date.UTC(2026, 7, 21, 12, 10, 0);
const HOUR_MS = 3_600_000;

describe('renewalAt', () => {
  for (const [renews, instant] of [
    ['hourly', '2026-08-21T13:00:00.000Z'],
    ['daily', '2026-08-22T00:00:00.000Z'],
    ['00:00Z', '2026-08-22T00:00:00.000Z'],
    ['12:10Z', '2026-08-22T12:10:00.000Z'],
    ['12:11Z', '2026-08-21T12:11:00.000Z'],
    ['07:30Z', '2026-08-22T07:30:00.000Z'],
  ] as const)
    it(`reads ${renews}`, () => assert.equal(new Date(renewalAt(renews, NOW, undefined)).toISOString(), instant));

  it("goes by the server's clock, an hour ahead or behind as it may be", () => {
    const ahead = {low: HOUR_MS - 500, high: HOUR_MS + 500};
    const behind = {low: -HOUR_MS - 500, high: 500 - HOUR_MS};
    // By the server it is 13:10, and midnight is an hour nearer.
    assert.equal(renewalAt('daily', NOW, ahead), Date.UTC(2026, 7, 21, 23, 0, 0) + 500);
    assert.equal(renewalAt('daily', NOW, behind), Date.UTC(2026, 7, 22, 1, 0, 0) + 500);
  });

  it('is known by words that no profile can misspell', () => {
    for (const good of ['hourly', 'daily', '23:59Z']) assert.match(good, RENEWS);
    for (const bad of ['weekly', '24:00Z', '7:30Z', '07:30', 'Daily', '']) assert.notMatch(bad, RENEWS);
  });
});
