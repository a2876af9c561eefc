import {isLosslessNumber} from 'lossless-json';
import {JsonFault, parseJson, writeJson} from './json.js';
import type {Operation} from './operation.js';

type Headers = Operation['headers'];

/**
 * What a row's `body` sends: JSON when it is or holds an object or an array, else text; nothing when it is empty. A text is sent byte for
 * byte. One that was meant as JSON and is not is a fault, for it would go out as plain text, 300,000 times.
 */
export function readBody(cell: unknown, headers: Headers): Operation['body'] | {readonly fault: string} {
  if (cell === undefined || cell === null || cell === '') return undefined;
  if (typeof cell === 'object' && !isLosslessNumber(cell)) return {kind: 'json', text: writeJson(cell)};
  if (typeof cell !== 'string') return {fault: 'is neither a text nor an object nor an array'};
  if (!/^[\s]*[{[]/.test(cell)) return {kind: 'text', text: cell};
  try {
    parseJson(cell);
    return {kind: 'json', text: cell};
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    if (!isMeantAsJson(cell, headers)) return {kind: 'text', text: cell};
    const column = error.position === undefined ? '' : ` (character ${error.position + 1})`;
    return {
      fault: `was meant as JSON and is not: ${error.message}${column}; a text that only looks so needs a content-type in "headers"`,
    };
  }
}

/** The row's own content-type decides; without one, whether it begins as nothing but JSON does. */
function isMeantAsJson(text: string, headers: Headers): boolean {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return type === undefined ? /^\s*(?:\[\s*)?\{\s*"/.test(text) : /[/+]json\b/i.test(type);
}
