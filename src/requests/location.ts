import {trimBaseUrl} from '../profiles/base-url.js';
import {checkSegment} from './path-value.js';
import {isPlainPath} from './plain-path.js';
import {showValue} from './show.js';
import {UnfitValue} from './values.js';

/** Longer URLs are refused by many servers, and cut by some. */
const LONGEST_URL = 8192;

/** Where a request goes: the whole URL, and its path without that of the base URL. `own` is false at another origin than the base URL's. */
export type Location = {readonly url: string; readonly path: string; readonly own: boolean};

/**
 * Puts a row's URL and the base URL together. A relative one begins with one `/` and is appended; an absolute one must have the origin of
 * the base URL or an allowed one. Throws UnfitValue for everything that could lead elsewhere.
 */
export function locate(text: string, baseUrl: string, allowedOrigins: readonly string[]): Location {
  const plain = plainLocation(text, baseUrl);
  if (plain) return plain;
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(text);
  checkText(text, absolute);
  const base = new URL(baseUrl);
  const url = parsed(absolute ? text : trimBaseUrl(baseUrl) + text, text);
  if (url.username !== '' || url.password !== '')
    throw new UnfitValue('the URL holds a user name or password, expected none');
  const own = url.origin === base.origin;
  if (!own && !allowedOrigins.includes(url.origin)) {
    throw new UnfitValue(
      `the URL leads to ${url.origin}, expected ${base.origin} (other origins need --allow-origin ${url.origin})`,
    );
  }
  checkPath(absolute ? text.replace(/^[^/]*\/\/[^/?]*/, '') : text);
  if (url.href.length > LONGEST_URL) {
    throw new UnfitValue(`the URL is ${url.href.length} bytes long, expected at most ${LONGEST_URL}`);
  }
  return {url: url.href, path: own ? withoutBase(url.pathname, base.pathname) : url.pathname, own};
}

/** The same for a path that is left as it is written, put behind what the base URL was parsed to; undefined for any other. */
function plainLocation(text: string, baseUrl: string): Location | undefined {
  if (!isPlainPath(text)) return undefined;
  const {prefix, path} = baseOf(baseUrl);
  if (prefix === undefined || prefix.length + text.length > LONGEST_URL) return undefined;
  return {url: prefix + text, path: path + text, own: true};
}

type Base = {
  /** What a URL begins with; undefined where a path is not simply put behind it. */
  readonly prefix: string | undefined;
  /** Of that, what is left of the path when the path of the base URL is taken off. */
  readonly path: string;
};

// The base URLs of a process are few: one, or one for each step of a job.
const bases = new Map<string, Base>();

function baseOf(baseUrl: string): Base {
  const known = bases.get(baseUrl);
  if (known) return known;
  const probe = '/a';
  const text = trimBaseUrl(baseUrl) + probe;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const base: Base =
    url?.href.endsWith(probe) && `${url.origin}${url.pathname}` === url.href
      ? {
          prefix: url.href.slice(0, -probe.length),
          path: withoutBase(url.pathname, new URL(baseUrl).pathname).slice(0, -probe.length),
        }
      : {prefix: undefined, path: ''};
  bases.set(baseUrl, base);
  return base;
}

function checkText(text: string, absolute: boolean): void {
  // A URL that is none may hold a password all the same.
  const shown = showValue(text.replace(/[^/?#]*@/, '***@'));
  if (text === '') throw new UnfitValue('the URL is empty, expected a path such as "/users/1"');
  if (/[\s\\\u0000-\u0020\u007f-\u009f]/.test(text)) {
    throw new UnfitValue(`the URL is ${shown}, which holds a blank, a backslash or a control character`);
  }
  if (text.includes('#')) throw new UnfitValue(`the URL is ${shown}, expected no fragment ("#")`);
  const start = absolute ? /^https?:\/\/[^/?]/i : /^\/(?!\/)/;
  if (!start.test(text))
    throw new UnfitValue(`the URL is ${shown}, expected a path that begins with one "/", or a whole http(s) URL`);
}

// Checked as it was written: a URL parser takes `..` and `%2e%2e` away without a word.
function checkPath(text: string): void {
  const path = text.split('?')[0]!;
  if (path.includes('//'))
    throw new UnfitValue(`the URL holds "//" in its path (${showValue(path)}), expected no empty segment`);
  for (const segment of path.split('/')) checkSegment(segment);
}

function parsed(text: string, written: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new UnfitValue(`the URL is ${showValue(written)}, which is none`);
}

function withoutBase(path: string, basePath: string): string {
  const prefix = basePath.replace(/\/+$/, '');
  return prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}
