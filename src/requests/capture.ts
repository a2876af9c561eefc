import {isLosslessNumber} from 'lossless-json';
import type {Response} from '../exchange.js';
import {parseJson} from '../operations/json.js';
import {EXIT, Problem} from '../problem.js';
import {columnsOf, type Part, partsOf} from './liquid.js';
import {showSafe} from './show.js';
import {parsePart} from './template.js';
import {textOf, UnfitValue} from './values.js';

/** What is to be kept of each answer: names, each with an expression over `response`, whose members are `status`, `headers` and `body`. */
export type CaptureSpec = Readonly<Record<string, string>>;

/** The same, compiled once for all answers. */
export type Captures = readonly {readonly name: string; readonly parts: readonly Part[]}[];

/** What was kept of one answer; a value that is not in it is null, and `missing` says why. */
export type Captured = {readonly values: Readonly<Record<string, unknown>>; readonly missing: string | undefined};

/** What is captured stands in the journal: of one answer as much as of a response body. */
const CAPTURED_BYTES = 4096;

/** Throws CAPTURE_INVALID (78) for a name that could be no column, and for an expression over anything but the answer. */
export function compileCaptures(spec: CaptureSpec): Captures {
  return Object.entries(spec).map(([name, text]) => {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
      throw fault(
        `"${showSafe(name)}" is the name of a capture, expected letters, digits and _`,
        "Write it as --capture 'userId={{ response.body.userId }}'.",
      );
    const pieces = parsePart(`capture ${name}`, text);
    const other = columnsOf(pieces).find((each) => each !== 'response');
    if (other !== undefined)
      throw fault(
        `capture ${name}: there is no "${showSafe(other)}", expected something of the answer`,
        'What is there: response.status, response.headers and response.body.',
      );
    const parts = partsOf(pieces);
    if (!parts) throw fault(`capture ${name} holds a tag, expected an expression`, 'Take {% … %} out of it.');
    return {name, parts};
  });
}

/** Reads an answer. Numbers that a double cannot hold are text, with every digit. Throws nothing. */
export function readCaptures(captures: Captures, {status, headers, body}: Response): Captured {
  const row = {response: {status, headers, body: jsonOrText(body)}};
  const values: Record<string, unknown> = {};
  let missing: string | undefined;
  for (const {name, parts} of captures) {
    try {
      values[name] = plainValue(captureOf(parts, row));
    } catch (error) {
      if (!(error instanceof UnfitValue)) throw error;
      values[name] = null;
      missing ??= `nothing was captured for ${name}: ${error.message.replace(' in this row', ' in the answer')}`;
    }
  }
  if (Buffer.byteLength(JSON.stringify(values)) <= CAPTURED_BYTES) return {values, missing};
  const names = captures.map(({name}) => [name, null]);
  return {
    values: Object.fromEntries(names),
    missing: `nothing was captured: it is longer than ${CAPTURED_BYTES} bytes`,
  };
}

/** The values with every text within them scrubbed. */
export function scrubbedValues(
  values: Captured['values'],
  scrub: (text: string) => string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, scrubbed(value, scrub)]));
}

function scrubbed(value: unknown, scrub: (text: string) => string): unknown {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map((item) => scrubbed(item, scrub));
  return typeof value === 'object' && value !== null ? scrubbedValues(value as Captured['values'], scrub) : value;
}

function captureOf(parts: readonly Part[], row: Readonly<Record<string, unknown>>): unknown {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'slot') return only.read(row);
  return parts.map((part) => (part.kind === 'text' ? part.text : textOf(part.read(row)))).join('');
}

/** A body as JSON, else as the text that it is. */
export function jsonOrText(body: string): unknown {
  try {
    return parseJson(body);
  } catch {
    return body;
  }
}

function plainValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (isLosslessNumber(value)) return value.toString();
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainValue(member)]));
}

function fault(message: string, fix: string): Problem {
  return new Problem('CAPTURE_INVALID', message, fix, {exit: EXIT.badProfile});
}
