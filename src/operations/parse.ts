import {isLosslessNumber} from 'lossless-json';
import {EXIT, Problem} from '../problem.js';
import {urlFault, withoutUserinfo} from './address.js';
import {readBody} from './body.js';
import {readHeaders} from './headers.js';
import {JsonFault, parseJson} from './json.js';
import {type Operation, placeOf, type Row} from './operation.js';
import {shown} from './shown.js';

/** `--scope NAME=@COLUMN` or `--scope NAME=VALUE`. */
export type ScopeFlag = {readonly column: string} | {readonly value: string};

/**
 * What the columns of an input are for. `operations`: the columns of the contract mean what they say, and flags fill in where a row has no
 * scope of its own. `plain`: every column is data, whatever its name, except for those named here.
 */
export type Roles =
  | {readonly kind: 'operations'; readonly scope: Readonly<Record<string, ScopeFlag>>}
  | {
      readonly kind: 'plain';
      readonly id?: string | undefined;
      readonly key?: string | undefined;
      readonly phase?: string | undefined;
      readonly scope: Readonly<Record<string, ScopeFlag>>;
    };

/** What a row says of its turn: it waits for the rows before it with the same `key`, and for the phases before its own. */
export type Turn = Pick<Operation, 'key' | 'phase'>;

/** Whether these columns (of a CSV header, or of the first row) make an input a file of operations. */
export function isFileOfOperations(columns: readonly string[]): boolean {
  return columns.includes('operation') || (columns.includes('method') && columns.includes('url'));
}

/** What a row wants done. Throws a Problem (exit 65) that names row, line and column for whatever cannot be sent as it stands. */
export function parseOperation(row: Row, input: {readonly name: string}, roles: Roles): Operation {
  if (roles.kind === 'plain' && playsNoPart(roles)) return bareOperation(row, input);
  const cells = cellsOf(row, input);
  const place = placeOf(row, input);
  const scope = Object.assign(flagScope(cells, roles.scope), roles.kind === 'operations' ? rowScope(cells) : {});
  if (roles.kind === 'plain') {
    const id =
      roles.id === undefined ? String(place.row) : (cells.text(roles.id) ?? cells.refuse(roles.id, 'expected an id'));
    const turn = turnOf(cells, roles);
    return {id, place, call: {kind: 'template'}, headers: {}, body: undefined, scope, ...turn, values: row.values};
  }
  const headers = headersOf(cells);
  const body = readBody(row.values.body, headers);
  if (body && 'fault' in body) return cells.fail('BODY_INVALID', `column "body" ${body.fault}`);
  return {
    id: cells.text('id') ?? String(place.row),
    place,
    call: callOf(cells),
    headers,
    body,
    scope,
    ...turnOf(cells, roles),
    values: row.values,
  };
}

function playsNoPart({id, key, phase, scope}: Extract<Roles, {kind: 'plain'}>): boolean {
  if (id !== undefined || key !== undefined || phase !== undefined) return false;
  for (const _ in scope) return false;
  return true;
}

/** A row of which every column is data: what most files are made of, so that nothing is made for it that it does not need. */
function bareOperation(row: Row, input: {readonly name: string}): Operation {
  const place = placeOf(row, input);
  return {
    id: String(place.row),
    place,
    call: TEMPLATE,
    headers: NONE,
    body: undefined,
    scope: NONE,
    values: row.values,
  };
}

const TEMPLATE = {kind: 'template'} as const;
const NONE: Readonly<Record<string, never>> = Object.freeze({});

/** The turn of a row that is not sent itself; a row that says none that can be read waits for nobody. */
export function readTurn(row: Row, input: {readonly name: string}, roles: Roles): Turn {
  try {
    return turnOf(cellsOf(row, input), roles);
  } catch (error) {
    if (error instanceof Problem) return NO_TURN;
    throw error;
  }
}

/** The columns that say whose turn it is. */
export function turnColumns(roles: Roles): Turn {
  return roles.kind === 'plain' ? {key: roles.key, phase: roles.phase} : {key: 'key', phase: 'phase'};
}

const NO_TURN: Turn = {};

function turnOf(cells: Cells, roles: Roles): Turn {
  const {key, phase} = turnColumns(roles);
  return {
    key: key === undefined ? undefined : cells.text(key),
    phase: phase === undefined ? undefined : cells.text(phase),
  };
}

/** The cells of one row, and how to refuse them. An empty cell counts as absent. */
type Cells = {
  readonly values: Readonly<Record<string, unknown>>;
  /** Texts as they are, numbers digit for digit. */
  text(column: string): string | undefined;
  /** `fail` with the value of the column shown, or `as` instead of it. */
  refuse(column: string, expected: string, as?: unknown): never;
  fail(code: string, found: string, fix?: string): never;
};

