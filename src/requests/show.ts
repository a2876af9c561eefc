/** How much of a value a message shows. */
const SHOWN_LENGTH = 200;

// C0, DEL, C1; soft hyphen, zero-width and bidi marks and isolates, line and paragraph separators, the byte order mark, tags.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * Makes text of a server or a file safe for a terminal: control characters, escape sequences, bidi and zero-width marks are written out
 * (`\u001b`), and what is longer than `length` characters is cut. Line breaks are written out as well: a message stays one line.
 */
export function showSafe(text: string, length = SHOWN_LENGTH): string {
  const cut = text.length > length ? `${wholeCharacters(text, length)}…` : text;
  return cut.replace(UNSAFE, escapeCharacter);
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

const SHORT: Readonly<Record<string, string>> = {'\n': '\\n', '\r': '\\r', '\t': '\\t'};

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  return SHORT[character] ?? (code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`);
}
