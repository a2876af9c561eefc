import {isPlainSegment} from './plain-path.js';
import {showValue} from './show.js';
import {UnfitValue} from './values.js';

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * One value as (a part of) one path segment, percent-encoded, so that `a/b`, `?x` and `//evil` stay inside it. Throws UnfitValue for what
 * no encoding can hold there: nothing at all, `.` and `..` (also as `%2e`), control characters, half a surrogate pair.
 */
export function encodeSegment(text: string): string {
  if (isPlainSegment(text)) return text;
  if (text.trim() === '')
    throw new UnfitValue('it is empty, expected a path segment (the request would go to another address)');
  checkSegment(text);
  return encode(text);
}

/** Refuses a whole segment, decoded or not, that a URL parser or a server would read as a step in the path. */
export function checkSegment(text: string): void {
  const decoded = decodeOnce(text);
  if (isDots(text) || isDots(decoded))
    throw new UnfitValue(`${showValue(text)} is a step in the path, expected a name or an id`);
  if (CONTROL.test(text) || CONTROL.test(decoded)) {
    throw new UnfitValue(`${showValue(text)} holds a control character, expected a name or an id`);
  }
}

/** One value as one value of the query. */
export function encodeQueryValue(text: string): string {
  if (text.includes('\0')) throw new UnfitValue(`${showValue(text)} holds a NUL character`);
  return encode(text);
}

/** Decoded once; what cannot be decoded stays as it is. */
export function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new UnfitValue(`${showValue(text)} holds half a character`);
  }
}

function isDots(text: string): boolean {
  const bare = text.trim();
  return bare === '.' || bare === '..';
}
