import {createRequire} from 'node:module';
import type {ErrorObject, ValidateFunction} from 'ajv';
import {isLosslessNumber} from 'lossless-json';
import {EXIT, Problem} from '../problem.js';
import type {Contract, Parameter} from './openapi.js';
import {showSafe, showValue} from './show.js';

/** What is sent of a row, by its place in the request. */
export type Taken = {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

/** The first rule that a request breaks: where, in words and as steps from its beginning, and the value that stands there, if one does. */
export type Breach = {
  readonly steps: readonly string[];
  readonly place: string;
  readonly rule: string;
  readonly value: unknown;
};

/** So many values that are allowed are named. */
const NAMED = 12;

/**
 * Compiles the schemas of an operation once, for all rows. Numbers are compared as doubles; those that are sent keep their digits. Throws
 * OPENAPI_INVALID (78) for schemas that are none. The library is loaded here, because only few runs need it.
 */
export function openCheck(contract: Contract): (taken: Taken) => Breach | undefined {
  const validate = compiled(contract);
  return (taken) => {
    const values = comparable(taken);
    return validate(values) ? undefined : breachOf(validate.errors ?? [], values);
  };
}

type Library = typeof import('ajv/dist/2020.js');
type Formats = typeof import('ajv-formats');

function compiled(contract: Contract): ValidateFunction {
  const load = createRequire(import.meta.url);
  const {Ajv2020} = load('ajv/dist/2020.js') as Library;
  const addFormats = (load('ajv-formats') as Formats).default;
  const ajv = new Ajv2020({
    strict: false,
    strictNumbers: true,
    ownProperties: true,
    validateSchema: false,
    logger: false,
    code: {regExp: Object.assign(patternOf, {code: 'patternOf'})},
  });
  addFormats.default(ajv);
  try {
    return ajv.compile(wholeSchema(contract));
  } catch (error) {
    throw new Problem(
      'OPENAPI_INVALID',
      `the schema of ${contract.name} cannot be used: ${showSafe((error as Error).message)}`,
      'Correct it in the OpenAPI document.',
      {exit: EXIT.badProfile},
    );
  }
}

/** Many patterns are written with escapes that only expressions without Unicode know. */
function patternOf(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return new RegExp(pattern);
  }
}

function wholeSchema({parameters, body, definitions}: Contract): object {
  const of = (place: Parameter['in']) => {
    const here = parameters.filter((each) => each.in === place);
    return {
      type: 'object',
      properties: Object.fromEntries(here.map(({name, schema}) => [name, schema])),
      required: here.filter(({required}) => required).map(({name}) => name),
    };
  };
  return {
    type: 'object',
    properties: {
      ...{path: of('path'), query: of('query'), header: of('header')},
      ...(body?.schema != null && {body: body.schema}),
    },
    $defs: definitions,
  };
}

/** The same with every number as a double, in objects as the library knows them. */
function comparable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isLosslessNumber(value)) return Number(value.toString());
  if (Array.isArray(value)) return value.map(comparable);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, comparable(each)]));
}

/** Of the rules that alternatives broke, the one that lies deepest says most. */
function breachOf(errors: readonly ErrorObject[], values: unknown): Breach {
  const told = errors.filter(({keyword, params}) => keyword !== 'type' || params.type !== 'null');
  const depth = ({instancePath}: ErrorObject) => instancePath.split('/').length;
  const deepest = Math.max(...told.map(depth));
  const error = told.find((each) => depth(each) === deepest) ?? errors[0]!;
  const {keyword, params} = error;
  const added = keyword === 'required' ? [params.missingProperty] : [];
  const extra = keyword === 'additionalProperties' ? [params.additionalProperty] : [];
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const steps = [...path, ...added, ...extra].map(String);
  return {steps, ...placed(steps, values), rule: ruleOf(error)};
}

function placed(steps: readonly string[], values: unknown): {place: string; value: unknown} {
  let place = '';
  let value = values;
  for (const step of steps) {
    place += Array.isArray(value) ? `[${step}]` : place === '' ? step : `.${step}`;
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined;
  }
  return {place: showSafe(place), value};
}

function ruleOf({keyword, params, message = 'does not fit the schema'}: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
      return 'is no property that the schema has';
    case 'const':
      return `must be ${showValue(params.allowedValue)}`;
    case 'enum': {
      const allowed = params.allowedValues as unknown[];
      const more = allowed.length > NAMED ? ` and ${allowed.length - NAMED} more` : '';
      return `must be one of ${allowed.slice(0, NAMED).map(wordOf).join(', ')}${more}`;
    }
    default:
      return showSafe(message);
  }
}

function wordOf(value: unknown): string {
  return showSafe(typeof value === 'string' ? value : JSON.stringify(value), 60);
}
