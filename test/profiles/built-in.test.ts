import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {chooseCredential, sentTogether} from '../../src/profiles/credentials.js';
import {findProfile, listProfiles} from '../../src/profiles/find.js';
import type {Limit, Profile} from '../../src/profiles/profile.js';
import {matchRoute, routeTable} from '../../src/profiles/routes.js';

/** What the providers publish, as it was read: small copies, so that a figure in a profile cannot change unnoticed. */
function facts<T>(provider: string): readonly T[] {
  const url = new URL(`../../fixtures/profiles/facts/${provider}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as {operations: T[]}).operations;
}

function limitOf(profile: Profile, group: string | undefined): Limit {
  const limit = profile.limits.find(({groups}) => group !== undefined && groups?.includes(group));
  assert.isDefined(limit, `a limit for ${group}`);
  return limit!;
}

function windowsOf({windows}: Limit): string[] {
  return windows.map(({requests, seconds}) => `${requests}/${seconds}`);
}

/** `GET|POST /path/{{x}}?y=` as requests to it: one for each method, with `st-1` where a bot's id stands. */
function samplesOf(methods: string, path: string): {method: string; path: string}[] {
  const filled = path
    .replace(/[{:]+(bot|stream)id\b\}*/gi, 'st-1')
    .replace(/\{+(\w+)\}+|:(\w+)/g, (_, a, b) => `some-${a ?? b}`);
  return methods.split('|').map((method) => ({method, path: filled}));
}

describe('the built-in profiles', () => {
  it('are these, of so many operations', () => {
    const counts = listProfiles().map((name) => [name, Object.keys(findProfile(name).operations).length]);
    assert.deepEqual(counts, [
      ['airtable', 6],
      ['amity', 17],
      ['anthropic', 1],
      ['appwrite', 109],
      ['asana', 5],
      ['auth0', 11],
      ['authmatech', 5],
      ['auto', 0],
      ['bigcommerce', 0],
      ['clerk', 9],
      ['cloudflare', 4],
      ['discord', 0],
      ['github', 12],
      ['gitlab', 4],
      ['google-directory', 8],
      ['google-sheets', 3],
      ['hubspot', 6],
      ['intercom', 4],
      ['jira', 4],
      ['klaviyo', 0],
      ['koreai', 78],
      ['msgraph', 10],
      ['notion', 6],
      ['okta', 7],
      ['openai', 4],
      ['quickbooks', 3],
      ['sendgrid', 2],
      ['shopify', 3],
      ['shopify-graphql', 1],
      ['slack', 1],
      ['stream', 159],
      ['stripe', 8],
      ['xero', 0],
      ['zendesk', 6],
    ]);
  });

  for (const name of listProfiles()) {
    const profile = findProfile(name);
    it(`${name} says whose word its figures are, and when`, () => {
      assert.isNotEmpty(profile.sources);
      for (const {url, date, says} of profile.sources) {
        assert.match(url, /^(https:\/\/|\w[\w-]*\/[\w.-]+:)/);
        assert.isAtMost(Date.parse(date), Date.parse('2026-11-25'));
        assert.isAbove(says.length, 10);
      }
    });

    it(`${name} finds every operation by its own routes`, () => {
      const table = routeTable(profile);
      const first = new Map<string, string>();
      for (const [operation, {route, aliases = []}] of Object.entries(profile.operations)) {
        for (const text of [route, ...aliases]) {
          const key = text.replace(/\{\w+\}/g, '{}');
          if (!first.has(key)) first.set(key, operation);
          const [method = '', path = ''] = text.split(' ');
          assert.equal(matchRoute(table, method, path.replace(/[{}]/g, '-'))?.name, first.get(key), text);
        }
      }
    });
  }
});

describe('stream', () => {
  const profile = findProfile('stream');
  const table = routeTable(profile);
  type Fact = {name: string; perMinute: number; perSecond: number; route: string; field?: string; max?: number | null};

  for (const fact of facts<Fact>('stream')) {
    it(`allows ${fact.name} ${fact.perMinute} per minute, and a thirtieth per second`, () => {
      const rule = profile.operations[fact.name];
      assert.equal(rule?.route, fact.route);
      const limit = limitOf(profile, rule?.group);
      assert.deepEqual(limit.per, ['operation']);
      const [minute, second] = limit.windows;
      assert.deepEqual([minute?.requests, minute?.seconds, minute?.kind], [fact.perMinute, 60, 'fixed']);
      const rate = second!.requests / second!.seconds;
      assert.isAtMost(rate, fact.perMinute / 30);
      assert.isAbove(rate, fact.perMinute / 30 - 1);
      assert.closeTo(fact.perSecond, fact.perMinute / 30, 1e-3);
      assert.equal(rule?.batch?.max, fact.max ?? undefined);
      if (fact.field !== undefined) assert.include(fact.field, rule?.batch?.field.slice(1) ?? 'nothing');
      const [method = '', path = ''] = fact.route.split(' ');
      assert.equal(matchRoute(table, method, path.replace(/[{}]/g, '-'))?.name, fact.name);
    });
  }

  it('allows the rarest operation once in 5 s', () => {
    assert.deepEqual(windowsOf(limitOf(profile, profile.operations.DeleteUsers?.group)), ['6/60', '1/5']);
  });

  it('limits users only where the row names one', () => {
    const user = profile.limits.find(({name}) => name === 'user')!;
    assert.deepEqual(user, {
      name: 'user',
      per: ['operation', 'user'],
      windows: [{requests: 60, seconds: 60, kind: 'rolling'}],
    });
    assert.deepEqual(profile.scopes.user, {from: [{kind: 'row'}], absent: 'skip'});
  });

  it('believes the headers of the minute, downwards', () => {
    assert.deepEqual(profile.headers, {
      limit: 'x-ratelimit-limit',
      remaining: 'x-ratelimit-remaining',
      reset: 'x-ratelimit-reset',
      format: 'epoch-seconds',
      describes: {limits: profile.limits.map(({name}) => name).filter((name) => name !== 'user'), seconds: 60},
      trust: 'down',
    });
    assert.equal(profile.concurrency, 50);
  });

  it('sends the token with its key and its kind', () => {
    const token = chooseCredential(profile, {STREAM_API_KEY: 'k', STREAM_TOKEN: 't'});
    assert.deepEqual(token?.headers, {'stream-auth-type': 'jwt'});
    assert.deepEqual(
      sentTogether(profile, token!).map(({header, query}) => header ?? `?${query}`),
      ['authorization', '?api_key'],
    );
  });
});

describe('koreai', () => {
  const profile = findProfile('koreai');
  const table = routeTable(profile);
  const levels: Readonly<Record<string, readonly string[]>> = {
    bot: ['bot'],
    request_id: ['request_id'],
    account: ['account'],
    'account+table': ['account', 'table'],
  };
  type Fact = {
    name: string;
    row: string;
    level: string;
    perMinute: number;
    perHour: number;
    method: string;
    path: string;
    alias?: string;
  };
  const all = facts<Fact>('koreai');

  for (const fact of all) {
    it(`recognises ${fact.name}, with both windows at its level`, () => {
      const alias = fact.alias?.match(/\/api\/[^\s;?]+/g) ?? [];
      for (const path of [fact.path, ...alias]) {
        for (const sample of samplesOf(fact.method, path)) {
          const match = matchRoute(table, sample.method, sample.path);
          assert.isDefined(match, `${sample.method} ${sample.path}`);
          const limit = limitOf(profile, match?.rule.group);
          assert.deepEqual(windowsOf(limit), [`${fact.perMinute}/60`, `${fact.perHour}/3600`]);
          assert.deepEqual(limit.per, levels[fact.level]);
          if (sample.path.includes('/st-1/') && !sample.path.includes('samplebots'))
            assert.equal(match?.parameters.bot, 'st-1');
        }
      }
    });
  }

  it('keeps one limit for each row of the matrix', () => {
    const groups = new Map<string, Set<string | undefined>>();
    for (const fact of all) {
      for (const sample of samplesOf(fact.method, fact.path)) {
        const known = groups.get(fact.row) ?? new Set();
        groups.set(fact.row, known.add(matchRoute(table, sample.method, sample.path)?.rule.group));
      }
    }
    assert.deepEqual(
      [...groups.values()].map(({size}) => size),
      Array(8).fill(1),
    );
    assert.lengthOf(profile.limits, 8);
  });

  it('knows a bot by the same id whether the path says bot or stream', () => {
    for (const word of ['bot', 'stream']) {
      const match = matchRoute(table, 'POST', `/api/public/${word}/st-1/export`);
      assert.deepEqual([match?.name, match?.parameters.bot], ['BotExport', 'st-1']);
    }
  });

  for (const [method, path, name, parameters] of [
    ['POST', '/api/public/bot/import', 'ImportBotAsANewBot', {}],
    ['DELETE', '/api/public/bot/eraseUsersData', 'DeleteCustomerData', {}],
    ['GET', '/api/public/bot/import/status/bir-7', 'BotImportStatus', {request: 'bir-7'}],
    [
      'GET',
      '/api/public/bot/st-1/testsuite/smoke/tr-7/status',
      'BatchTestExecutionStatus',
      {bot: 'st-1', suite: 'smoke', request: 'tr-7'},
    ],
    ['POST', '/api/1.1/public/bot/st-1/language/status', 'EnableAnExistingLanguage', {version: '1.1', bot: 'st-1'}],
    ['POST', '/api/public/btroles/assignments', 'AssignBTRoles', {}],
    ['POST', '/api/public/views/v/query?sys_limit=5', 'GetViewData', {view: 'v'}],
  ] as const) {
    it(`reads the key out of ${method} ${path}`, () => {
      const match = matchRoute(table, method, path);
      assert.equal(match?.name, name);
      assert.deepEqual(match?.parameters, parameters);
    });
  }

  it('takes the refusal by its text, whatever the status', () => {
    assert.deepEqual(profile.refused, [{status: ['4xx'], body: 'Rate limit for this API has been reached'}]);
    assert.deepEqual(profile.scopes.bot?.from.at(-1), {kind: 'credential'});
  });
});

describe('appwrite', () => {
  const profile = findProfile('appwrite');
  const table = routeTable(profile);
  const scopes: Readonly<Record<string, readonly string[]>> = {
    'ip:{ip},method:{method},url:{url},userId:{userId}': ['operation', 'user', 'ip'],
    'ip:{ip},method:{method},url:{url},userId:{userId},chunkId:{chunkId}': ['operation', 'user', 'ip'],
    'url:{url},ip:{ip}': ['operation', 'ip'],
    'url:{url},userId:{userId}': ['operation', 'user'],
    'ip:{ip}': ['ip'],
    'url:{url},email:{param-email}': ['operation', 'email'],
  };
  type Fact = {route: string; requests?: number; seconds?: number; key?: string};

  for (const {route, requests, seconds, key} of facts<Fact>('appwrite')) {
    it(`limits ${route} ${requests === undefined ? 'by the hour alone' : `to ${requests} per ${seconds} s for clients`}`, () => {
      const [method = '', path = ''] = route.split(' ');
      const sample = path.replace(/:\w+/g, 'x');
      const match = matchRoute(table, method, sample);
      assert.equal(match?.rule.route.replace(/\{\w+\}/g, 'x'), `${method} ${sample.slice('/v1'.length)}`);
      if (requests === undefined) return assert.isUndefined(match?.rule.group);
      const limit = limitOf(profile, match?.rule.group);
      assert.deepEqual(windowsOf(limit), [`${requests}/${seconds}`]);
      assert.deepEqual(limit.per, scopes[key!]);
      assert.notInclude(limit.with!, 'key');
    });
  }

  it('allows 5,000 per hour with a credential, 60 per address without', () => {
    const [hour, guest] = profile.limits;
    assert.deepEqual([windowsOf(hour!), hour!.with], [['5000/3600'], ['key', 'session', 'jwt']]);
    assert.deepEqual([windowsOf(guest!), guest!.with, guest!.per], [['60/3600'], ['project', 'none'], ['ip']]);
    assert.deepEqual(profile.scopes.ip, {from: [{kind: 'machine'}], absent: 'share'});
  });

  it('lets the headers speak of the limits against abuse alone', () => {
    assert.deepEqual(
      profile.headers.describes?.limits,
      profile.limits.map(({name}) => name).filter((name) => name.startsWith('abuse-')),
    );
  });

  it('sends the project with each credential, and alone only when it is named', () => {
    assert.isUndefined(chooseCredential(profile, {APPWRITE_PROJECT: 'p'}));
    assert.equal(chooseCredential(profile, {APPWRITE_PROJECT: 'p', APPWRITE_JWT: 'j'})?.name, 'jwt');
    assert.equal(chooseCredential(profile, {}, 'project')?.header, 'x-appwrite-project');
    for (const name of ['key', 'session', 'jwt']) {
      const rule = chooseCredential(profile, {}, name)!;
      assert.include(
        sentTogether(profile, rule).map(({header}) => header),
        'x-appwrite-project',
      );
    }
  });
});

describe('amity', () => {
  const profile = findProfile('amity');
  const table = routeTable(profile);

  for (const {route, max} of facts<{route: string; max?: number}>('amity')) {
    it(`recognises ${route}`, () => {
      const [method = '', path = ''] = route.split(' ');
      const match = matchRoute(table, method, path);
      assert.isDefined(match);
      if (max !== undefined && max > 1) assert.equal(match?.rule.batch?.max, max);
    });
  }

  it('allows the network 100 per 5 s and each caller 10 per second, four fifths of it', () => {
    assert.deepEqual(profile.limits.map(windowsOf), [['100/5'], ['10/1']]);
    assert.deepEqual(profile.scopes.user?.from, [{kind: 'row'}, {kind: 'credential'}]);
    assert.equal(profile.share, 0.8);
  });

  it('drops the limit of users in its variant', () => {
    const variant = findProfile('amity:network');
    assert.deepEqual(
      variant.limits.map(({name}) => name),
      ['network'],
    );
    assert.equal(variant.name, 'amity:network');
  });

  it('never sends again what was answered with 500', () => {
    assert.notInclude(profile.retry.statuses, 500);
    assert.notInclude(profile.resend, 500);
    assert.deepEqual(profile.failed[0]?.json, {'/code': 500000, '/data/detail': true});
    assert.deepEqual(profile.refused, [{json: {'/code': 400311}}]);
  });

  it('asks for the API key where sessions are made, and for an admin token elsewhere', () => {
    assert.equal(profile.operations.RegisterSession?.credential, 'api-key');
    assert.equal(profile.credentials[0]?.name, 'admin');
    assert.sameMembers(Object.keys(profile.regions), ['us', 'eu', 'sg']);
  });
});

describe('authmatech', () => {
  const profile = findProfile('authmatech');

  it('has one budget of 1,000 per minute for every request', () => {
    assert.deepEqual(profile.limits, [
      {name: 'client', per: ['client'], windows: [{requests: 1000, seconds: 60, kind: 'rolling'}]},
    ]);
  });

  it('waits 1, 2, 4 … 60 s with 100 ms of jitter, five times, after 500 too', () => {
    const {attempts, firstSeconds, factor, maxSeconds, jitterSeconds, statuses} = profile.retry;
    assert.deepEqual([attempts, firstSeconds, factor, maxSeconds, jitterSeconds], [5, 1, 2, 60, 0.1]);
    assert.include(statuses, 500);
    assert.deepEqual(profile.resend, [500]);
  });

  it('stops when the balance is empty', () => {
    assert.deepEqual(profile.stop, [{status: ['400'], body: 'balance', why: 'balance'}]);
  });

  it('sends key and client id together', () => {
    const rule = chooseCredential(profile, {AUTHMATECH_CLIENT_ID: 'c', AUTHMATECH_API_KEY: 'k'})!;
    assert.deepEqual(
      sentTogether(profile, rule).map(({header}) => header),
      ['x-api-key', 'x-client-id'],
    );
  });
});
