import {assert} from 'chai';
import type {OpenApi} from '../../src/requests/openapi-refs.js';
import {openSchemas, type Schema} from '../../src/requests/openapi-schema.js';
import {assertProblem} from './sample.js';

function taken(schema: unknown, version: OpenApi['version'] = '3.0', schemas = {}): Schema {
  return openSchemas({file: 'spec.yaml', root: {components: {schemas}}, version}).take(schema, 'the body');
}

function definitionsOf(schemas: object, ref = 'A'): unknown {
  const all = openSchemas({file: 'spec.yaml', root: {components: {schemas}}, version: '3.1'});
  all.take({$ref: `#/components/schemas/${ref}`}, 'the body');
  return all.definitions();
}

const to = (name: string) => ({$ref: `#/components/schemas/${name}`});

describe('a schema of OpenAPI 3.0', () => {
  for (const {name, schema, becomes} of [
    {name: 'nullable is a type', schema: {type: 'string', nullable: true}, becomes: {type: ['string', 'null']}},
    {
      name: 'nullable is a value of its list',
      schema: {type: 'string', enum: ['a'], nullable: true},
      becomes: {type: ['string', 'null'], enum: ['a', null]},
    },
    {
      name: 'nullable beside a list of schemas is one of them',
      schema: {nullable: true, allOf: [{type: 'object'}]},
      becomes: {anyOf: [{allOf: [{type: 'object'}]}, {type: 'null'}]},
    },
    {name: 'a bound is excluded', schema: {minimum: 1, exclusiveMinimum: true}, becomes: {exclusiveMinimum: 1}},
    {name: 'a bound is not excluded', schema: {maximum: 1, exclusiveMaximum: false}, becomes: {maximum: 1}},
    {
      name: 'what stands beside a reference is nothing',
      schema: {...to('A'), minLength: 3},
      becomes: {$ref: '#/$defs/A'},
    },
    {name: 'what no value can break is left out', schema: {title: 'x', example: {$ref: 'no'}, 'x-a': 1}, becomes: {}},
    {
      name: 'a property may have the name of a keyword',
      schema: {properties: {$ref: {type: 'string'}, type: {type: 'number'}}},
      becomes: {properties: {$ref: {type: 'string'}, type: {type: 'number'}}},
    },
    {
      name: 'what is read only is not required of a request',
      schema: {required: ['id', 'a'], properties: {id: {readOnly: true}, a: {}}},
      becomes: {properties: {id: {readOnly: true}, a: {}}, required: ['a']},
    },
  ])
    it(`becomes JSON Schema: ${name}`, () => assert.deepEqual(taken(schema, '3.0', {A: {}}), becomes as Schema));
});

describe('a schema of OpenAPI 3.1', () => {
  it('keeps what stands beside a reference, and bounds that are numbers', () => {
    const schema = {...to('A'), exclusiveMinimum: 3, prefixItems: [true], const: null};
    assert.deepEqual(taken(schema, '3.1'), {exclusiveMinimum: 3, const: null, prefixItems: [true], $ref: '#/$defs/A'});
  });
});

describe('the references of schemas', () => {
  it('may lead back to where they stand', () => {
    const tree = {properties: {children: {items: to('A')}}};
    assert.deepEqual(definitionsOf({A: tree}), {A: {properties: {children: {items: {$ref: '#/$defs/A'}}}}});
  });

  it('take along only what is reached, each by a name of its own', () => {
    const schemas = {
      A: {allOf: [to('B'), {$ref: '#/components/schemas/C/properties/B'}]},
      B: {},
      C: {properties: {B: true}},
      D: {},
    };
    assert.deepEqual(definitionsOf(schemas), {
      A: {allOf: [{$ref: '#/$defs/B'}, {$ref: '#/$defs/B.2'}]},
      B: {},
      'B.2': true,
    });
  });

  for (const {name, schemas} of [
    {name: 'itself', schemas: {A: to('A')}},
    {name: 'one that leads back', schemas: {A: {allOf: [to('B')]}, B: {anyOf: [{}, to('A')]}}},
    {name: 'a circle further on', schemas: {A: {properties: {b: to('B')}}, B: {not: to('B')}}},
  ])
    it(`are refused where they are nothing but a circle: ${name}`, () => {
      assertProblem(() => definitionsOf(schemas), 'OPENAPI_INVALID', 78, 'leads back to itself');
    });

  it('end also where the parts of a document lie within themselves', () => {
    const circle: Record<string, unknown> = {type: 'array'};
    circle.items = circle;
    assertProblem(() => taken(circle), 'OPENAPI_INVALID', 78, 'lie in one another');
  });

  it('are followed through ten thousand schemas', () => {
    const schemas = Object.fromEntries(
      Array.from({length: 10_000}, (_, index) => [`S${index}`, {properties: {next: to(`S${index + 1}`)}}]),
    );
    const found = definitionsOf({...schemas, S10000: {}}, 'S0');
    assert.lengthOf(Object.keys(found as object), 10_001);
  });
});
