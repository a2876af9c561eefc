import {assert} from 'chai';
import {assertProblem, direct, requestOf} from './sample.js';

const place = 'row 88 (users.csv:92)';

describe('the URL of a row', () => {
  for (const [url, baseUrl, expected] of [
    ['/users/1?x=1', 'https://api.example.com', 'https://api.example.com/users/1?x=1'],
    ['/users/1', 'https://api.example.com/', 'https://api.example.com/users/1'],
    ['/users/1', 'https://api.example.com/v1/', 'https://api.example.com/v1/users/1'],
    ['https://api.example.com/v2/users', 'https://api.example.com/v1', 'https://api.example.com/v2/users'],
    ['HTTPS://API.example.com:443/users', 'https://api.example.com', 'https://api.example.com/users'],
    ['/users?next=http://other', 'https://api.example.com', 'https://api.example.com/users?next=http://other'],
    ['/größe', 'https://api.example.com', 'https://api.example.com/gr%C3%B6%C3%9Fe'],
    ['/', 'https://api.example.com/v1', 'https://api.example.com/v1/'],
  ] as const) {
    it(`is put together with the base URL: ${url} on ${baseUrl}`, () => {
      assert.equal(direct(url, {}, {baseUrl}).url, expected);
    });
  }

  for (const url of [
    '',
    'users',
    '//evil/x',
    '/\\evil',
    '\\\\evil',
    '/a/../b',
    '/a/..',
    '/./b',
    '/a/%2e%2E/b',
    '/a/.%2e',
    '/a//b',
    '/a#f',
    '/a b',
    '/a\tb',
    '/a\r\nb',
    '/a%0ab',
    '/a%00',
    'ftp://api.example.com/x',
    'javascript:alert(1)',
    'https:/api.example.com/x',
    'https:api.example.com/x',
    'https://',
    'http:///x',
    'https://api.example.com/a/../b',
    'https://api.example.com//b',
    'https://user:s3cr3t@api.example.com/x',
    'https:/user:s3cr3t@api.example.com/x',
    'https://api.example.com\\@evil/x',
  ]) {
    it(`is refused: ${JSON.stringify(url)}`, () => {
      const problem = assertProblem(() => direct(url), 'URL_INVALID', 65, place);
      assert.include(problem.suggestions[0]!, '--skip-invalid');
      if (url.includes('s3cr3t')) assert.notInclude(problem.message, 's3cr3t');
    });
  }

  for (const url of [
    'https://evil.com/x',
    'http://api.example.com/x',
    'https://api.example.com:8443/x',
    'https://api.example.com.evil.com/x',
    'https://api.example.com@evil.com/x',
    'https://evil.com?https://api.example.com/',
    'https://API.EXAMPLE.ORG/x',
    'http://169.254.169.254/latest',
  ]) {
    it(`leads to the origin of the base URL alone: ${url}`, () => {
      assertProblem(() => direct(url), 'URL_INVALID', 65, place);
    });
  }

  it('may lead to an origin that is allowed, without a credential', () => {
    const request = direct('https://other.example.com/x', {}, {allowedOrigins: ['https://other.example.com']});
    assert.equal(request.url, 'https://other.example.com/x');
    assert.isUndefined(request.credential);
    assert.isUndefined(request.operation);
    assert.equal(direct('/x').credential, 'key');
  });

  it('is at most 8 KiB long', () => {
    assert.lengthOf(direct(`/${'a'.repeat(8192 - 24)}`).url, 8192);
    assertProblem(() => direct(`/${'a'.repeat(8193 - 24)}`), 'URL_INVALID', 65, place, '8193 bytes', '8192');
    assertProblem(() => requestOf({request: 'GET /{{ v }}'}, {v: 'ä'.repeat(2000)}), 'URL_INVALID', 65, 'bytes long');
  });
});
