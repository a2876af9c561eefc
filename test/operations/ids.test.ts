import {assert} from 'chai';
import fc from 'fast-check';
import {duplicateProblem, makeIds} from '../../src/operations/ids.js';
import {openRowFile} from '../../src/operations/read.js';
import {FIXTURES, readAll} from './reading.js';

function duplicatesOf(ids: readonly string[], max = 100, hash?: (id: string) => number) {
  const all = makeIds(hash);
  ids.forEach((id, index) => void all.add(id, index + 1));
  return all.duplicates((row) => ids[row - 1]!, max);
}

describe('Ids', () => {
  it('finds each id that a row had before, with both rows', () => {
    assert.deepEqual(duplicatesOf(['a', 'b', 'a', 'c', 'b', 'a']), [
      {id: 'a', firstRow: 1, row: 3},
      {id: 'b', firstRow: 2, row: 5},
      {id: 'a', firstRow: 1, row: 6},
    ]);
  });

  it('never takes two ids for one because their hashes are equal', () => {
    assert.deepEqual(
      duplicatesOf(['a', 'b', 'c', 'b'], 9, () => 1),
      [{id: 'b', firstRow: 2, row: 4}],
    );
  });

  // An id that is the number of its row was not kept, so that nobody found it again.
  it('finds an id that is the number of another row', () => {
    assert.deepEqual(duplicatesOf(['1', '2', '1', 'x', '6', '6']), [
      {id: '1', firstRow: 1, row: 3},
      {id: '6', firstRow: 5, row: 6},
    ]);
    assert.isEmpty(duplicatesOf(['2', '3', '1', '99', '01']));
  });

  it('finds what a search in all earlier ids finds', () => {
    const ids = fc.array(fc.string({maxLength: 2, unit: fc.constantFrom('a', 'b', 'é', '1', '2')}), {maxLength: 60});
    fc.assert(
      fc.property(ids, (list) => {
        const expected = list.flatMap((id, index) => (list.indexOf(id) < index ? [index + 1] : []));
        assert.deepEqual(
          duplicatesOf(list).map(({row}) => row),
          expected,
        );
      }),
      {seed: 3},
    );
  });

  it('finds one duplicate among 200,000, and stops at the number asked for', () => {
    const ids = Array.from({length: 200_000}, (_, i) => `user-${i}`);
    assert.deepEqual(duplicatesOf(ids), []);
    ids[199_999] = 'user-5';
    assert.deepEqual(duplicatesOf(ids), [{id: 'user-5', firstRow: 6, row: 200_000}]);
    assert.lengthOf(
      duplicatesOf(
        ids.map(() => 'same'),
        3,
      ),
      3,
    );
  });

  it('names both rows of a duplicate in an input', async () => {
    const {input, rows} = await readAll(`${FIXTURES}/operation-duplicate-id.csv`);
    const file = openRowFile(input);
    const ids = makeIds();
    for (const row of rows) ids.add(String('values' in row && row.values!.id), row.place.row);
    const found = ids.duplicates((row) => String(file.at(rows[row - 1]!.place).values.id), 10);
    file.close();
    const problem = duplicateProblem(found, input, (row) => rows[row - 1]!.place);
    assert.equal(
      problem.message,
      `row 3 (${input.name}:4): the id "a" is that of row 1 (${input.name}:2) already, expected another`,
    );
    assert.equal(problem.exit, 65);
    const more = duplicateProblem([...found, ...found], input, (row) => rows[row - 1]!.place, 1204);
    assert.include(more.message, 'expected another; also rows 1 and 3, and 1202 more');
  });

  it('counts the rows whose id an earlier row has', () => {
    const ids = makeIds();
    for (const [index, id] of ['a', 'b', 'a', 'a', 'b', 'c'].entries()) ids.add(id, index + 1);
    assert.equal(ids.repeats(), 3);
    assert.equal(makeIds().repeats(), 0);
  });
});
