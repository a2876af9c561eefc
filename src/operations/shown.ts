import {isLosslessNumber} from 'lossless-json';

const SHOWN_MAX = 80;

/** Controls, marks that change the direction of writing, and what has no width: a terminal must never be told them. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029\ufffd]|\p{Cs}/gu;

/** A value as messages show it: in quotes, at most 80 characters of it, nothing in it that a terminal would obey. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : describe(value);
  const characters = [...text.slice(0, 2 * SHOWN_MAX)];
  const cut = characters.length > SHOWN_MAX || text.length > 2 * SHOWN_MAX;
  const kept = cut ? `${characters.slice(0, SHOWN_MAX).join('')}…` : text;
  return `"${kept.replace(UNSAFE, escaped)}"`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && !isLosslessNumber(value) ? 'an object' : String(value);
}

function escaped(character: string): string {
  const named = {'\n': '\\n', '\r': '\\r', '\t': '\\t'}[character];
  return named ?? `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
}
