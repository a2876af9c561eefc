import {readFileSync} from 'node:fs';
import type {Load} from './least.js';

/** One provider, one file, and how near to the least time the run has to come. */
export type Case = {
  readonly name: string;
  /** Of real seconds to least seconds. */
  readonly bound: number;
  readonly rows: number;
  /** The file that is sent. Row 1 is its first record; each request tells its number in `x-row`. */
  readonly csv: () => string;
  readonly profile: string;
  /** For `simulate`, besides latency. */
  readonly provider: readonly string[];
  /** For `run`, besides the profile and the address. */
  readonly run: readonly string[];
  /** Turns the profile that `simulate --save-profile` wrote into the one that both sides use. */
  readonly edit?: (yaml: string) => string;
  /** Changes the speed of `simulate` and of the loads alike. */
  readonly speed?: number;
  /** What the provider publishes for so many requests as arrived: attempts that a fault made necessary pay again. */
  readonly loads: (arrivals: number) => readonly Load[];
  /** The run begins when the minute is so many seconds old: where windows are fixed, that decides the least time. */
  readonly beginAtSecond?: number;
};

const ROW = ['--header', 'x-row: {{ n }}'];
const CITIES = new URL('../../fixtures/world-cities-2000.csv', import.meta.url);
const USERS = 12;

/** The cities, one after another in the hands of twelve users, or each user's together. */
function cities(arrangement: 'mixed' | 'sorted'): string {
  const lines = readFileSync(CITIES, 'utf8').trimEnd().split('\n').slice(0, 2001);
  const perUser = Math.ceil(2000 / USERS);
  const user = (index: number) => (arrangement === 'mixed' ? index % USERS : Math.floor(index / perUser));
  return lines
    .map((line, place) => (place === 0 ? `${line},user,n` : `${line},agent-${user(place - 1)},${place}`))
    .join('\n');
}

function amity(arrangement: 'mixed' | 'sorted'): Case {
  const most = Math.ceil(2000 / USERS);
  return {
    name: arrangement === 'mixed' ? 'amity' : 'amity-sorted',
    bound: 1.05,
    rows: 2000,
    csv: () => cities(arrangement),
    profile: 'amity',
    provider: ['--scope', 'user=header:x-user'],
    run: [
      ...['--share', '100%', '--scope', 'user=@user', '--header', 'x-user: {{ user }}', ...ROW],
      ...[
        '--request',
        'POST /api/v3/communities',
        '--body',
        '{"displayName":"{{ name }}","metadata":{"id":"{{ geonameid }}"}}',
      ],
    ],
    loads: (arrivals) => [
      {requests: arrivals, spans: [{requests: 100, seconds: 5}]},
      {requests: most, spans: [{requests: 10, seconds: 1}]},
    ],
  };
}

/** Four of Stream's endpoints, the slowest last: 6, 60, 1,000 and 10,000 per minute, each with a thirtieth of it per second. */
const STREAM = [
  {url: '/api/v2/feeds/feed_groups/user/feeds/f-', requests: 700, minute: 10_000, spans: [{requests: 333, seconds: 1}]},
  {url: '/api/v2/feeds/activities?n=', requests: 1200, minute: 1000, spans: [{requests: 33, seconds: 1}]},
  {url: '/api/v2/check_push?n=', requests: 85, minute: 60, spans: [{requests: 2, seconds: 1}]},
  {url: '/api/v2/users/delete?n=', requests: 15, minute: 6, spans: [{requests: 1, seconds: 5}]},
] as const;

function streamOperations(): string {
  let n = 0;
  const lines = STREAM.flatMap(({url, requests}) =>
    Array.from({length: requests}, () => {
      n += 1;
      return `op-${n},POST,${url}${n},"{""x-row"":""${n}""}","{""n"":${n}}"`;
    }),
  );
  return ['id,method,url,headers,body', ...lines].join('\n');
}

