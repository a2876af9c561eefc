import {type WindowRule, windowName} from '../limits/limit.js';
import type {Limit} from '../profiles/profile.js';

export type Latency = {readonly lowMs: number; readonly expectedMs: number; readonly highMs: number};

type Given = {readonly limits: readonly Limit[]; readonly concurrency: number};

/** What is played for counted requests: as much, and no finer, as it takes to tell how long they take. */
export type Coarse = {
  readonly limits: readonly Limit[];
  readonly concurrency: number;
  readonly latency: Latency;
  /** One request that is played stands for so many. */
  readonly each: number;
  /** By limit, which of its windows are played. */
  readonly kept: readonly (readonly number[])[];
};

/** A run that repeats itself is played until it has for the second time; of more starts than these a part is played. */
const MOST_STARTS = 10_000;

/**
 * The same limits and cap, to be played in a fraction of the time; `used` has the places of those that requests fall under, and -1 where some fall under none. Windows that can never be full are left out: the cap, or another window of the limit,
 * lets fewer through. Where the longest of the others takes very many requests, one stands for several.
 */
export function coarsen({limits, concurrency}: Given, used: ReadonlySet<number>, latency: Latency): Coarse {
  const capped = (seconds: number) => concurrency * (Math.ceil((seconds * 1000) / latency.lowMs) + 1);
  const kept = limits.map(({windows}, place) => (used.has(place) ? fillable(windows, capped, latency.lowMs) : []));
  const needed = limits.map((limit, place) => ({...limit, windows: kept[place]!.map((at) => limit.windows[at]!)}));
  const longest = Math.max(0, ...needed.flatMap(({windows}) => windows.map(({seconds}) => seconds)));
  // Of requests without a window nothing but the cap holds back.
  const passed = (windows: readonly WindowRule[]) =>
    Math.min(capped(longest), ...windows.map((window) => most(window, longest, latency.lowMs)));
  const starts = [...used].reduce((sum, place) => sum + 2 * passed(needed[place]?.windows ?? []), 0);
  const each = longest === 0 ? 1 : dividing(needed, Math.ceil(Math.min(starts, 2 * capped(longest)) / MOST_STARTS));
  if (each === 1) return {limits: needed, concurrency, latency, each, kept};
  const cap = Math.max(1, Math.round(concurrency / each));
  // Where fewer are under way than one in so many, each takes as much longer.
  const slower = (cap * each) / concurrency;
  return {
    limits: needed.map((limit) => ({...limit, windows: limit.windows.map((window) => oneOf(window, each))})),
    concurrency: cap,
    latency: {
      lowMs: latency.lowMs * slower,
      expectedMs: latency.expectedMs * slower,
      highMs: latency.highMs * slower,
    },
    each,
    kept,
  };
}

/** What each window that is played is called by those who gave it, by `limit window` as the play calls it. */
export function namesOf({limits, kept}: Coarse, given: readonly Limit[]): ReadonlyMap<string, string> {
  return new Map(
    limits.flatMap(({name, windows}, limit) =>
      windows.map((window, place) => {
        const told = given[limit]!.windows[kept[limit]![place]!]!;
        return [`${name} ${windowName(window)}`, windowName(told)] as const;
      }),
    ),
  );
}

/** Those of a limit's windows that can be full, by their places. */
function fillable(windows: readonly WindowRule[], capped: (seconds: number) => number, latencyMs: number): number[] {
  const places: number[] = [];
  for (const [place, window] of windows.entries()) {
    const room = Math.min(window.requests, window.burst ?? window.requests);
    if (capped(window.seconds) <= room) continue;
    const others = windows.filter((other) => other !== window && other.seconds < window.seconds);
    if (others.every((other) => most(other, window.seconds, latencyMs) > room)) places.push(place);
  }
  return places;
}

/** The most that a window lets through in so many seconds, wherever they begin. */
function most({requests, seconds, kind, burst = requests}: WindowRule, span: number, latencyMs: number): number {
  // A slot of a rolling window comes back a latency later; a fixed one may be used up at its end and again at the next one's begin.
  const turn = kind === 'rolling' ? seconds + latencyMs / 1000 : seconds;
  return Math.max(requests, burst) * (Math.ceil(span / turn) + 1);
}

/** The least number from `least` on that divides what every window takes, so that none changes its length; `least` itself where none is near. */
function dividing(limits: readonly Limit[], least: number): number {
  const sizes = limits.flatMap(({windows}) => windows.flatMap(({requests, burst = requests}) => [requests, burst]));
  for (let each = Math.max(1, least); each <= least * 4; each++)
    if (sizes.every((size) => size % each === 0)) return each;
  return Math.max(1, least);
}

/** A window for one request in so many; what does not divide is made up for in its length. */
function oneOf(window: WindowRule, each: number): WindowRule {
  const requests = Math.max(1, Math.round(window.requests / each));
  const {burst} = window;
  return {
    ...window,
    requests,
    seconds: (window.seconds * requests * each) / window.requests,
    ...(burst === undefined ? {} : {burst: Math.max(1, Math.round(burst / each))}),
  };
}
