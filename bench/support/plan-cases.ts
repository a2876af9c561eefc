/** One provider and one file: what the plan says of it, and what a run takes. */
export type PlanCase = {
  readonly name: string;
  /** What stands in the table: how the file is and what is to bind. */
  readonly about: string;
  /** A built-in profile, or the text of one. */
  readonly profile: string | {readonly yaml: string};
  /** The provider's windows are so many times shorter; the plan and the run are told so. */
  readonly speed?: number;
  /** For `simulate`, besides latency and speed. */
  readonly provider?: readonly string[];
  /** The file, without the last line end. */
  readonly csv: () => string;
  /** For `plan` and `run` alike. */
  readonly words: readonly string[];
  /** Windows end with the clock and not so long after they began: how long it takes depends on when it begins. */
  readonly onTheClock?: boolean;
  /** It begins when the minute is so many seconds old. */
  readonly beginAtSecond?: number;
  /** The run is stopped after so long; what is planned and run is what remains, by the words of `plan RUN` and `resume RUN`. */
  readonly resumedAfter?: string;
  /** Changes what the plan and the run are told of the provider. */
  readonly edit?: (yaml: string) => string;
  /** No limit binds, but what answers take does: the plan can be no better than what it is told of that. */
  readonly free?: boolean;
};

/** Rows whose cells are told by their number, from 1. */
function rows(count: number, header: string, cells: (n: number) => string): () => string {
  return () => [header, ...Array.from({length: count}, (_, index) => cells(index + 1))].join('\n');
}

const numbered = (count: number) => rows(count, 'n', String);
const USERS = ['--request', 'POST /users', '--body', '{"n":"{{ n }}"}'];

function amity(name: string, about: string, csv: () => string, words: readonly string[] = []): PlanCase {
  const row = ['--scope', 'user=@user', '--header', 'x-user: {{ user }}', '--body', '{"n":"{{ n }}"}'];
  return {
    name,
    about,
    profile: 'amity',
    provider: ['--scope', 'user=header:x-user'],
    csv,
    words: [...row, '--request', 'POST /api/v3/communities', ...words],
  };
}

function authmatech(name: string, about: string, more: Pick<PlanCase, 'csv'> & Partial<PlanCase>): PlanCase {
  const start = ['--request', 'POST /v1/api/me/connect/import/start', '--body', '{"phoneNumber":"{{ n }}"}'];
  return {name, about, profile: 'authmatech', ...more, words: [...start, ...(more.words ?? [])]};
}

function koreai(name: string, about: string, more: Pick<PlanCase, 'csv' | 'speed'> & Partial<PlanCase>): PlanCase {
  const start = ['--request', 'POST /api/public/bot/{{ bot }}/export', '--body', '{"n":"{{ n }}"}'];
  return {name, about, profile: 'koreai', ...more, words: [...start, ...(more.words ?? [])]};
}

function own(
  name: string,
  about: string,
  windows: readonly string[],
  more: Pick<PlanCase, 'csv'> & Partial<PlanCase> & {readonly headers?: string},
): PlanCase {
  const {headers = '{}', ...rest} = more;
  const yaml = `name: ${name}\nlimits: [{name: all, windows: [${windows.join(', ')}]}]\nconcurrency: 40\nheaders: ${headers}\n`;
  return {name, about, profile: {yaml}, words: USERS, ...rest};
}

/** Stream's endpoints for 10,000, 1,000, 60 and 6 per minute, so many rows of each, the slowest last. */
function streamRows(counts: readonly number[]): () => string {
  const urls = ['feeds/feed_groups/user/feeds/f-', 'feeds/activities?n=', 'check_push?n=', 'users/delete?n='];
  return () => {
    const lines = counts.flatMap((count, place) =>
      Array.from({length: count}, (_, n) => `POST,/api/v2/${urls[place]}${n},"{""n"":${n}}"`),
    );
    return ['method,url,body', ...lines].join('\n');
  };
}

