import {assert} from 'chai';
import {sayInstant} from '../../src/ui/instant.js';

const T = new Date(2026, 7, 21, 12, 0).getTime();
const HOUR_MS = 3_600_000;

describe('sayInstant', () => {
  for (const {name, at, text} of [
    {name: 'today', at: T + 5 * HOUR_MS, text: '17:00'},
    {name: 'another day', at: T + 20 * HOUR_MS, text: 'Sat 08:00'},
    {name: 'another week', at: T + 7 * 24 * HOUR_MS, text: '2026-08-28 12:00'},
    {name: 'yesterday', at: T - 24 * HOUR_MS, text: '2026-08-20 12:00'},
  ])
    it(name, () => assert.equal(sayInstant(at, T), text));

  it('is exact to the second where one waits for it', () =>
    assert.equal(sayInstant(T + 5000, T, 'seconds'), '12:00:05'));
});
