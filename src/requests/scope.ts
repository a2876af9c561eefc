import type {Profile, ScopeSource} from '../profiles/profile.js';
import {atPointer} from './answer.js';

/** What the keys of limits are read from: one request, before it has buckets. */
export type Keyed = {
  readonly method: string;
  /** Without the path of the base URL, percent-encoded, without the query. */
  readonly path: string;
  /** The path with `{}` for what differs from row to row, where a template says it. */
  readonly pattern: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly operation: string | undefined;
  readonly group: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  /** The name of the credential it is sent with. */
  readonly credential: string | undefined;
  readonly scope: Readonly<Record<string, string>>;
};

/** The value of one key. `shown` is for people: it never holds what stands for a secret. */
export type KeyValue = {readonly value: string; readonly shown: string};

/**
 * The value of a declared scope, from the first source that yields one; `absent` tells what the scope rule says when none does. A scope that
 * is not declared comes from the row or the operator, then from the path parameter of its name, then from the credential.
 * A data column is never asked.
 */
export function scopeValue(name: string, keyed: Keyed, profile: Profile): KeyValue | 'share' | 'skip' {
  const rule = Object.hasOwn(profile.scopes, name) ? profile.scopes[name]! : undeclared(name);
  for (const source of rule.from) {
    const value = sourceValue(source, name, keyed);
    if (value !== undefined) return value;
  }
  return rule.absent;
}

const undeclared = (name: string) =>
  ({from: [{kind: 'row'}, {kind: 'path', name}, {kind: 'credential'}] as const, absent: 'share'}) as const;

/** The credential as a key: its name. */
export function credentialValue({credential}: Keyed): KeyValue | undefined {
  return keyValue(credential);
}

function sourceValue(source: ScopeSource, name: string, keyed: Keyed): KeyValue | undefined {
  switch (source.kind) {
    case 'row':
      return keyValue(own(keyed.scope, name));
    case 'machine':
      return {value: 'machine', shown: 'this machine'};
    case 'credential':
      return credentialValue(keyed);
    case 'path':
      return matching(own(keyed.parameters, source.name), source.matches);
    case 'pattern':
      return keyValue(patternOf(source.pattern).exec(keyed.path)?.[1]);
    case 'body':
      return keyValue(bodyValue(keyed.body, source.pointer));
    case 'header':
      return keyValue(own(keyed.headers, source.name.toLowerCase()));
  }
}

function matching(value: string | undefined, matches: string | undefined): KeyValue | undefined {
  return value !== undefined && matches !== undefined && !patternOf(matches).test(value) ? undefined : keyValue(value);
}

function keyValue(value: string | undefined): KeyValue | undefined {
  return value === undefined || value === '' ? undefined : {value, shown: value};
}

function bodyValue(body: string | undefined, pointer: string): string | undefined {
  if (body === undefined || !/^\s*[[{]/.test(body)) return undefined;
  try {
    const value = atPointer(JSON.parse(body), pointer);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  } catch {
    return undefined;
  }
}

function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

// The profile's patterns are few and were checked; each is compiled once.
const patterns = new Map<string, RegExp>();

function patternOf(source: string): RegExp {
  const known = patterns.get(source);
  if (known) return known;
  const pattern = new RegExp(source);
  patterns.set(source, pattern);
  return pattern;
}
