import {isAscii, isUtf8} from 'node:buffer';
import {parse} from 'csv-parse/sync';
import {EXIT, Problem} from '../problem.js';
import type {Cut} from './cut.js';
import {JsonFault, parseJson, refuseEscapes} from './json.js';
import type {RecordPlace, Row} from './operation.js';
import {shown} from './shown.js';
import type {Input} from './source.js';

const TAB = 9;
const SPACE = 32;

/** One field may be this long, in bytes. */
export const FIELD_MAX_BYTES = 10 * 2 ** 20;

/** And one record: what has no end within it is a quote never closed, or not a file of rows. */
export const RECORD_MAX_BYTES = 16 * 2 ** 20;

/** A record that cannot be sent. When `fatal`, nobody can say where the next record begins, and reading ends. */
export type BadRow = {
  readonly place: RecordPlace;
  readonly problem: Problem;
  readonly fatal: boolean;
  /** What could be read of it all the same. */
  readonly values?: Readonly<Record<string, unknown>>;
};

/** Tells a record that cannot be sent from one that can. */
export function isBadRow(row: Row | BadRow): row is BadRow {
  return 'problem' in row;
}

/** A line of nothing is no record. In NDJSON blanks are nothing too; in CSV they are a value. */
export function isBlank(bytes: Buffer, cut: Cut, format: Input['format']): boolean {
  if (format === 'csv') return cut.from === cut.to;
  for (let at = cut.from; at < cut.to; at++) if (bytes[at] !== SPACE && bytes[at] !== TAB) return false;
  return true;
}

/** Where each of `cuts` stands in the input, and the bytes they were cut from. `places` goes along with `cuts`. */
export type Slice = {readonly bytes: Buffer; readonly cuts: readonly Cut[]; readonly places: readonly RecordPlace[]};

/** Reads records that follow one another. Every check that needs no profile and no template is made here. */
export function readRecords({bytes, cuts, places}: Slice, input: Input): (Row | BadRow)[] {
  const first = cuts[0];
  if (!first) return [];
  const whole = bytes.subarray(first.from, cuts.at(-1)!.to);
  const encoding = isAscii(whole) ? 'latin1' : 'utf8';
  const sound = encoding === 'latin1' || isUtf8(whole);
  const fields = input.format === 'csv' ? fieldsOf(bytes, cuts, input.delimiter, encoding) : [];
  return cuts.map((cut, index) => {
    const place = places[index]!;
    const bad = brokenRecord(bytes, cut, place, input, sound);
    // Where the next record begins, a correction cannot tell.
    if (bad?.fatal) return bad;
    const row =
      bad ??
      (input.format === 'csv'
        ? csvRow(fields[index]!, cut, place, input)
        : ndjsonRow(bytes.toString(encoding, cut.from, cut.to), cut, place, input));
    return input.corrected?.over(row) ?? row;
  });
}

/**
 * The fields of each record. csv-parse reads what has quotes, in as few calls as possible; without quotes there is nothing but delimiters
 * to look for, and `split` is eight times as fast. A record with a faulty quote has no fields.
 */
export function fieldsOf(
  bytes: Buffer,
  cuts: readonly Cut[],
  delimiter: string,
  encoding: 'latin1' | 'utf8',
): string[][] {
  const fields: string[][] = [];
  while (fields.length < cuts.length) {
    const first = fields.length;
    const cut = cuts[first]!;
    if (cut.fault) fields.push([]);
    else if (!cut.quoted) fields.push(bytes.toString(encoding, cut.from, cut.to).split(delimiter));
    else {
      const last = endOfRun(cuts, first);
      for (const record of parseQuoted(bytes.subarray(cut.from, cuts[last]!.end), delimiter, last - first + 1))
        fields.push(record);
    }
  }
  return fields;
}

/** The last record of those to be read together: a call costs as much as five records, so a few without quotes may lie between. */
function endOfRun(cuts: readonly Cut[], first: number): number {
  let last = first;
  for (let at = first + 1; at <= last + 5 && cuts[at] && !cuts[at]!.fault; at++) if (cuts[at]!.quoted) last = at;
  return last;
}

function parseQuoted(bytes: Buffer, delimiter: string, expected: number): string[][] {
  const options = {delimiter, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, skip_empty_lines: true};
  const records = parse(bytes, options) as unknown as string[][];
  if (records.length === expected) return records;
  throw new Problem(
    'RECORDS_MISCOUNTED',
    `${expected} records were cut from the input, and ${records.length} were read from them`,
    'Report this with the input: it is a fault of the program.',
    {exit: EXIT.internal},
  );
}

function csvRow(fields: readonly string[], cut: Cut, place: RecordPlace, input: Input): Row | BadRow {
  const values: Record<string, unknown> = Object.create(null);
  for (let column = 0; column < input.columns.length; column++) values[input.columns[column]!] = fields[column] ?? '';
  if (fields.length !== input.columns.length) {
    const spread = cut.lines > 1 ? `; it goes on over ${cut.lines} lines: is a quote missing` : '';
    const found = `expected ${count(input.columns.length, 'column')} as in the header, found ${fields.length}${spread}`;
    return badRow('ROW_MISFIT', found, place, input, {values});
  }
  if (cut.suspicious) {
    const column = fields.findIndex((field) => CONTROL.test(field));
    if (column >= 0) {
      const name = controlName(fields[column]!);
      const found = `column ${shown(input.columns[column])} has the control character ${name}; expected text without`;
      return badRow('ROW_CONTROL', found, place, input, {values});
    }
  }
  const long =
    cut.to - cut.from > FIELD_MAX_BYTES ? fields.findIndex((field) => Buffer.byteLength(field) > FIELD_MAX_BYTES) : -1;
  if (long >= 0) {
    const found = `column ${shown(input.columns[long])} is longer than ${FIELD_MAX_BYTES / 2 ** 20} MiB`;
    return badRow('ROW_LONG', found, place, input, {});
  }
  return {place, values};
}

