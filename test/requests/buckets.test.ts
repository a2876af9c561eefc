import {assert} from 'chai';
import type {Limit, Profile, ScopeRule, ScopeSource} from '../../src/profiles/profile.js';
import {direct, requestOf, sampleProfile} from './sample.js';

const windows = [{requests: 10, seconds: 1, kind: 'rolling'}] as const;
const limit = (parts: Partial<Limit>): Limit => ({name: 'all', per: [], windows, ...parts});
const withLimits = (limits: readonly Limit[], parts: Partial<Profile> = {}) => sampleProfile({limits, ...parts});
const labels = (profile: Profile, url: string, setting = {}) =>
  direct(url, {}, {profile, ...setting}).buckets.map(({label}) => label);
const idOf = (profile: Profile, url: string, parts = {}, setting = {}) =>
  direct(url, parts, {profile, ...setting}).buckets[0]!.id;

describe('the buckets of a request', () => {
  it('are those of all limits that cover it, in the order of the profile', () => {
    const profile = withLimits([
      limit({name: 'all'}),
      limit({name: 'bots', groups: ['definition']}),
      limit({name: 'users', groups: ['users']}),
      limit({name: 'export', operations: ['ExportBot', 'Other']}),
      limit({name: 'keyed', with: ['key']}),
      limit({name: 'open', with: ['none']}),
    ]);
    assert.deepEqual(labels(profile, '/bots/st-1/export'), ['all', 'bots', 'export', 'keyed']);
    assert.deepEqual(
      direct('/bots/st-1/export', {}, {profile}).buckets.map(({limit}) => limit),
      [0, 1, 3, 4],
    );
    assert.deepEqual(labels(profile, '/unknown'), ['all', 'keyed']);
    assert.deepEqual(labels(profile, '/bots/st-1/export', {credential: undefined}), ['all', 'bots', 'export', 'open']);
  });

  it('tell operations, methods and credentials apart', () => {
    const profile = withLimits([limit({per: ['operation', 'method', 'credential']})]);
    assert.deepEqual(labels(profile, '/bots/st-1/export'), ['all operation=ExportBot method=POST credential=key']);
    assert.equal(idOf(profile, '/bots/st-1/export'), idOf(profile, '/bots/st-2/export'));
    assert.notEqual(idOf(profile, '/bots/st-1/export'), idOf(profile, '/other'));
    assert.notEqual(idOf(profile, '/x', {}, {credential: 'key'}), idOf(profile, '/x', {}, {credential: 'other'}));
    assert.deepEqual(labels(profile, '/x', {credential: undefined}), [
      'all operation=POST /x method=POST credential=(any)',
    ]);
  });

  it('know an operation without a name by the pattern of its template', () => {
    const profile = withLimits([limit({per: ['operation']})]);
    const bucket = (id: string) =>
      requestOf({request: 'POST /things/{{ id }}?q={{ id }}'}, {id}, {profile}).buckets[0]!;
    assert.deepEqual(bucket('1'), bucket('2'));
    assert.equal(bucket('1').label, 'all operation=POST /things/{}');
  });

  it('know a credential by its name, also where a scope is read from it', () => {
    const profile = withLimits([limit({per: ['credential']}), limit({per: ['account']})], {
      scopes: {account: {from: [{kind: 'credential'}], absent: 'share'}},
    });
    assert.deepEqual(labels(profile, '/x'), ['all credential=key', 'all account=key']);
  });

  // Journals hold them, and other runs look them up there.
  it('have ids that stay as they are', () => {
    assert.equal(idOf(withLimits([limit({name: 'network'})]), '/x'), 5_067_225_885_315_208);
    assert.equal(
      idOf(withLimits([limit({name: 'user', per: ['user']})]), '/x', {scope: {user: 'admin'}}),
      5_030_314_025_153_001,
    );
  });

  it('do not mix two keys', () => {
    const profile = withLimits([limit({per: ['a', 'b']})]);
    assert.notEqual(
      idOf(profile, '/x', {scope: {a: '1\n1:2', b: '3'}}),
      idOf(profile, '/x', {scope: {a: '1', b: '2\n1:3'}}),
    );
    assert.notEqual(idOf(profile, '/x', {scope: {a: '12', b: '3'}}), idOf(profile, '/x', {scope: {a: '1', b: '23'}}));
  });
});

