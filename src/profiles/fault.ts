import type * as z from 'zod';
import {didYouMean} from './nearest.js';

export type Path = readonly (string | number)[];

/** Something wrong with one member of a profile file. `on: 'key'`: its name is wrong; `'value'`: what stands there is. */
export type Fault = {readonly path: Path; readonly on: 'key' | 'value'; readonly says: string};

/** `limits[0].windows[1].seconds`: the member, as one would write it in code. */
export function memberName(path: Path): string {
  const name = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return name.join('').replace(/^\./, '');
}

/** What a person is told about each issue that the schema found: the value, and what was expected there. */
export function schemaFaults(issues: readonly z.core.$ZodIssue[], data: unknown, whole: JsonSchema): Fault[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownMember(path, key, whole));
    if (issue.code === 'invalid_key') {
      const shown = JSON.stringify(path.at(-1));
      return [
        {path, on: 'key', says: `${shown} in ${memberName(path.slice(0, -1))}: expected ${issue.issues[0]?.message}`},
      ];
    }
    const value = valueAt(data, path);
    const name = path.length === 0 ? 'the file' : memberName(path);
    if (value === undefined)
      return [{path, on: 'value', says: `${name} is missing, expected ${expected(issue, value)}`}];
    return [{path, on: 'value', says: `${name} is ${shown(path, value)}, expected ${expected(issue, value)}`}];
  });
}

function unknownMember(path: Path, key: string, whole: JsonSchema): Fault {
  const schema = schemaAt(path, whole);
  const members = Object.keys(schema?.properties ?? {});
  const meant = didYouMean(key, members) || `; known are ${members.join(', ')}`;
  const place = path.length === 0 ? '' : `${memberName(path)}: `;
  const says = `${place}${JSON.stringify(key)} is not a member of ${schema?.title ?? 'it'}${meant}`;
  return {path: [...path, key], on: 'key', says};
}

function expected(issue: z.core.$ZodIssue, value: unknown): string {
  // The schema's own words come first; zod's, which begin like this, are for programmers.
  if (!/^(Invalid|Too|Unrecognized)\b/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return typeName(issue.expected, value);
    case 'invalid_value':
      return issue.values.length === 1 ? JSON.stringify(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return lowerBound(issue);
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function typeName(type: string, value: unknown): string {
  const names: Record<string, string> = {
    object: 'a map',
    record: 'a map',
    array: 'a list',
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
  };
  const quote = type === 'string' && ['number', 'boolean'].includes(typeof value) ? ': put it in quotes' : '';
  return `${names[type] ?? type}${quote}`;
}

function lowerBound({origin, inclusive, minimum}: z.core.$ZodIssueTooSmall): string {
  if (origin === 'array') return `a list of at least ${minimum}`;
  if (origin === 'string') return 'a text that is not empty';
  return `${inclusive ? 'at least' : 'more than'} ${minimum}`;
}

/** The value as it is written, short; a value that might be a secret in the wrong place is not shown. */
function shown(path: Path, value: unknown): string {
  const secret = path[0] === 'credentials' && ['env', 'prefix', 'headers'].some((member) => path.includes(member));
  if (secret) return 'something else (not shown: it could be a secret)';
  if (value === null) return 'empty';
  if (typeof value === 'object')
    return Array.isArray(value) ? `${value.length === 0 ? 'an empty' : 'a'} list` : 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** As much of a JSON JsonSchema as tells which members there are; `title` is what a thing is called. */
export type JsonSchema = {
  readonly title?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
};

function schemaAt(path: Path, whole: JsonSchema): JsonSchema | undefined {
  let schema: JsonSchema | undefined = whole;
  for (const step of path) {
    if (schema === undefined) return undefined;
    const {properties, additionalProperties, items}: JsonSchema = schema;
    const open: JsonSchema | undefined = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    schema = typeof step === 'number' ? items : (properties?.[step] ?? open);
  }
  const properties = Object.assign({}, schema?.properties, ...(schema?.anyOf ?? []).map((one) => one.properties));
  return schema && {...schema, properties};
}
