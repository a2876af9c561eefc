import {circle, invalid, isNode, lookUp, memberOf, type Node, type OpenApi} from './openapi-refs.js';

/** A JSON Schema (draft 2020-12) of those keywords that a value can break. `$ref`s lead into the `$defs` beside it. */
export type Schema = boolean | {readonly [keyword: string]: unknown};

/** Schemas of a document, each with what it refers to. */
export type Schemas = {
  /** The schema that stands somewhere in the document. Throws OPENAPI_INVALID (78). */
  readonly take: (value: unknown, where: string) => Schema;
  /** What the schemas taken refer to, by name; circles of references end here. Throws OPENAPI_INVALID (78). */
  readonly definitions: () => Readonly<Record<string, Schema>>;
};

/** Schemas within schemas deeper than this are a circle of YAML aliases. */
const DEPTH_MAX = 100;

const PLAIN = [
  ...['type', 'enum', 'const', 'format', 'pattern', 'minLength', 'maxLength', 'multipleOf'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minItems', 'maxItems', 'uniqueItems'],
  ...['minContains', 'maxContains', 'minProperties', 'maxProperties', 'dependentRequired', 'readOnly'],
];
const ONE = [
  ...['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
];
const SEVERAL = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', 'dependentSchemas'];
/** Keywords whose schemas hold for the same value: a circle of these never ends. */
const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'];

/** Takes schemas out of a document, those of OpenAPI 3.0 turned into what JSON Schema says today. */
export function openSchemas(document: OpenApi): Schemas {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const waiting: {readonly ref: string; readonly name: string}[] = [];
  const definitions: Record<string, Schema> = {};

  const refer = (ref: string): string => {
    let name = names.get(ref);
    if (name === undefined) {
      name = nameFor(ref, taken);
      taken.add(name);
      names.set(ref, name);
      waiting.push({ref, name});
    }
    return `#/$defs/${name}`;
  };
  const convert = (value: unknown, where: string, depth: number): Schema => {
    if (typeof value === 'boolean') return value;
    if (!isNode(value)) throw invalid(document.file, `${where}: expected a schema`, 'Correct the document.');
    if (depth > DEPTH_MAX)
      throw invalid(document.file, `${where}: more than ${DEPTH_MAX} schemas lie in one another`, 'Name some of them.');
    const ref = memberOf(value, '$ref');
    if (typeof ref === 'string' && document.version === '3.0') return {$ref: refer(ref)};
    const schema: Record<string, unknown> = typeof ref === 'string' ? {$ref: refer(ref)} : {};
    for (const keyword of PLAIN) if (Object.hasOwn(value, keyword)) schema[keyword] = value[keyword];
    const inner = (each: unknown, at: string) => convert(each, `${where}.${at}`, depth + 1);
    for (const keyword of ONE) if (value[keyword] != null) schema[keyword] = inner(value[keyword], keyword);
    for (const keyword of SEVERAL) {
      const list = value[keyword];
      if (Array.isArray(list) && list.length > 0)
        schema[keyword] = list.map((each, place) => inner(each, `${keyword}[${place}]`));
    }
    for (const keyword of NAMED) {
      const members = value[keyword];
      if (isNode(members))
        schema[keyword] = Object.fromEntries(
          Object.entries(members).map(([name, each]) => [name, inner(each, `${keyword}.${name}`)]),
        );
    }
    const required = requiredIn(document, value);
    if (required.length > 0) schema.required = required;
    return document.version === '3.0' ? modern(schema, value) : schema;
  };

  return {
    take: (value, where) => convert(value, where, 0),
    definitions() {
      for (let next = waiting.shift(); next; next = waiting.shift())
        definitions[next.name] = convert(lookUp(document, next.ref), next.ref, 0);
      const refs = new Map([...names].map(([ref, name]) => [name, ref]));
      refuseCircles(definitions, (name) => {
        throw circle(document.file, refs.get(name)!);
      });
      return definitions;
    },
  };
}

/** What is read only is required of answers, and not of requests. */
function requiredIn(document: OpenApi, value: Node): readonly string[] {
  const {required} = value;
  if (!Array.isArray(required)) return [];
  const isReadOnly = (name: string) => {
    const property = memberOf(memberOf(value, 'properties'), name);
    const ref = memberOf(property, '$ref');
    const target = typeof ref === 'string' ? lookUp(document, ref) : property;
    return memberOf(property, 'readOnly') === true || memberOf(target, 'readOnly') === true;
  };
  return required.filter((name): name is string => typeof name === 'string' && !isReadOnly(name));
}

/** `nullable`, and the bounds that are excluded by a word beside them. */
function modern(schema: Record<string, unknown>, {nullable}: Node): Schema {
  for (const [bound, excluded] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const word = schema[excluded];
    if (typeof word !== 'boolean') continue;
    delete schema[excluded];
    if (!word || schema[bound] === undefined) continue;
    schema[excluded] = schema[bound];
    delete schema[bound];
  }
  if (nullable !== true) return schema;
  if (typeof schema.type === 'string') {
    const list = schema.enum;
    return {
      ...schema,
      type: [schema.type, 'null'],
      ...(Array.isArray(list) && !list.includes(null) && {enum: [...list, null]}),
    };
  }
  // `nullable` beside a list of schemas, of which none has a type of its own: written often, and always meant so.
  return ['allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in schema) ? {anyOf: [schema, {type: 'null'}]} : schema;
}

function refuseCircles(definitions: Readonly<Record<string, Schema>>, refuse: (name: string) => never): void {
  const done = new Set<string>();
  const visit = (schema: unknown, trail: ReadonlySet<string>): void => {
    if (!isNode(schema)) return;
    if (typeof schema.$ref === 'string') {
      const name = schema.$ref.slice('#/$defs/'.length);
      if (trail.has(name)) refuse(name);
      if (!done.has(name)) visit(definitions[name], new Set([...trail, name]));
      done.add(name);
    }
    for (const keyword of IN_PLACE) for (const inner of [schema[keyword]].flat()) visit(inner, trail);
  };
  for (const [name, schema] of Object.entries(definitions)) {
    if (!done.has(name)) visit(schema, new Set([name]));
    done.add(name);
  }
}

/** The last word of a reference, as a name that needs no escapes and that none of the others has. */
function nameFor(ref: string, taken: ReadonlySet<string>): string {
  const word = ref.slice(ref.lastIndexOf('/') + 1).replaceAll(/[^A-Za-z0-9_.-]+/g, '_') || 'schema';
  for (let count = 1; ; count++) {
    const name = count === 1 ? word : `${word}.${count}`;
    if (!taken.has(name) && name !== '__proto__') return name;
  }
}
