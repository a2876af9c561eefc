import {Context, Drop, Liquid, Output, type Template as Piece} from 'liquidjs';
import {ARITHMETIC, datesOnly, exactOnly, type Filter} from './filters.js';
import {inExpression, toBoolean, toJson, toNumber, toOptional, UnfitValue} from './values.js';

type Capture = {readonly context: Context};

/** Stands for the nth value in rendered text. Private-use characters: no template may hold them. */
export const MARK = /\uE000(\d+)\uE001/;

const ALLOWED_TAGS = new Set(['assign', 'for', 'break', 'continue', 'case', 'if', 'unless', 'comment', '#', 'raw']);

// `raw` would go round the capture of values; `sample` would make another request of the same row at every resume.
const FORBIDDEN_FILTERS = ['raw', 'sample'];

/**
 * Evaluates the expressions of templates. What an expression yields is never joined into text here: it is set aside with its type,
 * and a mark stands in its place, so that whoever builds the URL, header or body encodes it for that place.
 */
const liquid = makeLiquid();

function makeLiquid(): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    timezoneOffset: 0,
    templates: {},
    parseLimit: 1e7,
    renderLimit: 5000,
    memoryLimit: 5e7,
    outputEscape: capture as (value: unknown) => string,
  });
  for (const name of Object.keys(engine.tags)) if (!ALLOWED_TAGS.has(name)) delete engine.tags[name];
  for (const name of FORBIDDEN_FILTERS) engine.unregisterFilter(name);
  for (const name of Object.keys(engine.filters)) if (name.startsWith('date')) wrap(engine, name, datesOnly);
  for (const name of ARITHMETIC) wrap(engine, name, exactOnly);
  engine.registerFilter('number', toNumber);
  engine.registerFilter('boolean', toBoolean);
  engine.registerFilter('json', toJson);
  engine.registerFilter('optional', toOptional);
  return engine;
}

function wrap(engine: Liquid, name: string, by: (filter: Filter) => Filter): void {
  engine.registerFilter(name, by(engine.filters[name] as Filter));
}

function capture(this: Capture, value: unknown): string {
  const values = this.context.getRegister('slots', []) as unknown[];
  // `nil` in an expression is an object of liquid's that stands for nothing.
  values.push(value instanceof Drop ? value.valueOf() : value);
  return `\uE000${values.length - 1}\uE001`;
}

/** Parses the text of a template. Throws liquid's own error, whose message names line and column. */
export function parseTemplate(text: string): Piece[] {
  return liquid.parse(text);
}

/** The names that a template takes from the row. */
export function columnsOf(pieces: Piece[]): readonly string[] {
  return Object.keys(liquid.analyzeSync(pieces, {partials: false}).globals);
}

/** Renders; `text` holds a mark for every value. `lenient`: a name that the row does not have yields nothing, where it is an error else. */
export function renderPieces(
  pieces: Piece[],
  row: Readonly<Record<string, unknown>>,
  lenient = false,
): {text: string; values: readonly unknown[]} {
  const context = new Context(row, liquid.options, {sync: true, ...(lenient && {strictVariables: false})});
  const text = String(liquid.renderSync(pieces, context));
  return {text, values: context.getRegister('slots', [] as unknown[])};
}

/** Text between expressions, and the expressions: what a template without tags is made of. */
export type Part =
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'slot'; readonly source: string; readonly read: Reader};
export type Reader = (row: Readonly<Record<string, unknown>>) => unknown;

/** The parts of a template, or undefined when it has tags and its shape depends on the row. */
export function partsOf(pieces: Piece[]): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const piece of pieces) {
    if (piece instanceof Output) {
      const source = piece.token.getText();
      const read = readerOf(piece, source);
      parts.push({kind: 'slot', source, read: (row) => inExpression(source, () => read(row))});
    } else if ('str' in piece && typeof piece.str === 'string') parts.push({kind: 'text', text: piece.str});
    else return undefined;
  }
  return parts;
}

const KEYWORDS = new Set(['true', 'false', 'nil', 'null', 'empty', 'blank']);

// A bare column name is most of what templates hold: looked up at once, it costs a hundredth of a rendering.
function readerOf(piece: Output, source: string): Reader {
  const name = /^\{\{-?\s*([\p{L}_][\p{L}\p{N}_]*)\s*-?\}\}$/u.exec(source)?.[1];
  if (name === undefined || KEYWORDS.has(name)) {
    const lenient = piece.value.filters.at(0)?.name === 'optional';
    return (row) => renderPieces([piece], row, lenient).values[0];
  }
  return (row) => {
    if (!Object.hasOwn(row, name) || row[name] === undefined) throw new UnfitValue(`there is no "${name}" in this row`);
    return row[name];
  };
}
