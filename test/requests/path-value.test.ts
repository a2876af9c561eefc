import {assert} from 'chai';
import fc from 'fast-check';
import {Problem} from '../../src/problem.js';
import {requestOf} from './sample.js';

const nasty = fc.oneof(
  fc.string({unit: 'binary'}),
  fc.string({
    unit: fc.constantFrom('.', '/', '\\', '%', '2', 'e', 'f', '?', '#', '&', '=', '@', ':', '\t', '\n', ' ', 'ä', ';'),
  }),
);

describe('any value in a URL', () => {
  it('either is refused, or comes back from its place and changes nothing else', () => {
    let sent = 0;
    fc.assert(
      fc.property(nasty, nasty, (id, note) => {
        let url: URL;
        try {
          url = new URL(requestOf({request: 'GET /v1/users/{{ id }}/roles?a=1&note={{ note }}'}, {id, note}).url);
        } catch (error) {
          assert.instanceOf(error, Problem);
          assert.equal((error as Problem).exit, 65);
          return;
        }
        sent += 1;
        assert.equal(url.origin, 'https://api.example.com');
        const [, v1, users, segment, roles, ...rest] = url.pathname.split('/');
        assert.deepEqual(
          [v1, users, decodeURIComponent(segment!), roles, rest.length],
          ['v1', 'users', id, 'roles', 0],
        );
        assert.deepEqual(
          [...url.searchParams],
          [
            ['a', '1'],
            ['note', note],
          ],
        );
      }),
      {numRuns: 2000},
    );
    assert.isAbove(sent, 200);
  });
});
