import {assert} from 'chai';
import {EXIT, Problem, placeName, withFix} from '../src/problem.js';

describe('placeName', () => {
  for (const {place, name} of [
    {place: {file: 'users.csv', line: 92, row: 88}, name: 'row 88 (users.csv:92)'},
    {place: {file: 'users.csv', line: 3}, name: 'users.csv:3'},
    {place: {file: 'users.csv'}, name: 'users.csv'},
    {place: {file: '<stdin>', row: 2}, name: 'row 2 (<stdin>)'},
  ])
    it(name, () => assert.equal(placeName(place), name));
});

describe('Problem', () => {
  it('is printed by oclif as it stands: place, code, fix and exit code', () => {
    const at = {file: 'users.csv', line: 3};
    const problem = new Problem('ROW_MISFIT', 'expected 2 columns, found 1', 'Correct line 3.', {
      at,
      exit: EXIT.misfit,
    });
    assert.equal(problem.message, 'users.csv:3: expected 2 columns, found 1');
    assert.deepInclude(problem, {code: 'ROW_MISFIT', suggestions: ['Correct line 3.'], oclif: {exit: 65}});
  });
});

describe('withFix', () => {
  for (const at of [{file: 'users.csv', line: 3}, {file: 'a: b.csv', line: 4, row: 3}, undefined])
    it(`changes the way on alone, ${at ? 'with a place' : 'without a place'}`, () => {
      const place = at && {at};
      const was = new Problem('ROW_MISFIT', 'expected: 2', 'Correct it.', {...place, exit: EXIT.misfit});
      const is = withFix(was, 'Take it out.');
      assert.deepEqual([is.message, is.code, is.exit, is.at], [was.message, was.code, was.exit, was.at]);
      assert.deepEqual(is.suggestions, ['Take it out.']);
    });
});
