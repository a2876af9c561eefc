import {assert} from 'chai';
import fc from 'fast-check';
import {makeScrub} from '../../src/requests/scrub.js';

describe('scrub', () => {
  const secret = 'p@ss/w"örd+ 1&x';
  const scrub = makeScrub([secret, 'abc']);

  for (const [name, form] of [
    ['as it is', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded in lower case', encodeURIComponent(secret).toLowerCase()],
    ['URL-encoded with plus signs', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
    ['as JSON escapes it', JSON.stringify(secret).slice(1, -1)],
    ['as JSON of PHP escapes it', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
  ] as const) {
    it(`masks a secret ${name}`, () => assert.equal(scrub(`<${form}> again <${form}>`), '<***> again <***>'));
  }

  it('masks a secret inside longer base64, wherever it begins', () => {
    for (const user of ['', 'u', 'us', 'use', 'user']) {
      const encoded = Buffer.from(`${user}:my-long-secret-value:x`).toString('base64');
      const masked = makeScrub(['my-long-secret-value'])(encoded);
      assert.include(masked, '***');
      assert.notInclude(Buffer.from(masked.replaceAll('*', ''), 'base64').toString('latin1'), 'long-secret');
    }
  });

  it('leaves secrets of fewer than four characters alone', () => assert.equal(scrub('abc'), 'abc'));

  it('masks the longer of two secrets whole', () => {
    assert.equal(makeScrub(['token-1', 'token-1-and-more'])('token-1-and-more token-1'), '*** ***');
  });

  it('takes no secret for a pattern', () => {
    assert.equal(makeScrub(['a.c*e$'])('a.c*e$ abcde'), '*** abcde');
    assert.equal(makeScrub(['$&$1'])('x$&$1y'), 'x***y');
  });

  for (const [text, masked] of [
    ['{"token":"abc def","id":1}', '{"token":"***","id":1}'],
    ['{"accessToken": "a\\"b", "x": 1}', '{"accessToken": "***", "x": 1}'],
    ['{"refresh_token":"a","Password":"b"}', '{"refresh_token":"***","Password":"***"}'],
    ['{"secret": 12345}', '{"secret": "***"}'],
    ['{"token":"cut in the midd', '{"token":"***"'],
    ['{"m":"{\\"token\\":\\"abc\\"}"}', '{"m":"{\\"token\\":\\"***\\"}"}'],
    ['GET /x?token=abc&a=1', 'GET /x?token=***&a=1'],
    ['api_key=abc; next', 'api_key=***; next'],
    ['Authorization: Bearer abc.def', 'Authorization: ***'],
    ['set-cookie: a=b; c=d\nx-other: 1', 'set-cookie: ***\nx-other: 1'],
    ['X-API-Key:abc', 'X-API-Key:***'],
    ['sent Bearer abcdefgh1jkl to', 'sent Bearer *** to'],
    ['Basic authentication is needed', 'Basic authentication is needed'],
    ['invalid token given', 'invalid token given'],
    ['{"tokens": 5, "tokenCount": "7"}', '{"tokens": 5, "tokenCount": "7"}'],
    ['mytoken=abc', 'mytoken=abc'],
    ['{"authorization":true}', '{"authorization":true}'],
  ] as const) {
    it(`knows names that hold secrets: ${text}`, () => assert.equal(makeScrub([])(text), masked));
  }

  it('lets no secret through, wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({minLength: 6, unit: 'grapheme'}), fc.string(), fc.string(), (hidden, before, after) => {
        fc.pre(
          !before.includes('*') && !after.includes('*') && !hidden.includes('*') && !(before + after).includes(hidden),
        );
        assert.notInclude(makeScrub([hidden])(before + hidden + after), hidden);
      }),
    );
  });

  it('is quick on long text', () => {
    // A pattern that runs back over what it has read would take minutes here, and the test its time limit.
    for (const piece of ['"token":', '\\"token\\":\\"', 'token=', 'authorization:', 'Bearer ', '"', '\\', ' '])
      scrub(piece.repeat(20_000));
    assert.equal(scrub(`{"token":"${'x'.repeat(5_000_000)}"}`), '{"token":"***"}');
  });
});
