import {type Place, placeName} from '../problem.js';

/** Where one record of the input stands: enough to find it again without reading what comes before it. */
export type RecordPlace = {
  /** Counts records from 1; a header is not a record. */
  readonly row: number;
  /** The line on which the record begins, from 1. */
  readonly line: number;
  /** The first byte of the record in the (unpacked) input, and the byte after its line end. */
  readonly offset: number;
  readonly end: number;
};

/**
 * One record as it was read. `values` has no prototype: a column called `__proto__` is a column. CSV values are text and stay text;
 * NDJSON values are JSON, in which a number that a double cannot hold is a `LosslessNumber` (lossless-json).
 */
export type Row = {
  readonly place: RecordPlace;
  readonly values: Readonly<Record<string, unknown>>;
  /** Where its values stand, when they were corrected in another file. */
  readonly from?: Place & {readonly line: number};
};

/**
 * One thing the user wants done. In a file of operations the row says everything itself (`call`); in a file of plain rows `call` is
 * absent and a template says it.
 */
export type Operation = {
  readonly id: string;
  readonly place: Place & {readonly row: number; readonly line: number};
  readonly call:
    | {readonly kind: 'named'; readonly name: string}
    | {readonly kind: 'direct'; readonly method: string; readonly url: string}
    | {readonly kind: 'template'};
  /** From the row's `headers`; names as written. */
  readonly headers: Readonly<Record<string, string>>;
  /** The row's `body` cell, ready to be sent. `json` when it is a JSON object or array, else text. */
  readonly body: {readonly kind: 'json' | 'text'; readonly text: string} | undefined;
  /** From the row's `scope.NAME`, or from `--scope NAME=@COLUMN`. */
  readonly scope: Readonly<Record<string, string>>;
  /** Rows with the same key run one after another, in the order of the file. */
  readonly key?: string | undefined;
  /** Phases run one after another, in the order in which the file names them first. */
  readonly phase?: string | undefined;
  /** All columns of the row, as data. */
  readonly values: Readonly<Record<string, unknown>>;
};

/** Where a person finds the values of a row: in the input, or in the file that corrected them. */
export function placeOf(
  {place, from}: Pick<Row, 'place' | 'from'>,
  {name}: {readonly name: string},
): Operation['place'] {
  const {row, line} = place;
  return {file: from?.file ?? name, line: from?.line ?? line, row};
}

/** How messages name an operation: `row 88 (users.csv:92)`. */
export function operationName({place}: Operation): string {
  return placeName(place);
}
