import {JsonFault, parseJson} from '../operations/json.js';
import type {Schema} from './openapi-schema.js';
import {JSON_NUMBER, toBoolean, toNumber} from './values.js';

/** Where the `$ref`s of a schema lead. */
export type Definitions = Readonly<Record<string, Schema>>;

type SchemaObject = Exclude<Schema, boolean>;

/** The types of JSON that a value may have; undefined where it may have any. `integer` is `number` here. */
export type Types = ReadonlySet<string> | undefined;

/** The types that a schema allows, as far as it names them. */
export function typesOf(schema: Schema, definitions: Definitions): Types {
  if (typeof schema === 'boolean') return undefined;
  const own = ownTypes(schema);
  const target = targetOf(schema, definitions);
  const narrower = [
    ...(target === undefined ? [] : [typesOf(target, definitions)]),
    ...listOf(schema.allOf).map((each) => typesOf(each, definitions)),
    ...['anyOf', 'oneOf'].flatMap((keyword) => {
      const list = listOf(schema[keyword]);
      return list.length === 0 ? [] : [union(list.map((each) => typesOf(each, definitions)))];
    }),
  ];
  return narrower.reduce(intersection, own);
}

function ownTypes({type, enum: list, const: only, properties}: SchemaObject): Types {
  if (typeof type === 'string' || Array.isArray(type))
    return new Set([type].flat().map((each) => (each === 'integer' ? 'number' : String(each))));
  const values = Array.isArray(list) ? list : only === undefined ? undefined : [only];
  if (values) return new Set(values.map(typeOfValue));
  return properties === undefined ? undefined : new Set(['object']);
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function union(all: readonly Types[]): Types {
  return all.some((each) => each === undefined) ? undefined : new Set(all.flatMap((each) => [...each!]));
}

function intersection(one: Types, other: Types): Types {
  if (!one || !other) return one ?? other;
  return new Set([...one].filter((each) => other.has(each)));
}

/** A schema and those that hold for the same value beside it. `sure`: without those of which only some one has to hold. */
function besides(schema: Schema, definitions: Definitions, sure: boolean): readonly SchemaObject[] {
  if (typeof schema === 'boolean') return [];
  const target = targetOf(schema, definitions);
  const inner = [
    ...(target === undefined ? [] : [target]),
    ...listOf(schema.allOf),
    ...(sure ? [] : [...listOf(schema.anyOf), ...listOf(schema.oneOf)]),
  ];
  return [schema, ...inner.flatMap((each) => besides(each, definitions, sure))];
}

/** The schema of a property; undefined where the schema neither names nor requires one of this name. */
export function propertyOf(schema: Schema, name: string, definitions: Definitions): Schema | undefined {
  const found = besides(schema, definitions, false).flatMap(({properties}) =>
    typeof properties === 'object' && properties !== null && Object.hasOwn(properties, name)
      ? [(properties as Definitions)[name]!]
      : [],
  );
  if (found.length === 0) return requiredOf(schema, definitions).includes(name) ? true : undefined;
  return found.length > 1 ? {anyOf: found} : found[0];
}

/** The names of all properties that a schema names or requires. */
export function propertiesOf(schema: Schema, definitions: Definitions): readonly string[] {
  const named = besides(schema, definitions, false).flatMap(({properties}) => Object.keys(properties ?? {}));
  return [...new Set([...named, ...requiredOf(schema, definitions)])];
}

/** The properties that a value has to have whatever else it holds. */
export function requiredOf(schema: Schema, definitions: Definitions): readonly string[] {
  return [...new Set(besides(schema, definitions, true).flatMap(({required}) => (required ?? []) as string[]))];
}

/** Set by the server alone. */
export function isReadOnly(schema: Schema, definitions: Definitions): boolean {
  return besides(schema, definitions, false).some(({readOnly}) => readOnly === true);
}

/** The schema of the properties that a schema does not name; undefined where there may be none. */
export function restOf(schema: Schema, definitions: Definitions): Schema | undefined {
  const types = typesOf(schema, definitions);
  if (types && !types.has('object')) return undefined;
  const said = besides(schema, definitions, false).flatMap(({additionalProperties}) =>
    additionalProperties === undefined ? [] : [additionalProperties as Schema],
  );
  if (said.includes(false)) return undefined;
  return said.find((each) => each !== true) ?? true;
}

/** A value as a schema wants it: text becomes a number, a truth value or JSON where it may not be text. What it cannot become it stays. */
export function converted(value: unknown, types: Types): unknown {
  if (typeof value !== 'string' || types === undefined || types.has('string')) return value;
  if (types.has('number') && JSON_NUMBER.test(value)) return toNumber(value);
  if (types.has('boolean') && /^(true|yes|1|false|no|0)$/i.test(value)) return toBoolean(value);
  if ((types.has('object') || types.has('array')) && /^\s*[[{]/.test(value)) return jsonIn(value);
  return value;
}

function jsonIn(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonFault) return text;
    throw error;
  }
}

function targetOf({$ref}: SchemaObject, definitions: Definitions): Schema | undefined {
  return typeof $ref === 'string' ? definitions[$ref.slice('#/$defs/'.length)] : undefined;
}

function listOf(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? (value as Schema[]) : [];
}
