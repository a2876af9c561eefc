import {assert} from 'chai';
import {NOT_BEGUN, summaryOf} from '../../src/report/summary.js';
import {summaryLines} from '../../src/ui/summary.js';

const T = new Date(2026, 7, 21, 12, 0).getTime();
const COUNTS = {
  rows: 300_000,
  ok: 299_950,
  failed: 45,
  inDoubt: 5,
  skipped: 0,
  pending: 0,
  attempts: 300_420,
  refusals: 3,
};
const SPAN = {startedAt: T, ended: {at: T + 18_720_000, why: 'complete', exit: 3}};
const SUMMARY = summaryOf({run: 'r', folder: 'users.run', counts: COUNTS, span: SPAN, running: false});
const FILES = {
  results: 'users.run/results.ndjson',
  failed: 'users.run/failed.csv',
  inDoubt: 'users.run/in-doubt.csv',
  resent: undefined,
  causes: [],
};

describe('summaryLines', () => {
  it('tells counts, time and files, and last the next command', () => {
    assert.deepEqual(summaryLines({summary: SUMMARY, files: FILES, color: false, now: T}), [
      '300,000 rows: 299,950 ok, 45 failed, 5 in doubt',
      '300,420 attempts in 5 h 12 min, 3 refused',
      'results  users.run/results.ndjson',
      'failed   users.run/failed.csv',
      'in doubt users.run/in-doubt.csv',
      'rows in doubt may have been executed: look at each before you send it again, and say what you found with sluice settle',
      'next: sluice resume users.run --in-doubt retry',
    ]);
  });

  it('says where the program can look for rows in doubt by itself', () => {
    const lines = summaryLines({summary: SUMMARY, files: FILES, probes: true, color: false, now: T});
    assert.include(lines.at(-2), 'with sluice settle; sluice settle --probe looks by itself');
  });

  it('tells why a run stopped, and from when going on makes sense', () => {
    const summary = summaryOf({
      run: 'r',
      folder: 'users.run',
      counts: {...COUNTS, rows: 1, ok: 0, failed: 0, inDoubt: 0, pending: 1, attempts: 1, refusals: 0},
      span: NOT_BEGUN,
      running: false,
    });
    const told = {summary, message: 'the provider says \x1b[2J', resumeAt: T + 4_320_000, color: false, now: T};
    assert.deepEqual(summaryLines(told), [
      '1 row: 0 ok, 1 pending',
      '1 attempt',
      'stopped: the provider says \\u001b[2J',
      'going on makes sense from 13:12',
      'next: sluice resume users.run',
    ]);
  });

  it('is coloured only where it may be', () => {
    const lines = (color: boolean) => summaryLines({summary: SUMMARY, files: FILES, color, now: T}).join('\n');
    assert.include(lines(true), '\x1b[31m45 failed\x1b[39m');
    assert.notInclude(lines(false), '\x1b');
  });
});
