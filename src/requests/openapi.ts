import {readFileSync} from 'node:fs';
import {parse} from 'yaml';
import {EXIT, Problem} from '../problem.js';
import {didYouMean} from '../profiles/nearest.js';
import {follow, invalid, isNode, memberOf, type Node, type OpenApi} from './openapi-refs.js';
import {openSchemas, type Schema, type Schemas} from './openapi-schema.js';
import {showSafe} from './show.js';

/** What an OpenAPI document says of one operation: all of it, so that the document is not needed again. */
export type Contract = {
  /** Its operationId, or `POST /path` where it has none. */
  readonly name: string;
  readonly method: string;
  /** `/feeds/{group}/{id}`. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: ContractBody | null;
  /** What the schemas refer to. */
  readonly definitions: Readonly<Record<string, Schema>>;
};

/** `json`: its value is written as JSON, whatever its type. */
export type Parameter = {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required: boolean;
  readonly json: boolean;
  readonly schema: Schema;
};

/** `schema` is null where the content is not JSON, or nothing is said of it. */
export type ContractBody = {readonly required: boolean; readonly contentType: string; readonly schema: Schema | null};

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'];
/** So many operations are named. */
const NAMED = 20;
/** OpenAPI says that these are ignored among parameters. */
const SAID_ELSEWHERE = new Set(['accept', 'content-type', 'authorization']);

type Found = {
  readonly id: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly node: Node;
  readonly item: Node;
};

/**
 * Reads an OpenAPI 3.0 or 3.1 document and takes out of it what it says of one operation, found by its operationId or as `POST /path/{x}`. Where
 * its servers are does not matter: the profile says where requests go. Throws OPENAPI_MISSING (66), OPENAPI_INVALID and OPERATION_UNKNOWN (78), and
 * WORD_MISSING (2) without a name.
 */
export function readContract(file: string, name: string | undefined): Contract {
  const document = readDocument(file);
  const all = operationsOf(document);
  if (name === undefined)
    throw new Problem('WORD_MISSING', '--openapi is given without --operation', `Name one of: ${named(all)}.`, {
      exit: EXIT.usage,
    });
  const [, method, path] = /^([A-Za-z]+)\s+(\/.*)$/.exec(name.trim()) ?? [];
  const found =
    all.find(({id}) => id === name) ??
    all.find((each) => each.method === method?.toUpperCase() && bare(each.path) === bare(path!));
  if (found) return contractOf(document, found);
  throw new Problem(
    'OPERATION_UNKNOWN',
    `"${showSafe(name)}" is no operation of ${file}${didYouMean(name, all.map(nameOf))}`,
    all.length > 0 ? `Name one of: ${named(all)}.` : 'Name a document that has paths.',
    {exit: EXIT.badProfile},
  );
}

function readDocument(file: string): OpenApi {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Problem(
      'OPENAPI_MISSING',
      `--openapi names a file that cannot be read: ${file}`,
      'Name an OpenAPI 3.0 or 3.1 document, in YAML or JSON.',
      {exit: EXIT.noInput},
    );
  }
  const root = parsed(text, file);
  const said = memberOf(root, 'openapi');
  const version = said === 3 ? '3.0' : /^3\.[01](?=\.|$)/.exec(String(said))?.[0];
  if (isNode(root) && version !== undefined) return {file, root, version: version as OpenApi['version']};
  const swagger = memberOf(root, 'swagger');
  if (swagger !== undefined)
    throw invalid(
      file,
      `this is Swagger ${showSafe(String(swagger))}, expected OpenAPI 3.0 or 3.1`,
      'Convert it first, for example with: npx swagger2openapi swagger.yaml -o openapi.yaml',
    );
  throw invalid(
    file,
    said === undefined
      ? 'it has no member "openapi", expected an OpenAPI 3.0 or 3.1 document'
      : `it is OpenAPI "${showSafe(String(said))}", expected 3.0 or 3.1`,
    'Name an OpenAPI 3.0 or 3.1 document, in YAML or JSON.',
  );
}

