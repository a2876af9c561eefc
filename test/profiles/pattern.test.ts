import {assert} from 'chai';
import {baseUrlFault} from '../../src/profiles/base-url.js';
import {nearest} from '../../src/profiles/nearest.js';
import {patternFault} from '../../src/profiles/pattern.js';

describe('patternFault', () => {
  for (const pattern of [
    '^st-',
    '^/api/public/(?:bot|stream|streams)/(st-[^/?]+)',
    '^/api/[^/]+/public/(?:builder/)?bot/(st-[^/?]+)',
    '/testsuite/(?:[^/]+)/([^/]+)/status$',
    '/mlimport/status/([^/?]+)',
    '^/v\\d{1,3}/users/(\\d{4})$',
    '/(a|b)?/x',
  ]) {
    it(`lets ${pattern} pass`, () => assert.isUndefined(patternFault(pattern)));
  }

  for (const [pattern, why] of [
    ['(a+)+$', 'a repetition is repeated'],
    ['([a-z]+-?)*', 'a repetition is repeated'],
    ['(?:(?:a?){2,30}){2,30}b', 'a repetition is repeated'],
    ['(a?b?)+c', 'a repetition is repeated'],
    ['(a|aa)+$', 'alternatives are repeated'],
    ['(a|b)*', 'alternatives are repeated'],
    ['(.)\\1', 'it refers back to a group'],
    ['^.*.*.*x', 'it has 3 repetitions that run over the whole path, expected at most 2'],
    ['.*.*x', 'it has 2 repetitions that run over the whole path, expected at most 1'],
    ['^a.*|b.*c', 'it has 2 repetitions that run over the whole path, expected at most 1'],
    ['[^/]*[^/]*[^/]*[^/]*[^/]*x', 'it has 5 repetitions, expected at most 4'],
    ['a'.repeat(201), 'is 201 characters long, expected at most 200'],
    ['[', 'which does not compile'],
  ] as const) {
    it(`refuses ${pattern.slice(0, 40)}`, () => assert.include(patternFault(pattern), why));
  }
});

describe('baseUrlFault', () => {
  for (const url of [
    'https://api.example.com',
    'https://api.example.com/v1/',
    'https://api.example.com:8443/a..b',
    'http://localhost:3000',
    'http://127.0.0.1:8080/v1',
    'http://[::1]:8080',
  ]) {
    it(`lets ${url} pass`, () => assert.isUndefined(baseUrlFault(url)));
  }

  for (const url of [
    '',
    'api.example.com',
    'ftp://api.example.com',
    'https:api.example.com',
    'https:///api.example.com',
    'http://api.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'https://user@api.example.com',
    'https://api.example.com/v1?x=1',
    'https://api.example.com/#top',
    'https://api.example.com/v1/../v2',
    'https://api.example.com/v1/..',
    'https://api.example.com/%2e%2E/v2',
    'https://api.example.com\\evil',
    'https://api.example.com/ v1',
    'https://api.example.com\n',
  ]) {
    it(`refuses ${JSON.stringify(url)}`, () => assert.isString(baseUrlFault(url)));
  }
});

describe('nearest', () => {
  for (const [name, found] of [
    ['limts', 'limits'],
    ['Limits', 'limits'],
    ['baseURL', 'baseUrl'],
    ['nmae', 'name'],
    ['zzz', undefined],
    ['', undefined],
    ['x'.repeat(5000), undefined],
  ] as const) {
    it(`takes ${name.slice(0, 10)} for ${found}`, () => {
      assert.equal(nearest(name, ['name', 'limits', 'baseUrl', 'headers']), found);
    });
  }
});