describe('a scope', () => {
  const scoped = (from: readonly ScopeSource[], absent: ScopeRule['absent'] = 'share') =>
    withLimits([limit({name: 'bot', per: ['bot']})], {scopes: {bot: {from, absent}}});
  const body = (text: string) => ({body: {kind: 'json', text} as const});

  for (const [name, source, url, parts, label] of [
    ['the row', {kind: 'row'}, '/x', {scope: {bot: 'st-1'}}, 'bot bot=st-1'],
    ['a path parameter', {kind: 'path', name: 'bot'}, '/bots/st-1/export', {}, 'bot bot=st-1'],
    ['a path parameter, decoded', {kind: 'path', name: 'bot'}, '/bots/st%2D1/export', {}, 'bot bot=st-1'],
    [
      'a path parameter that matches',
      {kind: 'path', name: 'bot', matches: '^st-'},
      '/bots/st-1/export',
      {},
      'bot bot=st-1',
    ],
    [
      'no path parameter that does not match',
      {kind: 'path', name: 'bot', matches: '^st-'},
      '/bots/import/export',
      {},
      'bot bot=(any)',
    ],
    ['a pattern', {kind: 'pattern', pattern: '^/api/(st-[^/]+)'}, '/api/st-9/x?y=1', {}, 'bot bot=st-9'],
    ['no pattern that does not match', {kind: 'pattern', pattern: '^/api/(st-[^/]+)'}, '/api/x', {}, 'bot bot=(any)'],
    ['the body', {kind: 'body', pointer: '/user/id'}, '/x', body('{"user":{"id":"u1"}}'), 'bot bot=u1'],
    ['a number of the body', {kind: 'body', pointer: '/ids/0'}, '/x', body('{"ids":[7]}'), 'bot bot=7'],
    ['no object of the body', {kind: 'body', pointer: '/user'}, '/x', body('{"user":{"id":"u1"}}'), 'bot bot=(any)'],
    ['no body that is none', {kind: 'body', pointer: '/user'}, '/x', {}, 'bot bot=(any)'],
    ['a header', {kind: 'header', name: 'X-Bot'}, '/x', {headers: {'x-bot': 'st-3'}}, 'bot bot=st-3'],
    ['the machine', {kind: 'machine'}, '/x', {}, 'bot bot=this machine'],
    ['the credential', {kind: 'credential'}, '/x', {}, 'bot bot=key'],
  ] as const) {
    it(`comes from ${name}`, () => {
      assert.deepEqual(
        direct(url, parts, {profile: scoped([source])}).buckets.map((bucket) => bucket.label),
        [label],
      );
    });
  }

  it('comes from the first source that yields', () => {
    const profile = scoped([{kind: 'row'}, {kind: 'path', name: 'bot'}, {kind: 'credential'}]);
    assert.deepEqual(direct('/bots/a/export', {scope: {bot: 'b'}}, {profile}).buckets[0]!.label, 'bot bot=b');
    assert.deepEqual(labels(profile, '/bots/a/export'), ['bot bot=a']);
    assert.deepEqual(labels(profile, '/x'), ['bot bot=key']);
  });

  it('that is absent shares one bucket, or leaves the limit out', () => {
    const shared = scoped([{kind: 'row'}]);
    assert.equal(idOf(shared, '/x'), idOf(shared, '/y'));
    assert.notEqual(idOf(shared, '/x'), idOf(shared, '/x', {scope: {bot: '-'}}));
    assert.deepEqual(labels(scoped([{kind: 'row'}], 'skip'), '/x'), []);
  });

  it('that is not declared comes from the row, the path, then the credential, and never from a data column', () => {
    const profile = withLimits([limit({name: 'bot', per: ['bot']})]);
    const label = (url: string, parts = {}, setting = {}) =>
      direct(url, {values: {bot: 'data'}, ...parts}, {profile, ...setting}).buckets[0]!.label;
    assert.equal(label('/bots/a/export', {scope: {bot: 'b'}}), 'bot bot=b');
    assert.equal(label('/bots/a/export'), 'bot bot=a');
    assert.equal(label('/x'), 'bot bot=key');
    assert.equal(label('/x', {}, {credential: undefined}), 'bot bot=(any)');
  });

  it('is shown safely', () => {
    assert.equal(
      direct('/x', {scope: {bot: '\u001b[2J'}}, {profile: scoped([{kind: 'row'}])}).buckets[0]!.label,
      'bot bot=\\u001b[2J',
    );
  });
});
