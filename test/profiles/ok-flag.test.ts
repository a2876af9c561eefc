import {assert} from 'chai';
import {Problem} from '../../src/problem.js';
import {parseOkFlag} from '../../src/profiles/ok-flag.js';

describe('parseOkFlag', () => {
  it('takes one status, several, and a text that stands in the body', () => {
    assert.deepEqual(parseOkFlag('409'), [{status: ['409']}]);
    assert.deepEqual(parseOkFlag('404, 409'), [{status: ['404', '409']}]);
    assert.deepEqual(parseOkFlag('409: user already exists: id'), [{status: ['409'], body: 'user already exists: id'}]);
  });

  for (const text of ['', '4xx', '409:', '409,', 'ok', '99', '600', '401', '404,429', '401:whatever', '100'])
    it(`refuses ${JSON.stringify(text)}, and shows how it is written`, () => {
      try {
        parseOkFlag(text);
        assert.fail('took it');
      } catch (error) {
        assert.instanceOf(error, Problem);
        assert.include(error, {code: 'OK_INVALID', exit: 2});
        assert.include((error as Problem).suggestions[0], '--ok 409');
      }
    });
});
