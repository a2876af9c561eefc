import {assert} from 'chai';
import fc from 'fast-check';
import {locate} from '../../src/requests/location.js';
import {decodeOnce, encodeSegment} from '../../src/requests/path-value.js';
import {isPlainPath, isPlainSegment, partsOf} from '../../src/requests/plain-path.js';
import '../support/seed.js';

const BASES = [
  'https://api.example.com',
  'https://api.example.com/v1/',
  'HTTPS://API.Example.com:443/a%20b',
  'http://127.0.0.1:8080//',
];
/** What paths are made of, and what they must not be. */
const path = fc
  .array(
    fc.constantFrom(
      'a',
      'Z',
      '9',
      '.',
      '..',
      '/',
      '~',
      '-',
      '_',
      '%40',
      '%2e',
      '%2E',
      '%2F',
      '%20',
      '%0a',
      '%C2%80',
      'é',
      '?',
      ':',
      '@',
      '%',
      '//',
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => `/${parts.join('')}`);

describe('a plain path', () => {
  for (const text of ['/users', '/users/u-1', '/a.b/c~d_e', '/users/ann%40example.com', '/v3/x.json'])
    it(`is ${text}`, () => assert.isTrue(isPlainPath(text)));

  for (const text of [
    '',
    '/',
    'a',
    '/a/',
    '//a',
    '/a//b',
    '/.',
    '/..',
    '/a/../b',
    '/.a',
    '/%2e%2e',
    '/a?b',
    '/a#b',
    '/a b',
    '/%20.',
    '/%2F',
    '/é',
    '/a\n',
    '/a\\b',
    '/%C2%80',
  ])
    it(`is not ${JSON.stringify(text)}`, () => assert.isFalse(isPlainPath(text)));

  it('is what a URL parser leaves as it is, in front of which a base URL stands', () => {
    fc.assert(
      fc.property(path, fc.constantFrom(...BASES), (text, baseUrl) => {
        if (!isPlainPath(text)) return;
        const parsed = new URL(baseUrl.replace(/\/+$/, '') + text);
        assert.isTrue(parsed.href.endsWith(text));
        assert.equal(partsOf(text), text.split('/').length);
        for (const segment of text.split('/')) assert.notInclude(['.', '..'], decodeOnce(segment).trim());
        assert.deepEqual(locate(text, baseUrl, []), {url: parsed.href, path: text, own: true});
      }),
      {numRuns: 2000},
    );
  });

  it('leads where every other path leads, or none does', () => {
    fc.assert(
      fc.property(path, fc.constantFrom(...BASES), (text, baseUrl) => {
        // A query that says nothing takes the way through the parser.
        const located = (written: string) => {
          try {
            return locate(written, baseUrl, []).url;
          } catch (error) {
            return (error as Error).constructor.name;
          }
        };
        if (text.includes('?')) return;
        assert.equal(located(text), located(`${text}?`).replace(/\?$/, ''));
      }),
      {numRuns: 2000},
    );
  });
});

describe('a plain segment', () => {
  it('is its own encoding', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 8}), (text) => {
        if (!isPlainSegment(text)) return;
        assert.equal(encodeSegment(text), encodeURIComponent(text));
      }),
    );
  });

  for (const text of ['', '.', '..', '.a', ' a', 'a/b', '%41', 'a\u0000'])
    it(`is not ${JSON.stringify(text)}`, () => assert.isFalse(isPlainSegment(text)));
});
