import {assert} from 'chai';
import {checkEnvironment} from '../../src/requests/environment.js';
import {assertProblem} from './sample.js';

describe('checkEnvironment', () => {
  it('refuses to send secrets where certificates are not checked', () => {
    assertProblem(() => checkEnvironment({NODE_TLS_REJECT_UNAUTHORIZED: '0'}), 'TLS_UNCHECKED', 2);
  });

  for (const [env, notes] of [
    [{}, 0],
    [{NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_DEBUG: 'fs,module', NODE_OPTIONS: '--max-old-space-size=100'}, 0],
    [{NODE_DEBUG: 'fs, HTTP'}, 1],
    [{NODE_DEBUG: '*'}, 1],
    [{NODE_OPTIONS: '--inspect=9229'}, 1],
    [{HTTPS_PROXY: 'http://user:password@proxy.example', http_proxy: ''}, 1],
    [{NODE_DEBUG: 'tls', NODE_OPTIONS: '--require ./x.js'}, 2],
  ] as const) {
    it(`has ${notes} things to say about ${JSON.stringify(env)}`, () => assert.lengthOf(checkEnvironment(env), notes));
  }
});
