import {createHash} from 'node:crypto';
import type {WireRequest} from '../exchange.js';

/**
 * Stands for a request in the journal: the first 8 hex digits of the SHA-256 over method, URL, headers in the order of their names, and
 * body. The request holds no secret yet, so neither does this.
 */
export function requestDigest(request: WireRequest): string {
  return requestHash(request).slice(0, 8);
}

/** The whole of it, 64 hex digits. Each part is preceded by its length, so that no two requests read alike. */
export function requestHash({method, url, headers, body}: WireRequest): string {
  const hash = createHash('sha256');
  const add = (text: string) => hash.update(`${text.length}:${text}\n`);
  add(method);
  add(url);
  for (const name of Object.keys(headers).sort()) add(`${name}:${headers[name]}`);
  hash.update(body === undefined ? '-' : `+${body}`);
  return hash.digest('hex');
}
