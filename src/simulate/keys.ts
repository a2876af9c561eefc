import {createHash} from 'node:crypto';
import type {Limit, Profile, ScopeSource} from '../profiles/profile.js';
import {matchRoute, type RouteMatch, routeTable} from '../profiles/routes.js';
import type {Arrival} from './arrival.js';

/** One limit that covers a request, by its place in the profile, and the value of its key there. */
export type Key = {readonly limit: number; readonly value: string};

/** Where scope values show that a server cannot see otherwise: `user` in the header `x-user`, say. */
export type ScopeSources = Readonly<Record<string, ScopeSource>>;

/**
 * Reads the keys of requests as a server does: from nothing but what arrived. A scope that only the sender's rows know is one shared bucket
 * here, unless `scopes` says where it shows.
 */
export function keyReader(profile: Profile, scopes: ScopeSources = {}): (arrival: Arrival) => Key[] {
  const table = routeTable(profile);
  const expressions = new Map<string, RegExp>();
  const compile = (text: string) => {
    const known = expressions.get(text) ?? new RegExp(text);
    expressions.set(text, known);
    return known;
  };
  return (arrival) => {
    const match = matchRoute(table, arrival.method, arrival.target);
    const seen: Seen = {arrival, match, credentials: credentialsOf(profile, arrival), compile};
    const keys: Key[] = [];
    for (const [place, limit] of profile.limits.entries()) {
      if (!covers(limit, seen)) continue;
      const values = limit.per.map((name) => scopeValue(name, profile, scopes, seen));
      if (!values.includes(undefined)) keys.push({limit: place, value: values.join('\0')});
    }
    return keys;
  };
}

type Seen = {
  readonly arrival: Arrival;
  readonly match: RouteMatch | undefined;
  readonly credentials: Readonly<Record<string, string>>;
  readonly compile: (text: string) => RegExp;
};

function covers(limit: Limit, {match, credentials}: Seen): boolean {
  const {groups, operations} = limit;
  if (limit.with) {
    const names = Object.keys(credentials);
    if (!limit.with.some((name) => (name === 'none' ? names.length === 0 : names.includes(name)))) return false;
  }
  if (!groups && !operations) return true;
  if (!match) return false;
  return Boolean(
    operations?.includes(match.name) || (match.rule.group !== undefined && groups?.includes(match.rule.group)),
  );
}

/**
 * The credentials that a request carries, by name, hashed: several names may stand for the same header. One that only goes along with
 * another, a project beside a key, is not told.
 */
function credentialsOf({credentials}: Profile, {headers, target}: Arrival): Record<string, string> {
  const found: Record<string, string> = {};
  const query = target.includes('?') ? new URLSearchParams(target.slice(target.indexOf('?'))) : undefined;
  for (const {name, header, query: parameter, prefix} of credentials) {
    const value = header ? headers[header.toLowerCase()] : (query?.get(parameter ?? '') ?? undefined);
    if (typeof value === 'string' && value.startsWith(prefix)) found[name] = digest(value);
  }
  const along = new Set(credentials.filter(({name}) => name in found).flatMap(({also}) => also ?? []));
  return Object.fromEntries(Object.entries(found).filter(([name]) => !along.has(name)));
}

/** Undefined: the limit is skipped. */
function scopeValue(name: string, {scopes: rules}: Profile, told: ScopeSources, seen: Seen): string | undefined {
  const {arrival, match} = seen;
  const shown = told[name] && sourceValue(told[name], seen);
  if (shown !== undefined) return shown;
  if (name === 'operation') return match?.name ?? `${arrival.method} ${pathOf(arrival)}`;
  if (name === 'method') return arrival.method;
  const rule = rules[name];
  if (name === 'credential' && !rule) return credentialValue(seen) ?? '';
  const from: readonly ScopeSource[] = rule?.from ?? [{kind: 'path', name}, {kind: 'credential'}];
  for (const source of from) {
    const value = sourceValue(source, seen);
    if (value !== undefined) return value;
  }
  return rule?.absent === 'skip' ? undefined : '';
}

function sourceValue(source: ScopeSource, seen: Seen): string | undefined {
  switch (source.kind) {
    case 'row':
      return undefined;
    case 'machine':
      return '127.0.0.1';
    case 'credential':
      return credentialValue(seen);
    case 'path': {
      const value = seen.match?.parameters[source.name];
      return value !== undefined && (!source.matches || seen.compile(source.matches).test(value)) ? value : undefined;
    }
    case 'pattern':
      return seen.compile(source.pattern).exec(pathOf(seen.arrival))?.[1];
    case 'body':
      return textAt(seen.arrival.body, source.pointer);
    case 'header': {
      const value = seen.arrival.headers[source.name.toLowerCase()];
      return typeof value === 'string' ? value : undefined;
    }
  }
}

function credentialValue({arrival, credentials}: Seen): string | undefined {
  const values = Object.values(credentials);
  if (values.length > 0) return [...new Set(values)].sort().join(' ');
  return arrival.headers.authorization === undefined ? undefined : digest(arrival.headers.authorization);
}

function pathOf({target}: Arrival): string {
  return target.replace(/\?.*$/s, '');
}

function textAt(body: string, pointer: string): string | undefined {
  try {
    let value: unknown = JSON.parse(body);
    for (const step of pointer.split('/').slice(1)) {
      value = (value as Record<string, unknown> | null)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    }
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  } catch {
    return undefined;
  }
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 16);
}
