import {assert} from 'chai';
import {previewOf} from '../../src/requests/preview.js';
import {makeScrub} from '../../src/requests/scrub.js';

describe('previewOf', () => {
  it('shows a request with its secrets masked', () => {
    const wire = {
      method: 'POST',
      url: 'https://a.b/c?token=abc&x=s3cr3t',
      headers: {'x-note': 'hi s3cr3t', cookie: 'a=b', 'content-type': 'application/json'},
      body: '{"password":"p","id":7}',
    };
    assert.deepEqual(previewOf(wire, makeScrub(['s3cr3t']), ['Authorization']), {
      method: 'POST',
      url: 'https://a.b/c?token=***&x=***',
      headers: {'x-note': 'hi ***', cookie: '***', 'content-type': 'application/json', authorization: '***'},
      body: '{"password":"***","id":7}',
    });
  });
});
