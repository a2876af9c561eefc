import {isLosslessNumber} from 'lossless-json';
import {shown} from './shown.js';

/** Belong to the connection, not to the request: sluice sets them itself or must not. */
const OF_THE_CONNECTION = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'http2-settings',
]);

const CREDENTIALS = new Set([
  'cookie',
  'cookie2',
  'set-cookie',
  'authorization',
  'authentication',
  'auth',
  'token',
  'apikey',
  'jwt',
  'x-token',
  'x-appwrite-key',
  'x-appwrite-jwt',
  'x-appwrite-session',
  'ocp-apim-subscription-key',
  'x-functions-key',
]);

/** How providers call the headers of their keys: X-API-Key, X-Auth-Token, X-Amz-Security-Token, X-Client-Secret. */
const CREDENTIAL =
  /(?:^|[-_])(?:api[-_]?key|(?:auth|access|session|security|admin|user|bearer|id|refresh)[-_]?token|secret|secret[-_]?key|access[-_]?key|auth[-_]?key|password|passwd|credentials?|authorization)$/;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether the header with this name, in lower case, belongs to the connection. */
export function isOfTheConnection(name: string): boolean {
  return OF_THE_CONNECTION.has(name) || name.startsWith('proxy-');
}

/** Whether a row may not set a header: it belongs to the connection, or it is a credential, which comes from the profile alone. */
export function isForbiddenHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return isOfTheConnection(lower) || CREDENTIALS.has(lower) || CREDENTIAL.test(lower);
}

/** The headers of a row, or why it cannot have them. No sentence shows a value: what is refused here is often a secret. */
export function readHeaders(
  value: object,
): {readonly headers: Readonly<Record<string, string>>} | {readonly fault: string} {
  const headers: Record<string, string> = Object.create(null);
  const seen = new Set<string>();
  for (const [name, given] of Object.entries(value)) {
    const text = typeof given === 'number' || isLosslessNumber(given) ? String(given) : given;
    const fault = nameFault(name, seen) ?? valueFault(name, text);
    if (fault) return {fault};
    seen.add(name.toLowerCase());
    headers[name] = text as string;
  }
  return {headers};
}

function nameFault(name: string, seen: ReadonlySet<string>): string | undefined {
  if (!NAME.test(name)) return `${shown(name)} is no name of a header, expected letters, digits and hyphens`;
  if (seen.has(name.toLowerCase())) return `the header ${shown(name)} is there twice`;
  if (!isForbiddenHeader(name)) return undefined;
  return `a row may not set the header ${shown(name)}: it belongs to the connection, or is a credential, which comes from the profile`;
}

function valueFault(name: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return `the header ${shown(name)} is not a text, expected a text or a number`;
  const bad = /[^\t\x20-\x7e\x80-\xff]/u.exec(value);
  if (!bad) return undefined;
  const code = bad[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `the header ${shown(name)} has the character U+${code}, expected Latin-1 without control characters`;
}
