import {assert} from 'chai';
import {busiest, laneLine, sayInstant, totalLine, type View} from '../../src/ui/view.js';

const T = new Date(2026, 7, 21, 12, 0).getTime();
const HOUR_MS = 3_600_000;
const VIEW: View = {rows: 200, done: 50, ok: 50, failed: 0, inDoubt: 0, refusals: 0, perSecond: 0.25, lanes: []};

describe('totalLine', () => {
  for (const {name, view, width, line} of [
    {
      name: 'leaves out what did not happen',
      view: VIEW,
      width: 60,
      line: '[#######-----------------------] 25 % 50/200 · 0.3/s · 50 ok',
    },
    {
      name: 'shortens the bar before the facts',
      view: VIEW,
      width: 45,
      line: '[###------------] 25 % 50/200 · 0.3/s · 50 ok',
    },
    {name: 'cuts the facts last', view: VIEW, width: 30, line: '[##------] 25 % 50/200 · 0.3/…'},
    {
      name: 'is never at 100 % before the end',
      view: {...VIEW, done: 199},
      width: 30,
      line: '[#######-] 99 % 199/200 · 0.3…',
    },
    {
      name: 'is whole for no rows',
      view: {...VIEW, rows: 0, done: 0, ok: 0},
      width: 38,
      line: '[###########] 100 % 0/0 · 0.3/s · 0 ok',
    },
  ])
    it(name, () => assert.equal(totalLine(view, width), line));
});

describe('laneLine', () => {
  it('has its name, its bar and what it waits for', () =>
    assert.equal(
      laneLine({name: 'bot=st-1', done: 5, rows: 10, waits: 'until 14:02'}, 10, 60),
      '  bot=st-1   [####----] 5/10 · until 14:02',
    ));
});

describe('busiest', () => {
  it('takes those with the most left to do and keeps their order', () => {
    const lanes = [3, 9, 1, 7].map((rows) => ({name: `${rows}`, done: 0, rows}));
    assert.deepEqual(
      busiest(lanes, 2).map(({name}) => name),
      ['9', '7'],
    );
    assert.deepEqual(busiest(lanes, 0), []);
  });
});

describe('sayInstant', () => {
  for (const {name, at, text} of [
    {name: 'today', at: T + 5 * HOUR_MS, text: '17:00'},
    {name: 'another day', at: T + 20 * HOUR_MS, text: 'Sat 08:00'},
    {name: 'another week', at: T + 7 * 24 * HOUR_MS, text: '2026-08-28 12:00'},
    {name: 'yesterday', at: T - 24 * HOUR_MS, text: '2026-08-20 12:00'},
  ])
    it(name, () => assert.equal(sayInstant(at, T), text));
});
