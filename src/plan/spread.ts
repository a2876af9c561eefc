import {hashText} from '../limits/hash.js';
import type {BucketRef, WindowRule} from '../limits/limit.js';
import {EXIT, Problem} from '../problem.js';
import {didYouMean} from '../profiles/nearest.js';
import type {Limit, Profile, ScopeSource} from '../profiles/profile.js';
import {covers} from '../requests/buckets.js';
import type {Kind} from './kinds.js';

/** What is said of the keys of counted requests: over how many values of a key they are spread, and which have one value that is known. */
export type Spread = {
  readonly keys: Readonly<Record<string, number>>;
  readonly scope: Readonly<Record<string, string>>;
};

/** What a limit is to requests of one kind: a bucket, or nothing, for lack of a value of this key. */
export type Cover = {readonly ref: BucketRef; readonly assumed: readonly string[]} | {readonly lacks: string};

/**
 * The limits with room for so many values of their keys, evenly used: one limit over five thousand users is played as one bucket that is five
 * thousand times as wide. Each of the real buckets then is as full as the others at every instant, so the end is the same.
 */
export function widenLimits(limits: readonly Limit[], {keys}: Spread): readonly Limit[] {
  return limits.map((limit) => {
    const times = timesOf(limit, keys);
    return times === 1 ? limit : {...limit, windows: limit.windows.map((window) => wider(window, times))};
  });
}

/** How many buckets of this limit the requests are spread over, as far as it is said. */
export function timesOf({per}: Pick<Limit, 'per'>, keys: Spread['keys']): number {
  return per.reduce((times, key) => times * (Object.hasOwn(keys, key) ? keys[key]! : 1), 1);
}

/** What each limit of the profile is to this kind of requests, by its place; a limit that does not speak of them is left out. */
export function coversOf(kind: Kind, profile: Profile, spread: Spread): ReadonlyMap<number, Cover> {
  const found = new Map<number, Cover>();
  for (const [place, limit] of profile.limits.entries())
    if (covers(limit, kind)) found.set(place, coverOf(limit, place, kind, profile, spread));
  return found;
}

/** Throws KEYS_UNKNOWN (2) where a key is spoken of by which no limit counts. */
export function refuseUnknownKeys(names: readonly string[], {name: profile, limits}: Profile): void {
  const known = [...new Set(limits.flatMap(({per}) => per))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Problem(
    'KEYS_UNKNOWN',
    `--keys names ${JSON.stringify(unknown)}, by which profile ${profile} limits nothing${didYouMean(unknown, known)}`,
    known.length > 0 ? `Name one of: ${known.join(', ')}.` : 'Leave out --keys.',
    {exit: EXIT.usage},
  );
}

function coverOf(limit: Limit, place: number, kind: Kind, profile: Profile, spread: Spread): Cover {
  let identity = limit.name;
  let label = limit.name;
  const assumed: string[] = [];
  for (const key of limit.per) {
    const value = valueIn(key, kind, profile, spread);
    if (value.kind === 'none') return {lacks: key};
    if (value.kind === 'some') assumed.push(key);
    const shown = value.kind === 'known' ? value.value : value.kind === 'many' ? `${value.count} values` : '(any)';
    identity += `\n${shown.length}:${shown}`;
    label += ` ${key}=${shown}`;
  }
  return {ref: {limit: place, id: hashText(identity), label}, assumed};
}

/** `many`: as many as the operator said. `some`: nobody said how many. `none`: these requests have no value, and the limit is not for such. */
type Value =
  | {readonly kind: 'known'; readonly value: string}
  | {readonly kind: 'many'; readonly count: number}
  | {readonly kind: 'some'}
  | {readonly kind: 'none'};

function valueIn(key: string, kind: Kind, profile: Profile, {keys, scope}: Spread): Value {
  if (Object.hasOwn(keys, key)) return {kind: 'many', count: keys[key]!};
  const own = key === 'operation' ? (kind.operation ?? kind.name) : key === 'method' ? kind.method : undefined;
  if (own !== undefined) return {kind: 'known', value: own};
  if (key === 'operation' || key === 'method') return {kind: 'some'};
  const rule = Object.hasOwn(profile.scopes, key) ? profile.scopes[key]! : undeclared(key);
  for (const source of key === 'credential' ? [{kind: 'credential'} as const] : rule.from) {
    const value = fromSource(source, key, kind, scope);
    if (value) return value;
  }
  return rule.absent === 'skip' ? {kind: 'none'} : {kind: 'known', value: '(any)'};
}

const undeclared = (name: string) =>
  ({from: [{kind: 'row'}, {kind: 'path', name}, {kind: 'credential'}] as const, absent: 'share'}) as const;

/** Undefined where this source yields nothing for any request of the kind. A body or a header is not known, and may. */
function fromSource(source: ScopeSource, key: string, kind: Kind, scope: Spread['scope']): Value | undefined {
  switch (source.kind) {
    case 'row':
      return Object.hasOwn(scope, key) ? {kind: 'known', value: scope[key]!} : undefined;
    case 'machine':
      return {kind: 'known', value: 'this machine'};
    case 'credential':
      return kind.credential === undefined ? undefined : {kind: 'known', value: kind.credential};
    case 'path':
      return kind.parameters.includes(source.name) ? {kind: 'some'} : undefined;
    case 'pattern':
    case 'body':
    case 'header':
      return {kind: 'some'};
  }
}

/** A sliding counter is paced by one less than its limit, and each of them is. */
function wider(window: WindowRule, times: number): WindowRule {
  const {requests, kind, burst} = window;
  const sum = kind === 'counter' ? Math.round(Math.max(0.5, requests - 1) * times) + 1 : requests * times;
  return {...window, requests: sum, ...(burst === undefined ? {} : {burst: burst * times})};
}
