import {assert} from 'chai';
import {EXIT, Problem} from '../../src/problem.js';
import {openBadGroups} from '../../src/schedule/bad-groups.js';

/** The groups of these messages, row by row. */
function grouped(messages: readonly string[], columns: readonly string[] = ['name', 'email', 'role']) {
  const groups = openBadGroups(columns);
  for (const [index, message] of messages.entries()) {
    const at = {file: 'users.csv', line: index + 2, row: index + 1};
    groups.add(new Problem('ROW_BAD', message, 'Correct it.', {at, exit: EXIT.misfit}));
  }
  return {
    listed: groups.list().map(({rows, first}) => [rows, first.message] as const),
    others: groups.others(),
  };
}

describe('causes of bad rows', () => {
  it('are the same whatever the value is', () => {
    assert.deepEqual(
      grouped(['"role" is "ownr", expected one of owner, admin', '"role" is "", expected one of owner, admin']).listed,
      [[2, 'row 1 (users.csv:2): "role" is "ownr", expected one of owner, admin']],
    );
  });

  it('are the same whatever the number is', () => {
    assert.lengthOf(grouped(['the row has 4 fields, expected 3', 'the row has 17 fields, expected 3']).listed, 1);
  });

  it('differ by the column, also of a file without a header', () => {
    for (const columns of [undefined, []])
      assert.lengthOf(grouped(['"name" is empty', '"email" is empty', 'there is no column "role"'], columns).listed, 3);
  });

  it('are listed by how many rows they have, each with its first row', () => {
    const {listed} = grouped(['"name" is empty', '"email" is empty', '"email" is empty']);
    assert.deepEqual(listed, [
      [2, 'row 2 (users.csv:3): "email" is empty'],
      [1, 'row 1 (users.csv:2): "name" is empty'],
    ]);
  });

  it('are kept up to a thousand, and the rows of the others are counted', () => {
    const letters = (number: number) => [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const {listed, others} = grouped(Array.from({length: 1500}, (_, index) => `fault ${letters(index)}`));
    assert.deepEqual([listed.length, others], [1000, 500]);
  });
});
