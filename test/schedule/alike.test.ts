import {assert} from 'chai';
import type {RecordPlace} from '../../src/operations/operation.js';
import type {Request} from '../../src/requests/request.js';
import {alikeNote, openAlike} from '../../src/schedule/alike.js';

const request = (url: string, body?: string) => ({method: 'POST', url, headers: {}, body}) as unknown as Request;

function among(requests: readonly Request[]) {
  const alike = openAlike();
  for (const [index, each] of requests.entries()) alike.add(each, index + 1);
  return alike.found((row) => requests[row - 1]);
}

describe('rows alike', () => {
  it('are none where every request is another', () => {
    assert.isUndefined(among([request('/a'), request('/a', ''), request('/a', 'x'), request('/b')].slice(1)));
    assert.isUndefined(among([]));
  });

  it('are counted, and the first three of them named with the row they repeat', () => {
    const requests = ['a', 'b', 'a', 'a', 'b', 'c', 'b'].map((body) => request('/users', body));
    assert.deepEqual(among(requests)?.rows, 4);
    assert.deepEqual(
      among(requests)?.first.map(({firstRow, row}) => [firstRow, row]),
      [
        [1, 3],
        [1, 4],
        [2, 5],
      ],
    );
  });

  it('are told with their lines', () => {
    const places = {at: (row: number) => ({row, line: row + 1}) as RecordPlace};
    assert.equal(
      alikeNote(among([request('/a'), request('/b'), request('/a')])!, 'users.csv', places),
      '1 row asks for what an earlier row asks for already: row 3 (users.csv:4) as row 1; each is sent',
    );
  });
});
