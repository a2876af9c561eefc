import {isOfTheConnection} from '../operations/headers.js';
import type {Profile} from '../profiles/profile.js';
import {unfit} from './contract-missing.js';
import {converted, typesOf} from './contract-shape.js';
import {credentialHeaders} from './headers.js';
import type {Part} from './liquid.js';
import type {Contract, Parameter} from './openapi.js';
import {showSafe} from './show.js';
import {jsonOf, OMITTED, textOf, UnfitValue} from './values.js';

type Row = Readonly<Record<string, unknown>>;

/** A parameter and the column that it is filled from. */
export type Filled = Parameter & {readonly column: string; readonly read: (row: Row) => unknown};

/** Set by the profile, by one of these `headers` (lower case), or by sluice itself. */
export function isSaidElsewhere({in: place, name}: Parameter, profile: Profile, headers: readonly string[]): boolean {
  if (place === 'query') return profile.credentials.some(({query}) => query === name);
  if (place !== 'header') return false;
  const header = name.toLowerCase();
  return (
    headers.includes(header) ||
    isOfTheConnection(header) ||
    credentialHeaders(profile).has(header) ||
    profile.credentials.some(({headers: fixed}) => fixed !== undefined && Object.hasOwn(fixed, header)) ||
    profile.idempotencyKey?.header.toLowerCase() === header
  );
}

/** None where no column has its name, unless it is required or each row has its own. */
export function fillingOf(
  parameter: Parameter,
  {definitions}: Contract,
  columns: readonly string[] | undefined,
): Filled[] {
  const {name, json, schema, required} = parameter;
  const wanted = name.toLowerCase();
  const column =
    columns === undefined || columns.includes(name)
      ? name
      : parameter.in === 'header'
        ? columns.find((each) => each.toLowerCase() === wanted)
        : undefined;
  if (column === undefined) return [];
  const types = typesOf(schema, definitions);
  const isList = !json && types !== undefined && [...types].every((type) => type === 'array' || type === 'object');
  const says = `${parameter.in} parameter "${showSafe(name)}" is a list or an object, which a column cannot be`;
  if (isList && (columns !== undefined || required))
    throw unfit(says, "Rename the column, or write the request out with --request 'GET /path?ids={{ ids }}'.");
  const read = (row: Row) => {
    const value = Object.hasOwn(row, column) ? row[column] : undefined;
    if (value === undefined || value === '') return undefined;
    if (isList) throw new UnfitValue(says);
    return converted(value, types);
  };
  return [{...parameter, column, read}];
}

/** The values of a row that go there, converted; an empty cell is none. */
export function valuesOf(filled: readonly Filled[], row: Row): Row {
  const values: Record<string, unknown> = Object.create(null);
  for (const {name, read} of filled) {
    const value = read(row);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** The place of a parameter in a URL or a header. */
export function slotOf({in: place, name, json, read}: Filled): Part {
  const text = (value: unknown) => (json ? jsonOf(value) : textOf(value));
  return {
    kind: 'slot',
    source: `${place}.${name}`,
    read: (row) => {
      const value = read(row);
      return value === undefined ? OMITTED : text(value);
    },
  };
}

/** A path with its query. */
export function urlParts(path: string, inPath: readonly Filled[], inQuery: readonly Filled[]): readonly Part[] {
  const parts = path.split(/(\{[^{}]+\})/).map((text): Part => {
    const found = inPath.find(({name}) => text === `{${name}}`);
    return found ? slotOf(found) : {kind: 'text', text};
  });
  const query = inQuery.flatMap((each, index): Part[] => [
    {kind: 'text', text: `${index > 0 || path.includes('?') ? '&' : '?'}${encodeURIComponent(each.name)}=`},
    slotOf(each),
  ]);
  return [...parts, ...query].filter((part) => part.kind === 'slot' || part.text !== '');
}
