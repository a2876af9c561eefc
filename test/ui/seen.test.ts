import {assert} from 'chai';
import {seen} from '../../src/ui/seen.js';

const T = new Date(2026, 7, 21, 14, 0).getTime();
const COUNTS = {rows: 10, ok: 3, failed: 1, inDoubt: 1, skipped: 1, pending: 4, attempts: 9, refusals: 2};
const LANE = {name: 'definition bot=st-1', used: 60, requests: 60, window: '60 per 60 s', fullUntil: T + 130_000};

describe('seen', () => {
  it('says what is done, what is waited for, and which windows are full', () => {
    const waiting = {on: 'bot definition, 1800 per 1 h', until: T + 130_000};
    const run = {at: T, counts: COUNTS, inFlight: 0, perSecond: 2, doneAt: T + 60_000, waiting, lanes: [LANE]};
    assert.deepEqual(seen(run), {
      ...{rows: 10, done: 6, ok: 3, failed: 1, inDoubt: 1, refusals: 2, perSecond: 2},
      etaAt: T + 60_000,
      waiting: 'waiting for bot definition, 1800 per 1 h; next at 14:02:10',
      lanes: [{name: 'definition bot=st-1, 60 per 60 s', done: 60, rows: 60, waits: 'full until 14:02:10'}],
    });
  });
});
