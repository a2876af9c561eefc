import type {Window} from './window.js';

/** `burst` uses a window as soon as it is open. `even` spreads starts over each bucket's tightest window, for servers that watch for bursts too. */
export type Pace = 'even' | 'burst';

/** A slow start: from `beganAt` on, for `ms`, starts come ever closer together, and more and more of them may be under way. */
export type Ramp = {readonly beganAt: number; readonly ms: number};

/** How the requests that the windows allow are spread over time. */
export type Pacing = {readonly pace: Pace; readonly ramp: Ramp | undefined};

/** The pacing of a session that begins at `beganAt`; a profile or an operator that says nothing wants what is quickest. */
export function pacingOf(
  {pace = 'burst', rampSeconds = 0}: {readonly pace?: Pace | undefined; readonly rampSeconds?: number | undefined},
  beganAt: number,
): Pacing {
  return {pace, ramp: rampSeconds > 0 ? {beganAt, ms: rampSeconds * 1000} : undefined};
}

/**
 * Milliseconds between two starts that are spread over the whole window. A sliding `counter` takes one less than its limit: with `r` in each window the
 * n-th finds what is left of the last window's `r` after n - 1 of `r` parts of this one, and with itself that makes r + 1. Where the limit is
 * one, every other window has one.
 */
export function evenMs({requests, rule}: Pick<Window, 'requests' | 'rule'>): number {
  return (rule.seconds * 1000) / (rule.kind === 'counter' ? Math.max(0.5, requests - 1) : requests);
}

/**
 * Puts the spacing that the pace asks for on the windows of one bucket: under `even` on the tightest, which then keeps the others far from
 * full. A `counter` is always paced. What refusals have spread further stays so.
 */
export function paceWindows(windows: readonly Window[], pace: Pace): void {
  const tightest = pace === 'even' ? tightestOf(windows) : undefined;
  for (const window of windows) {
    const pacedMs = window === tightest || window.rule.kind === 'counter' ? evenMs(window) : 0;
    const refused = window.spacingMs > window.pacedMs;
    window.pacedMs = pacedMs;
    window.spacingMs = refused ? Math.max(window.spacingMs, pacedMs) : pacedMs;
  }
}

/**
 * When the next request may start in a bucket where one has just started `at`, as far as the ramp says: the rate grows evenly from nothing to
 * the pace that comes after. That is, under `even`, the tightest window's; under `burst`, what would use the quickest window up within its own
 * length or the ramp's, if that is shorter. 0 once the ramp is over.
 */
export function rampedAt(windows: readonly Window[], {pace, ramp}: Pacing, at: number): number {
  if (!ramp || windows.length === 0 || at >= ramp.beganAt + ramp.ms) return 0;
  const elapsed = Math.max(0, at - ramp.beganAt);
  const gapMs =
    pace === 'even'
      ? evenMs(tightestOf(windows)!)
      : Math.min(...windows.map(({requests, rule}) => Math.min(rule.seconds * 1000, ramp.ms) / requests));
  // The requests between two instants are the area below the rate, a line from 0 to 1 / gapMs; the next start is where it has grown by one.
  const next = Math.sqrt(elapsed ** 2 + 2 * ramp.ms * gapMs);
  if (next <= ramp.ms) return ramp.beganAt + next;
  const grown = (ramp.ms ** 2 - elapsed ** 2) / (2 * ramp.ms * gapMs);
  return ramp.beganAt + ramp.ms + (pace === 'even' ? (1 - grown) * gapMs : 0);
}

/** The instant from `now` on at which one more may be under way, when `running` are and at most `concurrency` may be; Infinity: when one ends. */
export function cappedUntil(running: number, concurrency: number, ramp: Ramp | undefined, now: number): number {
  if (running >= concurrency) return Number.POSITIVE_INFINITY;
  return ramp ? Math.max(now, ramp.beganAt + (ramp.ms * running) / concurrency) : now;
}

/** The window of the lowest rate. */
function tightestOf(windows: readonly Window[]): Window | undefined {
  let tightest: Window | undefined;
  for (const window of windows) if (!tightest || evenMs(window) > evenMs(tightest)) tightest = window;
  return tightest;
}
