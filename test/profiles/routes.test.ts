import {assert} from 'chai';
import fc from 'fast-check';
import {parseProfile} from '../../src/profiles/parse.js';
import {expandRoute, matchRoute, routeTable} from '../../src/profiles/routes.js';
import {profileOf} from '../support/profile.js';

const table = routeTable(
  parseProfile(
    `
name: example
baseUrl: https://api.example.com/v1
operations:
  ListBots:    {route: GET /bots}
  ImportBot:   {route: POST /bots/import}
  UpdateBot:   {route: "POST /bots/{bot}"}
  ExportBot:   {route: "POST /bots/{bot}/export", aliases: ["POST /streams/{stream}/export", "PUT /bots/{bot}/export"]}
  ImportState: {route: "GET /bots/import/{request}"}
  ReadSkill:   {route: "GET /bots/{bot}/skill"}
  EnableBot:   {route: "POST /bots/{bot}/state"}
  DisableBot:  {route: "POST /bots/{bot}/state"}
  Root:        {route: GET /}
`,
    'routes.yaml',
  ),
);

describe('matchRoute', () => {
  for (const {method = 'POST', path, name, parameters = {}} of [
    {path: '/bots/import', name: 'ImportBot'},
    {path: '/bots/st-1', name: 'UpdateBot', parameters: {bot: 'st-1'}},
    {path: '/bots/st-1/export', name: 'ExportBot', parameters: {bot: 'st-1'}},
    {path: '/bots/st-1/export/', name: 'ExportBot', parameters: {bot: 'st-1'}},
    {path: '/bots/st-1/export?lang=en&x=/a/b', name: 'ExportBot', parameters: {bot: 'st-1'}},
    {path: '/bots/st%2D1%2Fx/export', name: 'ExportBot', parameters: {bot: 'st-1/x'}},
    {path: '/bots/100%/export', name: 'ExportBot', parameters: {bot: '100%'}},
    {path: '/streams/st-1/export', name: 'ExportBot', parameters: {stream: 'st-1'}},
    {method: 'PUT', path: '/bots/st-1/export', name: 'ExportBot', parameters: {bot: 'st-1'}},
    {path: '/v1/bots/st-1/export', name: 'ExportBot', parameters: {bot: 'st-1'}},
    {path: '/v1/bots/import', name: 'ImportBot'},
    {method: 'GET', path: '/bots', name: 'ListBots'},
    {method: 'get', path: '/bots/', name: 'ListBots'},
    {method: 'GET', path: '/bots/import/7', name: 'ImportState', parameters: {request: '7'}},
    {method: 'GET', path: '/bots/st-1/skill', name: 'ReadSkill', parameters: {bot: 'st-1'}},
    // The literal leads nowhere here, so the parameter is tried after all.
    {path: '/bots/import/export', name: 'ExportBot', parameters: {bot: 'import'}},
    {path: '/bots/st-1/state', name: 'EnableBot', parameters: {bot: 'st-1'}},
    {method: 'GET', path: '/', name: 'Root'},
  ]) {
    it(`recognises ${method} ${path} as ${name}`, () => {
      const match = matchRoute(table, method, path);
      assert.equal(match?.name, name);
      assert.deepEqual(match?.parameters, parameters);
    });
  }

  for (const [method, path] of [
    ['POST', '/bots'],
    ['DELETE', '/bots/st-1'],
    ['POST', '/bots//export'],
    ['POST', '/bots/st-1/export/now'],
    ['POST', '/v2/bots/st-1/export'],
    ['POST', '/BOTS/import'],
    ['POST', `/bots${'/x'.repeat(10_000)}`],
    ['constructor', '/bots'],
  ] as const) {
    it(`knows nothing of ${method} ${path.slice(0, 40)}`, () => assert.isUndefined(matchRoute(table, method, path)));
  }

  it('strips the path of the base URL in use, too', () => {
    const moved = routeTable(
      parseProfile('name: a\noperations: {Ping: {route: GET /ping}}', 'a.yaml'),
      'http://localhost:1/api/',
    );
    assert.equal(matchRoute(moved, 'GET', '/api/ping')?.name, 'Ping');
    assert.equal(matchRoute(moved, 'GET', '/ping')?.name, 'Ping');
    assert.isUndefined(matchRoute(moved, 'GET', '/apiping'));
  });

  it('finds each anew, whichever was asked for before', () => {
    const fresh = () => routeTable(profileOf({operations: {A: {route: 'POST /a/{x}'}, B: {route: 'GET /a/{x}'}}}));
    const one = fresh();
    for (const [method, path] of [
      ['POST', '/a/1'],
      ['POST', '/a/1'],
      ['GET', '/a/1'],
      ['GET', '/a/2'],
      ['GET', '/b'],
      ['POST', '/a/1'],
    ] as const)
      assert.deepEqual(matchRoute(one, method, path), matchRoute(fresh(), method, path));
  });

  it('never throws, whatever the path', () => {
    fc.assert(fc.property(fc.string(), (path) => void matchRoute(table, 'POST', path)));
  });
});

describe('expandRoute', () => {
  it('takes a route apart', () => {
    assert.deepEqual(expandRoute('POST /bots/{bot}/tests/{test}'), {
      method: 'POST',
      path: '/bots/{bot}/tests/{test}',
      parameters: ['bot', 'test'],
    });
  });
});
