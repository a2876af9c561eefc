/**
 * How a provider counts one window. `rolling`: no span of `seconds` holds more than `requests`. `fixed`: the count starts
 * anew at instants the provider announces. `counter`: the sliding-window counter of gateways, where the previous window
 * counts in proportion. `bucket`: tokens come back one by one, `requests` in `seconds`, and at most `burst` may be saved.
 */
export type WindowKind = 'rolling' | 'fixed' | 'counter' | 'bucket';

/** So many requests in so many seconds. `burst` belongs to `kind: bucket` alone; absent, it is `requests`. */
export type WindowRule = {
  readonly requests: number;
  readonly seconds: number;
  readonly kind: WindowKind;
  readonly burst?: number | undefined;
  /** The part of the provider's window that is ours to use, below 1; absent, all of it. `requests` is what that makes. */
  readonly share?: number | undefined;
};

/** What a share of so many requests makes, in whole ones: 29 of 100 are 29, although 100 * 0.29 is a hair less in binary. */
export function shareOf(requests: number, share: number | undefined): number {
  return share === undefined ? requests : Math.floor(requests * share + 1e-9);
}

/** A window as the provider has it, and of it the part that is ours: at least one request. */
export function sharedWindow(rule: WindowRule, share: number | undefined): WindowRule {
  return share === undefined ? rule : {...rule, requests: Math.max(1, shareOf(rule.requests, share)), share};
}

/** `100 per 5 s`, `1800 per 1 h`: how windows are written wherever a person reads them. */
export function windowName({requests, seconds}: Pick<WindowRule, 'requests' | 'seconds'>): string {
  const length = seconds % 3600 === 0 ? `${seconds / 3600} h` : `${Number(seconds.toPrecision(6))} s`;
  return `${requests} per ${length}`;
}

/** The bucket of requests that fall under no limit at all. It has no windows, but a refusal has to close something. */
export const NO_LIMIT: BucketRef = {limit: -1, id: 0, label: 'no limit'};

/** Names one bucket: `id` is a hash over limit and key value (53 bits, so that a million buckets are a million numbers). */
export type BucketRef = {
  /** The place of the limit in the profile's list of limits. */
  readonly limit: number;
  readonly id: number;
  /** `definition bot=st-1`: for people. Never a secret: a credential shows its name, not its value. */
  readonly label: string;
};
