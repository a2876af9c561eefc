import {assert} from 'chai';
import type {Intake} from '../../src/schedule/intake.js';
import {notesOf} from '../../src/schedule/notes.js';

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
