import {EXIT, Problem} from '../problem.js';
import {withoutPair} from './left-out.js';
import type {Part, Reader} from './liquid.js';
import {encodeQueryValue, encodeSegment} from './path-value.js';
import {isPlainPath, partsOf} from './plain-path.js';
import {showSafe} from './show.js';
import {inExpression, OMITTED, textOf, UnfitValue} from './values.js';

/** `POST /api/v3/users/{{ id }}`, taken apart. */
export type UrlTemplate = {
  readonly method: string;
  /** The URL with `{}` for each expression: one name for all the requests this template makes. */
  readonly pattern: string;
  readonly pieces: readonly UrlPiece[];
  readonly shape: UrlShape;
};

/** What no value may change: where a URL leads, how deep its path is, and what its query asks for. */
type UrlShape = {readonly origin: string; readonly segments: number; readonly keys: string};

const RELATIVE = 'https://relative.invalid';

type UrlPiece =
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'path' | 'query'; readonly source: string; readonly read: Reader};

/**
 * Takes a request line apart. Each expression becomes one path segment (or a part of one) or one value in the query, never more.
 * Throws TEMPLATE_INVALID (78) for anything else.
 */
export function compileUrl(method: string, parts: readonly Part[], source: string): UrlTemplate {
  const pieces: UrlPiece[] = [];
  let place: 'path' | 'query' = 'path';
  for (const part of parts) {
    if (part.kind === 'slot') {
      pieces.push({kind: place, source: part.source, read: part.read});
      continue;
    }
    if (part.text.includes('?')) place = 'query';
    pieces.push(part);
  }
  const shape = (filler: string) => pieces.map((piece) => (piece.kind === 'text' ? piece.text : filler)).join('');
  return {method, pattern: shape('{}'), pieces, shape: checkShape(shape('x'), shape('y'), source)};
}

/** The URL of one row, relative or absolute as the template is. Throws UnfitValue, with the expression named. */
export function renderUrl(template: UrlTemplate, row: Readonly<Record<string, unknown>>): string {
  let url = '';
  const gaps: number[] = [];
  for (const piece of template.pieces) {
    if (piece.kind === 'text') {
      url += piece.text;
      continue;
    }
    const value = piece.read(row);
    if (value === OMITTED && piece.kind === 'query') gaps.push(url.length);
    url += encodeAt(piece, textOf(value));
  }
  compareShape(url, template);
  return gaps.reduceRight(withoutPair, url);
}

function encodeAt({kind, source}: {readonly kind: 'path' | 'query'; readonly source: string}, text: string): string {
  return inExpression(source, () => (kind === 'path' ? encodeSegment(text) : encodeQueryValue(text)));
}

function checkShape(shape: string, other: string, source: string): UrlShape {
  const refuse: (message: string, fix: string) => never = (message, fix) => {
    throw new Problem('TEMPLATE_INVALID', `request "${showSafe(source)}": ${message}`, fix, {exit: EXIT.badProfile});
  };
  const example = "Write the request as in 'POST /api/v3/users/{{ id }}'.";
  if (!/^(\/(?![/\\])|https?:\/\/[^/\\])/i.test(shape))
    refuse('its path has to begin with one "/", or be a whole http(s) URL', example);
  if (/[\\\u0000-\u0020\u007f]/.test(shape))
    refuse('a backslash, blank or control character stands in the URL', example);
  if (shape.includes('#')) refuse('a fragment ("#") never reaches a server', 'Leave out "#" and what follows.');
  if (shape.includes('${'))
    refuse('a secret cannot stand in a URL: URLs are logged on their way', `Use --header 'Name: \${ENV_NAME}'.`);
  const [left, right] = [shapeOf(shape), shapeOf(other)];
  if (!left || !right) return refuse('it is not a URL', example);
  if (left.origin !== right.origin)
    refuse('an expression stands in the host', 'Write the host out; rows choose paths only.');
  if (left.keys !== right.keys)
    refuse('an expression stands in the name of a query parameter', 'Write the name out: "?id={{ id }}".');
  if (/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(shape.split('?')[0]!))
    refuse('"." or ".." stands in the path', 'Write the path out.');
  return left;
}

// Whatever was encoded how, the finished URL must have the shape of its template.
function compareShape(url: string, {shape, pattern}: UrlTemplate): void {
  const relative = shape.origin === RELATIVE && shape.keys === '';
  if (relative && isPlainPath(url) && partsOf(url) === shape.segments) return;
  const found = shapeOf(url);
  if (found?.origin === shape.origin && found.segments === shape.segments && found.keys === shape.keys) return;
  throw new UnfitValue(`the URL became "${showSafe(url)}", which has another shape than "${pattern}"`);
}

function shapeOf(url: string): UrlShape | undefined {
  if (!URL.canParse(url, RELATIVE)) return undefined;
  const parsed = new URL(url, RELATIVE);
  return {
    origin: parsed.origin,
    segments: parsed.pathname.split('/').length,
    keys: [...parsed.searchParams.keys()].join('&'),
  };
}