/** All cases, those that take longest first. */
export const PLAN_CASES: readonly PlanCase[] = [
  amity(
    'amity',
    'twelve users in turn: 80 per 5 s for all, 8 per s for each',
    rows(900, 'n,user', (n) => `${n},agent-${n % 12}`),
  ),
  amity(
    'amity-sorted',
    'the same, sorted by user',
    rows(900, 'n,user', (n) => `${n},agent-${Math.ceil(n / 75)}`),
  ),
  amity(
    'amity-one-user',
    'three rows of five are one user’s: he binds',
    rows(600, 'n,user', (n) => `${n},${n % 5 < 3 ? 'agent-1' : `agent-${2 + (n % 11)}`}`),
  ),
  amity(
    'amity-keys',
    'with 40 keys, in two phases',
    rows(800, 'n,user,key,phase', (n) => `${n},agent-${n % 12},k-${n % 40},${n <= 400 ? 'one' : 'two'}`),
    ['--key', 'key', '--phase', 'phase'],
  ),
  {
    name: 'stream',
    about: 'four endpoints, the slowest last; fixed minutes and rolling seconds',
    profile: 'stream',
    csv: streamRows([700, 950, 30, 8]),
    words: [],
    onTheClock: true,
    // The slowest endpoint has used up its minute then when the next one begins.
    beginAtSecond: 20,
  },
  {
    name: 'stream-seconds',
    about: 'two endpoints; the second of the slower one binds',
    profile: 'stream',
    csv: streamRows([900, 960, 0, 0]),
    words: [],
  },
  koreai('koreai', 'three bots in turn; the minute binds, ten times as fast', {
    speed: 10,
    csv: rows(1440, 'n,bot', (n) => `${n},st-${n % 3}`),
  }),
  koreai('koreai-hour', 'one bot; its minute, then its hour, 60 times as fast', {
    speed: 60,
    csv: rows(1950, 'n,bot', (n) => `${n},st-1`),
  }),
  koreai('koreai-phases', 'two phases, two bots and 20 keys, ten times as fast', {
    speed: 10,
    csv: rows(800, 'n,bot,key,phase', (n) => `${n},st-${n % 2},k-${n % 20},${n <= 400 ? 'one' : 'two'}`),
    words: ['--key', 'key', '--phase', 'phase'],
  }),
  {
    name: 'appwrite',
    about: 'an API key; a tenth of its hour, used up, 100 times as fast',
    profile: 'appwrite',
    speed: 100,
    csv: numbered(900),
    words: [...USERS, '--share', '10%'],
  },
  {
    name: 'appwrite-session',
    about: 'a session; fixed minutes of which headers tell, six times as fast',
    profile: 'appwrite',
    speed: 6,
    csv: numbered(840),
    words: [
      ...['--credential', 'session', '--request', 'POST /databases/main/collections/cities/documents'],
      ...['--body', '{"documentId":"d-{{ n }}"}'],
    ],
    onTheClock: true,
  },
  authmatech('authmatech', '30 % of one minute for all, four times as fast', {
    speed: 4,
    csv: numbered(1000),
    words: ['--share', '30%'],
  }),
  authmatech('authmatech-phases', 'two phases and 60 keys, 30 % of the minute, six times as fast', {
    speed: 6,
    csv: rows(1200, 'n,key,phase', (n) => `${n},k-${n % 60},${n <= 600 ? 'users' : 'posts'}`),
    words: ['--share', '30%', '--key', 'key', '--phase', 'phase'],
  }),
  authmatech('authmatech-even', 'spread evenly over the minute', {csv: numbered(600), words: ['--pace', 'even']}),
  authmatech('authmatech-ramp', 'a ramp of 20 s, then evenly', {
    csv: numbered(500),
    words: ['--pace', 'even', '--ramp', '20s'],
  }),
  own('bucket', 'a token bucket: 20 a second, 100 saved', ['{requests: 20, seconds: 1, kind: bucket, burst: 100}'], {
    csv: numbered(800),
  }),
  own('counter', 'the sliding counter of a gateway', ['{requests: 30, seconds: 15, kind: counter}'], {
    csv: numbered(80),
  }),
  own('stacked', 'two windows that take turns', ['{requests: 50, seconds: 2}', '{requests: 200, seconds: 15}'], {
    csv: numbered(750),
  }),
  own(
    'stacked-wider',
    'the same, a quarter more of the second',
    ['{requests: 50, seconds: 2}', '{requests: 250, seconds: 15}'],
    {csv: numbered(750)},
  ),
  own(
    'stacked-resumed',
    'what remains of the same when it is stopped after 9 s, the second window used up',
    ['{requests: 50, seconds: 2}', '{requests: 200, seconds: 15}'],
    {csv: numbered(750), resumedAfter: '9s', onTheClock: true},
  ),
  own(
    'told-less',
    'what remains after 12 s, when headers have told 60 per 10 s where the profile says 90',
    ['{requests: 60, seconds: 10}'],
    {
      csv: numbered(400),
      headers: '{limit: x-ratelimit-limit, trust: down}',
      edit: (yaml) => yaml.replace(/requests: 60/, 'requests: 90'),
      resumedAfter: '12s',
      onTheClock: true,
    },
  ),
  authmatech('keys-in-a-row', 'no limit binds: three keys, one request of each at a time', {
    csv: rows(960, 'n,key', (n) => `${n},k-${n % 3}`),
    words: ['--key', 'key'],
    free: true,
  }),
];
