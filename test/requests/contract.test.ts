import {assert} from 'chai';
import {contractIn, documentOf, requestBy} from './openapi-sample.js';
import {assertProblem} from './sample.js';

const query = (name: string, schema: unknown, more = {}) => ({in: 'query', name, schema, ...more});
const header = (name: string, schema: unknown, more = {}) => ({in: 'header', name, schema, ...more});
const USER = {
  type: 'object',
  required: ['name'],
  properties: {
    id: {type: 'string', readOnly: true},
    name: {type: 'string', maxLength: 5},
    age: {type: 'integer', minimum: 18},
    score: {type: 'number'},
    active: {type: 'boolean'},
    tags: {type: 'array', items: {type: 'string'}},
    address: {type: 'object', required: ['city'], properties: {city: {type: 'string'}, zip: {type: 'string'}}},
    'a.b': {type: 'string'},
    code: {type: ['string', 'integer']},
    custom: {type: 'object', additionalProperties: {type: 'number'}},
  },
};
const users = documentOf(USER);
const bodyOf = (values: Record<string, unknown>, more = {}) => requestBy(users, {id: 'u-1', ...values}, more).body;

describe('a request that a document describes', () => {
  it('has its method, its path with the values of columns, and JSON of the columns that are properties', () => {
    const {method, url, headers, body} = requestBy(users, {id: 'a/b', name: 'Ann', other: 'x'});
    assert.deepEqual([method, url], ['PUT', 'https://api.example.com/users/a%2Fb']);
    assert.deepEqual([headers, body], [{'content-type': 'application/json'}, '{"name":"Ann"}']);
  });

  for (const {name, row, body} of [
    {name: 'integer', row: {age: '42'}, body: '"age":42'},
    {
      name: 'a number of which no digit is lost',
      row: {score: '12345678901234567890.10'},
      body: '"score":12345678901234567890.10',
    },
    {name: 'boolean', row: {active: 'Yes'}, body: '"active":true'},
    {name: 'array', row: {tags: '["x", "1"]'}, body: '"tags":["x","1"]'},
    {name: 'object', row: {address: '{"city": "Bern"}'}, body: '"address":{"city":"Bern"}'},
    {
      name: 'object by its parts',
      row: {'address.city': 'Bern', 'address.zip': '007'},
      body: '"address":{"city":"Bern","zip":"007"}',
    },
    {name: 'a property whose name has a dot', row: {'a.b': 'x'}, body: '"a.b":"x"'},
    {name: 'text where text is allowed', row: {code: '007'}, body: '"code":"007"'},
    {name: 'what an open object takes', row: {'custom.x.y': '1e2'}, body: '"custom":{"x.y":1e2}'},
    {name: 'an empty cell, left out', row: {age: '', score: ''}, body: ''},
  ])
    it(`converts text by the type of the schema: ${name}`, () => {
      assert.equal(bodyOf({name: 'Ann', ...row}), `{"name":"Ann"${body && ','}${body}}`);
    });

  it('takes members of NDJSON as they are, and those of each row', () => {
    const row = {name: 'Ann', age: 20, tags: ['x'], address: {city: 'Bern'}, 'address.zip': '1', other: 1};
    const body = '{"name":"Ann","age":20,"tags":["x"],"address":{"city":"Bern","zip":"1"}}';
    assert.equal(bodyOf(row, {csv: false}), body);
    assert.deepEqual(row.address, {city: 'Bern'});
  });

  it('leaves out what is read only, though a column has its name', () => {
    assert.notInclude(bodyOf({name: 'Ann'}), 'u-1');
  });

  it('has the query and headers that columns have values for', () => {
    const parameters = [
      ...[query('limit', {type: 'integer'}), query('q x', {type: 'string'}), query('none', {type: 'string'})],
      ...[header('X-Trace', {type: 'string'}), header('X-None', {type: 'string'})],
      query('filter', undefined, {schema: undefined, content: {'application/json': {schema: {type: 'object'}}}}),
    ];
    const document = documentOf(undefined, {parameters});
    const {url, headers} = requestBy(document, {id: '1', limit: '5', 'q x': 'a&b', 'x-trace': 't', filter: '{"a": 1}'});
    assert.equal(url, 'https://api.example.com/users/1?limit=5&q%20x=a%26b&filter=%7B%22a%22%3A1%7D');
    assert.deepEqual(headers, {'x-trace': 't'});
    const bare = requestBy(document, {id: '1', limit: '', 'q x': '', 'x-trace': '', filter: ''});
    assert.deepEqual([bare.url, bare.headers, bare.body], ['https://api.example.com/users/1', {}, undefined]);
    assert.equal(requestBy(document, {id: '1', limit: 5}, {csv: false}).url, 'https://api.example.com/users/1?limit=5');
  });

  it('leaves a credential to the profile, and headers that are said to --header', () => {
    const parameters = ['x-api-key', 'Authorization', 'Host', 'X-Said', 'Content-Type'].map((name) =>
      header(name, {type: 'string'}, {required: true}),
    );
    const row = {id: '1', 'x-api-key': 'stolen', Authorization: 'stolen', Host: 'evil', 'X-Said': 'row'};
    const {headers} = requestBy(documentOf(undefined, {parameters}), row, {headers: ['X-Said: yes']});
    assert.deepEqual(headers, {'x-said': 'yes'});
  });

  it('leaves a credential in the query to the profile', () => {
    const credentials = [{name: 'key', query: 'api_key', prefix: '', env: 'KEY'}];
    const document = documentOf(undefined, {parameters: [query('api_key', {}, {required: true})]});
    assert.notInclude(requestBy(document, {id: '1', api_key: 'x'}, {profile: {credentials}}).url, 'api_key');
  });

  it('has the body of --body in place of that of columns, which is checked too', () => {
    assert.equal(bodyOf({n: 'Ann'}, {body: '{"name": "{{ n }}"}'}), '{"name": "Ann"}');
    const long = () => bodyOf({n: 'Annabel'}, {body: '{"name": "{{ n }}"}'});
    assertProblem(long, 'VALUE_INVALID', 65, 'body.name: must NOT have more than 5 characters (the row has "Annabel")');
    const none = () => bodyOf({n: '1'}, {body: '{"age": {{ n | number }} }'});
    assertProblem(none, 'VALUE_INVALID', 65, 'body.name: is required');
  });

  it('has no body where none is required and no column is a property', () => {
    assert.isUndefined(requestBy(documentOf(USER, {required: false}), {id: '1'}).body);
  });

  it('is sent nowhere but under the base URL, whatever the document says of servers', () => {
    const document = {...documentOf(undefined), servers: [{url: 'https://evil.example.com'}]};
    assert.equal(requestBy(document, {id: '1'}).url, 'https://api.example.com/users/1');
  });
});

