import type {OperationRule, Profile} from './profile.js';

/** A route taken apart: `path` with its `{parameters}`, whose names are listed in order. */
export type Route = {readonly method: string; readonly path: string; readonly parameters: readonly string[]};

/** What a request was recognised as, with the values of the route's parameters, percent-decoded. */
export type RouteMatch = {
  readonly name: string;
  readonly rule: OperationRule;
  readonly parameters: Readonly<Record<string, string>>;
};

type Node = {
  readonly literals: Map<string, Node>;
  parameter: Node | undefined;
  leaf: {readonly name: string; readonly rule: OperationRule; readonly parameters: readonly string[]} | undefined;
};

/** Every route of a profile, by method and then segment by segment; and the paths of its base URLs, which a request's path may begin with. */
export type RouteTable = {readonly methods: ReadonlyMap<string, Node>; readonly prefixes: readonly string[]};

/** Longer paths have no route. It bounds what one look-up may take. */
const MOST_SEGMENTS = 64;

/**
 * Builds the table once, for `matchRoute`. Where two operations have the same route, the one named first in the profile is found.
 * `baseUrl` is the address in use when it is not one of the profile's own.
 */
export function routeTable(profile: Profile, baseUrl?: string): RouteTable {
  const methods = new Map<string, Node>();
  for (const [name, rule] of Object.entries(profile.operations)) {
    for (const text of [rule.route, ...(rule.aliases ?? [])]) {
      const {method, path, parameters} = expandRoute(text);
      let node = childOf(methods, method);
      for (const segment of segmentsOf(path)) {
        node = segment.startsWith('{') ? parameterOf(node) : childOf(node.literals, segment);
      }
      node.leaf ??= {name, rule, parameters};
    }
  }
  const bases = [baseUrl, profile.baseUrl, ...Object.values(profile.regions)].filter((base) => base !== undefined);
  const prefixes = new Set(
    bases.map((base) => new URL(base).pathname.replace(/\/+$/, '')).filter((path) => path !== ''),
  );
  return {methods, prefixes: [...prefixes]};
}

/**
 * The operation that a request is, by method and path. The path may carry a query, and may begin with the path of the base URL or not.
 * Literal segments beat parameters, those further left first; a slash at the end does not count; an empty segment is no parameter.
 */
export function matchRoute(table: RouteTable, method: string, path: string): RouteMatch | undefined {
  // The rows of a file often ask for one path, time and again.
  const last = lastMatches.get(table);
  if (last?.method === method && last.path === path) return last.match;
  const match = findRoute(table, method, path);
  lastMatches.set(table, {method, path, match});
  return match;
}

type Matched = {readonly method: string; readonly path: string; readonly match: RouteMatch | undefined};

const lastMatches = new WeakMap<RouteTable, Matched>();

function findRoute(table: RouteTable, method: string, path: string): RouteMatch | undefined {
  const root = table.methods.get(method) ?? table.methods.get(method.toUpperCase());
  if (root === undefined) return undefined;
  const bare = path.replace(/[?#].*$/s, '');
  for (const prefix of table.prefixes) {
    if (!bare.startsWith(`${prefix}/`)) continue;
    const match = matchBare(root, bare.slice(prefix.length));
    if (match !== undefined) return match;
  }
  return matchBare(root, bare);
}

/** `POST /bots/{bot}/export` taken apart. The profile was checked: every text that is not `METHOD /path` is a fault there. */
export function expandRoute(route: string): Route {
  const blank = route.indexOf(' ');
  const path = route.slice(blank + 1);
  return {method: route.slice(0, blank), path, parameters: [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name!)};
}

function matchBare(root: Node, path: string): RouteMatch | undefined {
  const segments = segmentsOf(path);
  if (segments.length > MOST_SEGMENTS) return undefined;
  const values: string[] = [];
  const leaf = descend(root, segments, 0, values);
  if (leaf === undefined) return undefined;
  const parameters: Record<string, string> = {};
  for (let i = 0; i < values.length; i++) parameters[leaf.parameters[i]!] = decoded(values[i]!);
  return {name: leaf.name, rule: leaf.rule, parameters};
}

function descend(node: Node, segments: readonly string[], at: number, values: string[]): Node['leaf'] {
  if (at === segments.length) return node.leaf;
  const segment = segments[at]!;
  const literal = node.literals.get(segment);
  const found = literal && descend(literal, segments, at + 1, values);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  values.push(segment);
  const leaf = descend(node.parameter, segments, at + 1, values);
  if (leaf === undefined) values.pop();
  return leaf;
}

function segmentsOf(path: string): string[] {
  const segments = path.split('/');
  if (segments[0] === '') segments.shift();
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function childOf(children: Map<string, Node>, key: string): Node {
  const known = children.get(key);
  if (known !== undefined) return known;
  const node = emptyNode();
  children.set(key, node);
  return node;
}

function parameterOf(node: Node): Node {
  node.parameter ??= emptyNode();
  return node.parameter;
}

function emptyNode(): Node {
  return {literals: new Map(), parameter: undefined, leaf: undefined};
}
