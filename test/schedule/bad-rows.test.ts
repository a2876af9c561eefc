import {assert} from 'chai';
import {EXIT, Problem} from '../../src/problem.js';
import {openBadRows} from '../../src/schedule/bad-rows.js';
import {assertProblem} from '../requests/sample.js';

const place = (row: number) => ({file: 'users.csv', row, line: row + 1, offset: 0, end: 1});
const problem = (row: number) =>
  new Problem('ROW_BAD', `row ${row} is bad`, 'Correct it.', {
    at: {file: 'users.csv', line: row + 1},
    exit: EXIT.misfit,
  });

/** A list with these rows in it; the last of them is fatal where that is said. */
function listOf(rows: readonly number[], fatal = false) {
  const bad = openBadRows('users.csv');
  for (const row of rows) bad.add(place(row), problem(row), fatal && row === rows.at(-1));
  return bad;
}

describe('bad rows', () => {
  it('refuse nothing where there are none, or where they may be left out', () => {
    listOf([]).refuseUnless(false);
    listOf([3, 5]).refuseUnless(true);
  });

  it('are refused with the problem of the one that is there', () => {
    const thrown = assertProblem(() => listOf([3]).refuseUnless(false), 'ROW_BAD', 65, 'users.csv:4');
    assert.equal(thrown.message, problem(3).message);
  });

  it('are counted by their causes, each with the first of its rows', () => {
    const bad = listOf([1, 2, 3, 4, 5, 6, 7]);
    const thrown = assertProblem(() => bad.refuseUnless(false), 'ROWS_INVALID', 65, '7 rows of users.csv');
    assert.include(thrown.message, '7 rows: row 1 is bad; first at users.csv:2');
    assert.notInclude(thrown.message, 'more');
  });

  it('are named, the five causes of most rows', () => {
    const bad = openBadRows('users.csv');
    for (const [index, cause] of [...'aabcdefgg'].entries())
      bad.add(place(index + 1), new Problem('ROW_BAD', `${cause} is bad`, 'Correct it.', {exit: EXIT.misfit}), false);
    const thrown = assertProblem(
      () => bad.refuseUnless(false),
      'ROWS_INVALID',
      65,
      '2 rows: g is bad',
      'and 2 more rows',
    );
    assert.notInclude(thrown.message, 'f is bad');
  });

  it('cannot be left out where nothing behind them could be read', () => {
    const bad = listOf([2, 9], true);
    assert.isFalse(bad.mayBeLeftOut(true));
    assertProblem(() => bad.refuseUnless(true), 'ROW_BAD', 65, 'row 9 is bad');
  });

  it('list each row with what is wrong with it', () => {
    const listed = [...listOf([2, 9]).listed()];
    assert.deepEqual(
      listed.map(({row, message}) => [row, message.includes(`row ${row} is bad`)]),
      [
        [2, true],
        [9, true],
      ],
    );
  });
});