function parsed(text: string, file: string): unknown {
  try {
    // A parser of YAML takes some fifty times as long for the same JSON.
    return /^\uFEFF?\s*\{/.test(text) ? JSON.parse(text.replace(/^\uFEFF/, '')) : parse(text, {logLevel: 'error'});
  } catch (error) {
    const [message = ''] = (error as Error).message.split('\n');
    throw invalid(file, `it is neither YAML nor JSON: ${showSafe(message)}`, 'Correct it, or name another file.');
  }
}

function operationsOf(document: OpenApi): readonly Found[] {
  const paths = memberOf(document.root, 'paths');
  return Object.entries(isNode(paths) ? paths : {})
    .filter(([path]) => path.startsWith('/'))
    .flatMap(([path, value]) => {
      const item = follow(document, value, `"${path}"`);
      return METHODS.flatMap((method): Found[] => {
        const node = memberOf(item, method);
        if (!isNode(node)) return [];
        const id = memberOf(node, 'operationId');
        return [{id: typeof id === 'string' ? id : undefined, method: method.toUpperCase(), path, node, item}];
      });
    });
}

function contractOf(document: OpenApi, found: Found): Contract {
  const {method, path, node, item} = found;
  const schemas = openSchemas(document);
  const parameters = parametersOf(document, [...listIn(item), ...listIn(node)], schemas);
  const body = bodyOf(document, node, schemas);
  const undeclared = [...path.matchAll(/\{([^{}]+)\}/g)]
    .map(([, name]) => name!)
    .filter((name) => !parameters.some((each) => each.in === 'path' && each.name === name))
    .map((name): Parameter => ({in: 'path', name, required: true, json: false, schema: {type: 'string'}}));
  return {
    name: nameOf(found),
    method,
    path,
    parameters: [...parameters, ...undeclared],
    body,
    definitions: schemas.definitions(),
  };
}

function listIn(node: Node): readonly unknown[] {
  const {parameters} = node;
  return Array.isArray(parameters) ? parameters : [];
}

/** The later of two with the same name and place holds. */
function parametersOf(document: OpenApi, list: readonly unknown[], schemas: Schemas): readonly Parameter[] {
  const parameters = new Map<string, Parameter>();
  for (const each of list) {
    const node = follow(document, each, 'a parameter');
    const {in: place, name} = node;
    if (typeof name !== 'string' || typeof place !== 'string')
      throw invalid(document.file, 'a parameter has no "name" or no "in"', 'Correct the document.');
    if (place === 'cookie' && node.required === true)
      throw invalid(
        document.file,
        `the cookie "${showSafe(name)}" is required, and cookies are not sent`,
        `Write the request out with --request, and the cookie as --header 'Cookie: \${NAME}'.`,
      );
    if (place !== 'path' && place !== 'query' && place !== 'header') continue;
    if (place === 'header' && SAID_ELSEWHERE.has(name.toLowerCase())) continue;
    const content = memberOf(node, 'content');
    const [media] = isNode(content) ? Object.values(content) : [];
    const schema = memberOf(media, 'schema') ?? node.schema ?? true;
    parameters.set(`${place} ${name}`, {
      in: place,
      name,
      required: place === 'path' || node.required === true,
      json: media !== undefined,
      schema: schemas.take(schema, `parameter ${name}`),
    });
  }
  return [...parameters.values()];
}

function bodyOf(document: OpenApi, {requestBody}: Node, schemas: Schemas): ContractBody | null {
  if (requestBody === undefined || requestBody === null) return null;
  const node = follow(document, requestBody, 'the request body');
  const content = memberOf(node, 'content');
  const kinds = isNode(content) ? Object.keys(content) : [];
  const isJson = (kind: string) => /[/+]json\b/i.test(kind);
  const kind =
    kinds.find((each) => /^application\/json\b/i.test(each)) ??
    kinds.find(isJson) ??
    kinds.find((each) => /^(\*|application)\/\*$/.test(each)) ??
    kinds[0] ??
    'application/json';
  const any = kind.includes('*');
  const schema = isJson(kind) || any ? memberOf(memberOf(content, kind), 'schema') : undefined;
  return {
    required: node.required === true,
    contentType: any ? 'application/json' : kind,
    schema: schema === undefined ? null : schemas.take(schema, 'the request body'),
  };
}

function nameOf({id, method, path}: Found): string {
  return id ?? `${method} ${path}`;
}

function named(all: readonly Found[]): string {
  const more = all.length > NAMED ? ` and ${all.length - NAMED} more` : '';
  return showSafe(all.slice(0, NAMED).map(nameOf).join(', '), 1000) + more;
}

/** A path whatever its parameters are called. */
function bare(path: string): string {
  return path.trim().replaceAll(/\{[^{}]*\}/g, '{}');
}
