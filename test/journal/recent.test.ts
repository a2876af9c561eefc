import {assert} from 'chai';
import {elapsedSince, foldRecent, newRecent, recentOf} from '../../src/journal/recent.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {readJournal} from '../../src/journal/replay.js';
import {
  bucketsOf,
  header,
  inFolder,
  intent,
  named,
  opened,
  outcome,
  RUN,
  sealAll,
  T,
  text,
  writeSegment,
} from './sample.js';

const HOUR = 3_600_000;
const buckets = bucketsOf(0);

function recentAfter(spanMs: number, records: readonly JournalRecord[]) {
  const recent = newRecent(spanMs);
  for (const record of records) {
    foldRecent(recent, record);
    if (record.t === 'O') foldRecent(recent, named());
  }
  return recentOf(recent);
}

describe('recentOf', () => {
  const first = opened(T);

  it('counts probes as it does attempts: answered, given up on, left behind; but none that never left', () => {
    const probe = (op: number, at: number): JournalRecord => ({t: 'q', op, l: 0, at});
    const {attempts} = recentAfter(HOUR, [
      header(9),
      first,
      ...[1, 2, 3, 4].map((op) => probe(op, T + op)),
      {t: 'a', op: 2, at: T + 20, st: 404},
      {t: 'a', op: 1, at: T + 30},
      {t: 'a', op: 4, at: T + 31, e: 'unsent'},
    ]);
    const common = {buckets, refused: false, probe: true, opened: first};
    assert.deepEqual(attempts, [
      {op: 2, at: T + 2, answeredAt: T + 20, ...common},
      {op: 1, at: T + 1, lostAt: T + 30, ...common},
      {op: 3, at: T + 3, ...common},
    ] as never);
  });

  it('tells when each attempt was answered, given up on, refused', () => {
    const {attempts} = recentAfter(HOUR, [
      header(9),
      first,
      intent(1, T),
      intent(2, T + 1),
      intent(3, T + 2),
      intent(4, T + 3),
      outcome(2, T + 20, 'not', {st: 429, e: 'refused'}),
      outcome(1, T + 30, 'ok', {st: 201}),
      outcome(3, T + 40, 'unk', {e: 'ECONNRESET'}),
    ]);
    assert.deepEqual(attempts, [
      {op: 2, buckets, at: T + 1, answeredAt: T + 20, refused: true, opened: first},
      {op: 1, buckets, at: T, answeredAt: T + 30, refused: false, opened: first},
      {op: 3, buckets, at: T + 2, lostAt: T + 40, refused: false, opened: first},
      {op: 4, buckets, at: T + 3, refused: false, opened: first},
    ]);
  });

  it('knows a row in doubt that was answered from one that was not', () => {
    const {attempts} = recentAfter(HOUR, [first, intent(1, T), outcome(1, T + 9, 'unk', {st: 500})]);
    assert.deepEqual(attempts, [{op: 1, buckets, at: T, answeredAt: T + 9, refused: false, opened: first}]);
  });

  it('leaves out what never left, and rows settled without an attempt', () => {
    const unsent = [first, intent(1, T), outcome(1, T + 9, 'not', {e: 'unsent'}), outcome(2, T, 'failed', {n: 0})];
    assert.isEmpty(recentAfter(HOUR, unsent).attempts);
  });

  it('forgets what was answered longer ago than the span, and nothing younger', () => {
    const records: JournalRecord[] = [first];
    for (let op = 1; op <= 20_000; op++)
      records.push(intent(op, T + op * 100), outcome(op, T + op * 100 + 50, 'ok', {st: 200}));
    const {attempts} = recentAfter(60_000, records);
    assert.deepEqual([attempts[0]!.op, attempts.at(-1)!.op, attempts.length], [19_400, 20_000, 601]);
  });

  it('counts an attempt that a killed session left from the next session on', () => {
    const second = opened(T + HOUR, 1_000_000 + HOUR);
    const {attempts} = recentAfter(60_000, [
      first,
      intent(1, T),
      intent(2, T),
      outcome(2, T + 5, 'ok', {st: 200}),
      second,
    ]);
    assert.deepEqual(attempts, [{op: 1, buckets, at: T + HOUR, lostAt: T + HOUR, refused: false, opened: second}]);
  });

  // The wall clock was set forward by ten hours between the sessions: five seconds had passed.
  it('measures between sessions by boot time when the machine was not started again', () => {
    const second = opened(T + 10 * HOUR, 1_000_000 + 5000);
    const {attempts} = recentAfter(60_000, [first, intent(1, T), outcome(1, T + 5, 'ok', {st: 200}), second]);
    assert.deepEqual(
      attempts.map(({op}) => op),
      [1],
    );
  });

  it('measures by the wall clock across a boot, and takes a clock set back for no time at all', () => {
    const sent = [first, intent(1, T), outcome(1, T + 5, 'ok', {st: 200})];
    assert.isEmpty(recentAfter(60_000, [...sent, opened(T + 2 * HOUR, 10, 'boot-2')]).attempts);
    assert.lengthOf(recentAfter(60_000, [...sent, opened(T - 2 * HOUR, 10, 'boot-2')]).attempts, 1);
  });

  it('closes by a pause only the limits that it names', () => {
    const pause = {t: 'p', op: 1, l: 0, at: T + 10, until: T + 90_000, why: 'refused', of: ['user']} as const;
    const {pauses} = recentAfter(1000, [header(9), first, pause]);
    assert.deepEqual(
      pauses.map((one) => one.buckets),
      [[['user', 0]]],
    );
  });

  it('keeps what the server last said of each window, however long ago', () => {
    const told = (at: number, said: number, seconds = 60): JournalRecord => ({
      ...{t: 'l', l: 0, at, limit: 'user', label: 'user user=a'},
      ...{seconds, was: 300, said, requests: said},
    });
    const records = [header(9), first, told(T + 1, 120), told(T + 2, 60), told(T + 3, 9, 1), opened(T + 9 * HOUR)];
    const {learned} = recentAfter(1000, records);
    assert.deepEqual(learned, [
      {buckets: [['user', 0]], seconds: 60, said: 60},
      {buckets: [['user', 0]], seconds: 1, said: 9},
    ]);
  });

  it('keeps the pauses that were in force at the end', () => {
    const pause = (op: number, until: number): JournalRecord => ({t: 'p', op, l: 0, at: T + 10, until, why: 'refused'});
    const {pauses} = recentAfter(1000, [
      first,
      pause(1, T + 500),
      pause(2, T + 90_000),
      outcome(3, T + 600, 'ok', {n: 0}),
    ]);
    assert.deepEqual(pauses, [{buckets, at: T + 10, until: T + 90_000, why: 'refused', opened: first}]);
  });

  it('says which session was the last', () => {
    assert.deepEqual(recentAfter(1, [first, opened(T + 1)]).opened, opened(T + 1));
    assert.deepEqual(recentAfter(1, [header(3)]), {attempts: [], pauses: [], learned: [], opened: undefined});
  });
});

