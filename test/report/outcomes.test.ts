import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import fc from 'fast-check';
import type {JournalRecord} from '../../src/journal/record.js';
import {attemptsOf, fold, newStanding, settleOpenAttempts, stateOf} from '../../src/journal/states.js';
import {makeOutcomes, type Outcome} from '../../src/report/outcomes.js';
import {Scratch} from '../../src/report/scratch.js';

type Ended = Extract<JournalRecord, {t: 'o'}>;

const begun = (n = 1, at = 10): JournalRecord => ({t: 'i', op: 1, n, l: 0, h: '00000000', at});
const ended = (k: Ended['k'], more: Partial<Ended> = {}): JournalRecord => ({t: 'o', op: 1, n: 1, k, at: 20, ...more});
const decided = (as: 'ok' | 'failed' | 'retry' | 'skip', why?: string): JournalRecord => ({
  t: 'd',
  op: 1,
  as,
  by: 'user',
  at: 30,
  ...(why === undefined ? {} : {why}),
});

const opened: JournalRecord = {t: 'O', at: 25, pid: 1, host: 'here', boot: '', up: 0, v: 'clean', cut: 0, amb: 1};

const OK: Outcome = {
  state: 'ok',
  status: 200,
  attempts: 1,
  at: 20,
  sentAt: null,
  ms: 7,
  error: null,
  note: null,
  response: null,
  captured: null,
  resent: false,
};

describe('makeOutcomes', () => {
  let folder: string;
  let scratch: Scratch;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-outcomes-'));
    scratch = new Scratch(folder);
  });
  after(() => {
    scratch.close();
    rmSync(folder, {recursive: true, force: true});
  });

  for (const {name, records, outcome} of [
    {name: 'a row without a record is pending', records: [], outcome: undefined},
    {name: 'a row that was answered', records: [begun(), ended('ok', {st: 200, ms: 7})], outcome: OK},
    {
      name: 'a refused row is pending again',
      records: [begun(), ended('not', {st: 429, e: 'refused', ra: 99})],
      outcome: undefined,
    },
    {
      name: 'every sending counts, and the last one tells',
      records: [begun(), ended('not', {st: 429, e: 'refused'}), begun(2, 15), ended('ok', {n: 2, st: 200, ms: 7})],
      outcome: {...OK, attempts: 2},
    },
    {
      name: 'a failed row has its sentence and its response',
      records: [begun(), ended('failed', {st: 400, e: 'x', m: 'name is missing', b: '{"a":1}'})],
      outcome: {...OK, state: 'failed', status: 400, ms: null, error: 'name is missing', response: '{"a":1}'},
    },
    {
      name: 'without a sentence the word has to do',
      records: [begun(), ended('unk', {e: 'ECONNRESET'})],
      outcome: {...OK, state: 'in-doubt', status: null, ms: null, error: 'ECONNRESET'},
    },
    {
      name: 'a row left out was never sent',
      records: [ended('failed', {n: 0, e: 'ROW_INVALID', m: 'no body'})],
      outcome: {...OK, state: 'failed', status: null, attempts: 0, ms: null, error: 'no body'},
    },
    {name: 'an attempt without an outcome is in flight', records: [begun()], outcome: undefined},
    {
      name: 'and in doubt as soon as another session opens',
      records: [begun(), opened],
      outcome: {
        ...OK,
        state: 'in-doubt',
        status: null,
        at: 10,
        sentAt: 10,
        ms: null,
        error: 'the run was killed or cut off while it was under way',
      },
    },
    {
      name: 'a doubt that a person settled as ok has no error any more',
      records: [begun(), ended('unk', {e: 'ECONNRESET', ms: 7}), decided('ok')],
      outcome: {...OK, status: null, at: 30},
    },
    {
      name: 'a doubt that a person settled as failed keeps its reason',
      records: [begun(), ended('unk', {e: 'ECONNRESET', ms: 7}), decided('failed')],
      outcome: {...OK, state: 'failed', status: null, at: 30, error: 'ECONNRESET'},
    },
    {
      name: 'or gets the reason of the decision',
      records: [begun(), ended('unk', {e: 'ECONNRESET', ms: 7}), decided('skip', 'not needed')],
      outcome: {...OK, state: 'skipped', status: null, at: 30, error: 'not needed'},
    },
    {
      name: 'a failed row that is to be sent again is pending',
      records: [begun(), ended('failed', {st: 400, m: 'no'}), decided('retry')],
      outcome: undefined,
    },
    {
      name: 'and when it succeeds nothing is left of its failure',
      records: [
        begun(),
        ended('failed', {st: 400, m: 'no', b: 'no'}),
        decided('retry'),
        begun(2),
        ended('ok', {n: 2, st: 200, ms: 7}),
      ],
      outcome: {...OK, attempts: 2},
    },
  ] satisfies {name: string; records: JournalRecord[]; outcome: Outcome | undefined}[])
    it(name, () => {
      const outcomes = makeOutcomes(1, scratch);
      for (const record of records) outcomes.note(record);
      assert.deepEqual(outcomes.at(1), outcome);
    });

  it('agrees with the count of the journal, whatever is recorded', () => {
    const row = fc.integer({min: 1, max: 3});
    const record: fc.Arbitrary<JournalRecord> = fc.oneof(
      fc.record({
        t: fc.constant('i' as const),
        op: row,
        n: fc.constant(1),
        l: fc.constant(0),
        h: fc.constant('00000000'),
        at: fc.constant(1),
      }),
      fc.record({
        t: fc.constant('o' as const),
        op: row,
        n: fc.constant(1),
        k: fc.constantFrom('ok' as const, 'failed' as const, 'not' as const, 'unk' as const, 'skipped' as const),
        at: fc.constant(1),
      }),
      fc.record({
        t: fc.constant('d' as const),
        op: row,
        as: fc.constantFrom('ok' as const, 'failed' as const, 'retry' as const, 'skip' as const),
        by: fc.constant('user' as const),
        at: fc.constant(1),
      }),
      fc.constant(opened),
    );
    fc.assert(
      fc.property(fc.array(record), fc.boolean(), (records, dead) => {
        const outcomes = makeOutcomes(3, scratch);
        const standing = newStanding(3);
        for (const one of records) {
          outcomes.note(one);
          fold(standing, one);
        }
        if (dead) {
          outcomes.settleOpen();
          settleOpenAttempts(standing);
        }
        for (const op of [1, 2, 3]) {
          assert.equal(outcomes.at(op)?.state ?? 'pending', stateOf(standing, op));
          assert.equal(outcomes.at(op)?.attempts ?? attemptsOf(standing, op), attemptsOf(standing, op));
        }
      }),
    );
  });
});
