import {assert} from 'chai';
import {now} from '../../src/clock.js';
import type {Response} from '../../src/exchange.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {openLedger, take} from '../../src/limits/ledger.js';
import {parseProfile} from '../../src/profiles/parse.js';
import type {Verdict} from '../../src/requests/request.js';
import {watchDoubt} from '../../src/run/doubt.js';
import {openMeasured} from '../../src/run/measured.js';
import {openNetwork} from '../../src/run/network.js';
import {settle} from '../../src/run/settle.js';
import {watchFailures} from '../../src/run/stop.js';
import type {Prepared, Tools} from '../../src/run/tools.js';
import {Heap} from '../../src/schedule/heap.js';

const profile = parseProfile(
  'name: p\ntitle: P\nbaseUrl: https://p.example\nlimits: [{name: all, per: [user], windows: [{requests: 5, seconds: 60}]}]\nheaders: {limit: x-limit}\nsources: [{url: https://p.example, date: 2026-01-01, says: so}]',
  'p.yaml',
);

/** A session of which `settle` alone is real; `fresh` says whether the credential has changed since. */
function scene(fresh = () => false) {
  const records: JournalRecord[] = [];
  const lines: string[] = [];
  const tools = {
    profile,
    options: {maxWaitMs: 60_000, maxOfflineMs: 60_000, timeoutMs: 1000, inDoubt: 'hold', keepBodies: 'failed'},
    ledger: openLedger(profile.limits, 10),
    record: (record: JournalRecord) => records.push(record),
    schedule: {touch: () => {}},
    rows: {laneOf: (row: number) => row},
    network: openNetwork(true),
    failures: watchFailures(undefined),
    doubt: watchDoubt(100),
    measured: openMeasured(),
    histories: new Map(),
    delayed: new Heap<{at: number; row: number}>((one, other) => one.at < other.at),
    unauthorized: new Map(),
    captures: [],
    secrets: {refresh: () => fresh(), scrub: (text: string) => text.replaceAll('s3cr3t', '***')},
    random: () => 0.5,
    said: new Set(),
    learnedOf: new Set(),
    say: (line: string) => lines.push(line),
    wake: () => {},
    stop: undefined,
  } as unknown as Tools;
  const answer = (row: number, verdict: Verdict, headers: Record<string, string> = {}, startedAt = now()) => {
    const buckets = [{limit: 0, id: row, label: `all user=${row}`}];
    take(tools.ledger, buckets, startedAt);
    const response: Response = {status: 503, headers, body: '', bodyLost: false};
    const prepared = {operation: {place: {file: 'a', row}}, request: {buckets}, digest: ''} as unknown as Prepared;
    const history = {attempts: 1, counted: 1, refusals: 0, admitted: [], firstAt: startedAt};
    settle(prepared, {startedAt, exchange: {kind: 'answered', response}, verdict, history}, tools);
  };
  return {tools, answer, records, lines};
}

const backoff = {kind: 'backoff', status: 503, why: 'busy', resent: false} as const;
const unauthorized = {kind: 'unauthorized', status: 401, why: 's3cr3t has expired'} as const;

describe('settle', () => {
  it('never sends a failed row again before the provider wants it', () => {
    const {tools, answer} = scene();
    const before = now();
    answer(1, backoff, {'retry-after': '40'});
    assert.isAtLeast(tools.delayed.top!.at, before + 40_000);
    assert.isUndefined(tools.stop);
  });

  it('stops when the provider wants a failed row later than the operator waits', () => {
    const {tools, answer} = scene();
    answer(1, backoff, {'retry-after': '61'});
    assert.deepInclude(tools.stop, {why: 'wait-too-long', exit: 4});
  });

  // The first row failed as one with a fault of its own when the second had succeeded with the new secret.
  it('sends those told 401 before again too, once the credential has changed', () => {
    let changed = false;
    const {tools, answer, records} = scene(() => changed);
    answer(1, unauthorized);
    changed = true;
    answer(2, unauthorized);
    answer(3, {kind: 'ok', status: 200, bodyLost: false});
    assert.equal(tools.delayed.size, 2);
    assert.notInclude(JSON.stringify(records), '"failed"');
  });

  it('shows no secret that the provider echoes in what stops the run', () => {
    const {tools, answer} = scene();
    for (const row of [1, 2, 3]) answer(row, unauthorized);
    assert.include(tools.stop!.message, '*** has expired');
  });

  it('journals a pause anew when a refusal that was in flight with the first names a longer one', () => {
    const {answer, records} = scene();
    const pauses = () =>
      records.flatMap((record) => (record.t === 'p' ? [Math.round((record.until - record.at) / 1000)] : []));
    answer(1, {kind: 'refused', status: 429}, {'retry-after': '10'});
    answer(1, {kind: 'refused', status: 429}, {'retry-after': '30'}, 0);
    answer(1, {kind: 'refused', status: 429}, {'retry-after': '20'}, 0);
    assert.deepEqual(pauses(), [10, 30]);
  });

  it('tells a limit that the server lowers once, however many callers have a bucket of their own', () => {
    const {answer, lines} = scene();
    for (const row of [1, 2, 3]) answer(row, {kind: 'ok', status: 200, bodyLost: false}, {'x-limit': '4'});
    assert.equal(lines.length, 1);
  });

  it('journals a limit that the server tells once for all callers, and each change of one that the journal speaks of', () => {
    const {answer, records, lines} = scene();
    const ok = {kind: 'ok', status: 200, bodyLost: false} as const;
    for (const row of [1, 2]) answer(row, ok, {'x-limit': '4'});
    for (const row of [1, 2]) answer(row, ok, {'x-limit': '9'});
    for (const row of [1, 2]) answer(row, ok, {'x-limit': '4'});
    assert.deepEqual(lines, [
      'all user=1: profile 5 per 60 s, server says 4; using 4',
      'all user=1: profile 5 per 60 s, server says 9; using 5',
    ]);
    assert.deepEqual(
      records.flatMap((record) => (record.t === 'l' ? [{...record, at: 0}] : [])),
      [
        {l: 1, was: 5, said: 4, requests: 4},
        {l: 1, was: 4, said: 9, requests: 5},
        {l: 1, was: 5, said: 4, requests: 4},
      ].map((more) => ({t: 'l', at: 0, limit: 'all', label: 'all user=1', seconds: 60, ...more})),
    );
  });
});
