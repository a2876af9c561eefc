import {assert} from 'chai';
import type {ScopeFlag} from '../../src/operations/parse.js';
import {type Asked, chooseBaseUrl, rolesOf, settingOf} from '../../src/requests/asked.js';
import {assertProblem, sampleProfile} from './sample.js';

const profile = sampleProfile({
  limits: [{name: 'bot', per: ['bot'], windows: [{requests: 60, seconds: 60, kind: 'rolling'}]}],
  scopes: {bot: {from: [{kind: 'row'}], absent: 'share'}},
});
const asked: Asked = {profile, baseUrl: 'https://api.example.com', scope: {}, headers: [], allowedOrigins: []};
const template = {request: 'POST /users/{{ n }}', headers: [], body: undefined};

describe('rolesOf', () => {
  it('takes every column for data where there is a template, whatever it is called', () => {
    const roles = rolesOf({...asked, template, id: 'url'}, 'a.csv', ['url', 'operation', 'n']);
    assert.deepEqual(roles, {kind: 'plain', id: 'url', key: undefined, phase: undefined, scope: {}});
  });

  it('knows whose columns tell the turn of a row', () => {
    const roles = rolesOf({...asked, template, key: 'n', phase: 'url'}, 'a.csv', ['url', 'n']);
    assert.deepInclude(roles, {key: 'n', phase: 'url'});
  });

  for (const columns of [
    ['operation', 'n'],
    ['method', 'url'],
  ])
    it(`knows a file of operations by its columns ${columns.join(' and ')}`, () =>
      assert.equal(rolesOf(asked, 'a.csv', columns).kind, 'operations'));

  it('refuses a file that says no requests', () => {
    assertProblem(() => rolesOf(asked, 'a.csv', ['name', 'url']), 'INPUT_UNDECIDED', 2, 'a.csv', 'name, url');
  });

  for (const part of ['id', 'key', 'phase'] as const)
    it(`refuses a column for the ${part} that could not be heeded`, () => {
      const given = {...asked, [part]: 'nn'};
      assertProblem(
        () => rolesOf(given, 'a.csv', ['operation']),
        `${part.toUpperCase()}_UNWANTED`,
        2,
        `the column "${part}"`,
      );
      assertProblem(() => rolesOf({...given, template}, 'a.csv', ['n']), 'COLUMN_UNKNOWN', 2, `--${part} nn`, '"n"');
    });

  it('refuses a --scope column that is not there', () => {
    const scope: Record<string, ScopeFlag> = {bot: {column: 'bott'}};
    assertProblem(() => rolesOf({...asked, template, scope}, 'a.csv', ['bot']), 'COLUMN_UNKNOWN', 2, 'bot=@bott');
    assert.equal(rolesOf({...asked, template, scope}, 'a.ndjson', undefined).kind, 'plain');
  });
});

describe('settingOf', () => {
  it('is the profile under the limits of the operator, with the template compiled', () => {
    const overrides = {limits: [{requests: 80, seconds: 5}], share: undefined, concurrency: 4};
    const given = {...asked, template};
    const setting = settingOf(given, {overrides, columns: ['n'], credential: 'key'});
    assert.equal(setting.profile.concurrency, 4);
    assert.deepInclude(setting.profile.limits.at(-1)!.windows[0], {requests: 80, seconds: 5});
    assert.isDefined(setting.template);
    assert.deepInclude(setting, {credential: 'key', baseUrl: asked.baseUrl});
  });
});

describe('chooseBaseUrl', () => {
  const regional = {...profile, regions: {eu: 'https://eu.example.com', us: 'https://us.example.com'}};

  it('goes where the operator says, else to the region, else where the profile says', () => {
    const own = {...regional, baseUrl: 'https://own.example.com'};
    assert.equal(chooseBaseUrl(own, {baseUrl: 'https://mine.example.com/', region: 'eu'}), 'https://mine.example.com');
    assert.equal(chooseBaseUrl(own, {region: 'eu'}), 'https://eu.example.com');
    assert.equal(chooseBaseUrl(own, {}), 'https://own.example.com');
  });

  it('names what is missing or not known', () => {
    assertProblem(() => chooseBaseUrl(regional, {}), 'REGION_MISSING', 2, 'example');
    assertProblem(() => chooseBaseUrl(regional, {region: 'eo'}), 'REGION_UNKNOWN', 2, '"eo"', 'eu');
    assertProblem(() => chooseBaseUrl(profile, {}), 'BASE_URL_MISSING', 2);
    assertProblem(() => chooseBaseUrl(profile, {baseUrl: 'ftp://a.example'}), 'BASE_URL_INVALID', 2);
  });
});
