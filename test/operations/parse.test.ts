import {assert} from 'chai';
import {isForbiddenHeader} from '../../src/operations/headers.js';
import type {Row} from '../../src/operations/operation.js';
import {isFileOfOperations, parseOperation, type Roles, readTurn} from '../../src/operations/parse.js';
import {Problem} from '../../src/problem.js';
import {FIXTURES, readAll} from './reading.js';

const INPUT = {name: 'ops.csv'};
const OPERATIONS: Roles = {kind: 'operations', scope: {}};

function row(values: Record<string, unknown>): Row {
  return {place: {row: 7, line: 9, offset: 100, end: 150}, values: Object.assign(Object.create(null), values)};
}

function parsed(values: Record<string, unknown>, roles = OPERATIONS) {
  return parseOperation(row(values), INPUT, roles);
}

describe('parseOperation, of a file of operations', () => {
  it('reads every column of the contract', async () => {
    const {rows, input} = await readAll(`${FIXTURES}/operation-good.csv`);
    const operations = rows.map((each) => parseOperation(each as Row, input, OPERATIONS));
    assert.deepEqual(
      operations.map(({id}) => id),
      ['a', 'b', '3'],
    );
    assert.deepEqual(
      operations.map(({call}) => call),
      [
        {kind: 'direct', method: 'GET', url: '/users'},
        {kind: 'direct', method: 'POST', url: 'https://api.example.com/v1/users?x=//a'},
        {kind: 'direct', method: 'DELETE', url: '/users/7'},
      ],
    );
    assert.deepEqual(
      operations.map(({headers}) => ({...headers})),
      [{}, {'X-Trace': '1', Age: '7'}, {'Content-Type': 'text/csv'}],
    );
    assert.deepEqual(
      operations.map(({body}) => body),
      [undefined, {kind: 'json', text: '{"n":12345678901234567890}'}, {kind: 'text', text: '[note] hello'}],
    );
    assert.deepEqual(operations[1]!.place, {file: input.name, line: 3, row: 2});
  });

  it('reads headers, body and scope of NDJSON as JSON values', async () => {
    const {rows, input} = await readAll(`${FIXTURES}/operation-good.ndjson`);
    const [first, second] = rows.map((each) => parseOperation(each as Row, input, OPERATIONS));
    assert.equal(first!.id, '7');
    assert.deepEqual({...first!.headers}, {'X-Trace': '1.10'});
    assert.deepEqual(first!.body, {kind: 'json', text: '{"n":12345678901234567890,"__proto__":{"a":[1.10]}}'});
    assert.deepEqual({...first!.scope}, {user: 'ada'});
    assert.deepEqual(second!.call, {kind: 'named', name: 'SendAll'});
    assert.deepEqual(second!.body, {kind: 'text', text: 'plain text'});
    assert.deepEqual({...second!.scope}, {bot: '12345678901234567890'});
  });

  it("prefers the row's scope to the flag's, and fills in where the row has none", () => {
    const roles: Roles = {
      kind: 'operations',
      scope: {bot: {value: 'st-1'}, user: {column: 'caller'}, team: {column: 'none'}},
    };
    const call = {operation: 'X', caller: 'ada'};
    assert.deepEqual({...parsed({...call, 'scope.bot': 'st-2'}, roles).scope}, {bot: 'st-2', user: 'ada'});
    assert.deepEqual({...parsed({...call, 'scope.bot': ''}, roles).scope}, {bot: 'st-1', user: 'ada'});
  });

  it('sends a body as it stands, blanks and escapes included', () => {
    for (const text of [' {"a" : 1.10 }\n', '["\\u0000","\\ud800"]', '{"__proto__":1}']) {
      assert.deepEqual(parsed({operation: 'X', body: text}).body, {kind: 'json', text});
    }
    for (const text of ['5', 'true', '"a"', '{name}', '[x', ' ']) {
      assert.deepEqual(parsed({operation: 'X', body: text}).body, {kind: 'text', text});
    }
  });

  it("sends what is no JSON as text when the row's content-type says so", () => {
    const body = '{"a":1,}';
    assert.throws(
      () => parsed({operation: 'X', body}),
      Problem,
      /row 7 \(ops.csv:9\): column "body" was meant as JSON/,
    );
    assert.deepEqual(parsed({operation: 'X', body, headers: '{"content-type":"text/plain"}'}).body, {
      kind: 'text',
      text: body,
    });
  });

  it('takes key and phase columns that are empty', () => {
    assert.equal(parsed({operation: 'X', key: '', phase: ''}).id, '7');
  });

  it('shows at most 80 characters of a value, and no control', () => {
    try {
      parsed({method: `\u202e${'x'.repeat(500)}`, url: '/a'});
      assert.fail('it was not refused');
    } catch (error) {
      assert.include((error as Problem).message, `"\\u202e${'x'.repeat(79)}…"`);
    }
  });

  it('takes urls that are as they should be', () => {
    for (const url of [
      '/',
      '/a',
      '/a/',
      '/a/b.c/..d/%20',
      '/?q=..//a',
      'http://127.0.0.1:80/a',
      'https://example.com',
      '/ä b',
      '/a...b',
    ]) {
      assert.deepEqual(parsed({method: 'get', url}).call, {kind: 'direct', method: 'GET', url});
    }
  });
});

