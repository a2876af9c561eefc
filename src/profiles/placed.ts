import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import {EXIT, Problem, placeName} from '../problem.js';
import type {Fault, Path} from './fault.js';

/** One kind of file that people write by hand in YAML or JSON. */
export type FileKind<T> = {
  /** What it is called: `profile`. */
  readonly noun: string;
  readonly code: string;
  /** What to type once the faults are corrected. */
  readonly next: (file: string) => string;
  /** What the data of the file means, or what is wrong with it. */
  readonly read: (data: unknown) => {readonly value: T} | {readonly faults: readonly Fault[]};
};

/** More than anybody writes by hand. */
const LARGEST_BYTES = 1_048_576;

/** More faults than these are counted, not listed, unless all are asked for. */
const MOST_LISTED = 10;

type Placed = {readonly line: number; readonly says: string};

/**
 * What a YAML or JSON text holds. Throws the Problem of its kind (exit 78), which lists what is wrong with each member: file and line, the value found,
 * what was expected, and the name that was probably meant; `mostListed` of them, and how many more there are.
 */
export function readPlaced<T>(text: string, file: string, kind: FileKind<T>, mostListed = MOST_LISTED): T {
  const refuse = (found: readonly Placed[]) => invalid(file, kind, found, mostListed);
  if (text.length > LARGEST_BYTES)
    throw refuse([{line: 1, says: `the file is larger than 1 MB, which no ${kind.noun} is`}]);
  const lines = new LineCounter();
  const document = readDocument(text, lines, refuse);
  const found = kind.read(plainData(document, refuse));
  if ('value' in found) return found.value;
  throw refuse(found.faults.map((fault) => ({line: lineOf(document, lines, fault), says: fault.says})));
}

type Refuse = (found: readonly Placed[]) => Problem;

function readDocument(text: string, lines: LineCounter, refuse: Refuse): Document {
  try {
    const document = parseDocument(text, {lineCounter: lines, prettyErrors: false, version: '1.2'});
    const errors = [...document.errors, ...document.warnings];
    if (errors.length === 0) return document as Document;
    if (errors.some(({message}) => message.includes('call stack'))) throw new RangeError('nested too deeply');
    throw refuse(errors.map((error) => ({line: lines.linePos(error.pos[0]).line, says: yamlFault(error, text)})));
  } catch (error) {
    // Nesting deep enough to exhaust the stack is the one thing that the parser does not report as an error of the text.
    if (error instanceof RangeError) throw refuse([{line: 1, says: 'not YAML: nested too deeply'}]);
    throw error;
  }
}

function plainData(document: Document, refuse: Refuse): unknown {
  try {
    return document.toJS({maxAliasCount: 100});
  } catch (error) {
    throw refuse([{line: 1, says: `not YAML: ${sentence((error as Error).message)}`}]);
  }
}

function yamlFault({code, message, pos}: YAMLError, text: string): string {
  if (code !== 'DUPLICATE_KEY') return `not YAML: ${sentence(message)}`;
  const [key = ''] = /^[^:\n]*/.exec(text.slice(pos[0])) ?? [];
  return `${key.trim()} stands in its map for the second time, expected every name once`;
}

function sentence(message: string): string {
  const [first = ''] = message.split('\n');
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function lineOf(document: Document, lines: LineCounter, {path, on}: Fault): number {
  let node: unknown = document.contents;
  let offset = (node as Node | null)?.range?.[0] ?? 0;
  for (const [i, step] of path.entries()) {
    const next = stepInto(isAlias(node) ? node.resolve(document) : node, step);
    if (next === undefined) break;
    // A member that has a name is found by it; what is missing in it is told at the name as well.
    const named = next.key?.range?.[0];
    offset = (on === 'key' && i === path.length - 1 ? named : undefined) ?? next.value?.range?.[0] ?? named ?? offset;
    if (isMap(next.value) || isSeq(next.value)) offset = named ?? offset;
    node = next.value;
  }
  return lines.linePos(offset).line;
}

function stepInto(node: unknown, step: Path[number]): {key?: Node; value: Node | null} | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)] as Node | undefined;
    return item && {value: item};
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({key}) => isScalar(key) && String(key.value) === String(step));
  return pair && {key: pair.key as Node, value: pair.value as Node | null};
}

function invalid(
  file: string,
  {code, next}: Pick<FileKind<unknown>, 'code' | 'next'>,
  found: readonly Placed[],
  mostListed: number,
): Problem {
  const sorted = [...found].sort((a, b) => a.line - b.line);
  const [first, ...rest] = sorted as [Placed, ...Placed[]];
  const listed = rest.slice(0, mostListed - 1).map(({line, says}) => `${placeName({file, line})}: ${says}`);
  if (sorted.length > mostListed) listed.push(`and ${sorted.length - mostListed} more`);
  const where = sorted.length === 1 ? `line ${first.line} of ${file}` : `these lines of ${file}`;
  return new Problem(code, [first.says, ...listed].join('\n'), `Correct ${where}, then look again: ${next(file)}`, {
    at: {file, line: first.line},
    exit: EXIT.badProfile,
  });
}
