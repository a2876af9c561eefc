import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {type Quota, readQuotas} from '../../src/limits/quota.js';

/** 2026-02-03T10:14:30Z: the arrival, by our clock and by the server's. */
const t = Date.UTC(2026, 1, 3, 10, 14, 30);
const date = new Date(t).toUTCString();
const epoch = t / 1000;
const after = (seconds: number) => t + seconds * 1000;

type Row = readonly [name: string, headers: Record<string, string>, quotas: readonly Quota[]];

const rows: readonly Row[] = [
  ['4 Retry-After alone tells no quota', {'retry-after': '30'}, []],
  ['5 retry-after-ms', {'retry-after-ms': '1500'}, []],
  ['8 RateLimit-Retry-After', {'ratelimit-retry-after': '7'}, []],
  ['9 X-RateLimit-Retry-After', {'x-ratelimit-retry-after': '7'}, []],
  [
    '10 X-RateLimit-Reset, epoch seconds: the end of that second',
    {'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': String(epoch + 40)},
    [{limit: 5000, remaining: 4999, resetAt: after(41)}],
  ],
  ['11 X-RateLimit-Reset, float epoch', {'x-ratelimit-reset': `${epoch + 40}.123`}, [{resetAt: t + 40_123}]],
  [
    '12 X-RateLimit-Reset, seconds from now, float remaining (Reddit)',
    {'x-ratelimit-used': '2', 'x-ratelimit-remaining': '598.0', 'x-ratelimit-reset': '357'},
    [{remaining: 598, resetAt: after(357)}],
  ],
  [
    '13 X-RateLimit-Reset, ISO 8601 without seconds: the end of that minute',
    {'x-ratelimit-reset': '2026-02-03T10:15Z', 'x-ratelimit-nearlimit': 'true'},
    [{resetAt: after(90)}],
  ],
  ['14 X-RateLimit-Reset, HTTP-date', {'x-ratelimit-reset': 'Tue, 03 Feb 2026 10:15:10 GMT'}, [{resetAt: after(41)}]],
  [
    '15 X-RateLimit-Reset, Date.toString()',
    {'x-ratelimit-reset': 'Tue Feb 03 2026 11:15:10 GMT+0100 (Central European Standard Time)'},
    [{resetAt: after(41)}],
  ],
  [
    '16 X-RateLimit-Reset, a date and time in nobody knows which zone',
    {'x-ratelimit-reset': '2026-02-03 10:15:10'},
    [],
  ],
  ['17 X-Rate-Limit-Reset, epoch seconds', {'x-rate-limit-reset': String(epoch + 9)}, [{resetAt: after(10)}]],
  [
    '18 X-Rate-Limit-Reset and X-Quota-Reset, epoch ms (Gravitee)',
    {'x-rate-limit-reset': String(t + 1800), 'x-quota-limit': '9', 'x-quota-reset': String(t + 2800)},
    [{resetAt: t + 1800, limit: 9}],
  ],
  ['19 X-Rate-Limit-Reset, seconds from now (Ontraport)', {'x-rate-limit-reset': '12'}, [{resetAt: after(12)}]],
  [
    '20 X-Rate-Limit-Limit is the period (AspNetCoreRateLimit)',
    {
      'x-rate-limit-limit': '12h',
      'x-rate-limit-remaining': '99',
      'x-rate-limit-reset': '2026-02-03T10:15:10.5210000Z',
    },
    [{remaining: 99, resetAt: t + 40_521, windowSeconds: 43_200}],
  ],
  [
    '21 X-Rate-Limit (Zendesk)',
    {'x-rate-limit': '700', 'x-rate-limit-remaining': '699'},
    [{limit: 700, remaining: 699}],
  ],
  [
    '22 and 23 X-RateLimit-Reset-After beats -Reset; the bucket has a name (Discord)',
    {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': `${epoch + 900}.5`,
      'x-ratelimit-reset-after': '64.57',
      'x-ratelimit-bucket': 'abcd1234',
      'x-ratelimit-scope': 'shared',
      'x-ratelimit-global': 'true',
    },
    [{limit: 10, remaining: 0, resetAt: t + 64_570, name: 'abcd1234'}],
  ],
  [
    '24 x-ratelimit-used without -remaining (GitHub)',
    {'x-ratelimit-limit': '60', 'x-ratelimit-used': '1', 'x-ratelimit-resource': 'core'},
    [{limit: 60, remaining: 59, name: 'core'}],
  ],
  ['25 X-RateLimit-NearLimit, RateLimit-Reason', {'x-ratelimit-nearlimit': 'true', 'ratelimit-reason': 'burst'}, []],
  [
    '26 RateLimit-Limit, -Remaining, -Reset (drafts 00 to 06)',
    {'ratelimit-limit': '100', 'ratelimit-remaining': '50', 'ratelimit-reset': '50'},
    [{limit: 100, remaining: 50, resetAt: after(50)}],
  ],
  [
    '27 RateLimit-Reset as an epoch (GitLab)',
    {
      'ratelimit-limit': '600',
      'ratelimit-observed': '67',
      'ratelimit-name': 'throttle_authenticated_web',
      'ratelimit-reset': String(epoch + 30),
      'ratelimit-resettime': 'Tue, 03 Feb 2026 10:15:00 GMT',
    },
    [{limit: 600, remaining: 533, resetAt: after(31), name: 'throttle_authenticated_web'}],
  ],
  ['27 RateLimit-ResetTime alone', {'ratelimit-resettime': 'Tue, 03 Feb 2026 10:15:00 GMT'}, [{resetAt: after(31)}]],
  [
    '28 RateLimit-Limit with policies (draft 03)',
    {
      'ratelimit-limit': '10, 10;w=1, 50;w=60, 1000;w=3600',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '7',
    },
    [
      {limit: 10, remaining: 1, resetAt: after(7), windowSeconds: 1},
      {limit: 50, windowSeconds: 60},
      {limit: 1000, windowSeconds: 3600},
    ],
  ],
  [
    '29 X-RateLimit-Limit with policies and names that hold commas (Envoy)',
    {
      'x-ratelimit-limit': '1, 1;w=60;name="in|generic_key^a,b;c", 4;w=3600;name="second"',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '20',
    },
    [
      {limit: 1, remaining: 0, resetAt: after(20), windowSeconds: 60, name: 'in|generic_key^a,b;c'},
      {limit: 4, windowSeconds: 3600, name: 'second'},
    ],
  ],
  [
    '30 X-RateLimit-Limit with window= (WHOOP)',
    {
      'x-ratelimit-limit': '100, 100;window=60, 10000;window=86400',
      'x-ratelimit-remaining': '98',
      'x-ratelimit-reset': '3',
    },
    [
      {limit: 100, remaining: 98, resetAt: after(3), windowSeconds: 60},
      {limit: 10_000, windowSeconds: 86_400},
    ],
  ],
  [
    '31 RateLimit-Policy of integers (drafts 06 and 07)',
    {'ratelimit-policy': '100;w=60;burst=1000;comment="sliding window", 5000;w=3600'},
    [
      {limit: 100, windowSeconds: 60},
      {limit: 5000, windowSeconds: 3600},
    ],
  ],
  [
    '32 RateLimit-Policy with a name',
    {'ratelimit-policy': '1;w=60;name="api"'},
    [{limit: 1, windowSeconds: 60, name: 'api'}],
  ],
  [
    '33 RateLimit as a dictionary (draft 07)',
    {ratelimit: 'limit=100, remaining=50, reset=5'},
    [{limit: 100, remaining: 50, resetAt: after(5)}],
  ],
  [
    '33 RateLimit as a dictionary, twice',
    {
      ratelimit: 'limit=100, remaining=50, reset=5, limit=10, remaining=0, reset=9',
      'ratelimit-policy': '100;w=60, 10;w=1',
    },
    [
      {limit: 100, remaining: 50, resetAt: after(5), windowSeconds: 60},
      {limit: 10, remaining: 0, resetAt: after(9), windowSeconds: 1},
    ],
  ],
  [
    '34 RateLimit-Policy of names; other units are left out',
    {
      'ratelimit-policy':
        '"burst";q=100;w=60,"daily";q=1000;w=86400;qu="requests","size";q=65535;w=10;qu="content-bytes","par";q=5;qu="concurrent-requests"',
      ratelimit: '"burst";r=3;t=4, "size";r=0;t=9, "par";r=0',
    },
    [
      {limit: 100, remaining: 3, resetAt: after(4), windowSeconds: 60, name: 'burst'},
      {limit: 1000, windowSeconds: 86_400, name: 'daily'},
    ],
  ],
  ['35 RateLimit of names', {ratelimit: '"default";r=50;t=30'}, [{remaining: 50, resetAt: after(30), name: 'default'}]],
  [
    '35 RateLimit without t, with a partition key',
    {
      ratelimit: '"user";r=0;pk=:QQ==:',
      'ratelimit-policy': '"user";q=9;w=60;pk=:Qg==:, "user";q=5;w=10;pk=:QQ==:',
    },
    [
      {limit: 5, remaining: 0, windowSeconds: 10, name: 'user'},
      {limit: 9, windowSeconds: 60, name: 'user'},
    ],
  ],
  [
    '36 policy of draft 07 with limit of draft 08',
    {'ratelimit-policy': '3;w=10;name="RemoteAddr"', ratelimit: '"RemoteAddr";r=0;t=4'},
    [{limit: 3, remaining: 0, resetAt: after(4), windowSeconds: 10, name: 'RemoteAddr'}],
  ],
  [
    '38 x-ratelimit-reset-requests, Go durations; tokens are not requests (OpenAI)',
    {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '6m0s',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1h23m31s',
    },
    [{limit: 60, remaining: 59, resetAt: after(360), name: 'requests'}],
  ],
  ['38 12ms', {'x-ratelimit-reset-requests': '12ms'}, [{resetAt: t + 12, name: 'requests'}]],
  ['38 33.023s', {'x-ratelimit-reset-requests': '33.023s'}, [{resetAt: t + 33_023, name: 'requests'}]],
  [
    '39 anthropic-ratelimit-requests-reset, RFC 3339',
    {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-02-03T10:15:25Z',
      'anthropic-ratelimit-tokens-remaining': '0',
    },
    [{limit: 50, remaining: 49, resetAt: after(56), name: 'requests'}],
  ],
  [
    '40 x-ratelimit-requests-reset, epoch ms (Linear); 42 complexity is not requests',
    {
      'x-ratelimit-requests-limit': '1500',
      'x-ratelimit-requests-remaining': '1499',
      'x-ratelimit-requests-reset': String(t + 3_600_000),
      'x-complexity': '7',
      'x-ratelimit-complexity-limit': '200000',
      'x-ratelimit-complexity-remaining': '0',
    },
    [{limit: 1500, remaining: 1499, resetAt: after(3600), name: 'requests'}],
  ],
  [
    '41 x-ratelimit-requests-reset, seconds from now (RapidAPI)',
    {'x-ratelimit-requests-remaining': '7', 'x-ratelimit-requests-reset': '2163603'},
    [{remaining: 7, resetAt: after(2_163_603), name: 'requests'}],
  ],
  [
    '42 X-RateLimit-Endpoint-Requests-*',
    {
      'x-ratelimit-endpoint-requests-limit': '30',
      'x-ratelimit-endpoint-requests-remaining': '29',
      'x-ratelimit-endpoint-requests-reset': String(t + 500),
      'x-ratelimit-endpoint-name': 'x',
    },
    [{limit: 30, remaining: 29, resetAt: t + 500, name: 'endpoint-requests'}],
  ],
  [
    '43 X-RateLimit-Limit-Second, -Minute, beside RateLimit-* for the nearest (Kong)',
    {
      'x-ratelimit-limit-second': '5',
      'x-ratelimit-remaining-second': '4',
      'x-ratelimit-limit-minute': '10',
      'x-ratelimit-remaining-minute': '9',
      'ratelimit-limit': '5',
      'ratelimit-remaining': '4',
      'ratelimit-reset': '1',
    },
    [
      {limit: 5, remaining: 4, resetAt: after(1), windowSeconds: 1, name: 'second'},
      {limit: 10, remaining: 9, windowSeconds: 60, name: 'minute'},
    ],
  ],
  [
    '44 X-HubSpot-RateLimit-*: the interval is a length, not a wait',
    {
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-max': '100',
      'x-hubspot-ratelimit-remaining': '99',
      'x-hubspot-ratelimit-daily': '250000',
      'x-hubspot-ratelimit-daily-remaining': '249999',
      'x-hubspot-ratelimit-secondly': '10',
      'x-hubspot-ratelimit-secondly-remaining': '9',
    },
    [
      {limit: 10, remaining: 9, windowSeconds: 1, name: 'second'},
      {limit: 250_000, remaining: 249_999, windowSeconds: 86_400, name: 'day'},
      {limit: 100, remaining: 99, windowSeconds: 10},
    ],
  ],
  [
    '45 X-RateLimit-Interval-Milliseconds (HighLevel)',
    {
      'x-ratelimit-interval-milliseconds': '10000',
      'x-ratelimit-max': '100',
      'x-ratelimit-remaining': '99',
      'x-ratelimit-limit-daily': '200000',
      'x-ratelimit-daily-remaining': '199999',
    },
    [
      {limit: 100, remaining: 99, windowSeconds: 10},
      {limit: 200_000, remaining: 199_999, windowSeconds: 86_400, name: 'day'},
    ],
  ],
  [
    '46 X-RateLimit-Window-Size (Composio)',
    {'x-ratelimit-limit': '20', 'x-ratelimit-window-size': '600s'},
    [{limit: 20, windowSeconds: 600}],
  ],
  [
    '47 X-Rate-Limit-Time-Reset-Ms (BigCommerce)',
    {
      'x-rate-limit-time-reset-ms': '15000',
      'x-rate-limit-time-window-ms': '30000',
      'x-rate-limit-requests-quota': '150',
      'x-rate-limit-requests-left': '35',
    },
    [{limit: 150, remaining: 35, resetAt: after(15), windowSeconds: 30}],
  ],
  [
    '48 X-Shopify-Shop-Api-Call-Limit is used of limit',
    {'x-shopify-shop-api-call-limit': '32/40'},
    [{limit: 40, remaining: 8}],
  ],
  [
    '49 Sforce-Limit-Info is used of limit',
    {'sforce-limit-info': 'api-usage=10018/100000; per-app-api-usage=17/250(appName=x)'},
    [{limit: 100_000, remaining: 89_982, name: 'api-usage'}],
  ],
  [
    '50 zendesk-ratelimit-tickets-index',
    {'zendesk-ratelimit-tickets-index': 'total=100; remaining=99; resets=41'},
    [{limit: 100, remaining: 99, resetAt: after(41), name: 'tickets-index'}],
  ],
  [
    '51 Auth0-Client-Quota-Limit',
    {'auth0-client-quota-limit': 'b=per_hour;q=10;r=7;t=3540,b=per_day;q=50;r=47;t=43200'},
    [
      {limit: 10, remaining: 7, resetAt: after(3540), windowSeconds: 3600, name: 'per_hour'},
      {limit: 50, remaining: 47, resetAt: after(43_200), windowSeconds: 86_400, name: 'per_day'},
    ],
  ],
  [
    '52 X-MinLimit-Remaining, X-DayLimit-Remaining, X-AppMinLimit-Remaining (Xero)',
    {
      'x-minlimit-remaining': '60',
      'x-daylimit-remaining': '0',
      'x-appminlimit-remaining': '9999',
      'x-rate-limit-problem': 'day',
    },
    [
      {remaining: 60, windowSeconds: 60, name: 'minute'},
      {remaining: 0, windowSeconds: 86_400, name: 'day'},
      {remaining: 9999, windowSeconds: 60, name: 'app-minute'},
    ],
  ],
  [
    '53 X-Contentful-RateLimit-*: a reset of 0 is now',
    {
      'x-contentful-ratelimit-reset': '0',
      'x-contentful-ratelimit-second-limit': '78',
      'x-contentful-ratelimit-second-remaining': '77',
    },
    [{limit: 78, remaining: 77, resetAt: t, windowSeconds: 1, name: 'second'}],
  ],
  [
    '54 x-sib-ratelimit-reset (Brevo)',
    {'x-sib-ratelimit-limit': '36000', 'x-sib-ratelimit-remaining': '35999', 'x-sib-ratelimit-reset': '540'},
    [{limit: 36_000, remaining: 35_999, resetAt: after(540)}],
  ],
  [
    '55 X-RateLimit-SecondsNumber is a length (ETG)',
    {'x-ratelimit-secondsnumber': '60', 'x-ratelimit-requestsnumber': '30', 'x-ratelimit-remaining': '29'},
    [{limit: 30, remaining: 29, windowSeconds: 60}],
  ],
  ['56 Discourse-Rate-Limit-Error-Code', {'discourse-rate-limit-error-code': 'user_api_key_limiter_60_secs'}, []],
  ['57 x-ms-throttle-limit-percentage', {'x-ms-throttle-limit-percentage': '0.8'}, []],
  [
    '58 x-ms-throttle-scope, x-ms-resource-unit',
    {'x-ms-throttle-scope': 'Tenant_Application/ReadWrite/a/b', 'x-ms-resource-unit': '3'},
    [],
  ],
  [
    '59 Stripe-Rate-Limited-Reason',
    {'stripe-rate-limited-reason': 'endpoint-concurrency', 'x-should-retry': 'false'},
    [],
  ],
  [
    '60 X-Daily-RateLimit-Token-* counts cost (Pipedrive)',
    {'x-daily-ratelimit-token-limit': '150000', 'x-daily-ratelimit-token-remaining': '0'},
    [],
  ],
  [
    '61 Rate-Limit-Total, -Remaining, -Reset (koa-ratelimit)',
    {'rate-limit-total': '100', 'rate-limit-remaining': '99', 'rate-limit-reset': String(epoch + 30)},
    [{limit: 100, remaining: 99, resetAt: after(31)}],
  ],
];

describe('the quota of every convention in use', () => {
  for (const [name, headers, quotas] of rows) {
    it(name, () => {
      const told = readQuotas({date, ...headers}, undefined, {sentAt: t, receivedAt: t, clock: undefined});
      assert.sameDeepMembers([...told], [...quotas]);
    });
  }
});

describe('the survey of conventions', () => {
  /** What each test file promises of which numbers: their rows begin with them. */
  const FILES = ['quota.survey.test.ts', 'retry-after.test.ts', 'body-wait.test.ts'].map(
    (name) => `test/limits/${name}`,
  );
  const CONVENTIONS = 62;
  /** `violated-policies` of a problem+json body: judged with the answer, in test/requests/judge.test.ts. */
  const JUDGED = 37;

  it('has a row for each of them', () => {
    const titles = FILES.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/'(\d[\d, and]*) /g)]);
    const found = new Set(titles.flatMap(([, numbers]) => [...numbers!.matchAll(/\d+/g)].map(Number)));
    const missing = Array.from({length: CONVENTIONS}, (_, index) => index + 1).filter((number) => !found.has(number));
    assert.deepEqual(missing, [JUDGED]);
    assert.include(readFileSync('test/requests/judge.test.ts', 'utf8'), 'violated-policies');
  });
});
