import {assert} from 'chai';
import {Causes} from '../../src/report/causes.js';
import type {Outcome} from '../../src/report/outcomes.js';

const AT = {attempts: 1, at: 0, sentAt: null, ms: 1, response: null, captured: null, resent: false};
const failed = (status: number, error: string): Outcome => ({...AT, state: 'failed', status, error, note: null});
const ok = (status: number, note: string | null): Outcome => ({...AT, state: 'ok', status, error: null, note});

function listed(...outcomes: Outcome[]) {
  const causes = new Causes('users.csv');
  for (const [index, outcome] of outcomes.entries()) causes.note(index + 2, outcome);
  return causes.list().map(({state, status, says, rows, first}) => [state, status, says, rows, first.line]);
}

describe('Causes', () => {
  it('counts rows that failed alike, the most frequent first, and names the first line', () => {
    const outcomes = [failed(400, 'no name'), failed(409, 'exists'), ok(200, null), failed(409, 'exists')];
    assert.deepEqual(listed(...outcomes), [
      ['failed', 409, 'exists', 2, 3],
      ['failed', 400, 'no name', 1, 2],
    ]);
  });

  it('takes names and numbers in an explanation for what differs from row to row', () => {
    const texts = [
      'user "Ann" exists in room 7',
      'user "Bob" exists in room 12',
      'ann@a.example is banned',
      'b@b.example is banned',
    ];
    assert.deepEqual(listed(...texts.map((text) => failed(409, text))), [
      ['failed', 409, 'user … exists in room …', 2, 2],
      ['failed', 409, '… is banned', 2, 4],
    ]);
  });

  it('keeps the words of an explanation that all rows share', () => {
    assert.deepEqual(listed(failed(422, 'at most 50'), failed(422, 'at most 50')), [
      ['failed', 422, 'at most 50', 2, 2],
    ]);
  });

  it('tells apart by status and state, and lists what is ok for a reason last', () => {
    const outcomes = [ok(409, 'already there'), failed(409, 'exists'), failed(410, 'exists')];
    assert.deepEqual(listed(...outcomes), [
      ['failed', 409, 'exists', 1, 3],
      ['failed', 410, 'exists', 1, 4],
      ['ok', 409, 'already there', 1, 2],
    ]);
  });

  it('stays small when every row fails in words of its own', () => {
    const word = (index: number) => [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const found = listed(...Array.from({length: 1000}, (_, index) => failed(400, word(index))));
    assert.lengthOf(found, 201);
    assert.deepEqual(found[0], ['failed', 400, '…', 800, 202]);
  });
});
