import {visible} from '../operations/shown.js';

/** How much of a value a message shows. */
const SHOWN_LENGTH = 200;

/**
 * Makes text of a server or a file safe for a terminal: control characters, escape sequences, bidi and zero-width marks are written out
 * (`\u001b`), and what is longer than `length` characters is cut. Line breaks are written out as well: a message stays one line.
 */
export function showSafe(text: string, length = SHOWN_LENGTH): string {
  return visible(text.length > length ? `${wholeCharacters(text, length)}…` : text);
}

/** A value of a row inside quotes, as messages show it: `"ownr"`. */
export function showValue(value: unknown, length = 60): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return `"${showSafe(text, length)}"`;
}

/** The first `length` units of a text, without half a surrogate pair at the end. */
export function wholeCharacters(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
