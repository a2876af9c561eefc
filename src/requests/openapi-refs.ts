import {EXIT, Problem} from '../problem.js';
import {showSafe} from './show.js';

/** An object of a document. */
export type Node = Readonly<Record<string, unknown>>;

/** An OpenAPI document as it was parsed, and what its file is called in messages. */
export type OpenApi = {readonly file: string; readonly root: Node; readonly version: '3.0' | '3.1'};

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is there by itself, whatever objects inherit. */
export function memberOf(node: unknown, name: string): unknown {
  return typeof node === 'object' && node !== null && Object.hasOwn(node, name)
    ? (node as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** What a `$ref` leads to, within the document: other files and the network are never read. Throws OPENAPI_INVALID (78). */
export function lookUp({file, root}: Pick<OpenApi, 'file' | 'root'>, ref: string): unknown {
  if (!ref.startsWith('#/')) {
    throw invalid(
      file,
      `"${showSafe(ref)}" leads out of the document, expected a reference that begins with #/`,
      'Put everything into one file first, for example with: npx @redocly/cli bundle openapi.yaml -o bundled.yaml',
    );
  }
  let found: unknown = root;
  for (const step of ref.slice(2).split('/')) {
    found = memberOf(found, decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'));
    if (found === undefined)
      throw invalid(file, `"${showSafe(ref)}" leads to nothing`, 'Correct the reference, or add what it names.');
  }
  return found;
}

/** The object that stands somewhere, or that the references there lead to. Throws OPENAPI_INVALID (78), also for a circle of references. */
export function follow(document: Pick<OpenApi, 'file' | 'root'>, value: unknown, what: string): Node {
  const seen = new Set<string>();
  let found = value;
  for (;;) {
    if (!isNode(found)) throw invalid(document.file, `${what} is no object`, 'Correct the document.');
    const ref = memberOf(found, '$ref');
    if (typeof ref !== 'string') return found;
    if (seen.has(ref)) throw circle(document.file, ref);
    seen.add(ref);
    found = lookUp(document, ref);
  }
}

export function circle(file: string, ref: string): Problem {
  return invalid(file, `"${showSafe(ref)}" leads back to itself, and to nothing else`, 'Correct the reference.');
}

export function invalid(file: string, message: string, fix: string): Problem {
  return new Problem('OPENAPI_INVALID', message, fix, {at: {file}, exit: EXIT.badProfile});
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
