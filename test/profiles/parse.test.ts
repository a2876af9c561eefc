import {assert} from 'chai';
import {findProfile, listProfiles} from '../../src/profiles/find.js';
import {applyLimits} from '../../src/profiles/override.js';
import {parseProfile} from '../../src/profiles/parse.js';
import {scaleProfile} from '../../src/profiles/scale.js';
import {profileToYaml} from '../../src/profiles/write.js';
import {profileOf} from '../support/profile.js';

describe('parseProfile', () => {
  it('fills in every default', () => {
    assert.deepEqual(parseProfile('name: example', 'example.yaml'), profileOf({}));
  });

  it('spells shorthand out', () => {
    const profile = parseProfile(
      `
name: example
baseUrl: https://api.example.com/v1/
credentials: [{name: key, header: X-API-Key, env: EXAMPLE_KEY, headers: {Auth-Type: jwt}}]
operations: {Export: {route: "POST /bots/{bot}"}}
scopes:
  bot: {from: [row, {path: bot, matches: "^st-"}, {pattern: "/(x)"}, {body: /a/b}, {header: X-Bot}, machine, credential], absent: skip}
share: 12.5%
stop: [{status: 400, body: balance}, {status: 4xx}, {status: [429, 5xx], header: {X-Why: ""}}]
headers: {limit: X-RateLimit-Limit}
idempotencyKey: {header: Idempotency-Key}
`,
      'example.yaml',
    );
    assert.equal(profile.baseUrl, 'https://api.example.com/v1');
    assert.deepEqual(profile.credentials[0], {
      name: 'key',
      header: 'x-api-key',
      prefix: '',
      env: 'EXAMPLE_KEY',
      headers: {'auth-type': 'jwt'},
    });
    assert.deepEqual(profile.scopes.bot, {
      from: [
        {kind: 'row'},
        {kind: 'path', name: 'bot', matches: '^st-'},
        {kind: 'pattern', pattern: '/(x)'},
        {kind: 'body', pointer: '/a/b'},
        {kind: 'header', name: 'x-bot'},
        {kind: 'machine'},
        {kind: 'credential'},
      ],
      absent: 'skip',
    });
    assert.equal(profile.share, 0.125);
    assert.deepEqual(profile.stop, [
      {status: ['400'], body: 'balance'},
      {status: ['4xx']},
      {status: ['429', '5xx'], header: {'x-why': ''}},
    ]);
    assert.equal(profile.headers.limit, 'x-ratelimit-limit');
    assert.deepEqual(profile.idempotencyKey, {header: 'idempotency-key', hours: 24});
  });

  it('takes a key that is not declared from the row, the path, the credential', () => {
    const text =
      'name: a\nlimits: [{name: all, per: [user, operation, method, credential], windows: [{requests: 1, seconds: 1}]}]';
    assert.deepEqual(parseProfile(text, 'a.yaml').scopes, {
      user: {from: [{kind: 'row'}, {kind: 'path', name: 'user'}, {kind: 'credential'}], absent: 'share'},
    });
  });

  it('finds nothing under names that objects have by nature', () => {
    const {operations, scopes, variants} = parseProfile('name: a', 'a.yaml');
    for (const name of ['constructor', 'toString', '__proto__']) {
      assert.isUndefined(operations[name]);
      assert.isUndefined(scopes[name]);
      assert.isUndefined(variants[name]);
    }
  });

  it('reads JSON, with tabs and a byte order mark', () => {
    const text = `\uFEFF${JSON.stringify({name: 'a', share: '50%', stop: [{status: 400}]}, null, '\t')}`;
    assert.deepEqual(
      parseProfile(text, 'a.json'),
      parseProfile('name: a\nshare: 50%\nstop: [{status: 400}]', 'a.yaml'),
    );
  });
});

describe('profileToYaml', () => {
  for (const name of [...listProfiles(), 'amity:network']) {
    it(`writes ${name} so that it reads the same`, () => {
      const profile = findProfile(name);
      assert.deepEqual(parseProfile(profileToYaml(profile), name), profile);
      const used = scaleProfile(applyLimits(profile, {limits: [{requests: 3, seconds: 1}], share: 0.3}), 60);
      // What a share was taken of is not written: the figures are what a run against it may use.
      const written = JSON.parse(JSON.stringify(used), (key, value) =>
        key === 'share' && value === 0.3 ? undefined : value,
      );
      assert.deepEqual(JSON.parse(JSON.stringify(parseProfile(profileToYaml(used), name))), written);
    });
  }

  it('writes every member', () => {
    const text = `
name: a
credentials: [{name: key, query: key, prefix: "Bearer ", env: KEY, also: [app]}, {name: app, header: x-app, env: APP}]
scopes: {user: {from: [row, {header: x-user}], absent: skip}}
limits: [{name: all, with: [none], per: [user], windows: [{requests: 1, seconds: 0.5, kind: bucket, burst: 2}]}]
share: 0.333
stop: [{status: [400, 5xx], json: {/a: {b: [1, null]}}, why: "yes: no # not"}]
countRefusals: false
idempotencyKey: {header: idempotency-key, hours: 1.5}
`;
    const profile = parseProfile(text, 'a.yaml');
    assert.deepEqual(parseProfile(profileToYaml(profile), 'b.yaml'), profile);
  });
});
