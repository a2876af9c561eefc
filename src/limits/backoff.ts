/** How waits grow where the provider names none. `jitterSeconds` goes both ways, so that several runs do not knock together. */
export type BackoffRule = {
  readonly firstSeconds: number;
  readonly factor: number;
  readonly maxSeconds: number;
  readonly jitterSeconds: number;
};

/**
 * Milliseconds to wait after so many refusals in a row (from 1): the first wait times `factor` for each one more, at most
 * `maxSeconds`, give or take the jitter. `random` lies between 0 and 1; 0.5 is no jitter. Never negative.
 */
export function backoffMs(refusals: number, rule: BackoffRule, random: number): number {
  const {firstSeconds, factor, maxSeconds, jitterSeconds} = rule;
  // Capped before it is multiplied, because 0 times the infinity of a long row of refusals is not a number.
  const growth = Math.min(factor ** Math.max(refusals - 1, 0), Number.MAX_VALUE);
  const seconds = Math.min(firstSeconds * growth, maxSeconds) + (2 * random - 1) * jitterSeconds;
  return Math.max(0, seconds * 1000);
}