function cellsOf(row: Row, input: {readonly name: string}): Cells {
  const {values} = row;
  const at = placeOf(row, input);
  const cells: Cells = {
    values,
    text(column) {
      const value = values[column];
      if (value === undefined || value === null || value === '') return undefined;
      if (typeof value === 'string') return value;
      return typeof value === 'number' || isLosslessNumber(value)
        ? String(value)
        : cells.refuse(column, 'expected a text or a number');
    },
    refuse(column, expected, as = values[column]) {
      const is = column in values ? (as === '' ? 'is empty' : `is ${shown(as)}`) : 'is missing';
      return cells.fail('OPERATION_INVALID', `column ${shown(column)} ${is}, ${expected}`);
    },
    fail(code, found, fix = `Correct line ${at.line} of ${at.file}, or leave bad rows out with --skip-invalid.`) {
      throw new Problem(code, found, fix, {at, exit: EXIT.misfit});
    },
  };
  return cells;
}

/** What a row or a template may ask for. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function callOf(cells: Cells): Operation['call'] {
  const name = cells.text('operation');
  const method = cells.text('method');
  const url = cells.text('url');
  if (name !== undefined) {
    if (method === undefined && url === undefined) return {kind: 'named', name};
    const other = method === undefined ? 'url' : 'method';
    return cells.fail(
      'OPERATION_INVALID',
      `column "${other}" is ${shown(method ?? withoutUserinfo(url!))}, expected it empty, as "operation" is ${shown(name)}`,
    );
  }
  if (method === undefined && url === undefined) {
    return cells.fail(
      'OPERATION_INVALID',
      'columns "operation", "method" and "url" are empty, expected an operation, or a method and a url',
    );
  }
  if (method === undefined) return cells.refuse('method', `expected one of ${METHODS.join(', ')}`);
  if (!METHODS.includes(method.toUpperCase())) return cells.refuse('method', `expected one of ${METHODS.join(', ')}`);
  if (url === undefined) return cells.refuse('url', 'expected http://…, https://… or a path that begins with /');
  const fault = urlFault(url);
  if (fault) return cells.refuse('url', fault, withoutUserinfo(url));
  return {kind: 'direct', method: method.toUpperCase(), url};
}

function headersOf(cells: Cells): Readonly<Record<string, string>> {
  const cell = cells.values.headers;
  if (cell === undefined || cell === null || cell === '') return {};
  const read = readHeaders(objectOf(cell, 'headers', cells));
  return 'fault' in read ? cells.fail('HEADERS_INVALID', `column "headers": ${read.fault}`) : read.headers;
}

/** The JSON object that a cell is or holds. Its text is not shown: headers hold secrets. */
function objectOf(cell: unknown, column: string, cells: Cells): object {
  let value = cell;
  if (typeof cell === 'string') {
    try {
      value = parseJson(cell);
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      return cells.fail('OPERATION_INVALID', `column "${column}" is not a JSON object: ${error.message}`);
    }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value)) return value;
  return cells.fail('OPERATION_INVALID', `column "${column}" is not a JSON object, expected {"name": "value"}`);
}

const SCOPE = 'scope.';

function rowScope(cells: Cells): Record<string, string> {
  const scope: Record<string, string> = Object.create(null);
  const nested = cells.values.scope;
  if (nested !== undefined && nested !== null && nested !== '') {
    for (const [name, value] of Object.entries(objectOf(nested, 'scope', cells))) addScope(scope, name, value, cells);
  }
  for (const column of Object.keys(cells.values)) {
    if (column.startsWith(SCOPE)) addScope(scope, column.slice(SCOPE.length), cells.values[column], cells);
  }
  return scope;
}

function addScope(scope: Record<string, string>, name: string, value: unknown, cells: Cells): void {
  if (value === undefined || value === null || value === '') return;
  if (typeof value === 'string' || typeof value === 'number' || isLosslessNumber(value)) {
    scope[name] = String(value);
  } else {
    cells.fail('OPERATION_INVALID', `scope ${shown(name)} is ${shown(value)}, expected a text or a number`);
  }
}

function flagScope(cells: Cells, flags: Readonly<Record<string, ScopeFlag>>): Record<string, string> {
  const scope: Record<string, string> = Object.create(null);
  for (const [name, flag] of Object.entries(flags)) {
    const value = 'value' in flag ? flag.value : cells.text(flag.column);
    if (value !== undefined) scope[name] = value;
  }
  return scope;
}
