import {assert} from 'chai';
import {laneLine, outlookLine, sayEnd, totalLine, type View} from '../../src/ui/view.js';

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

  it('does not name twice what it waits for', () =>
    assert.equal(
      laneLine({name: 'bot=st-1', done: 5, rows: 10, waits: 'bot=st-1, 60 per 60 s; next at 14:02:10'}, 8, 60),
      '  bot=st-1 [####----] 5/10 · 60 per 60 s; next at 14:02:10',
    ));
});

describe('sayEnd', () => {
  it('is exact where it is a matter of seconds', () => {
    const at = new Date(2026, 7, 21, 12, 0).getTime();
    assert.equal(sayEnd(at + 90_000, at), 'done about 12:01:30');
    assert.equal(sayEnd(at + 150_000, at), 'done about 12:02');
  });
});

describe('outlookLine', () => {
  const at = new Date(2026, 7, 21, 12, 0).getTime();
  const waiting = 'waiting for bot definition, 1800 per 1 h; next at 14:02:10';
  const view = {...VIEW, waiting, etaAt: at + 5 * 3_600_000};
  for (const {name, given, width, line} of [
    {
      name: 'says what is waited for and when all is done',
      given: view,
      width: 80,
      line: `${waiting} · done about 17:00`,
    },
    {
      name: 'leaves out the words that one can do without',
      given: view,
      width: 65,
      line: 'bot definition, 1800 per 1 h; next at 14:02:10 · done about 17:00',
    },
    {
      name: 'keeps the end of the run where not both fit',
      given: view,
      width: 40,
      line: 'done about 17:00 · bot definition, 1800…',
    },
    {name: 'says a wait alone', given: {...view, etaAt: undefined}, width: 80, line: waiting},
    {name: 'says that it is sending when it knows no more', given: VIEW, width: 80, line: 'sending'},
  ])
    it(name, () => assert.equal(outlookLine(given, at, width), line));
});
