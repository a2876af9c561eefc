import type {BucketRef} from '../../src/limits/limit.js';
import type {Profile} from '../../src/profiles/profile.js';
import type {ProviderRules} from './provider.js';
import type {Wire} from './wire.js';

/** One simulated run: a server, a network, and what the client believes of them. */
export type Case = {
  /** All chance within the case comes from it. */
  readonly seed: number;
  readonly rows: number;
  readonly keys: number;
  /** 0: all keys alike; the higher, the more of the rows are the first key's. */
  readonly skew: number;
  readonly provider: ProviderRules;
  /** What the profile believes of the windows: the kinds of each, in the order of the server's. */
  readonly kinds: readonly (readonly Kind[])[];
  readonly concurrency: number;
  readonly wire: Wire;
  /** From so many attempts on, the network and the server are these. */
  readonly later?: {readonly from: number; readonly wire: Wire};
  /** What the profile's windows are shorter by than the server's, in ms: a slot is given back that much sooner. */
  readonly soonerMs?: number;
  /** `burst` without a ramp, unless told otherwise. */
  readonly pacing?: {readonly pace: 'even' | 'burst'; readonly rampSeconds: number};
  readonly repeatable: boolean;
  /** So often the client is killed and begun again. */
  readonly restarts: number;
};

export type Kind = Profile['limits'][number]['windows'][number]['kind'];

/** The profile that the client goes by. */
export function profileFor({provider, kinds, concurrency, soonerMs = 0}: Case): Partial<Profile> {
  const {announces, countsRefused, limits} = provider;
  const [told] = limits;
  return {
    concurrency,
    countRefusals: countsRefused,
    limits: limits.map(({keyed, windows}, limit) => ({
      name: `limit ${limit}`,
      per: keyed ? ['key'] : [],
      windows: windows.map(({requests, ms, burst}, place) => {
        const kind = kinds[limit]![place]!;
        return {requests, seconds: (ms - soonerMs) / 1000, kind, ...(kind === 'bucket' ? {burst} : {})};
      }),
    })),
    headers:
      announces === 'none'
        ? {trust: 'down'}
        : {
            limit: 'x-ratelimit-limit',
            remaining: 'x-ratelimit-remaining',
            reset: 'x-ratelimit-reset',
            format: {seconds: 'epoch-seconds', ms: 'epoch-ms', wait: 'seconds'}[announces] as 'epoch-seconds',
            describes: {limits: ['limit 0'], seconds: told!.windows[0]!.ms / 1000},
            trust: 'down',
          },
  };
}

/** The key of each row, from the first on. */
export function keysOf({rows, keys, skew}: Case, random: () => number): readonly number[] {
  const weights = Array.from({length: keys}, (_, key) => 1 / (key + 1) ** skew);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({length: rows}, () => {
    let left = random() * whole;
    for (const [key, weight] of weights.entries()) {
      left -= weight;
      if (left < 0) return key;
    }
    return 0;
  });
}

/** The buckets of requests with that key. */
export function refsOf({provider}: Case, key: number): readonly BucketRef[] {
  return provider.limits.map(({keyed}, limit) => ({
    limit,
    id: 1 + limit * 1000 + (keyed ? key : 0),
    label: `limit ${limit}${keyed ? ` key=${key}` : ''}`,
  }));
}
