import {assert} from 'chai';
import fc from 'fast-check';
import type {JournalRecord, State} from '../../src/journal/record.js';
import {
  attemptsOf,
  counts,
  fold,
  inFlight,
  newStanding,
  rowsIn,
  settleOpenAttempts,
  stateOf,
} from '../../src/journal/states.js';
import {header, intent, NOTHING, opened, outcome, T} from './sample.js';

const decide = (op: number, as: 'ok' | 'failed' | 'retry' | 'skip'): JournalRecord => ({
  t: 'd',
  op,
  as,
  by: 'user',
  at: T,
});

function standingAfter(...records: JournalRecord[]) {
  const standing = newStanding(3);
  for (const record of records) fold(standing, record);
  return standing;
}

describe('fold', () => {
  const sent = [opened(T), intent(1, T)];
  for (const {name, records, state, open} of [
    {name: 'nothing said of a row: pending', records: [], state: 'pending', open: false},
    {name: 'an attempt without an outcome: pending, in flight', records: sent, state: 'pending', open: true},
    {name: 'ok settles', records: [...sent, outcome(1, T, 'ok')], state: 'ok', open: false},
    {name: 'failed settles', records: [...sent, outcome(1, T, 'failed')], state: 'failed', open: false},
    {name: 'unk puts in doubt', records: [...sent, outcome(1, T, 'unk')], state: 'in-doubt', open: false},
    {name: 'skipped settles', records: [...sent, outcome(1, T, 'skipped')], state: 'skipped', open: false},
    {name: 'not makes pending again', records: [...sent, outcome(1, T, 'not')], state: 'pending', open: false},
    {
      name: 'a row settled without an attempt',
      records: [outcome(1, T, 'failed', {n: 0})],
      state: 'failed',
      open: false,
    },
    {
      name: 'a later session puts what was open in doubt',
      records: [...sent, opened(T + 9)],
      state: 'in-doubt',
      open: false,
    },
    {name: 'decided ok', records: [...sent, opened(T + 9), decide(1, 'ok')], state: 'ok', open: false},
    {name: 'decided failed', records: [...sent, opened(T + 9), decide(1, 'failed')], state: 'failed', open: false},
    {name: 'decided skip', records: [...sent, opened(T + 9), decide(1, 'skip')], state: 'skipped', open: false},
    {name: 'decided retry', records: [...sent, opened(T + 9), decide(1, 'retry')], state: 'pending', open: false},
    {
      name: 'a failed row sent again is pending',
      records: [...sent, outcome(1, T, 'failed'), intent(1, T, 2)],
      state: 'pending',
      open: true,
    },
  ] as {name: string; records: JournalRecord[]; state: State; open: boolean}[])
    it(name, () => {
      const standing = standingAfter(...records);
      assert.equal(stateOf(standing, 1), state);
      assert.equal(inFlight(standing, 1), open);
      assert.include([...rowsIn(standing, state)], 1);
    });

  it('counts attempts and refusals, and no other outcome as a refusal', () => {
    const standing = standingAfter(
      intent(1, T),
      outcome(1, T, 'not', {st: 429, e: 'refused'}),
      intent(1, T, 2),
      outcome(1, T, 'not', {st: 503, e: 'backoff'}),
      intent(1, T, 3),
      outcome(1, T, 'ok'),
      intent(2, T),
      outcome(2, T, 'failed', {e: 'refused'}),
    );
    assert.deepEqual(counts(standing), {...NOTHING, rows: 3, ok: 1, failed: 1, pending: 1, attempts: 4, refusals: 1});
    assert.deepEqual(
      [1, 2, 3].map((row) => attemptsOf(standing, row)),
      [3, 1, 0],
    );
  });

  it('refuses a row that is not in the input', () => {
    for (const row of [0, 4, 5_000_000]) assert.throws(() => standingAfter(intent(row, T)), /the input has 3 rows/);
  });

  it('leaves states alone at records that say nothing of them', () => {
    const standing = standingAfter(header(3), {t: 'p', op: 1, l: 0, at: T, until: T + 1, why: 'refused'});
    assert.deepEqual(counts(standing), {...NOTHING, rows: 3, pending: 3});
  });

  it('keeps the counts equal to the states, whatever comes', () => {
    const row = fc.integer({min: 1, max: 8});
    const record = fc.oneof(
      row.map((op) => intent(op, T)),
      fc
        .tuple(row, fc.constantFrom('ok', 'failed', 'not', 'unk', 'skipped'))
        .map(([op, k]) => outcome(op, T, k as 'ok')),
      fc.tuple(row, fc.constantFrom('ok', 'failed', 'retry', 'skip')).map(([op, as]) => decide(op, as as 'ok')),
      fc.constant(opened(T)),
    );
    fc.assert(
      fc.property(fc.array(record, {maxLength: 60}), (records) => {
        const standing = newStanding(8);
        for (const one of records) fold(standing, one);
        const {pending, ok, failed, inDoubt, skipped} = counts(standing);
        const states = ['pending', 'ok', 'failed', 'in-doubt', 'skipped'] as const;
        assert.deepEqual(
          [pending, ok, failed, inDoubt, skipped],
          states.map((state) => [...rowsIn(standing, state)].length),
        );
        assert.equal(standing.inFlight, [1, 2, 3, 4, 5, 6, 7, 8].filter((op) => inFlight(standing, op)).length);
      }),
    );
  });
});

describe('settleOpenAttempts', () => {
  it('names the rows in flight and puts them in doubt, once', () => {
    const standing = standingAfter(intent(3, T), intent(1, T), intent(2, T), outcome(2, T, 'ok'));
    assert.deepEqual(settleOpenAttempts(standing), [1, 3]);
    assert.deepEqual(settleOpenAttempts(standing), []);
    assert.deepEqual(counts(standing), {...NOTHING, rows: 3, ok: 1, inDoubt: 2, attempts: 3});
  });

  it('finds them behind the first million rows too', () => {
    const standing = newStanding(2_500_000);
    for (const row of [1, 1_048_576, 1_048_577, 2_500_000]) fold(standing, intent(row, T));
    assert.deepEqual(settleOpenAttempts(standing), [1, 1_048_576, 1_048_577, 2_500_000]);
    assert.deepEqual([...rowsIn(standing, 'in-doubt')], [1, 1_048_576, 1_048_577, 2_500_000]);
  });
});
