import {assert} from 'chai';
import fc from 'fast-check';
import type {JournalRecord} from '../../src/journal/record.js';
import {counts, fold, newStanding} from '../../src/journal/states.js';
import {opened, openProof, prove, tally} from '../../src/report/proof.js';
import {intent, opened as openedAt, outcome, T} from '../journal/sample.js';

const decided = (op: number, as: 'ok' | 'failed' | 'retry' | 'skip'): JournalRecord => ({
  t: 'd',
  op,
  as,
  by: 'user',
  at: T,
});
const probed = (op: number): JournalRecord => ({t: 'q', op, l: 0, at: T});
const found = (op: number, st?: number): JournalRecord =>
  ({...decided(op, 'ok'), by: 'probe', ...(st === undefined ? {} : {st})}) as JournalRecord;
const ok = (op: number, n = 1) => outcome(op, T, 'ok', {n, st: 201});
const not = (op: number, n: number, e: string) => outcome(op, T, 'not', {n, e, st: 429});

const NONE = {pending: 0, ok: 0, failed: 0, 'in-doubt': 0, skipped: 0};

function proven(records: readonly JournalRecord[], rows = 3) {
  const proof = openProof(rows);
  for (const record of records) prove(proof, record);
  return proof;
}

describe('prove', () => {
  for (const {name, records, states} of [
    {name: 'a row that was never sent is pending', records: [], states: {pending: 3}},
    {name: 'a row that was answered is ok', records: [intent(1, T), ok(1)], states: {ok: 1, pending: 2}},
    {
      name: 'a refused row is sent again',
      records: [intent(1, T), not(1, 1, 'refused'), intent(1, T, 2), ok(1, 2)],
      states: {ok: 1, pending: 2},
    },
    {
      name: 'what a dead session left is in doubt',
      records: [openedAt(T), intent(1, T), openedAt(T)],
      states: {'in-doubt': 1, pending: 2},
    },
    {
      name: 'a row in doubt is sent again by decision alone',
      records: [intent(1, T), openedAt(T), decided(1, 'retry'), intent(1, T, 2), ok(1, 2)],
      states: {ok: 1, pending: 2},
    },
    {
      name: 'a row that was told 401 fails when others get through',
      records: [intent(1, T), not(1, 1, 'unauthorized'), intent(2, T), ok(2), outcome(1, T, 'failed', {st: 401})],
      states: {ok: 1, failed: 1, pending: 1},
    },
    {
      name: 'a row in doubt of which a probe told is ok',
      records: [intent(1, T), openedAt(T), probed(1), found(1, 200)],
      states: {ok: 1, pending: 2},
    },
    {
      name: 'a row that cannot be sent failed without an attempt',
      records: [outcome(2, T, 'failed', {n: 0, e: 'ROW_INVALID'})],
      states: {failed: 1, pending: 2},
    },
  ] as const)
    it(name, () => {
      const proof = proven(records);
      assert.deepEqual(proof.faults, []);
      assert.deepEqual(tally(proof), {...NONE, ...states});
    });

  for (const {name, records, says} of [
    {
      name: 'a row sent after it was ok',
      records: [intent(1, T), ok(1), intent(1, T, 2)],
      says: 'row 1: attempt 2 was sent while it was ok',
    },
    {
      name: 'a row in doubt that was sent again without a decision',
      records: [intent(1, T), openedAt(T), intent(1, T, 2)],
      says: 'row 1: attempt 2 was sent while it was in-doubt',
    },
    {
      name: 'two attempts of a row at once',
      records: [intent(1, T), intent(1, T, 2)],
      says: 'row 1: attempt 2 was sent before attempt 1 had ended',
    },
    {
      name: 'an answer to nothing',
      records: [ok(1)],
      says: 'row 1: an outcome "ok" of an attempt that was not under way',
    },
    {
      name: 'a row that is ok without an answer',
      records: [intent(1, T), outcome(1, T, 'ok')],
      says: 'row 1: ok without the status of an answer',
    },
    {name: 'a row that is not in the input', records: [intent(4, T)], says: 'row 4: the input has 3 rows'},
    {
      name: 'a decision of a row that is not in doubt',
      records: [intent(1, T), ok(1), decided(1, 'failed')],
      says: 'row 1: decided as failed when it was ok',
    },
    {name: 'a probe of a row that is not in doubt', records: [probed(1)], says: 'row 1: probed when it was pending'},
    {
      name: 'a probe that decides without an answer',
      records: [intent(1, T), openedAt(T), probed(1), found(1)],
      says: 'row 1: ok by a probe without the status of an answer',
    },
    {name: 'an attempt that is missing', records: [intent(1, T, 2)], says: 'row 1: attempt 2 follows attempt 0'},
  ] as const)
    it(`finds ${name}`, () => assert.deepEqual(proven(records).faults, [says]));

  it('tells on what ground rows were sent again', () => {
    const records = [
      ...[intent(1, T), not(1, 1, 'refused'), intent(1, T, 2), not(1, 2, 'backoff'), intent(1, T, 3), ok(1, 3)],
      ...[intent(2, T), outcome(2, T, 'unk'), decided(2, 'retry'), intent(2, T, 2), ok(2, 2)],
    ];
    assert.deepEqual(proven(records).resent, {certain: 1, repeatable: 1, decided: 1});
  });

  it('counts as the run does, whatever happened to the rows', () => {
    const events = fc.array(
      fc.record({
        row: fc.integer({min: 1, max: 5}),
        what: fc.constantFrom('ok', 'failed', 'not', 'unk', 'die', 'decide'),
      }),
      {maxLength: 60},
    );
    fc.assert(
      fc.property(events, (list) => {
        const records = storyOf(list);
        const standing = newStanding(5);
        for (const record of records) fold(standing, record);
        const proof = proven(records, 5);
        const {ok: fine, failed, inDoubt, pending} = counts(standing);
        assert.deepEqual(proof.faults, []);
        assert.deepEqual(tally(proof), {ok: fine, failed, 'in-doubt': inDoubt, pending, skipped: 0});
      }),
    );
  });

  it('lets a row be sent again that was skipped for its key, and no other that was skipped', () => {
    const skipped = (row: number, e: string): JournalRecord => ({t: 'o', op: row, n: 0, k: 'skipped', at: T, e});
    const again = proven([skipped(1, 'KEY_STOPPED'), decided(1, 'retry'), intent(1, T), ok(1)]);
    assert.isEmpty(again.faults);
    assert.deepEqual(proven([skipped(1, 'OTHER'), decided(1, 'retry')]).faults, [
      'row 1: decided as retry when it was skipped',
    ]);
  });

  it('names the first contradictions and counts all', () => {
    const proof = proven(
      Array.from({length: 30}, (_, index) => ok(index + 1)),
      30,
    );
    assert.lengthOf(proof.faults, 10);
    assert.equal(proof.faultCount, 30);
  });
});

/** What a run would have written if this had happened to its rows. */
function storyOf(list: readonly {row: number; what: string}[]): JournalRecord[] {
  const attempts = new Map<number, number>();
  const states = new Map<number, string>();
  const records: JournalRecord[] = [openedAt(T)];
  for (const {row, what} of list) {
    const state = states.get(row) ?? 'not';
    if (what === 'decide') {
      if (state === 'unk') records.push(decided(row, 'retry'));
      if (state === 'unk') states.set(row, 'not');
      continue;
    }
    if (state !== 'not') continue;
    const n = (attempts.get(row) ?? 0) + 1;
    attempts.set(row, n);
    records.push(intent(row, T, n));
    if (what === 'die') records.push(openedAt(T));
    else records.push(outcome(row, T, what as 'ok', {n, st: 200, e: 'refused'}));
    states.set(row, what === 'die' ? 'unk' : what);
  }
  return records;
}

describe('opened', () => {
  it('puts in doubt whatever is under way', () => {
    const proof = proven([intent(1, T), intent(2, T), ok(2)]);
    opened(proof);
    assert.deepEqual(tally(proof), {pending: 1, ok: 1, failed: 0, 'in-doubt': 1, skipped: 0});
  });
});
