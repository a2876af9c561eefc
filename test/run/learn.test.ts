import {assert} from 'chai';
import {giveBack, openLedger, roomIn, take} from '../../src/limits/ledger.js';
import type {BucketRef} from '../../src/limits/limit.js';
import type {HeaderRule} from '../../src/profiles/profile.js';
import {learn} from '../../src/run/learn.js';

const NOW = Date.UTC(2026, 7, 21, 12, 0, 0);
const SPAN = {startedAt: NOW - 100, now: NOW};
const HEADERS: HeaderRule = {
  limit: 'x-limit',
  remaining: 'x-left',
  reset: 'x-reset',
  format: 'seconds',
  trust: 'down',
};
const LIMITS = [
  {name: 'network', windows: [{requests: 100, seconds: 5, kind: 'fixed' as const}]},
  {
    name: 'bot',
    windows: [
      {requests: 60, seconds: 60, kind: 'fixed' as const},
      {requests: 1800, seconds: 3600, kind: 'fixed' as const},
    ],
  },
  {name: 'table', windows: [{requests: 30, seconds: 60, kind: 'fixed' as const}]},
];
const REFS: readonly BucketRef[] = LIMITS.map(({name}, limit) => ({limit, id: limit + 1, label: name}));

/** What a response teaches, and to which windows: `name/seconds` with the limit in force afterwards, where that changed. */
function taught(headers: Record<string, string>, rule: Partial<HeaderRule> = {}, refs = REFS) {
  const ledger = openLedger(LIMITS, 10);
  take(ledger, refs, SPAN.startedAt);
  const lesson = learn(
    {status: 200, headers, body: '', bodyLost: false},
    refs,
    {limits: LIMITS, rule: {...HEADERS, ...rule}, clock: undefined},
    SPAN,
  );
  giveBack(ledger, refs, NOW, {kind: 'answered', resetAt: lesson.resetAt});
  const learned = lesson.apply(ledger, refs, SPAN);
  return {
    lesson,
    ledger,
    learned: learned.map(({label, seconds, was, requests}) => `${label}/${seconds}: ${was} -> ${requests}`),
    waitMs: (limit: number) => roomIn(ledger, [limit + 1], NOW).at - NOW,
  };
}

describe('learn', () => {
  const TABLE: readonly {
    name: string;
    headers: Record<string, string>;
    rule?: Partial<HeaderRule>;
    refs?: readonly BucketRef[];
    learned: readonly string[];
  }[] = [
    {
      name: 'finds the window by the name and the length that the profile gives',
      headers: {'x-limit': '50'},
      rule: {describes: {limits: ['bot'], seconds: 60}},
      learned: ['bot/60: 60 -> 50'],
    },
    {
      name: 'finds it by the length that the headers give',
      headers: {'ratelimit-policy': '"h";q=900;w=3600', ratelimit: '"h";r=10;t=50'},
      learned: ['bot/3600: 1800 -> 900'],
    },
    {
      name: 'finds it where there is only one',
      headers: {'x-limit': '50'},
      refs: [REFS[0]!],
      learned: ['network/5: 100 -> 50'],
    },
    {
      name: 'tells two of one length apart by their figure',
      headers: {'x-limit': '30', 'x-left': '0', 'x-reset': '9'},
      rule: {describes: {seconds: 60}},
      learned: [],
    },
    {
      name: 'touches none where two could be meant',
      headers: {'x-limit': '7'},
      rule: {describes: {seconds: 60}},
      learned: [],
    },
    {name: 'does not raise a limit', headers: {'x-limit': '500'}, refs: [REFS[0]!], learned: []},
    {
      name: 'raises it where the profile trusts that',
      headers: {'x-limit': '500'},
      rule: {trust: 'up'},
      refs: [REFS[0]!],
      learned: ['network/5: 100 -> 500'],
    },
    {
      name: 'believes nothing where the profile trusts nothing',
      headers: {'x-limit': '5', 'x-left': '0', 'x-reset': '60'},
      rule: {trust: 'none'},
      refs: [REFS[0]!],
      learned: [],
    },
    {name: 'learns nothing from a response that tells nothing', headers: {}, learned: []},
    {name: 'takes no limit of zero for a rate', headers: {'x-limit': '0'}, refs: [REFS[0]!], learned: []},
  ];
  for (const {name, headers, rule, refs, learned} of TABLE)
    it(name, () => assert.deepEqual(taught(headers, rule, refs).learned, learned));

  it('closes the window that is meant until its reset when nothing remains, and no other', () => {
    const {waitMs} = taught({'x-limit': '30', 'x-left': '0', 'x-reset': '9'}, {describes: {seconds: 60}});
    assert.deepEqual([waitMs(0), waitMs(1), waitMs(2)], [0, 0, 9000]);
  });

  it('lets no more start than remain', () => {
    const {ledger, waitMs} = taught({'x-left': '2', 'x-reset': '4'}, {}, [REFS[0]!]);
    for (const left of [0, 0]) {
      assert.equal(waitMs(0), left);
      take(ledger, [REFS[0]!], NOW);
    }
    assert.equal(waitMs(0), 4000);
  });

  it('gives the end of a fixed window that was told, for that window alone', () => {
    const {lesson} = taught(
      {'x-limit': '60', 'x-left': '8', 'x-reset': '20'},
      {describes: {limits: ['bot'], seconds: 60}},
    );
    assert.equal(lesson.resetAt(1, 60), NOW + 20_000);
    assert.isUndefined(lesson.resetAt(1, 3600));
    assert.isUndefined(lesson.resetAt(0, 5));
    assert.isTrue(lesson.told);
  });

  it('hands on what was told of windows that no limit has, unless nothing is trusted', () => {
    const headers = {'ratelimit-policy': '"day";q=9000;w=86400, "h";q=900;w=3600', ratelimit: '"day";r=10;t=50'};
    assert.deepEqual(taught(headers).lesson.unmatched, [
      {limit: 9000, remaining: 10, resetAt: NOW + 50_000, windowSeconds: 86_400, name: 'day'},
    ]);
    assert.deepEqual(taught(headers, {trust: 'none'}).lesson.unmatched, []);
  });

  it('orders a pause until Retry-After, else until the reset of what is used up', () => {
    const spent = {'x-left': '0', 'x-reset': '8'};
    assert.equal(taught({...spent, 'retry-after': '3'}).lesson.until, NOW + 3000);
    assert.equal(taught(spent).lesson.until, NOW + 8000);
    assert.isUndefined(taught({'x-left': '1', 'x-reset': '8'}).lesson.until);
    assert.isUndefined(taught({}).lesson.until);
  });

  it('heeds Retry-After, and no quota, where the profile trusts no headers', () => {
    const {lesson} = taught({'x-left': '0', 'x-reset': '8'}, {trust: 'none'});
    assert.deepEqual([lesson.until, lesson.told, lesson.resetAt(0, 5)], [undefined, false, undefined]);
    assert.equal(taught({'retry-after': '3'}, {trust: 'none'}).lesson.until, NOW + 3000);
  });

  it('reads an instant by the clock of the server, an hour wrong as it may be', () => {
    const server = NOW + 3_600_000;
    const headers = {date: new Date(server).toUTCString(), 'x-left': '0', 'x-reset': String((server + 10_000) / 1000)};
    const {lesson} = taught(headers, {format: 'epoch-seconds'}, [REFS[0]!]);
    assert.approximately(lesson.until! - NOW, 10_500, 1100);
  });
});
