import {assert} from 'chai';
import type {Counts, JournalRecord} from '../../src/journal/record.js';
import {foldSpan, NOT_BEGUN, nextCommand, summaryOf} from '../../src/report/summary.js';

const NONE: Counts = {rows: 0, ok: 0, failed: 0, inDoubt: 0, skipped: 0, pending: 0, attempts: 0, refusals: 0};
const T = Date.UTC(2026, 7, 21, 12);

const opened = (at: number): JournalRecord => ({
  t: 'O',
  at,
  pid: 1,
  host: 'here',
  boot: '',
  up: 0,
  v: 'new',
  cut: 0,
  amb: 0,
});
const ended = (at: number, why: string, exit: number): JournalRecord => ({t: 'E', at, why, exit, counts: NONE});

describe('nextCommand', () => {
  for (const {name, folder = 'users.run', counts, exit, next} of [
    {name: 'what is pending goes on', counts: {pending: 1, failed: 1}, exit: 4, next: 'sluice resume users.run'},
    {
      name: 'doubts are settled first when they hold up the rest',
      counts: {pending: 1, inDoubt: 1},
      exit: 3,
      next: 'sluice resume users.run --in-doubt retry',
    },
    {
      name: 'and last when something else stopped the run',
      counts: {pending: 1, inDoubt: 1},
      exit: 130,
      next: 'sluice resume users.run',
    },
    {
      name: 'a run killed at its last row has doubts alone',
      counts: {inDoubt: 1},
      exit: undefined,
      next: 'sluice resume users.run --in-doubt retry',
    },
    {name: 'failed rows are sent again', counts: {failed: 2}, exit: 1, next: 'sluice resume users.run --retry-failed'},
    {
      name: 'when all is done the results can be had as a table',
      counts: {ok: 2},
      exit: 0,
      next: 'sluice results users.run --format csv',
    },
    {
      name: 'a folder with blanks is quoted',
      folder: "my user's.run",
      counts: {pending: 1},
      exit: 4,
      next: `sluice resume 'my user'\\''s.run'`,
    },
  ])
    it(name, () => assert.equal(nextCommand(folder, {...NONE, ...counts}, exit), next));
});

describe('foldSpan', () => {
  it('keeps the first beginning and the last end', () => {
    const records = [opened(T), ended(T + 10, 'offline', 4), opened(T + 20), ended(T + 30, 'complete', 0)];
    assert.deepEqual(records.reduce(foldSpan, NOT_BEGUN), {
      startedAt: T,
      ended: {at: T + 30, why: 'complete', exit: 0},
    });
  });

  it('has no end while a session is open', () => {
    const records = [opened(T), ended(T + 10, 'offline', 4), opened(T + 20)];
    assert.deepEqual(records.reduce(foldSpan, NOT_BEGUN), {startedAt: T, ended: undefined});
  });
});

describe('summaryOf', () => {
  const counts = {...NONE, rows: 3, ok: 2, failed: 1, attempts: 4, refusals: 1};
  const span = {startedAt: T, ended: {at: T + 5000, why: 'complete', exit: 1}};
  const base = {run: 'r1', folder: 'users.run', counts, span, running: false};

  it('says everything about a run that ended', () => {
    assert.deepEqual(summaryOf(base), {
      run: 'r1',
      ...counts,
      startedAt: '2026-08-21T12:00:00.000Z',
      endedAt: '2026-08-21T12:00:05.000Z',
      exit: 1,
      why: 'complete',
      next: 'sluice resume users.run --retry-failed',
    });
  });

  it('has no exit while the run is going on', () => {
    const {endedAt, exit, why, next} = summaryOf({...base, span: {...span, ended: undefined}, running: true});
    assert.deepEqual(
      {endedAt, exit, why, next},
      {endedAt: null, exit: null, why: 'running', next: 'sluice status users.run'},
    );
  });

  it('tells a run that was killed from one that is going on', () => {
    const killed = summaryOf({...base, counts: {...counts, pending: 4}, span: {...span, ended: undefined}});
    assert.deepInclude(killed, {endedAt: null, exit: null, why: 'interrupted', next: 'sluice resume users.run'});
  });

  it('follows the rows when doubts were settled after the end', () => {
    const settled = summaryOf({
      ...base,
      counts: {...NONE, rows: 1, ok: 1},
      span: {...span, ended: {at: T, why: 'complete', exit: 3}},
    });
    assert.deepInclude(settled, {exit: 0, next: 'sluice results users.run --format csv'});
  });

  it('keeps the code of what stopped the run', () => {
    const stopped = summaryOf({...base, span: {...span, ended: {at: T, why: 'unauthorized', exit: 77}}});
    assert.deepInclude(stopped, {exit: 77, why: 'unauthorized'});
  });
});

describe('a paused run', () => {
  const paused = (at: number, value?: boolean): JournalRecord => ({
    t: 's',
    at,
    ...(value === undefined ? {share: 0.5} : {paused: value}),
  });
  const stand = (records: readonly JournalRecord[], running = true) =>
    summaryOf({run: 'r', folder: 'users.run', counts: NONE, span: records.reduce(foldSpan, NOT_BEGUN), running});

  it('says so while somebody works on it, until it goes on', () => {
    const {why, next} = stand([opened(T), paused(T, true), paused(T)]);
    assert.deepEqual([why, next], ['paused', 'sluice go users.run']);
    assert.equal(stand([opened(T), paused(T, true), paused(T, false)]).why, 'running');
  });

  it('is interrupted when it was killed, and not paused any more when it was resumed', () => {
    assert.equal(stand([opened(T), paused(T, true)], false).why, 'interrupted');
    assert.equal(stand([opened(T), paused(T, true), opened(T + 1)]).why, 'running');
  });
});