describe('parseOperation, of a file of plain rows', () => {
  it('takes every column for data, whatever its name', () => {
    const values: Record<string, unknown> = {
      id: 'x',
      url: '//evil',
      method: 'nonsense',
      headers: '{',
      body: '{"a":',
      key: 'k',
      phase: 'p',
      'scope.bot': 'b',
    };
    const operation = parsed(values, {kind: 'plain', scope: {}});
    assert.equal(operation.id, '7');
    assert.deepEqual(operation.call, {kind: 'template'});
    assert.deepEqual({...operation.scope}, {});
    assert.isUndefined(operation.body);
    assert.isUndefined(operation.key);
    assert.isUndefined(operation.phase);
    assert.deepEqual({...operation.values}, values);
  });

  it('gives the columns that are named their parts', () => {
    const roles: Roles = {kind: 'plain', id: 'email', scope: {user: {column: 'caller'}, bot: {value: 'st-1'}}};
    const operation = parsed({email: 'ada@example.com', caller: 5}, roles);
    assert.equal(operation.id, 'ada@example.com');
    assert.deepEqual({...operation.scope}, {user: '5', bot: 'st-1'});
  });

  it('refuses a row without the id that was named', () => {
    const roles: Roles = {kind: 'plain', id: 'email', scope: {}};
    assert.throws(
      () => parsed({email: ''}, roles),
      Problem,
      'row 7 (ops.csv:9): column "email" is empty, expected an id',
    );
    assert.throws(() => parsed({}, roles), Problem, 'column "email" is missing, expected an id');
    assert.throws(
      () => parsed({email: {}}, roles),
      Problem,
      'column "email" is "an object", expected a text or a number',
    );
  });
});

describe('the turn of a row', () => {
  const operations: Roles = {kind: 'operations', scope: {}};
  const call = {method: 'GET', url: '/'};

  it('is told by the columns key and phase of a file of operations', () => {
    assert.deepInclude(parsed({...call, key: 'u-1', phase: 'users'}, operations), {key: 'u-1', phase: 'users'});
  });

  it('is told by the columns that are named in a file of plain rows', () => {
    const roles: Roles = {kind: 'plain', key: 'team', phase: 'step', scope: {}};
    assert.deepInclude(parsed({team: 't-1', step: 2}, roles), {key: 't-1', phase: '2'});
  });

  it('takes a number for the text that it is written as, digit for digit', () => {
    assert.equal(parsed({...call, key: 7}, operations).key, parsed({...call, key: '7'}, operations).key);
  });

  it('takes an empty cell for none', () => {
    for (const key of ['', null, undefined]) assert.isUndefined(parsed({...call, key}, operations).key);
  });

  it('refuses what is neither text nor number', () => {
    assert.throws(
      () => parsed({...call, key: {}}, operations),
      Problem,
      'column "key" is "an object", expected a text or a number',
    );
  });

  it('is none where a row that is not sent says it in a way that nobody can read', () => {
    const place = {row: 1, line: 1, offset: 0, end: 1};
    assert.deepEqual(readTurn({place, values: {key: {}}}, {name: 'ops.csv'}, operations), {});
    assert.include(readTurn({place, values: {key: 'a'}}, {name: 'ops.csv'}, operations), {key: 'a'});
  });
});

describe('isFileOfOperations', () => {
  for (const {columns, is} of [
    {columns: ['id', 'operation'], is: true},
    {columns: ['url', 'method'], is: true},
    {columns: ['id', 'url', 'body'], is: false},
    {columns: ['Operation', 'Method', 'URL'], is: false},
    {columns: [], is: false},
  ]) {
    it(`is ${is} of ${columns.join(', ') || 'no columns'}`, () => assert.equal(isFileOfOperations(columns), is));
  }
});

describe('isForbiddenHeader', () => {
  const forbidden =
    'Host Content-Length Transfer-Encoding Connection Cookie Authorization Proxy-Authorization X-API-Key api-key apikey Auth X-Auth-Token ' +
    'X-Access-Token X-Amz-Security-Token X-Appwrite-Key X-Client-Secret Keep-Alive Upgrade TE Trailer Proxy-Connection';
  for (const name of forbidden.split(' ')) it(`is true of ${name}`, () => assert.isTrue(isForbiddenHeader(name)));
  const allowed =
    'Content-Type Accept Idempotency-Key X-Request-Id X-Trace If-Match User-Agent Stream-Auth-Type Accept-Language X-Appwrite-Project';
  for (const name of allowed.split(' ')) it(`is false of ${name}`, () => assert.isFalse(isForbiddenHeader(name)));
});
