import {assert} from 'chai';
import type {Intake} from '../../src/schedule/intake.js';
import {doubtNote, notesOf, sequenceNotes} from '../../src/schedule/notes.js';

const intake = {
  alike: undefined,
  unlimited: undefined,
  places: {count: 9, add() {}, at: (row: number) => ({row, line: row + 1, offset: 0, end: 0})},
} as unknown as Intake;
const of = {name: 'bots.csv', profile: 'koreai'};

describe('notesOf', () => {
  it('says nothing where every row falls under a limit', () => {
    assert.deepEqual(notesOf(intake, of), []);
  });

  it('names the first row that no limit speaks of, for nothing would hold such rows back', () => {
    const unlimited = {rows: 12, first: 3, request: 'POST /api/public/unknown'};
    assert.deepEqual(notesOf({...intake, unlimited}, of), [
      '12 rows fall under no limit of profile koreai, so nothing but --concurrency holds them back: POST /api/public/unknown at row 3 (bots.csv:4); add one with --limit',
    ]);
  });
});

describe('sequenceNotes', () => {
  const file = {name: 'ops.csv', places: intake.places};
  const none = {rows: 0, first: []};

  it('names the phases as they will run', () => {
    const phases = [
      {name: 'users', rows: 12},
      {name: '', rows: 1},
    ];
    assert.deepEqual(sequenceNotes({phases, outside: none}, file), [
      '2 phases, one after another: "users" (12 rows), rows without a phase (1 row)',
    ]);
    assert.deepEqual(sequenceNotes({phases: phases.slice(1), outside: none}, file), []);
  });

  it('names rows that would overtake one of their key', () => {
    const outside = {rows: 1, first: [{row: 5, after: 2, by: 'key' as const}]};
    assert.deepEqual(sequenceNotes({phases: [], outside}, file), [
      '1 row stays pending, for a row before it with the same key is not among --rows: row 5 (ops.csv:6) waits for row 2 of its key',
    ]);
  });
});

describe('doubtNote', () => {
  it('names the first rows that wait for one in doubt, and says nothing where none does', () => {
    const file = {name: 'ops.csv', places: intake.places};
    const first = [
      {row: 5, after: 2, by: 'key' as const},
      {row: 6, after: 2, by: 'phase' as const},
    ];
    assert.equal(
      doubtNote({inDoubt: {rows: 9, first}}, file),
      '9 rows stay pending behind rows in doubt: row 5 (ops.csv:6) waits for row 2 of its key, row 6 (ops.csv:7) waits for row 2 of an earlier phase, and 7 more',
    );
    assert.isUndefined(doubtNote({inDoubt: {rows: 0, first: []}}, file));
  });
});
