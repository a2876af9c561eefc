import {assert} from 'chai';
import {escaped} from '../../src/ui/escaped.js';

describe('escaped', () => {
  it('leaves no markup in a text', () => {
    assert.equal(
      escaped(`</title><script>"a"='b'&amp;`),
      '&lt;/title&gt;&lt;script&gt;&quot;a&quot;=&#39;b&#39;&amp;amp;',
    );
  });

  it('writes out what hides or turns text', () => assert.equal(escaped('a\u202e\u0000\x1b'), 'a\\u202e\\u0000\\u001b'));
});
