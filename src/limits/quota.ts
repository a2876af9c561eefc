import {type Convention, GENERAL, PARTICULAR} from './conventions.js';
import {type Balance, compact, type Policy, readBalances, readPolicies} from './fields.js';
import {type Packed, readPacked} from './packed.js';
import {type Context, type Headers, only, own, type Quota, readConvention, waitedAt} from './quota-headers.js';
import type {TimeFormat} from './reset.js';
import {isCached, observeDate, type ServerClock} from './server-clock.js';

export type {Quota} from './quota-headers.js';

/** Which headers carry the quota, in lower case, and how they write the reset; as a profile names them. */
export type HeaderNames = {
  readonly limit?: string | undefined;
  readonly remaining?: string | undefined;
  readonly reset?: string | undefined;
  readonly format?: TimeFormat | undefined;
  /** The length of the window that the headers describe. */
  readonly seconds?: number | undefined;
};

/** When the exchange took place, on our clock in ms, and what is known of the server's clock and of the limits. */
export type Exchanged = {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly clock: ServerClock;
  /** The longest window of the provider. */
  readonly longestSeconds?: number | undefined;
  /** The window that headers describe which do not say so themselves. */
  readonly windowSeconds?: number | undefined;
  /** The length of every window that the request falls under, where they are of one length. Headers may describe another all the same. */
  readonly onlySeconds?: number | undefined;
  /** Lengths of windows that are known to turn over with the server's clock: their resets in whole seconds are exact. */
  readonly turning?: ReadonlySet<number> | undefined;
};

/** A reset further away than this (400 days, or twice the longest window) is a mistake of somebody's. */
const FURTHEST_SECONDS = 400 * 86_400;

/**
 * Every quota that a response tells, one for each window: from the headers that the profile names, in its format; the IETF's
 * `RateLimit` and `RateLimit-Policy` in all their drafts; and the usual headers of providers. Where the profile's headers are
 * there, others are believed only about windows whose length they tell. A response from a cache tells nothing.
 */
export function readQuotas(headers: Headers, rule: HeaderNames | undefined, at: Exchanged): readonly Quota[] {
  if (isCached(own(headers, 'age'))) return [];
  const context: Context = {
    receivedAt: at.receivedAt,
    clock: observeDate(at.clock, own(headers, 'date'), at.sentAt, at.receivedAt),
    furthestMs: Math.max(FURTHEST_SECONDS, 2 * (at.longestSeconds ?? 0)) * 1000,
    assumedSeconds: rule?.seconds ?? at.windowSeconds,
    onlySeconds: at.onlySeconds,
    turning: at.turning,
  };
  const named = rule ? readConvention(headers, conventionOf(rule), context) : [];
  const unassumed = {...context, assumedSeconds: undefined};
  const rest = without(headers, [rule?.limit, rule?.remaining, rule?.reset]);
  const general = named.length > 0 ? unassumed : context;
  const others = (
    Object.keys(rest).length === 0
      ? []
      : [
          ...readIetf(rest, general),
          ...GENERAL.flatMap((convention) => readConvention(rest, convention, general)),
          ...PARTICULAR.flatMap((convention) => readConvention(rest, convention, unassumed)),
          ...readPacked(rest).map((packed) => packedQuota(packed, unassumed)),
        ]
  ).filter((quota) => named.length === 0 || quota.windowSeconds !== undefined);
  return [...named, ...others].map(withoutZeroLimit).filter(tellsSomething).reduce(combine, []);
}

function conventionOf({limit, remaining, reset, format, seconds}: HeaderNames): Convention {
  return {
    limits: limit ? [limit.toLowerCase()] : [],
    remaining: remaining ? [remaining.toLowerCase()] : [],
    resets: reset ? [[reset.toLowerCase(), format]] : [],
    seconds,
  };
}

/** Draft 07 to 10: what `RateLimit` says is left, with the policy of the same name and partition key, or of the same limit. */
function readIetf(headers: Headers, context: Context): readonly Quota[] {
  const balances = readBalances(own(headers, 'ratelimit') ?? '');
  const policies = readPolicies(own(headers, 'ratelimit-policy') ?? '');
  return balances.flatMap((balance) => {
    const policy = policyOf(balance, policies);
    if (policy?.unit !== undefined) return [];
    const windowSeconds = policy?.seconds ?? context.assumedSeconds;
    const {resetSeconds, remaining, name = policy?.name, limit = policy?.limit} = balance;
    const resetAt = resetSeconds === undefined ? undefined : waitedAt(resetSeconds, context);
    return [compact<Quota>({limit, remaining, resetAt, windowSeconds, name})];
  });
}

function policyOf({name, partition, limit}: Balance, policies: readonly Policy[]): Policy | undefined {
  if (name === undefined) return policies.find((policy) => policy.limit === limit);
  const alike = policies.filter((policy) => policy.name === name);
  // Express-rate-limit tells the partition in the policy alone.
  return (
    alike.find((policy) => policy.partition === partition) ?? alike[0] ?? only(policies.filter((each) => !each.name))
  );
}

function packedQuota({limit, remaining, resetSeconds, seconds, name}: Packed, context: Context): Quota {
  const resetAt = resetSeconds === undefined ? undefined : waitedAt(resetSeconds, context);
  return compact<Quota>({limit, remaining, resetAt, windowSeconds: seconds, name});
}

/** Okta refuses for concurrency with a limit of 0 and 0 left: that is no word about a rate. */
function withoutZeroLimit({limit, remaining, ...rest}: Quota): Quota {
  return limit === 0 ? rest : compact<Quota>({limit, remaining, ...rest});
}

function tellsSomething({limit, remaining, resetAt}: Quota): boolean {
  return limit !== undefined || remaining !== undefined || resetAt !== undefined;
}

/** Adds a quota, or joins it to one that means the same window: where they differ, the one with less left is believed. */
function combine(quotas: readonly Quota[], quota: Quota): readonly Quota[] {
  const at = quotas.findIndex((each) => sameWindow(each, quota));
  const same = quotas[at];
  if (!same) return [...quotas, quota];
  const stricter = (quota.remaining ?? Infinity) < (same.remaining ?? Infinity);
  const joined = stricter ? {...same, ...quota} : {...quota, ...same};
  if (quota.limit !== undefined && same.limit !== undefined) joined.limit = Math.min(quota.limit, same.limit);
  return quotas.with(at, joined);
}

/** Two quotas without names, or of one name, mean the same where window or limit agree and nothing contradicts. */
function sameWindow(a: Quota, b: Quota): boolean {
  if (a.name !== undefined && b.name !== undefined && a.name !== b.name) return false;
  const sameLimit = a.limit === b.limit;
  if (a.windowSeconds !== b.windowSeconds) {
    return sameLimit && a.limit !== undefined && (a.windowSeconds === undefined || b.windowSeconds === undefined);
  }
  return a.name === b.name || sameLimit || a.limit === undefined || b.limit === undefined;
}

function without(headers: Headers, names: readonly (string | undefined)[]): Headers {
  const left = new Set(names.map((name) => name?.toLowerCase()));
  // The name of every header we know has one of these words in it.
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /limit|quota/.test(name) && !left.has(name)));
}