describe('recentOf a journal', () => {
  it('knows its attempts, fractions of milliseconds and all', () =>
    inFolder(async (folder) => {
      const records = [
        header(3),
        opened(T),
        named(),
        intent(1, T + 0.5),
        outcome(1, T + 20.25, 'not', {st: 429, e: 'refused'}),
        intent(2, T + 30),
      ];
      await writeSegment(folder, text(sealAll(records)));
      const recent = newRecent(HOUR);
      await readJournal(folder, RUN, (record) => foldRecent(recent, record), 'states');
      const {attempts} = recentOf(recent);
      assert.deepEqual(attempts, [
        {op: 1, buckets, at: T + 0.5, answeredAt: T + 20.25, refused: true, opened: opened(T)},
        {op: 2, buckets, at: T + 30, refused: false, opened: opened(T)},
      ]);
    }));
});

describe('elapsedSince', () => {
  const session = opened(T, 500_000);
  for (const {name, boot, at, now, elapsed} of [
    {
      name: 'boot time on the same boot',
      boot: {host: 'here', bootId: 'boot-1', uptimeMs: 560_000},
      at: T + 10_000,
      now: T,
      elapsed: 50_000,
    },
    {
      name: 'a machine asleep for an hour',
      boot: {host: 'here', bootId: 'boot-1', uptimeMs: 500_000 + HOUR},
      at: T,
      now: T + 7,
      elapsed: HOUR,
    },
    {
      name: 'the wall clock after a boot',
      boot: {host: 'here', bootId: 'boot-2', uptimeMs: 9},
      at: T,
      now: T + 70_000,
      elapsed: 70_000,
    },
    {
      name: 'the wall clock on another machine',
      boot: {host: 'there', bootId: 'boot-1', uptimeMs: 9},
      at: T,
      now: T + 70_000,
      elapsed: 70_000,
    },
    {
      name: 'a wall clock set back',
      boot: {host: 'here', bootId: 'boot-2', uptimeMs: 9},
      at: T,
      now: T - HOUR,
      elapsed: 0,
    },
    {
      name: 'a boot time that went back',
      boot: {host: 'here', bootId: 'boot-1', uptimeMs: 9},
      at: T,
      now: T + HOUR,
      elapsed: 0,
    },
  ])
    it(name, () => assert.equal(elapsedSince(session, at, boot, now), elapsed));

  it('does not take two unknown boots for the same', () => {
    const nameless = {...session, boot: ''};
    assert.equal(elapsedSince(nameless, T, {host: 'here', bootId: '', uptimeMs: 500_001}, T + 70_000), 70_000);
  });
});
