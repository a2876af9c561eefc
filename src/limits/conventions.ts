import type {TimeFormat} from './reset.js';

/** A header that tells a time, and how, where its name says so. */
export type TimeHeader = readonly [header: string, format?: TimeFormat | undefined];

/**
 * Which headers tell one quota. Of several candidates the first that can be read counts. `seconds` is the length of the window
 * where the name of the headers says it; `windows` are headers that say it (a bare number in the unit given).
 */
export type Convention = {
  readonly name?: string;
  readonly names?: readonly string[];
  readonly limits?: readonly string[];
  readonly remaining?: readonly string[];
  readonly used?: readonly string[];
  readonly resets?: readonly TimeHeader[];
  readonly policy?: string;
  readonly windows?: readonly TimeHeader[];
  readonly seconds?: number | undefined;
};

/** Headers that speak of the one window that the provider has in mind, as `X-RateLimit-Limit`, `-Remaining`, `-Reset`. */
export const GENERAL: readonly Convention[] = [
  'ratelimit',
  'x-ratelimit',
  'x-rate-limit',
  'rate-limit',
  'x-quota',
  'x-sib-ratelimit',
].map((prefix) => ({
  names: [`${prefix}-resource`, `${prefix}-name`, `${prefix}-bucket`],
  limits: [
    `${prefix}-limit`,
    `${prefix}-max`,
    `${prefix}-total`,
    `${prefix}-requestsnumber`,
    // Zendesk's `X-Rate-Limit: 700`; a bare `RateLimit` is the IETF's.
    ...(prefix === 'ratelimit' ? [] : [prefix]),
  ],
  remaining: [`${prefix}-remaining`],
  used: [`${prefix}-used`, `${prefix}-observed`],
  // `-Reset-After` needs no clock, so it is the better word where Discord sends both.
  resets: [[`${prefix}-reset-after`, 'seconds'], [`${prefix}-reset`], [`${prefix}-resettime`]],
  policy: `${prefix}-policy`,
  windows: [
    [`${prefix}-interval-milliseconds`, 'ms'],
    [`${prefix}-window-size`, 'duration'],
    [`${prefix}-secondsnumber`, 'seconds'],
  ],
}));

const UNITS: readonly (readonly [unit: string, adverb: string, seconds: number | undefined])[] = [
  ['second', 'secondly', 1],
  ['minute', 'minutely', 60],
  ['hour', 'hourly', 3600],
  ['day', 'daily', 86_400],
  // Months have no one length.
  ['month', 'monthly', undefined],
];

/** Headers with the window in their names: `X-RateLimit-Limit-Minute` (Kong), `X-HubSpot-RateLimit-Daily-Remaining`. */
const BY_UNIT: readonly Convention[] = ['x-ratelimit', 'x-rate-limit', 'ratelimit', 'x-hubspot-ratelimit'].flatMap(
  (prefix) =>
    UNITS.map(([unit, adverb, seconds]) => ({
      name: unit,
      seconds,
      limits: [unit, adverb].flatMap((word) => [
        `${prefix}-limit-${word}`,
        `${prefix}-${word}-limit`,
        `${prefix}-${word}`,
      ]),
      remaining: [unit, adverb].flatMap((word) => [`${prefix}-remaining-${word}`, `${prefix}-${word}-remaining`]),
      resets: [unit, adverb].flatMap((word): TimeHeader[] => [
        [`${prefix}-reset-${word}`],
        [`${prefix}-${word}-reset`],
      ]),
    })),
);

/** Headers of one provider, or that say what they count. Budgets of tokens, complexity and bytes are left out: we count requests. */
export const PARTICULAR: readonly Convention[] = [
  ...BY_UNIT,
  {
    limits: ['x-hubspot-ratelimit-max'],
    remaining: ['x-hubspot-ratelimit-remaining'],
    windows: [['x-hubspot-ratelimit-interval-milliseconds', 'ms']],
  },
  {
    limits: ['x-rate-limit-requests-quota'],
    remaining: ['x-rate-limit-requests-left'],
    resets: [['x-rate-limit-time-reset-ms', 'ms']],
    windows: [['x-rate-limit-time-window-ms', 'ms']],
  },
  {
    name: 'requests',
    limits: ['x-ratelimit-limit-requests'],
    remaining: ['x-ratelimit-remaining-requests'],
    resets: [['x-ratelimit-reset-requests']],
  },
  requests('requests', 'x-ratelimit-requests'),
  requests('requests', 'anthropic-ratelimit-requests'),
  requests('endpoint-requests', 'x-ratelimit-endpoint-requests'),
  {
    name: 'second',
    seconds: 1,
    limits: ['x-contentful-ratelimit-second-limit'],
    remaining: ['x-contentful-ratelimit-second-remaining'],
    resets: [['x-contentful-ratelimit-reset', 'seconds']],
  },
  {name: 'minute', seconds: 60, remaining: ['x-minlimit-remaining']},
  {name: 'day', seconds: 86_400, remaining: ['x-daylimit-remaining']},
  {name: 'app-minute', seconds: 60, remaining: ['x-appminlimit-remaining']},
];

function requests(name: string, prefix: string): Convention {
  return {name, limits: [`${prefix}-limit`], remaining: [`${prefix}-remaining`], resets: [[`${prefix}-reset`]]};
}
