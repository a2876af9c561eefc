import {assert} from 'chai';
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
