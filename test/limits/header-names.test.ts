import {assert} from 'chai';
import {quotaHeadersOf} from '../../src/limits/header-names.js';

describe('the names of quota headers', () => {
  it('are those that a response has', () => {
    const headers = {date: 'x', 'x-ratelimit-limit': '9', 'x-ratelimit-remaining': '8', 'x-ratelimit-reset': '7'};
    assert.deepEqual(quotaHeadersOf(headers), {
      limit: 'x-ratelimit-limit',
      remaining: 'x-ratelimit-remaining',
      reset: 'x-ratelimit-reset',
    });
  });

  it('are none where one header says all', () => {
    assert.isUndefined(quotaHeadersOf({ratelimit: '"default";r=50;t=30', 'ratelimit-policy': '"default";q=100;w=60'}));
  });

  it('are none that every object inherits', () => assert.isUndefined(quotaHeadersOf({})));
});