/** Everything but TAB, CR and LF. */
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

function controlName(text: string): string {
  return `U+${CONTROL.exec(text)![0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function ndjsonRow(text: string, cut: Cut, place: RecordPlace, input: Input): Row | BadRow {
  if (text.length > FIELD_MAX_BYTES) {
    return badRow('ROW_LONG', `the line is longer than ${FIELD_MAX_BYTES / 2 ** 20} MiB`, place, input, {});
  }
  if (cut.suspicious && CONTROL.test(text)) {
    const found = `the line has the control character ${controlName(text)}; expected text without`;
    return badRow('ROW_CONTROL', found, place, input, {});
  }
  try {
    const value = parseJson(text);
    refuseEscapes(text, value);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && text.trimStart().startsWith('{')) {
      return {place, values: Object.assign(Object.create(null), value)};
    }
    const found = `expected a JSON object on the line, found ${shown(text.trim())}`;
    return badRow('ROW_MISFIT', found, place, input, {});
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const column = error.position === undefined ? '' : ` (column ${error.position + 1})`;
    const found = `expected a JSON object on the line, found ${shown(text.trim())}: ${error.message}${column}${jsonHint(text)}`;
    return badRow('ROW_MISFIT', found, place, input, {});
  }
}

/** What a person may have meant by a line that is not JSON. */
function jsonHint(text: string): string {
  if (/^\s*\{\s*$/.test(text) || /^\s*"[^"]*"\s*:/.test(text) || /^\s*\},?\s*$/.test(text)) {
    return '; an object has to stand on one line (jq -c . writes it so)';
  }
  if (/[{,]\s*'/.test(text)) return '; JSON writes texts and keys in double quotes';
  return /,\s*[}\]]/.test(text) ? '; JSON has no comma after the last member' : '';
}

/** What can be said before the content is read: its quotes and its encoding. */
function brokenRecord(bytes: Buffer, cut: Cut, place: RecordPlace, input: Input, sound: boolean): BadRow | undefined {
  if (cut.fault) return quoteProblem(cut, place, input);
  if (sound || isUtf8(bytes.subarray(cut.from, cut.to))) return undefined;
  const within = firstBadByte(bytes.subarray(cut.from, cut.to));
  const byte = bytes[cut.from + within]!.toString(16).toUpperCase().padStart(2, '0');
  const found = `byte ${place.offset + within} of the input is 0x${byte}, which is not UTF-8`;
  return badRow('ROW_NOT_UTF8', found, place, input, {
    fix: `Save ${input.name} as UTF-8 (iconv -f WINDOWS-1252 -t UTF-8).`,
  });
}

function quoteProblem({fault, from}: Cut, place: RecordPlace, input: Input): BadRow {
  const {kind, line, offset} = fault!;
  const where = `the quote at byte ${place.offset + offset - from} (line ${place.line + line})`;
  switch (kind) {
    case 'inField': {
      const found = `${where} stands within a field that does not begin with one; expected "…" around the field, and "" within`;
      return badRow('ROW_QUOTE', found, place, input, {});
    }
    case 'afterQuote': {
      const found = `the field that begins with ${where} goes on after its closing quote; expected a delimiter or the end of the line`;
      return badRow('ROW_QUOTE', found, place, input, {fatal: true});
    }
    case 'unclosed':
      return badRow('ROW_UNCLOSED', `${where} is not closed`, place, input, {fatal: true});
  }
}

/** The offset of the first byte that is not UTF-8, in bytes that are not. */
function firstBadByte(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  let offset = 0;
  for (let from = 0; ; ) {
    const at = text.indexOf('\ufffd', from);
    if (at < 0) return offset;
    offset += Buffer.byteLength(text.slice(from, at));
    // The character may also stand in the input as itself.
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    offset += 3;
    from = at + 1;
  }
}

type Bad = {readonly fatal?: boolean; readonly fix?: string; readonly values?: Readonly<Record<string, unknown>>};

/** A record that cannot be sent, with what to do about it. */
export function badRow(
  code: string,
  found: string,
  place: RecordPlace,
  input: {readonly name: string},
  bad: Bad,
): BadRow {
  const {fatal = false, values} = bad;
  const others = fatal ? '; what follows cannot be read before that.' : ', or leave bad rows out with --skip-invalid.';
  const fix = bad.fix ?? `Correct line ${place.line} of ${input.name}${others}`;
  const at = {file: input.name, line: place.line, row: place.row};
  const problem = new Problem(code, found, fix, {at, exit: EXIT.misfit});
  return values ? {place, problem, fatal, values} : {place, problem, fatal};
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
