import {assert} from 'chai';
import {readContract} from '../../src/requests/openapi.js';
import {contractIn, documentOf} from './openapi-sample.js';
import {assertProblem} from './sample.js';

describe('an OpenAPI document', () => {
  it('gives an operation by its id, with method, path, parameters of the path and its own', () => {
    const {name, method, path, parameters, body} = contractIn(
      {
        openapi: '3.1.0',
        paths: {
          '/a/{x}': {
            parameters: [
              {in: 'path', name: 'x', required: true, schema: {type: 'string'}},
              {in: 'query', name: 'q', schema: {type: 'string'}},
            ],
            post: {
              operationId: 'Add',
              parameters: [
                {$ref: '#/components/parameters/q'},
                {in: 'header', name: 'Accept', schema: {type: 'string'}},
                {in: 'cookie', name: 'c', schema: {type: 'string'}},
              ],
            },
          },
        },
        components: {parameters: {q: {in: 'query', name: 'q', required: true, schema: {type: 'integer'}}}},
      },
      'Add',
    );
    assert.deepEqual([name, method, path, body], ['Add', 'POST', '/a/{x}', null]);
    assert.deepEqual(
      parameters.map((each) => [each.in, each.name, each.required, each.schema]),
      [
        ['path', 'x', true, {type: 'string'}],
        ['query', 'q', true, {type: 'integer'}],
      ],
    );
  });

  it('gives an operation by method and path, whatever its parameters are called', () => {
    assert.equal(contractIn(documentOf(undefined), 'put /users/{user}').name, 'PutUser');
  });

  it('takes a placeholder of the path that no parameter declares for one of text', () => {
    const {parameters} = contractIn({openapi: '3.0.0', paths: {'/a/{b}': {get: {}}}}, 'GET /a/{b}');
    assert.deepEqual(parameters, [{in: 'path', name: 'b', required: true, json: false, schema: {type: 'string'}}]);
  });

  it('is read as YAML, whose version may be a number', () => {
    assert.equal(contractIn('openapi: 3.1\npaths:\n  /a:\n    get: {operationId: A}\n', 'A').path, '/a');
    assert.equal(contractIn('openapi: 3.0\npaths:\n  /a:\n    get: {operationId: A}\n', 'A').path, '/a');
  });

  it('names the nearest operation for one that is not there', () => {
    assertProblem(
      () => contractIn(documentOf(undefined), 'PutUsr'),
      'OPERATION_UNKNOWN',
      78,
      'did you mean "PutUser"?',
    );
    assertProblem(() => contractIn(documentOf(undefined), 'constructor'), 'OPERATION_UNKNOWN', 78);
  });

  it('names its operations where none is named', () => {
    const {suggestions} = assertProblem(() => contractIn(documentOf(undefined)), 'WORD_MISSING', 2, '--operation');
    assert.deepEqual(suggestions, ['Name one of: PutUser.']);
  });

  for (const {name, document, words, fix} of [
    {name: 'Swagger 2', document: {swagger: '2.0'}, words: ['Swagger 2.0'], fix: 'Convert it'},
    {name: 'a version to come', document: {openapi: '4.0.0'}, words: ['"4.0.0"'], fix: '3.1'},
    {name: 'a version that only begins like one', document: {openapi: '3.10.0'}, words: ['"3.10.0"'], fix: '3.1'},
    {name: 'another document', document: {name: 'x'}, words: ['no member "openapi"'], fix: '3.1'},
    {name: 'a list', document: [1], words: ['no member "openapi"'], fix: '3.1'},
    {name: 'what is no YAML', document: 'openapi: [', words: ['neither YAML nor JSON'], fix: 'Correct'},
  ] as const)
    it(`refuses ${name}`, () => {
      const problem = assertProblem(() => contractIn(document as object, 'A'), 'OPENAPI_INVALID', 78, ...words);
      assert.include(problem.suggestions[0], fix);
    });

  it('is missed where it is not', () => {
    assertProblem(() => readContract('nowhere.yaml', 'A'), 'OPENAPI_MISSING', 66, 'nowhere.yaml');
  });

  it('never leads to another file, nor to the network', () => {
    for (const $ref of ['other.yaml#/A', 'http://127.0.0.1:1/spec.json', 'file:///etc/passwd', '#A'])
      assertProblem(
        () => contractIn(documentOf({$ref}), 'PutUser'),
        'OPENAPI_INVALID',
        78,
        'leads out of the document',
      );
  });

  it('names a reference that leads to nothing', () => {
    const wrong = documentOf({$ref: '#/components/schemas/Usr'});
    assertProblem(() => contractIn(wrong, 'PutUser'), 'OPENAPI_INVALID', 78, '"#/components/schemas/Usr"', 'nothing');
  });

  it('finds what stands behind escapes in a reference', () => {
    const {definitions} = contractIn(
      documentOf({$ref: '#/components/schemas/a~1b%20c~0'}, {schemas: {'a/b c~': {type: 'string'}}}),
      'PutUser',
    );
    assert.deepEqual(Object.values(definitions), [{type: 'string'}]);
  });

  it('ends where parameters refer to one another in a circle', () => {
    const circle = {$ref: '#/paths/~1users~1{id}/put/parameters/1'};
    assertProblem(
      () => contractIn(documentOf(undefined, {parameters: [circle]}), 'PutUser'),
      'OPENAPI_INVALID',
      78,
      'back to itself',
    );
  });

  it('refuses a cookie that is required', () => {
    const parameters = [{in: 'cookie', name: 'sid', required: true}];
    assertProblem(() => contractIn(documentOf(undefined, {parameters}), 'PutUser'), 'OPENAPI_INVALID', 78, '"sid"');
  });
});
