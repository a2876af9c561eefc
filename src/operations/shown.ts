import {isLosslessNumber} from 'lossless-json';

const SHOWN_MAX = 80;

/** Controls, marks that change the direction of writing, and what has no width: a terminal must never be told them. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffd]/gu;

/** Text of a file, a server or a profile with nothing in it that a terminal would obey: that is written out, `\u001b`. Stays one line. */
export function visible(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The same for text that may have lines and tabs. */
export function visibleLines(text: string): string {
  return text.replace(UNSAFE, (character) => (/[\t\r\n]/.test(character) ? character : escaped(character)));
}

/** A value as messages show it: in quotes, at most 80 characters of it, nothing in it that a terminal would obey. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : describe(value);
  const characters = [...text.slice(0, 2 * SHOWN_MAX)];
  const cut = characters.length > SHOWN_MAX || text.length > 2 * SHOWN_MAX;
  const kept = cut ? `${characters.slice(0, SHOWN_MAX).join('')}…` : text;
  return `"${visible(kept)}"`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && !isLosslessNumber(value) ? 'an object' : String(value);
}

const SHORT: Readonly<Record<string, string>> = {'\n': '\\n', '\r': '\\r', '\t': '\\t'};

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return SHORT[character] ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`);
}