const stream: Case = {
  name: 'stream',
  bound: 1.15,
  rows: 2000,
  csv: streamOperations,
  profile: 'stream',
  provider: [],
  run: [],
  loads: () =>
    STREAM.map(({requests, minute, spans}) => ({
      requests,
      spans: [{requests: minute, seconds: 60, kind: 'fixed'}, ...spans],
    })),
  beginAtSecond: 20,
};

/** `rows` exports of so many bots in turn. */
function bots(rows: number, count: number): string {
  const lines = Array.from({length: rows}, (_, index) => `st-${(index % count) + 1},${index + 1}`);
  return ['bot,n', ...lines].join('\n');
}

function koreai(name: string, rows: number, count: number, speed: number): Case {
  return {
    name,
    bound: 1.06,
    rows,
    csv: () => bots(rows, count),
    profile: 'koreai',
    speed,
    provider: [],
    run: ['--request', 'POST /api/public/bot/{{ bot }}/export', '--body', '{"n":"{{ n }}"}', ...ROW],
    loads: () => [
      {
        requests: Math.ceil(rows / count),
        spans: [
          {requests: 60, seconds: 60 / speed},
          {requests: 1800, seconds: 3600 / speed},
        ],
      },
    ],
  };
}

/** `rows` numbered rows. */
function numbered(rows: number): string {
  return ['n', ...Array.from({length: rows}, (_, index) => String(index + 1))].join('\n');
}

const appwrite: Case = {
  name: 'appwrite',
  bound: 1.06,
  rows: 5500,
  csv: () => numbered(5500),
  profile: 'appwrite',
  speed: 60,
  provider: [],
  run: ['--request', 'POST /users', '--body', '{"userId":"u-{{ n }}"}', ...ROW],
  loads: (arrivals) => [{requests: arrivals, spans: [{requests: 5000, seconds: 60}]}],
};

/**
 * As the vendor's older page has it: the headers tell of the hour. They tell it in whole seconds, which is nothing in an hour, and up to 2 s of
 * this minute; the fewer rows come after it, the more of the ratio is that.
 */
const appwriteHeaders: Case = {
  ...appwrite,
  name: 'appwrite-headers',
  rows: 5200,
  csv: () => numbered(5200),
  edit: (yaml) => yaml.replace(/(describes:\s+limits:)[\s\S]*?(?=\n {2}\w)/, '$1 [hour]'),
};

/** A session instead of a key: 120 per minute and endpoint, in fixed minutes of which the headers tell. Six times as fast. */
const appwriteSession: Case = {
  ...appwrite,
  name: 'appwrite-session',
  rows: 900,
  csv: () => numbered(900),
  speed: 6,
  run: [
    ...['--credential', 'session', '--request', 'POST /databases/main/collections/cities/documents'],
    ...['--body', '{"documentId":"d-{{ n }}"}', ...ROW],
  ],
  loads: (arrivals) => [
    {
      requests: arrivals,
      spans: [
        {requests: 120, seconds: 10, kind: 'fixed'},
        {requests: 5000, seconds: 600},
      ],
    },
  ],
  beginAtSecond: 24,
};

function authmatech(name: string, faults: string): Case {
  return {
    name,
    bound: 1.06,
    rows: 2500,
    csv: () => numbered(2500),
    profile: 'authmatech',
    provider: ['--faults', faults],
    run: ['--request', 'POST /v1/api/me/connect/import/start', '--body', '{"phoneNumber":"{{ n }}"}', ...ROW],
    loads: (arrivals) => [{requests: arrivals, spans: [{requests: 1000, seconds: 60}]}],
  };
}

/** All cases, in the order in which they are run. */
export const CASES: readonly Case[] = [
  amity('mixed'),
  amity('sorted'),
  stream,
  koreai('koreai', 2001, 3, 10),
  koreai('koreai-hour', 2000, 1, 60),
  appwrite,
  appwriteHeaders,
  appwriteSession,
  authmatech('authmatech', '500=2%,no-headers'),
  authmatech('authmatech-after', '500=1%,500-after=1%,no-headers'),
];
