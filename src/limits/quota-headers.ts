import type {Convention, TimeHeader} from './conventions.js';
import {readCount, readDurationMs} from './duration.js';
import {compact, type Policy, readPolicies} from './fields.js';
import {localInstant, readTime, splitMerged} from './reset.js';
import type {ServerClock} from './server-clock.js';

/**
 * What a response says of one window. Counts are whole and never negative; `resetAt` is an instant of our clock, never early and
 * never before the response arrived. What the server did not say, or said in a way that cannot be read, is absent: never 0.
 */
export type Quota = {
  readonly limit?: number;
  readonly remaining?: number;
  readonly resetAt?: number;
  /** The length of the window. Absent: the one that the provider's headers describe. */
  readonly windowSeconds?: number;
  /** What the server calls this counter, or what it counts: `burst`, `core`, `requests`, `minute`. */
  readonly name?: string;
};

export type Headers = Readonly<Record<string, string>>;
/** What is known when a response is read. `assumedSeconds` is the window of headers that do not say theirs. */
export type Context = {
  readonly receivedAt: number;
  readonly clock: ServerClock;
  readonly furthestMs: number;
  readonly assumedSeconds: number | undefined;
  readonly onlySeconds: number | undefined;
  readonly turning: ReadonlySet<number> | undefined;
};

/** The quota of one convention, and the other policies that its headers tell. */
export function readConvention(headers: Headers, convention: Convention, context: Context): readonly Quota[] {
  const {limit, policies: inside, seconds: period} = readLimit(headers, convention.limits ?? []);
  const apart = convention.policy ? readPolicies(own(headers, convention.policy) ?? '') : [];
  const policies = [...inside, ...apart].filter(({unit}) => unit === undefined);
  const used = first(convention.used, (header) => lowest(headers, header));
  const remaining =
    first(convention.remaining, (header) => lowest(headers, header)) ??
    (limit !== undefined && used !== undefined ? Math.max(0, limit - used) : undefined);
  const told = convention.seconds ?? first(convention.windows, (header) => readWindow(headers, header)) ?? period;
  const policy = policies.find((each) => each.limit === limit) ?? (limit === undefined ? only(policies) : undefined);
  const windowSeconds = told ?? policy?.seconds ?? context.assumedSeconds;
  const resetAt = first(convention.resets, (header) => readReset(headers, header, context, windowSeconds));
  if (limit === undefined && remaining === undefined && resetAt === undefined) return policies.map(policyQuota);
  const name =
    convention.name ?? policy?.name ?? first(convention.names, (header) => own(headers, header)?.trim() || undefined);
  const quota = compact<Quota>({limit: limit ?? policy?.limit, remaining, resetAt, windowSeconds, name});
  return [quota, ...policies.filter((each) => each !== policy).map(policyQuota)];
}

/** `100`; or a draft 03 list, whose first item is the limit and whose others are policies; or a period, as `1m`. */
function readLimit(
  headers: Headers,
  names: readonly string[],
): {readonly limit?: number | undefined; readonly policies: readonly Policy[]; readonly seconds?: number} {
  for (const name of names) {
    const value = own(headers, name);
    if (value === undefined) continue;
    const items = value.includes(';') ? readPolicies(value) : [];
    const plain = items.flatMap((item) => (item.seconds === undefined && item.limit !== undefined ? [item.limit] : []));
    const limit = plain.length > 0 ? Math.min(...plain) : (items[0]?.limit ?? lowest(headers, name));
    if (limit !== undefined) return {limit, policies: items.filter(({seconds}) => seconds !== undefined)};
    const period = readDurationMs(value);
    if (period) return {policies: [], seconds: period / 1000};
  }
  return {policies: []};
}

/** The lowest of the counts that a gateway and an origin wrote into one header. */
function lowest(headers: Headers, name: string): number | undefined {
  const counts = splitMerged(own(headers, name) ?? '').flatMap((part) => readCount(part) ?? []);
  return counts.length > 0 ? Math.min(...counts) : undefined;
}

function readWindow(headers: Headers, [name, unit]: TimeHeader): number | undefined {
  const length = readTime(own(headers, name) ?? '', unit);
  return length?.kind === 'wait' && length.ms > 0 ? length.ms / 1000 : undefined;
}

/** The latest of the resets that a gateway and an origin wrote into one header. */
function readReset(
  headers: Headers,
  [name, format]: TimeHeader,
  context: Context,
  windowSeconds: number | undefined,
): number | undefined {
  const instants = splitMerged(own(headers, name) ?? '').flatMap((part) => {
    const time = readTime(part, format);
    // Below zero is no wait that anybody meant.
    if (!time || (time.kind === 'wait' && time.ms < 0)) return [];
    const instant = localInstant(time, context, windowSeconds ?? context.onlySeconds);
    return instant - context.receivedAt > context.furthestMs ? [] : [instant];
  });
  return instants.length > 0 ? Math.max(...instants) : undefined;
}

/** The instant so many seconds after the arrival. */
export function waitedAt(seconds: number, context: Context): number | undefined {
  return seconds * 1000 > context.furthestMs ? undefined : localInstant({kind: 'wait', ms: seconds * 1000}, context);
}

function policyQuota({limit, seconds, name}: Policy): Quota {
  return compact<Quota>({limit, windowSeconds: seconds, name});
}

function first<T, Found>(
  candidates: readonly T[] | undefined,
  read: (candidate: T) => Found | undefined,
): Found | undefined {
  for (const candidate of candidates ?? []) {
    const found = read(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The one member of a list of one. */
export function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

/** A header's value; never what every object inherits. */
export function own(headers: Headers, name: string): string | undefined {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}
