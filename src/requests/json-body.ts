import type {Part, Reader} from './liquid.js';
import {inExpression, jsonOf, textOf, UnfitValue} from './values.js';

type Row = Readonly<Record<string, unknown>>;

/** JSON text with places for values. What stands between the places is kept as it was written, digits, blanks and all. */
export type JsonTemplate = readonly JsonPiece[];

type JsonPiece =
  | {readonly kind: 'text'; readonly text: string}
  /** `quoted`: inside a string literal, where every value is text. Else it is a whole value and keeps its type. */
  | {readonly kind: 'slot'; readonly quoted: boolean; readonly source: string; readonly read: Reader};

/**
 * Finds out where in the JSON each expression stands. Returns what is wrong, as a sentence, when the text is not JSON whatever the values.
 * A bare expression has to be a whole value: `null` in its place must make JSON, which it makes nowhere else.
 */
export function compileJson(parts: readonly Part[]): JsonTemplate | {readonly fault: string} {
  const pieces: JsonPiece[] = [];
  let quoted = false;
  let escaped = false;
  let sample = '';
  for (const part of parts) {
    if (part.kind === 'slot') {
      if (escaped) return {fault: `${part.source} stands behind a backslash`};
      pieces.push({...part, quoted});
      sample += quoted ? 'x' : 'null';
      continue;
    }
    for (const unit of part.text) {
      if (escaped) escaped = false;
      else if (unit === '\\') escaped = quoted;
      else if (unit === '"') quoted = !quoted;
    }
    pieces.push(part);
    sample += part.text;
  }
  const fault = jsonFault(sample);
  return fault === undefined ? pieces : {fault};
}

/** Puts the values of a row into their places, each written by the JSON serialiser: nothing in a value can end the string it stands in. */
export function renderJson(template: JsonTemplate, row: Row): string {
  let text = '';
  for (const piece of template) {
    if (piece.kind === 'text') text += piece.text;
    else text += piece.quoted ? JSON.stringify(textOf(piece.read(row))).slice(1, -1) : bareValue(piece, row);
  }
  return text;
}

function bareValue({source, read}: {readonly source: string; readonly read: Reader}, row: Row): string {
  const value = read(row);
  if (value === undefined) throw new UnfitValue(`${source} has no value in this row`);
  return inExpression(source, () => jsonOf(value));
}

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/, "?\.{0,3}[\s\S]* is not valid JSON$/, '');
  }
}
