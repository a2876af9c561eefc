import {readCount, readNumber} from './duration.js';
import {compact} from './fields.js';

/** A quota that was packed into one header value. `resetSeconds` counts from now. */
export type Packed = {
  readonly name?: string;
  readonly limit?: number;
  readonly remaining?: number;
  readonly seconds?: number;
  readonly resetSeconds?: number;
};

const SECONDS_OF: Readonly<Record<string, number>> = {per_second: 1, per_minute: 60, per_hour: 3600, per_day: 86_400};

/** The quotas of headers that write a whole quota, or a list of them, into one value, each provider in its own way. */
export function readPacked(headers: Readonly<Record<string, string>>): readonly Packed[] {
  return Object.entries(headers).flatMap(([header, value]) => {
    if (header === 'x-shopify-shop-api-call-limit') return readUsed(value.trim());
    if (header === 'sforce-limit-info') {
      const use = /(?:^|[;,])\s*api-usage=(\d+\/\d+)/.exec(value);
      return use ? readUsed(use[1]!, 'api-usage') : [];
    }
    const endpoint = /^zendesk-ratelimit-(.+)$/.exec(header);
    if (endpoint) return readPairs(value, {limit: 'total', remaining: 'remaining', reset: 'resets'}, endpoint[1]!);
    if (/^auth0-.*quota-limit$/.test(header)) {
      return value.split(',').flatMap((bucket) => readPairs(bucket, {limit: 'q', remaining: 'r', reset: 't'}));
    }
    return [];
  });
}

/** `32/40`: what was used of how many. */
function readUsed(value: string, name?: string): readonly Packed[] {
  const [, used, limit] = /^(\d+)\/(\d+)$/.exec(value) ?? [];
  if (!used || !limit) return [];
  return [compact<Packed>({name, limit: Number(limit), remaining: Math.max(0, Number(limit) - Number(used))})];
}

/** `total=100; remaining=99; resets=41`, or `b=per_hour;q=10;r=7;t=3540`, where `b` names the bucket and its window. */
function readPairs(
  value: string,
  keys: {readonly limit: string; readonly remaining: string; readonly reset: string},
  endpoint?: string,
): readonly Packed[] {
  const pairs = new Map(
    value.split(';').flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const];
    }),
  );
  const bucket = pairs.get('b');
  const resetSeconds = readNumber(pairs.get(keys.reset) ?? '');
  return [
    compact<Packed>({
      name: endpoint ?? bucket,
      limit: readCount(pairs.get(keys.limit) ?? ''),
      remaining: readCount(pairs.get(keys.remaining) ?? ''),
      seconds: bucket !== undefined && Object.hasOwn(SECONDS_OF, bucket) ? SECONDS_OF[bucket] : undefined,
      resetSeconds: resetSeconds !== undefined && resetSeconds >= 0 ? resetSeconds : undefined,
    }),
  ];
}
