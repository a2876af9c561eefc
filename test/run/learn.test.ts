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
  {name: 'twin', windows: [{requests: 60, seconds: 60, kind: 'fixed' as const}]},
];
const REFS: readonly BucketRef[] = LIMITS.slice(0, 3).map(({name}, limit) => ({limit, id: limit + 1, label: name}));

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
    {
      name: 'tells two of one length and one figure apart by nothing',
      headers: {'x-limit': '60'},
      rule: {describes: {seconds: 60}},
      refs: [REFS[1]!, {limit: 3, id: 4, label: 'twin'}],
      learned: [],
    },
    {
      name: 'takes the reset that no such window can have for a wider one',
      headers: {'x-limit': '50', 'x-left': '0', 'x-reset': '3000'},
      refs: [REFS[0]!],
      learned: [],
    },
    {
      name: 'does not loosen a window by a wider one, where higher words are trusted',
      headers: {'x-limit': '1800', 'x-left': '1799', 'x-reset': '3000'},
      rule: {trust: 'up'},
      refs: [REFS[0]!],
      learned: [],
    },
    {
      name: 'does not throttle a window by the slice of it that the headers tell',
      headers: {'x-limit': '5', 'x-left': '4', 'x-reset': '9'},
      refs: [REFS[2]!],
      learned: [],
    },
    {
      name: 'takes the same figure for a limit cut down where the reset says so',
      headers: {'x-limit': '5', 'x-left': '4', 'x-reset': '40'},
      refs: [REFS[2]!],
      learned: ['table/60: 30 -> 5'],
    },
    {
      name: 'finds each window of a list by its length (draft 3)',
      headers: {'ratelimit-limit': '40, 40;w=60, 900;w=3600', 'ratelimit-remaining': '7', 'ratelimit-reset': '9'},
      refs: [REFS[1]!],
      learned: ['bot/60: 60 -> 40', 'bot/3600: 1800 -> 900'],
    },
    {
      name: 'finds each window of a policy by its length (drafts 8 to 10)',
      headers: {'ratelimit-policy': '"a";q=40;w=60, "b";q=900;w=3600, "c";q=50;w=5', ratelimit: '"a";r=7;t=9'},
      refs: [REFS[0]!, REFS[1]!],
      learned: ['bot/60: 60 -> 40', 'bot/3600: 1800 -> 900', 'network/5: 100 -> 50'],
    },
    {
      name: 'finds each window of headers with the length in their names (Kong)',
      headers: {'x-ratelimit-limit-minute': '40', 'x-ratelimit-limit-hour': '900', 'x-ratelimit-limit-day': '5000'},
      refs: [REFS[1]!],
      learned: ['bot/60: 60 -> 40', 'bot/3600: 1800 -> 900'],
    },
    {
      name: 'finds the limit that a quota is named after',
      headers: {'ratelimit-policy': '"table";q=20;w=60', ratelimit: '"table";r=7;t=9'},
      learned: ['table/60: 30 -> 20'],
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

  for (const [hours, way] of [
    [1, 'ahead'],
    [-1, 'behind'],
  ] as const)
    it(`reads an instant by the clock of the server, an hour ${way} as it may be`, () => {
      const server = NOW + hours * 3_600_000;
      const headers = {date: new Date(server).toUTCString(), 'x-left': '0', 'x-reset': String((server + 4000) / 1000)};
      const {lesson, waitMs} = taught(headers, {format: 'epoch-seconds'}, [REFS[0]!]);
      assert.approximately(lesson.until! - NOW, 4500, 1100);
      assert.approximately(waitMs(0), 4500, 1100);
    });

  it('takes a reset that has passed for now, and holds nothing up', () => {
    for (const reset of [0, 1, 3600].map((ago) => String(NOW / 1000 - ago - 1))) {
      const headers = {date: new Date(NOW).toUTCString(), 'x-left': '0', 'x-reset': reset};
      const {lesson, waitMs} = taught(headers, {format: 'epoch-seconds'}, [REFS[0]!]);
      assert.isAtMost(lesson.until! - NOW, 100);
      assert.isAtMost(waitMs(0), 100);
    }
  });

  it('holds nothing up until a reset of a wider window, and none of a narrower one', () => {
    assert.equal(taught({'x-left': '0', 'x-reset': '3000'}, {}, [REFS[0]!]).waitMs(0), 0);
    assert.equal(taught({'x-limit': '5', 'x-left': '0', 'x-reset': '9'}, {}, [REFS[2]!]).waitMs(2), 0);
  });

  it('believes a reset that is a multiple of the window to the millisecond, where the request falls under windows of one length', () => {
    const resetAt = (refs: readonly BucketRef[], turning: ReadonlySet<number>, rule: Partial<HeaderRule> = {}) =>
      learn(
        {status: 200, headers: {'x-left': '0', 'x-reset': String(NOW / 1000 + 60)}, body: '', bodyLost: false},
        refs,
        {limits: LIMITS, rule: {...HEADERS, format: 'epoch-seconds', ...rule}, clock: undefined, turning},
        SPAN,
      ).quotas[0]?.resetAt;
    const minute = new Set([60]);
    assert.equal(resetAt([REFS[2]!], minute), NOW + 60_000);
    assert.equal(resetAt([REFS[2]!], new Set()), NOW + 61_000);
    assert.equal(resetAt([REFS[1]!], minute), NOW + 61_000);
    // Appwrite's sessions fall under an hour besides, of which its headers never speak: each minute began a second late.
    const described = {describes: {limits: ['table']}};
    assert.equal(resetAt([REFS[1]!, REFS[2]!], minute, described), NOW + 60_000);
    assert.equal(resetAt([REFS[0]!], minute, described), NOW + 61_000);
  });

  const USED: readonly {name: string; headers: Record<string, string>; rule?: Partial<HeaderRule>; used: number[]}[] = [
    {name: 'its name', headers: {ratelimit: '"Table";r=0;t=5'}, used: [2]},
    {name: 'its window', headers: {'ratelimit-policy': '"x";q=60;w=3600', ratelimit: '"x";r=0;t=5'}, used: [1]},
    {name: 'the profile', headers: {'x-left': '0'}, rule: {describes: {limits: ['network']}}, used: [0]},
    {name: 'nothing, where something is left', headers: {ratelimit: '"table";r=1;t=5'}, used: []},
    {
      name: 'nothing, where no headers are trusted',
      headers: {ratelimit: '"table";r=0'},
      rule: {trust: 'none'},
      used: [],
    },
  ];
  for (const {name, headers, rule, used} of USED)
    it(`tells which limit is used up by ${name}`, () => assert.deepEqual(taught(headers, rule).lesson.used, used));

  it('follows a limit that falls in the middle of a run and rises again, through the ledger', () => {
    const ledger = openLedger(LIMITS, 10);
    const told = (limit: number, trust: 'down' | 'up' = 'down') =>
      learn(
        {status: 200, headers: {'x-limit': String(limit)}, body: '', bodyLost: false},
        [REFS[2]!],
        {limits: LIMITS, rule: {...HEADERS, trust}, clock: undefined},
        SPAN,
      )
        .apply(ledger, [REFS[2]!], SPAN)
        .map(({was, requests}) => [was, requests]);
    assert.deepEqual(told(12), [[30, 12]]);
    assert.deepEqual(told(12), []);
    assert.deepEqual(told(20), [[12, 20]]);
    assert.deepEqual(told(90), [[20, 30]]);
    assert.deepEqual(told(90, 'up'), [[30, 90]]);
    assert.deepEqual(told(25, 'up'), [[90, 25]]);
  });
});
