import type {Template as Piece} from 'liquidjs';
import {EXIT, Problem} from '../problem.js';
import {compileJson, type JsonTemplate, renderJson} from './json-body.js';
import {withoutPair} from './left-out.js';
import {MARK, type Part, partsOf, type Reader, renderPieces} from './liquid.js';
import {encodeQueryValue} from './path-value.js';
import {jsonOf, OMITTED, textOf, UnfitValue} from './values.js';

type Row = Readonly<Record<string, unknown>>;
type Manner = 'json' | 'form' | 'text';

/** A body ready to be filled. `tagged` has `{% %}`, so its shape is known only row by row; `sole` is one expression and nothing else. */
export type BodyTemplate =
  | {readonly kind: 'json'; readonly json: JsonTemplate}
  | {readonly kind: 'joined'; readonly manner: 'form' | 'text'; readonly parts: readonly Part[]}
  | {readonly kind: 'sole'; readonly read: Reader}
  | {readonly kind: 'tagged'; readonly manner: Manner | undefined; readonly pieces: Piece[]};

export type RenderedBody = {readonly text: string; readonly contentType: string};

// `{{` and `{%` are liquid's.
const JSON_START = /^\s*(\[|\{(?![{%]))/;

const CONTENT_TYPE = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
} as const;

/**
 * Decides how values are written into a body: by the JSON serialiser, as form values, or as they are. `contentType` is what --header says.
 * Throws TEMPLATE_INVALID (78) for text that begins like JSON and is none.
 */
export function compileBody(pieces: Piece[], source: string, contentType: string | undefined): BodyTemplate {
  const manner = mannerOf(source, contentType);
  const parts = partsOf(pieces);
  if (!parts) return {kind: 'tagged', manner, pieces};
  if (contentType === undefined && parts.length === 1 && parts[0]!.kind === 'slot')
    return {kind: 'sole', read: parts[0]!.read};
  if (manner === 'form' || manner === 'text') return {kind: 'joined', manner, parts};
  const json = compileJson(parts);
  if (!('fault' in json)) return {kind: 'json', json};
  if (manner === undefined) return {kind: 'joined', manner: 'text', parts};
  throw new Problem(
    'TEMPLATE_INVALID',
    `body: it begins like JSON and is none: ${json.fault}`,
    "Correct the body, or say what it is with --header 'Content-Type: …'.",
    {exit: EXIT.badProfile},
  );
}

/** The body of one row, and the content type that goes with it unless a header says another. Throws UnfitValue. */
export function renderBody(template: BodyTemplate, row: Row): RenderedBody {
  switch (template.kind) {
    case 'json':
      return {text: renderJson(template.json, row), contentType: CONTENT_TYPE.json};
    case 'joined':
      return joined(template.parts, template.manner, row);
    case 'sole':
      return soleBody(template.read(row));
    case 'tagged':
      return taggedBody(template, row);
  }
}

// What begins like JSON is meant to be JSON; a leading quote may be either (undefined), as may a tag.
function mannerOf(source: string, contentType: string | undefined): Manner | undefined {
  if (contentType !== undefined) {
    if (/[/+]json\b/i.test(contentType)) return 'json';
    return /\/x-www-form-urlencoded\b/i.test(contentType) ? 'form' : 'text';
  }
  if (JSON_START.test(source)) return 'json';
  return /^\s*("|\{%)/.test(source) ? undefined : 'text';
}

function joined(parts: readonly Part[], manner: 'form' | 'text', row: Row): RenderedBody {
  let text = '';
  const gaps: number[] = [];
  for (const part of parts) {
    if (part.kind === 'text') {
      text += part.text;
      continue;
    }
    const value = part.read(row);
    if (value === OMITTED && manner === 'form') gaps.push(text.length);
    text += manner === 'form' ? encodeQueryValue(textOf(value)) : textOf(value);
  }
  text = gaps.reduceRight(withoutPair, text);
  return {text, contentType: CONTENT_TYPE[manner]};
}

// One expression alone is treated like the `body` cell of a file of operations: JSON objects and lists are JSON, the rest is text.
function soleBody(value: unknown): RenderedBody {
  if (value === OMITTED) throw new UnfitValue('there is no value, and no member of a body that could be left out');
  if (typeof value === 'object' && value !== null) return {text: jsonOf(value), contentType: CONTENT_TYPE.json};
  const text = textOf(value);
  return {text, contentType: /^\s*[[{]/.test(text) && isJson(text) ? CONTENT_TYPE.json : CONTENT_TYPE.text};
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function taggedBody(
  {pieces, manner}: {readonly pieces: Piece[]; readonly manner: Manner | undefined},
  row: Row,
): RenderedBody {
  const {text, values} = renderPieces(pieces, row);
  const parts = text.split(MARK).map((piece, index): Part => {
    if (index % 2 === 0) return {kind: 'text', text: piece};
    return {kind: 'slot', source: 'an expression', read: () => values[Number(piece)]};
  });
  if (manner === 'form' || manner === 'text') return joined(parts, manner, row);
  const json = compileJson(parts);
  if (!('fault' in json)) return {text: renderJson(json, row), contentType: CONTENT_TYPE.json};
  if (manner === undefined && !JSON_START.test(text)) return joined(parts, 'text', row);
  throw new UnfitValue(`the body became something that is not JSON: ${json.fault}`);
}
