import {JsonFault, parseJson} from '../operations/json.js';
import type {Profile} from '../profiles/profile.js';
import type {RenderedBody} from './body-template.js';
import {type BodyOfColumns, bodyOfColumns} from './contract-body.js';
import {type Breach, openCheck, type Taken} from './contract-check.js';
import {bodyNeeded, refuseMissing, refuseOtherBodies} from './contract-missing.js';
import {fillingOf, isSaidElsewhere, slotOf, urlParts, valuesOf} from './contract-parameters.js';
import {propertiesOf} from './contract-shape.js';
import type {HeaderTemplate} from './header-template.js';
import type {Contract, Parameter} from './openapi.js';
import {showSafe, showValue} from './show.js';
import {compileUrl, type UrlTemplate} from './url-template.js';
import {jsonOf, UnfitValue} from './values.js';

type Row = Readonly<Record<string, unknown>>;

/** What is said of the requests beside the contract, and wins over it. */
export type SaidBeside = {
  /** Names of headers, lower case. */
  readonly headers: readonly string[];
  readonly body: boolean;
  readonly form: boolean;
  /** The columns that these take. */
  readonly columns: readonly string[];
};

/** A contract ready to be filled with rows. */
export type CompiledContract = {
  readonly url: UrlTemplate;
  readonly headers: readonly HeaderTemplate[];
  /** What of a row goes into its request. */
  readonly take: (row: Row) => Taken;
  /** The body made of columns; undefined where there is none. */
  readonly bodyOf: (taken: Taken) => RenderedBody | undefined;
  /** Throws UnfitValue for the first rule that the request breaks. `written`: the body of a template, in place of the one made of columns. */
  readonly check: (taken: Taken, row: Row, written?: RenderedBody) => void;
  readonly name: string;
  /** What its parameters and properties are called. */
  readonly names: readonly string[];
  /** The columns that go into no request. */
  readonly unused: readonly string[];
};

/**
 * Compiles what an OpenAPI document says of an operation, its parameters and properties filled from the columns of their names. `columns`: undefined where
 * rows need not have the same. Throws COLUMN_MISSING for what is required and has no column, CONTRACT_UNFIT for what columns cannot make, both 78.
 */
export function compileContract(
  contract: Contract,
  profile: Profile,
  columns: readonly string[] | undefined,
  beside: SaidBeside,
): CompiledContract {
  const {body, method, path} = contract;
  const parameters = contract.parameters.filter((each) => !isSaidElsewhere(each, profile, beside.headers));
  const filled = parameters.flatMap((each) => fillingOf(each, contract, columns));
  const derived = derivedBody(contract, columns, beside);
  if (columns) refuseMissing({...contract, parameters}, {columns, filled, derived: derived !== undefined});
  const check = openCheck({...contract, parameters, body: beside.form ? null : body});
  const of = (place: Parameter['in']) => filled.filter((each) => each.in === place);
  const [inPath, inQuery, inHeader] = [of('path'), of('query'), of('header')];
  const columnOf = ({steps: [place, ...steps]}: Breach, row: Row): string | undefined =>
    place === 'body'
      ? derived && (columns ?? Object.keys(row)).find((column) => leadsTo(derived.stepsOf(column), steps))
      : filled.find((each) => each.in === place && each.name === steps[0])?.column;
  return {
    url: compileUrl(method, urlParts(path, inPath, inQuery), `${method} ${path}`),
    headers: inHeader.map((each) => ({name: each.name.toLowerCase(), parts: [slotOf(each)]})),
    take: (row) => ({
      ...{path: valuesOf(inPath, row), query: valuesOf(inQuery, row), header: valuesOf(inHeader, row)},
      ...withBody(derived?.fill(row) ?? (derived && body?.required ? {} : undefined)),
    }),
    bodyOf: (taken) =>
      taken.body === undefined ? undefined : {text: jsonOf(taken.body), contentType: body!.contentType},
    check: (taken, row, written) => {
      const breach = check(written ? {...taken, ...withBody(jsonOfBody(written))} : taken);
      if (breach) throw new UnfitValue(sentence(breach, row, columnOf(breach, row)));
    },
    name: contract.name,
    names: [...parameters.map(({name}) => name), ...(derived ? propertiesOf(body!.schema!, contract.definitions) : [])],
    unused: (columns ?? []).filter(
      (column) =>
        !beside.columns.includes(column) &&
        !filled.some((each) => each.column === column) &&
        derived?.stepsOf(column) === undefined,
    ),
  };
}

/** Undefined where there is no body, or another says it. */
function derivedBody(
  contract: Contract,
  columns: readonly string[] | undefined,
  beside: SaidBeside,
): BodyOfColumns | undefined {
  const {body, definitions} = contract;
  if (!body || beside.body || beside.form) return undefined;
  if (body.schema !== null) {
    refuseOtherBodies(contract);
    return bodyOfColumns(body.schema, definitions, columns);
  }
  if (body.required) throw bodyNeeded(contract);
  return undefined;
}

/** Whether what stands at `steps` came with what was put at `start`. */
function leadsTo(start: readonly string[] | undefined, steps: readonly string[]): boolean {
  return start?.every((step, index) => step === steps[index]) ?? false;
}

function withBody(body: unknown): {readonly body?: unknown} {
  return body === undefined ? {} : {body};
}

/** Undefined for what is no JSON: nothing is known of it. */
function jsonOfBody({text, contentType}: RenderedBody): unknown {
  if (!/[/+]json\b/i.test(contentType)) return undefined;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonFault) return undefined;
    throw error;
  }
}

function sentence({place, rule, value}: Breach, row: Row, column: string | undefined): string {
  const start = `${place}: ${rule}`;
  if (value !== undefined)
    return `${start} (${column === undefined ? 'the row' : `column "${showSafe(column)}"`} has ${showValue(value)})`;
  const name = column ?? place.slice(place.indexOf('.') + 1);
  return Object.hasOwn(row, name)
    ? `${start}, and column "${showSafe(name)}" is empty`
    : `${start}, and the row has none`;
}
