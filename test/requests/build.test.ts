import {assert} from 'chai';
import {buildRequest} from '../../src/requests/build.js';
import {assertProblem, direct, requestOf, sampleOperation, sampleProfile, sampleSetting} from './sample.js';

const place = 'row 88 (users.csv:92)';

describe('the method of a row', () => {
  it('is written in capitals', () => {
    const call = {kind: 'direct', method: 'patch', url: '/x'} as const;
    assert.equal(direct('/x', {call}).method, 'PATCH');
  });

  for (const method of ['', 'PO ST', 'POST\r\n', 'CONNECT', 'TRACE', 'G€T']) {
    it(`is refused: ${JSON.stringify(method)}`, () => {
      if (method === 'POST\r\n')
        return assert.equal(direct('/x', {call: {kind: 'direct', method, url: '/x'}}).method, 'POST');
      assertProblem(() => direct('/x', {call: {kind: 'direct', method, url: '/x'}}), 'URL_INVALID', 65, place);
    });
  }
});

describe('the headers of a row', () => {
  for (const name of [
    'Host',
    'Authorization',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'Cookie',
    'X-Api-Key',
    'Proxy-Authorization',
  ]) {
    it(`may not set ${name}`, () => {
      const problem = assertProblem(
        () => direct('/x', {headers: {[name]: 's3cr3t'}}),
        'HEADER_INVALID',
        65,
        place,
        `"${name}"`,
      );
      assert.notInclude(problem.message, 's3cr3t');
    });
  }

  for (const name of ['constructor', 'prototype', 'a b', 'a:b', 'ä', '', 'a\r\nb']) {
    it(`have names that can be sent: ${JSON.stringify(name)}`, () => {
      assertProblem(() => direct('/x', {headers: {[name]: '1'}}), 'HEADER_INVALID', 65, place);
    });
  }

  it('refuse __proto__, and change no prototype by it', () => {
    assertProblem(() => direct('/x', {headers: JSON.parse('{"__proto__": "1"}')}), 'HEADER_INVALID', 65, place);
    assert.notProperty({}, '1');
  });

  it('have values that can be sent', () => {
    assertProblem(
      () => direct('/x', {headers: {'X-A': 'a\r\nHost: evil'}}),
      'HEADER_INVALID',
      65,
      place,
      '\\r\\n',
      'a line break',
    );
  });

  it('are sent in lower case, and their content type wins', () => {
    const body = {kind: 'json', text: '{"a":1}'} as const;
    assert.deepEqual(direct('/x', {body}).headers, {'content-type': 'application/json'});
    assert.deepEqual(direct('/x', {body, headers: {'Content-Type': 'application/vnd.api+json', 'X-A': '1'}}).headers, {
      'content-type': 'application/vnd.api+json',
      'x-a': '1',
    });
    assert.match(direct('/x', {body: {kind: 'text', text: 'hi'}}).headers['content-type']!, /^text\/plain/);
  });
});

describe('a named operation', () => {
  const named = (name: string, values: Record<string, unknown>, scope: Record<string, string> = {}) =>
    buildRequest(sampleOperation(values, {call: {kind: 'named', name}, scope}), sampleSetting());

  it('is sent by its route, filled from the columns of the same names', () => {
    const {method, url, operation, group, repeatable} = named('ExportBot', {bot: 'st-1/x'});
    assert.deepEqual(
      {method, url, operation, group, repeatable},
      {
        method: 'POST',
        url: 'https://api.example.com/bots/st-1%2Fx/export',
        operation: 'ExportBot',
        group: 'definition',
        repeatable: false,
      },
    );
  });

  it('takes a parameter from scope.NAME where there is no column', () => {
    assert.equal(named('ExportBot', {}, {bot: 'st-2'}).url, 'https://api.example.com/bots/st-2/export');
    assert.equal(named('ExportBot', {bot: ''}, {bot: 'st-2'}).url, 'https://api.example.com/bots/st-2/export');
    assert.equal(named('ExportBot', {bot: 'st-1'}, {bot: 'st-2'}).url, 'https://api.example.com/bots/st-1/export');
  });

  it('says which parameter a row lacks', () => {
    assertProblem(() => named('ExportBot', {}), 'PARAMETER_MISSING', 65, place, 'ExportBot', '"bot"', 'scope.bot');
    assertProblem(() => named('ExportBot', {bot: ''}), 'PARAMETER_MISSING', 65, place, 'is empty');
  });

  for (const bot of ['..', '%2e%2e', 'a\nb', ' ']) {
    it(`keeps each parameter one segment: ${JSON.stringify(bot)}`, () => {
      assertProblem(() => named('ExportBot', {bot}), 'URL_INVALID', 65, place, '"bot"');
    });
  }

  it('is not replaced by a parameter whose value looks like a pattern', () => {
    assert.equal(named('ExportBot', {bot: "$&$'{bot}"}).url, "https://api.example.com/bots/%24%26%24'%7Bbot%7D/export");
  });

  it('that is unknown is refused with the nearest', () => {
    assertProblem(
      () => named('ExportBott', {}),
      'OPERATION_UNKNOWN',
      65,
      place,
      '"ExportBott"',
      'did you mean "ExportBot"',
    );
    assertProblem(() => named('constructor', {}), 'OPERATION_UNKNOWN', 65);
  });

  it('can be the template of plain rows', () => {
    const request = requestOf({operation: 'RemoveUser', headers: ['X-A: {{ id }}']}, {id: '7'});
    assert.equal(request.url, 'https://api.example.com/users/7');
    assert.equal(request.operation, 'RemoveUser');
    assert.deepEqual(request.headers, {'x-a': '7'});
    assert.isUndefined(request.body);
  });

  it('may name its own credential', () => {
    const profile = sampleProfile({operations: {Login: {route: 'POST /sessions', credential: 'server'}}});
    assert.equal(direct('/sessions', {}, {profile}).credential, 'server');
  });
});

describe('a request', () => {
  it('is recognised by method and path', () => {
    assert.equal(direct('/bots/st-1/export?x=1').operation, 'ExportBot');
    assert.equal(direct('/bots/st-1/export', {}, {baseUrl: 'https://api.example.com/v1'}).operation, 'ExportBot');
    assert.equal(direct('https://api.example.com/bots/st-1/export').group, 'definition');
    assert.isUndefined(direct('/bots/st-1').operation);
  });

  it('may be sent again by its method, unless the operation says otherwise', () => {
    const profile = sampleProfile({
      operations: {Add: {route: 'POST /add', repeatable: true}, Put: {route: 'PUT /put', repeatable: false}},
    });
    const call = (method: string, url: string) => ({call: {kind: 'direct', method, url}}) as const;
    assert.isTrue(direct('', call('POST', '/add'), {profile}).repeatable);
    assert.isFalse(direct('', call('PUT', '/put'), {profile}).repeatable);
    assert.isTrue(direct('', call('PUT', '/other'), {profile}).repeatable);
    assert.isFalse(direct('', call('POST', '/other'), {profile}).repeatable);
  });

  it('of a plain row needs a template', () => {
    assertProblem(() => buildRequest(sampleOperation({}), sampleSetting()), 'TEMPLATE_MISSING', 65, place);
  });
});
