import {assert} from 'chai';
import {EXIT, Problem, placeName} from '../src/problem.js';

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
