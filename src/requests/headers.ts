import {isOfTheConnection} from '../operations/headers.js';
import type {Profile} from '../profiles/profile.js';
import {showValue} from './show.js';
import {UnfitValue} from './values.js';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// What Node refuses to send, and refuses by throwing: everything but TAB, visible ASCII and the upper half of Latin-1.
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** Carry secrets at every provider, whatever the profile says. */
const OF_CREDENTIALS = new Set(['authorization', 'cookie', 'cookie2', 'set-cookie']);

const OF_PROTOTYPES = new Set(['__proto__', 'constructor', 'prototype']);

/** The header names, lower case, that carry a credential: the well-known ones and those of the profile. */
export function credentialHeaders(profile: Profile): ReadonlySet<string> {
  const own = profile.credentials.flatMap(({header}) => (header === undefined ? [] : [header.toLowerCase()]));
  return new Set([...OF_CREDENTIALS, ...own]);
}

/** Refuses a header name that a row or a template may not set; `credentials` is what `credentialHeaders` returns. Throws UnfitValue. */
export function checkHeaderName(name: string, credentials: ReadonlySet<string>): void {
  checkPlainName(name);
  if (credentials.has(name.toLowerCase())) {
    throw new UnfitValue(`header ${showValue(name)} carries a credential, which no row and no template may hold`);
  }
}

/** Refuses names that are none and those of the connection; one that carries a credential is let through. Throws UnfitValue. */
export function checkPlainName(name: string): void {
  if (!TOKEN.test(name))
    throw new UnfitValue(`header ${showValue(name)} is not a header name, expected letters, digits and "-"`);
  if (isOfTheConnection(name.toLowerCase())) {
    throw new UnfitValue(`header ${showValue(name)} belongs to the connection and is set by sluice alone`);
  }
  if (OF_PROTOTYPES.has(name.toLowerCase()))
    throw new UnfitValue(`header ${showValue(name)} is not a name that can be sent`);
}

/** Refuses a value that cannot be sent: line breaks, NUL and other control characters, and what is not Latin-1. Throws UnfitValue. */
export function checkHeaderValue(name: string, value: string): void {
  const found = UNSENDABLE.exec(value)?.[0];
  if (found === undefined) return;
  const kind =
    found === '\r' || found === '\n' ? 'a line break' : found === '\0' ? 'a NUL character' : unsendable(found);
  throw new UnfitValue(
    `header ${showValue(name)} is ${showValue(value)}, which holds ${kind}, expected one line of Latin-1 text`,
  );
}

function unsendable(character: string): string {
  return character < '\u0080' ? 'a control character' : `${showValue(character)}`;
}
