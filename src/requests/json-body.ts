import {withoutMember} from './left-out.js';
import type {Part, Reader} from './liquid.js';
import {inExpression, jsonOf, OMITTED, textOf, UnfitValue} from './values.js';

type Row = Readonly<Record<string, unknown>>;

/** JSON text with places for values. What stands between the places is kept as it was written, digits, blanks and all. */
export type JsonTemplate = readonly JsonPiece[];

type JsonPiece =
  | {readonly kind: 'text'; readonly text: string}
  /** `quoted`: inside a string literal, where every value is text. Else it keeps its type. `whole`: there is nothing else in the literal. */
  | {
      readonly kind: 'slot';
      readonly quoted: boolean;
      readonly whole: boolean;
      readonly source: string;
      readonly read: Reader;
    };

/**
 * Finds out where in the JSON each expression stands. Returns what is wrong, as a sentence, when the text is not JSON whatever the values.
 * A bare expression has to be a whole value: `null` in its place must make JSON, which it makes nowhere else.
 */
export function compileJson(parts: readonly Part[]): JsonTemplate | {readonly fault: string} {
  const pieces: JsonPiece[] = [];
  let quoted = false;
  let escaped = false;
  let sample = '';
  let length = 0;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'slot') {
      if (escaped) return {fault: `${part.source} stands behind a backslash`};
      const next = parts[index + 1];
      const whole = !quoted || (length === 0 && next?.kind === 'text' && next.text.startsWith('"'));
      pieces.push({...part, quoted, whole});
      length += 1;
      sample += quoted ? 'x' : 'null';
      continue;
    }
    for (const unit of part.text) {
      length += 1;
      if (escaped) escaped = false;
      else if (unit === '\\') escaped = quoted;
      else if (unit === '"') {
        quoted = !quoted;
        length = 0;
      }
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
  const gaps: {readonly from: number; readonly to: number}[] = [];
  for (const piece of template) {
    if (piece.kind === 'text') {
      text += piece.text;
      continue;
    }
    const value = piece.read(row);
    const from = text.length;
    text += piece.quoted ? inQuotes(textOf(value)) : bareValue(piece.source, value);
    if (value === OMITTED && piece.whole)
      gaps.push(piece.quoted ? {from: from - 1, to: from + 1} : {from, to: from + 4});
  }
  return gaps.length === 0 ? text : gaps.reduceRight(leaveOut, text);
}

/** ASCII without quotes, backslashes and controls stands in a JSON string as it is. */
const AS_IT_IS = /^[ !#-[\]-~]*$/;

function inQuotes(text: string): string {
  return AS_IT_IS.test(text) ? text : JSON.stringify(text).slice(1, -1);
}

// From the last to the first, so that the places of the others stay true.
function leaveOut(text: string, {from, to}: {readonly from: number; readonly to: number}): string {
  const rest = withoutMember(text, from, to);
  if (rest === undefined) throw new UnfitValue('there is no value, and no member of a body that could be left out');
  return rest;
}

function bareValue(source: string, value: unknown): string {
  if (value === OMITTED) return 'null';
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