describe('a row that a document does not allow', () => {
  for (const {name, row, message} of [
    {name: 'a bound', row: {age: '12'}, message: 'body.age: must be >= 18 (column "age" has "12")'},
    {name: 'a type', row: {age: '12.5'}, message: 'body.age: must be integer (column "age" has "12.5")'},
    {
      name: 'text that is no number',
      row: {age: '0x1F'},
      message: 'body.age: must be integer (column "age" has "0x1F")',
    },
    {name: 'a number beyond all', row: {score: '1e999'}, message: 'body.score: must be number'},
    {name: 'no JSON', row: {tags: '[1'}, message: 'body.tags: must be array (column "tags" has "[1")'},
    {name: 'one of a list', row: {tags: '["a", 1]'}, message: 'body.tags[1]: must be string (column "tags" has "1")'},
    {name: 'empty', row: {name: ''}, message: 'body.name: is required, and column "name" is empty'},
    {
      name: 'a part',
      row: {'address.zip': '1', 'address.city': ''},
      message: 'body.address.city: is required, and column "address.city" is empty',
    },
    {name: 'the path', row: {id: ''}, message: 'path.id: is required, and column "id" is empty'},
  ])
    it(`is told with its place, the column and the rule: ${name}`, () => {
      assertProblem(() => bodyOf({name: 'Ann', ...row}), 'VALUE_INVALID', 65, `row 88 (users.csv:92): ${message}`);
    });

  it('is told what a row of NDJSON has not', () => {
    assertProblem(
      () => bodyOf({age: 20}, {csv: false}),
      'VALUE_INVALID',
      65,
      'body.name: is required, and the row has none',
    );
    assertProblem(
      () => bodyOf({name: null}, {csv: false}),
      'VALUE_INVALID',
      65,
      'body.name: must be string (column "name" has "null")',
    );
  });

  it('is told the deepest rule of alternatives, and what is allowed', () => {
    const document = documentOf({
      type: 'object',
      properties: {
        at: {anyOf: [{type: 'object', properties: {kind: {enum: ['a', 'b']}}}, {type: 'null'}]},
        day: {type: 'string', format: 'date'},
        odd: {type: 'string', pattern: '^[\\w\\-]+$', format: 'nobody-knows'},
      },
      additionalProperties: false,
    });
    const send = (row: object) => requestBy(document, {id: '1', ...row});
    assertProblem(
      () => send({'at.kind': 'c'}),
      'VALUE_INVALID',
      65,
      'body.at.kind: must be one of a, b (column "at.kind" has "c")',
    );
    assertProblem(() => send({day: '2026-02-30'}), 'VALUE_INVALID', 65, 'body.day: must match format "date"');
    assertProblem(() => send({odd: 'a b'}), 'VALUE_INVALID', 65, 'body.odd: must match pattern');
    assert.equal(send({odd: 'a-b'}).body, '{"odd":"a-b"}');
  });

  it('is refused for a member called __proto__ or constructor like for any other', () => {
    const document = documentOf({
      type: 'object',
      required: ['constructor'],
      properties: {data: {type: 'object', additionalProperties: false}},
    });
    const row = (data: string) => requestBy(document, {id: '1', constructor: 'x', data});
    assertProblem(() => row('{"__proto__": 1}'), 'VALUE_INVALID', 65, '__proto__');
  });
});

