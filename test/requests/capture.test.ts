import {assert} from 'chai';
import {type CaptureSpec, compileCaptures, readCaptures} from '../../src/requests/capture.js';
import {assertProblem} from './sample.js';

const read = (spec: CaptureSpec, body: string, headers: Record<string, string> = {}) =>
  readCaptures(compileCaptures(spec), {status: 201, headers, body, bodyLost: false});

describe('a capture', () => {
  for (const [what, expression, value] of [
    ['a member of the body, wherever it lies', '{{ response.body.communities[0].communityId }}', 'c-1'],
    [
      'an object as it is',
      '{{ response.body.communities[0] }}',
      {communityId: 'c-1', size: 3, big: '12345678901234567890'},
    ],
    ['a number', '{{ response.body.communities[0].size }}', 3],
    ['a number that a double cannot hold, as text', '{{ response.body.communities[0].big }}', '12345678901234567890'],
    ['null', '{{ response.body.none }}', null],
    ['the status', '{{ response.status }}', 201],
    ['a header', '{{ response.headers["location"] | split: "/" | last }}', 'c-1'],
    ['text around an expression', 'id:{{ response.body.communities[0].communityId }}', 'id:c-1'],
  ] as const)
    it(`takes ${what}`, () => {
      const body = '{"communities": [{"communityId": "c-1", "size": 3, "big": 12345678901234567890}], "none": null}';
      assert.deepEqual(read({x: expression}, body, {location: '/communities/c-1'}), {
        values: {x: value},
        missing: undefined,
      });
    });

  it('takes a body that is not JSON for text', () => {
    assert.deepEqual(read({x: '{{ response.body | strip }}'}, ' 42b \n').values, {x: '42b'});
  });

  it('is null where the answer has no such thing, which it says, and keeps the others', () => {
    const {values, missing} = read(
      {id: '{{ response.body.users[0].id }}', at: '{{ response.status }}'},
      '{"users": []}',
    );
    assert.deepEqual(values, {id: null, at: 201});
    assert.match(missing ?? '', /^nothing was captured for id: .*response\.body\.users\[0\]\.id.* in the answer$/);
  });

  it('keeps no more of an answer than of its body', () => {
    const {values, missing} = read({all: '{{ response.body }}', at: '{{ response.status }}'}, 'x'.repeat(5000));
    assert.deepEqual(values, {all: null, at: null});
    assert.include(missing, 'longer than 4096 bytes');
  });

  it('is refused with a name that is no column, with a column of the row, and with a tag', () => {
    assertProblem(() => compileCaptures({'a b': '{{ response.body }}'}), 'CAPTURE_INVALID', 78, '"a b"');
    assertProblem(() => compileCaptures({x: '{{ email }}'}), 'CAPTURE_INVALID', 78, 'there is no "email"');
    assertProblem(() => compileCaptures({x: '{% if response %}1{% endif %}'}), 'CAPTURE_INVALID', 78, 'a tag');
  });
});
