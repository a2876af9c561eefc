import {assert} from 'chai';
import type {Quota} from '../../src/limits/quota.js';
import {candidates, type Described, spokenOf} from '../../src/limits/spoken-of.js';

const NOW = Date.UTC(2026, 7, 21, 12, 0, 0);
const inSeconds = (seconds: number) => NOW + seconds * 1000;
const window = (requests: number, seconds: number, more: object = {}) => ({
  requests,
  seconds,
  kind: 'rolling' as const,
  ...more,
});
const LIMITS = [
  {name: 'minute', windows: [window(300, 60), window(10, 1)]},
  {name: 'hour', windows: [window(1800, 3600)]},
  {name: 'shared', windows: [window(80, 5, {share: 0.8})]},
  {name: 'tokens', windows: [window(10, 1, {kind: 'bucket', burst: 100})]},
];

/** The window that is found among those of these limits, as `name/seconds`. */
function found(names: readonly string[], quota: Quota, described: Described = {}): string | undefined {
  const refs = LIMITS.flatMap(({name}, limit) => (names.includes(name) ? [{limit, id: limit, label: name}] : []));
  const window = spokenOf(quota, candidates(LIMITS, refs), described, NOW);
  return window && `${window.name}/${window.seconds}`;
}

describe('spokenOf', () => {
  const TABLE: readonly [title: string, limits: readonly string[], Quota, string | undefined, Described?][] = [
    ['the only window there is', ['hour'], {limit: 900}, 'hour/3600'],
    ['the window of the length that is told', ['minute', 'hour'], {limit: 9, windowSeconds: 60}, 'minute/60'],
    ['none, where no window has that length', ['minute', 'hour'], {limit: 9, windowSeconds: 86_400}, undefined],
    ['the limit of its name', ['minute', 'hour'], {remaining: 0, name: 'Hour'}, 'hour/3600'],
    ['its name before what the profile says', ['minute', 'hour'], {name: 'hour'}, 'hour/3600', {limits: ['minute']}],
    ['what the profile says', ['minute', 'hour'], {remaining: 3}, 'minute/60', {limits: ['minute'], seconds: 60}],
    ['none of two', ['minute'], {remaining: 0}, undefined],
    ['of two the one of that figure', ['minute', 'hour'], {limit: 1800}, 'hour/3600'],
    ['of two the one whose share that figure makes', ['shared', 'hour'], {limit: 100}, 'shared/5'],
    [
      'the wider one by a reset that the narrower cannot have',
      ['minute', 'hour'],
      {resetAt: inSeconds(90)},
      'hour/3600',
    ],
    ['none by a reset that no window can have', ['minute'], {limit: 300, resetAt: inSeconds(90)}, undefined],
    ['a reset that is late by its rounding', ['shared'], {limit: 100, resetAt: inSeconds(6)}, 'shared/5'],
    ['of a bucket and a window the bucket that holds so many', ['tokens', 'hour'], {limit: 100}, 'tokens/1'],
    ['a bucket that takes longer to fill than its seconds', ['tokens'], {resetAt: inSeconds(10)}, 'tokens/1'],
    ['no window by a slice of it', ['hour'], {limit: 30, resetAt: inSeconds(50)}, undefined],
    ['no window by a slice of it without a reset', ['hour'], {limit: 5}, undefined],
    ['no window by a slice of what is shared', ['shared'], {limit: 20}, undefined],
    [
      'a window cut down to what could be a slice, by its reset',
      ['hour'],
      {limit: 30, resetAt: inSeconds(500)},
      'hour/3600',
    ],
    ['a slice, where the profile says that it is the window', ['hour'], {limit: 30}, 'hour/3600', {seconds: 3600}],
  ];
  for (const [title, limits, quota, window, described] of TABLE)
    it(`finds ${title}`, () => assert.equal(found(limits, quota, described), window));
});
