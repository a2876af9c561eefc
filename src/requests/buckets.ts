import {hashText} from '../limits/hash.js';
import type {BucketRef} from '../limits/limit.js';
import type {Limit, Profile} from '../profiles/profile.js';
import {credentialValue, type Keyed, type KeyValue, scopeValue} from './scope.js';
import {showSafe} from './show.js';

/**
 * Every bucket that a request falls into, in the order of the profile's limits. Their ids are the same in every run: a journal tells other
 * runs by them what was used. A credential is known by its name, for runs with another secret have other budgets.
 */
export function bucketsOf(keyed: Keyed, profile: Profile): readonly BucketRef[] {
  const buckets: BucketRef[] = [];
  for (const [index, limit] of profile.limits.entries()) {
    if (!covers(limit, keyed)) continue;
    const bucket = bucketOf(limit, index, keyed, profile);
    if (bucket) buckets.push(bucket);
  }
  return buckets;
}

/** Whether a limit speaks of a request: by its operation or group (with neither, of all), and by the credential that goes with it. */
export function covers(
  limit: Limit,
  {operation, group, credential}: Pick<Keyed, 'operation' | 'group' | 'credential'>,
): boolean {
  if (limit.with && !limit.with.includes(credential ?? 'none')) return false;
  if (!limit.groups && !limit.operations) return true;
  const named = operation !== undefined && limit.operations?.includes(operation) === true;
  return named || (group !== undefined && limit.groups?.includes(group) === true);
}

// A limit without a key has one bucket, which need not be named for each row anew.
const unkeyed = new WeakMap<Limit, BucketRef>();

function bucketOf(limit: Limit, index: number, keyed: Keyed, profile: Profile): BucketRef | undefined {
  if (limit.per.length > 0) return keyedBucket(limit, index, keyed, profile);
  const known = unkeyed.get(limit);
  if (known?.limit === index) return known;
  const {name} = limit;
  const bucket = {limit: index, id: hashText(name), label: name};
  unkeyed.set(limit, bucket);
  return bucket;
}

function keyedBucket(limit: Limit, index: number, keyed: Keyed, profile: Profile): BucketRef | undefined {
  let identity = limit.name;
  let label = limit.name;
  for (const key of limit.per) {
    const found = keyOf(key, keyed, profile);
    if (found === 'skip') return undefined;
    // The length in front keeps two keys from running into one another.
    identity += found === 'share' ? '\n-' : `\n${found.value.length}:${found.value}`;
    label += ` ${key}=${found === 'share' ? '(any)' : showSafe(found.shown, 60)}`;
  }
  return {limit: index, id: hashText(identity), label};
}

function keyOf(key: string, keyed: Keyed, profile: Profile): KeyValue | 'share' | 'skip' {
  switch (key) {
    case 'operation':
      return plain(keyed.operation ?? `${keyed.method} ${keyed.pattern ?? keyed.path}`);
    case 'method':
      return plain(keyed.method);
    case 'credential':
      return credentialValue(keyed) ?? 'share';
    default:
      return scopeValue(key, keyed, profile);
  }
}

function plain(value: string): KeyValue {
  return {value, shown: value};
}
