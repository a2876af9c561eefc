import {assert} from 'chai';
import {parseCount, parseKeys, sumCounts} from '../../src/ui/count-words.js';
import {assertProblem} from '../requests/sample.js';

describe('parseCount', () => {
  for (const [text, name, requests] of [
    ['AddActivity=1e9', 'AddActivity', 1e9],
    ['AddActivity=1_000_000', 'AddActivity', 1e6],
    ['AddActivity=2.5e6', 'AddActivity', 2.5e6],
    ['POST /users?a=b=17', 'POST /users?a=b', 17],
  ] as const)
    it(`reads ${text}`, () => assert.deepEqual(parseCount(text), {name, requests}));

  for (const text of [
    'AddActivity',
    'AddActivity=',
    '=5',
    'a=0',
    'a=1.5',
    'a=-1',
    'a=1e10',
    'a=1e99',
    'a=1__0',
    'a=five',
    'a=0x10',
  ])
    it(`refuses ${text}`, () => assertProblem(() => parseCount(text), 'COUNT_INVALID', 2, '--count'));
});

describe('parseKeys', () => {
  it('reads a key and how many values it has', () => assert.deepEqual(parseKeys('user=5_000'), ['user', 5000]));
  it('refuses what is no number', () => assertProblem(() => parseKeys('user=@column'), 'COUNT_INVALID', 2, '--keys'));
});

describe('sumCounts', () => {
  it('adds up what is counted twice', () => {
    assert.deepEqual(sumCounts([parseCount('a=1'), parseCount('b=2'), parseCount('a=3')]), [
      {name: 'a', requests: 4},
      {name: 'b', requests: 2},
    ]);
  });

  it('refuses more than can be counted', () => {
    assertProblem(() => sumCounts([parseCount('a=3e9'), parseCount('b=3e9')]), 'COUNT_INVALID', 2, '6000000000');
  });
});
