import {readdirSync, readFileSync} from 'node:fs';
import {assert} from 'chai';
import {Problem} from '../../src/problem.js';
import {parseProfile} from '../../src/profiles/parse.js';

const FIXTURES = new URL('../../fixtures/profiles/', import.meta.url);

/** What each fixture is told, without the file's name: `line: sentence`. One fault each, named by the fault. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  'bad-json-pointer.yaml': ['3: "code" in refused[0].json: expected a JSON pointer such as /error/code'],
  'base-url-climbs.yaml': [
    '3: regions.eu is "https://api.example.com/v1/..", expected a path without "." and ".." in it',
  ],
  'base-url-http.yaml': ['2: baseUrl is "http://api.example.com", expected https (http is for this machine alone)'],
  'base-url-password.yaml': ['2: baseUrl holds a user name or password; put those into a credential'],
  'base-url-query.yaml': ['2: baseUrl is "https://api.example.com/?key=1", expected no query and no fragment'],
  'built-in-scope.yaml': ['3: scopes.operation is built in, and has a value in every request'],
  'burst-without-bucket.yaml': ['5: limits[0].windows[0].burst is 10, but kind is fixed: only a bucket has a burst'],
  'credential-nowhere.yaml': [
    '3: credentials[0] has neither header nor query, expected one of them: where the secret goes',
  ],
  'credential-sets-host.yaml': ['3: credentials[0].header sets Host, which belongs to the connection'],
  'credential-twice.yaml': ['3: credentials[0] has both header and query, expected one of them'],
  'credential-without-env.yaml': ['3: credentials[0].env is missing, expected a text'],
  'describes-unknown-limit.yaml': [
    '6: headers.describes.limits[0] is "minutes", which is not a limit, did you mean "minute"?',
  ],
  'duplicate-limit.yaml': ['4: limits[1].name is "all", as is limits[0]; each needs a name of its own'],
  'duplicate-operation.yaml': ['5: SendAll stands in its map for the second time, expected every name once'],
  'empty.yaml': ['1: the file is empty, expected a map'],
  'half-a-request.yaml': ['3: limits[0].windows[0].requests is 0.5, expected a whole number'],
  'json-with-fault.json': ['4: limits[0].windows[0].requests is "60", expected a number'],
  'missing-name.yaml': ['1: name is missing, expected a text'],
  'name-is-number.yaml': ['1: name is 360, expected a text: put it in quotes'],
  'no-windows.yaml': ['4: limits[0].windows is an empty list, expected a list of at least 1'],
  'not-yaml.yaml': ['3: not YAML: flow sequence in block collection must be sufficiently indented and end with a ]'],
  'pattern-does-not-compile.yaml': [
    '3: scopes.bot.from[0].pattern is "/bots/(st-[^/]+", which does not compile: Unterminated group',
  ],
  'pattern-is-catastrophic.yaml': [
    '3: scopes.bot.from[0].pattern is "^/bots/(([a-z]+-?)+)$", which could search for hours: a repetition is repeated',
  ],
  'pattern-without-group.yaml': [
    '3: scopes.bot.from[0].pattern is "^/bots/[^/]+", expected a group: what is in (…) is the value',
  ],
  'probe-for-nobody.yaml': ['3: probes[0] has neither groups nor operations, expected whose requests it is for'],
  'probe-that-posts.yaml': [
    '6: probes[0].request is "POST /users/find", expected GET or HEAD, a blank, and a path such as /users/{{ request.body.id }}',
  ],
  'probe-unknown-operation.yaml': [
    '5: probes[0].operations[0] is "CreateUsers", which is not an operation, did you mean "CreateUser"?',
  ],
  'refused-unknown-limit.yaml': ['5: refused[0].limits[0] is "users", which is not a limit, did you mean "user"?'],
  'renews-unknown.yaml': [
    '3: stop[0].renews is "weekly", expected hourly, daily, or a time of day in UTC such as 07:30Z',
  ],
  'route-parameter-twice.yaml': ['3: operations.Move.route is "POST /bots/{id}/move/{id}", which has {id} twice'],
  'route-with-query.yaml': [
    '4: operations.SendAll.route is "POST /notify?dry=true", expected METHOD /path/{parameter}: one blank, no query, and a parameter takes a whole segment',
  ],
  'route-without-method.yaml': [
    '3: operations.SendAll.route is "/notify", expected METHOD /path/{parameter}: one blank, no query, and a parameter takes a whole segment',
  ],
  'rule-without-condition.yaml': ['3: stop[0] holds for every answer, expected status, body, json or header'],
  'secret-instead-of-env.yaml': [
    '3: credentials[0].env is something else (not shown: it could be a secret), expected the name of an environment variable',
  ],
  'several-faults.yaml': [
    '2: baseUrl is "http://api.example.com", expected https (http is for this machine alone)',
    '4: credentials[0].name is "none", which means: without a credential',
    '6: limits[0].groups[0] is "notify", which is not the group of any operation; known are none',
    '6: limits[0].windows[0].burst is 3, but kind is rolling: only a bucket has a burst',
  ],
  'share-above-all.yaml': ['2: share is "120%", expected more than 0% and at most 100%'],
  'share-as-number.yaml': ['2: share is 80, expected a share such as 80%, or 0.8'],
  'source-without-date.yaml': ['3: sources[0].date is "yesterday", expected a date such as 2026-08-21'],
  'status-unknown.yaml': ['3: stop[0].status is "4x", expected a status from 100 to 599, or 4xx, or a list of them'],
  'unknown-companion.yaml': [
    '3: credentials[0].also[0] is "client", which is not another credential; known are client-id',
  ],
  'unknown-credential.yaml': ['6: limits[0].with[0] is "kye", which is not a credential, did you mean "key"?'],
  'unknown-group.yaml': [
    '6: limits[0].groups[0] is "notfy", which is not the group of any operation, did you mean "notify"?',
  ],
  'unknown-kind.yaml': ['3: limits[0].windows[0].kind is "sliding", expected one of rolling, fixed, counter, bucket'],
  'unknown-member.yaml': ['2: "limts" is not a member of a profile, did you mean "limits"?'],
  'unknown-operation-credential.yaml': [
    '5: operations.SendAll.credential is "secret", which is not a credential; known are key',
  ],
  'unknown-operation.yaml': [
    '6: limits[0].operations[0] is "SendAl", which is not an operation, did you mean "SendAll"?',
  ],
  'unknown-path-parameter.yaml': [
    '5: scopes.bot.from[1].path is "bots", which is not a parameter of any route, did you mean "bot"?',
  ],
  'unknown-source-of-scope.yaml': [
    '3: scopes.bot.from[0] is "rows", expected row, machine, credential, {path: name, matches: regex}, {pattern: regex}, {body: /pointer} or {header: name}',
  ],
  'unknown-variant-limit.yaml': ['5: variants.alone.without[0] is "user", which is not a limit; known are network'],
  'unknown-window-member.yaml': [
    '6: limits[0].windows[1].seconds is missing, expected a number',
    '7: limits[0].windows[1]: "second" is not a member of a window, did you mean "seconds"?',
  ],
  'window-of-no-time.yaml': ['3: limits[0].windows[0].seconds is 0, expected more than 0'],
  'window-without-requests.yaml': ['3: limits[0].windows[0].requests is 0, expected more than 0'],
};

describe('faults of a profile file', () => {
  for (const [file, lines] of Object.entries(TOLD)) {
    it(`are told for ${file}`, () => {
      assert.equal(problemOf(file).message, lines.map((line) => `${file}:${line}`).join('\n'));
    });
  }

  it('have a fixture each, and each fixture is told', () => {
    const files = readdirSync(FIXTURES).filter((file) => /\.(yaml|json)$/.test(file));
    assert.sameMembers(files, [...Object.keys(TOLD), 'twelve-faults.yaml']);
  });

  it('are listed up to the tenth, and counted beyond', () => {
    const lines = problemOf('twelve-faults.yaml').message.split('\n');
    assert.lengthOf(lines, 11);
    assert.equal(lines[9], 'twelve-faults.yaml:12: limits[9].windows[0].requests is -10, expected more than 0');
    assert.equal(lines[10], 'and 2 more');
  });

  it('end with the command that looks again, exit code 78 and the first place', () => {
    const problem = problemOf('share-as-number.yaml');
    assert.equal(problem.code, 'PROFILE_INVALID');
    assert.equal(problem.exit, 78);
    assert.deepEqual(problem.at, {file: 'share-as-number.yaml', line: 2});
    assert.deepEqual(problem.suggestions, [
      'Correct line 2 of share-as-number.yaml, then look again: sluice profiles check share-as-number.yaml',
    ]);
  });

  for (const file of ['base-url-password.yaml', 'secret-instead-of-env.yaml']) {
    it(`never show the secret of ${file}`, () => {
      assert.notMatch(problemOf(file).message, /hunter2|sk-live/);
    });
  }

  const hostile: Readonly<Record<string, string>> = {
    'a text that is no YAML at all': '\u0000\u0001{{{{',
    'a nesting that exhausts the stack': '['.repeat(20_000),
    'aliases that multiply': `a: &a [${'1,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\nc: &c [${'*b,'.repeat(20)}]\nd: [${'*c,'.repeat(20)}]`,
    'an alias of itself': 'name: &a [*a]',
    'a tag of its own': 'name: !!js/function "() => 1"',
    'two documents': 'name: a\n---\nname: b',
    'more than a megabyte': `name: ${'a'.repeat(1_100_000)}`,
    'a list': '- name: a',
    'a text': 'hello',
    nothing: '',
    'a prototype': '__proto__: {name: a}',
  };
  for (const [name, text] of Object.entries(hostile)) {
    it(`are a problem, not a crash, for ${name}`, () => {
      const problem = caught(() => parseProfile(text, 'mine.yaml'));
      assert.equal(problem.code, 'PROFILE_INVALID');
      assert.isBelow(problem.message.length, 5000);
    });
  }

  it('survive a cut anywhere in a built-in profile', () => {
    const text = readFileSync(new URL('../../src/profiles/built-in/amity.yaml', import.meta.url), 'utf8');
    for (let end = 0; end < text.length; end += 13) {
      try {
        parseProfile(text.slice(0, end), 'cut.yaml');
      } catch (error) {
        assert.instanceOf(error, Problem, `cut at ${end}`);
      }
    }
  });
});

function problemOf(file: string): Problem {
  return caught(() => parseProfile(readFileSync(new URL(file, FIXTURES), 'utf8'), file));
}

function caught(action: () => unknown): Problem {
  try {
    action();
  } catch (error) {
    assert.instanceOf(error, Problem);
    return error as Problem;
  }
  throw new Error('nothing was thrown');
}