describe('columns that a document does not fit', () => {
  it('are refused before any row, with what is missing and what was meant', () => {
    const row = {ix: '1', nmae: 'Ann', 'address.zip': '1'};
    assertProblem(
      () => requestBy(users, row),
      'COLUMN_MISSING',
      78,
      'PutUser requires what no column is called like: path parameter "id" (did you mean "ix"?), property "name" (did you mean "nmae"?), property "address.city"',
    );
  });

  it('are refused where a parameter is a list, and rows of NDJSON that have it', () => {
    const list = (required: boolean) =>
      documentOf(undefined, {parameters: [query('ids', {type: 'array'}, {required})]});
    assertProblem(
      () => requestBy(list(false), {id: '1', ids: '1'}),
      'CONTRACT_UNFIT',
      78,
      'query parameter "ids" is a list',
    );
    assertProblem(() => requestBy(list(false), {id: '1', ids: [1]}, {csv: false}), 'VALUE_INVALID', 65, 'is a list');
    assert.equal(requestBy(list(false), {id: '1'}).url, 'https://api.example.com/users/1');
    assertProblem(() => requestBy(list(true), {id: '1'}, {csv: false}), 'CONTRACT_UNFIT', 78, 'is a list');
    assertProblem(() => requestBy(list(true), {id: '1'}), 'COLUMN_MISSING', 78, 'query parameter "ids"');
  });

  it('are refused where the body is no object, unless it is said', () => {
    const document = documentOf({type: 'array', items: {type: 'string'}});
    assertProblem(() => requestBy(document, {id: '1'}), 'CONTRACT_UNFIT', 78, 'of type array');
    assert.equal(requestBy(document, {id: '1'}, {body: '["{{ id }}"]'}).body, '["1"]');
  });

  it('are refused where the body is a form, unless it is said', () => {
    const content = {'multipart/form-data': {schema: {type: 'object'}}};
    const document = {
      openapi: '3.0.0',
      paths: {'/a': {post: {operationId: 'PutUser', requestBody: {required: true, content}}}},
    };
    const {suggestions} = assertProblem(
      () => requestBy(document, {n: '1'}),
      'CONTRACT_UNFIT',
      78,
      'multipart/form-data',
    );
    assert.include(suggestions[0], '--form');
    assert.equal(requestBy(document, {n: '1'}, {form: ['x={{ n }}']}).body, 'x=1');
  });

  it('are refused with a schema that is none', () => {
    assertProblem(
      () => requestBy(documentOf({properties: {a: {type: 'any'}}}), {id: '1'}),
      'OPENAPI_INVALID',
      78,
      'the schema of PutUser',
    );
    assertProblem(
      () => requestBy(documentOf({type: 'object', properties: {a: {pattern: '('}}}), {id: '1'}),
      'OPENAPI_INVALID',
      78,
    );
  });
});

describe('the schema of +json content', () => {
  it('goes with its own content type', () => {
    const content = {'application/merge-patch+json; charset=utf-8': {schema: {properties: {a: {type: 'integer'}}}}};
    const document = {openapi: '3.1.0', paths: {'/a': {patch: {operationId: 'PutUser', requestBody: {content}}}}};
    const {headers, body} = requestBy(document, {a: '1'});
    assert.deepEqual([headers['content-type'], body], ['application/merge-patch+json; charset=utf-8', '{"a":1}']);
    assert.isFalse(contractIn(document, 'PutUser').body!.required);
  });
});
