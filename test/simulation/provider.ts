import {type Counter, fillWith, openCounter, remainingIn, type ServerWindow} from './servers.js';

/** A limit of the server's; `keyed`: each key has counts of its own. */
export type ServerLimit = {readonly keyed: boolean; readonly windows: readonly ServerWindow[]};

/** How answers tell the first window of the first limit; `none`: not at all. `seconds` and `ms` are instants, `wait` whole seconds from now. */
export type Announcement = 'none' | 'seconds' | 'ms' | 'wait';

export type ProviderRules = {
  readonly limits: readonly ServerLimit[];
  readonly announces: Announcement;
  /** Whether a refused request counts like others. */
  readonly countsRefused: boolean;
  /** How far its clock is ahead of the client's, in ms. */
  readonly clockAheadMs: number;
  /** How long it asks to be left alone by whoever is refused; 0 says nothing. */
  readonly retryAfterSeconds: number;
};

export type Arrival = {
  readonly at: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
};

/** What a provider saw: by its own count, whatever the client believes. */
export type Seen = {
  arrivals: number;
  refused: number /** Of all windows the worst; above 1 is over the limit. */;
  fullest: number;
};

/** A provider in the box of the simulation. `arrive` is told the client's time, and keeps its own. */
export type Provider = {readonly seen: Seen; arrive(key: number, at: number): Arrival};

export function openProvider(rules: ProviderRules): Provider {
  const {limits, announces, countsRefused, clockAheadMs} = rules;
  const seen: Seen = {arrivals: 0, refused: 0, fullest: 0};
  const counters = new Map<string, Counter>();
  const counterOf = (limit: number, place: number, key: number) => {
    const {keyed, windows} = limits[limit]!;
    const name = `${limit} ${place} ${keyed ? key : ''}`;
    const found = counters.get(name) ?? openCounter(windows[place]!);
    counters.set(name, found);
    return found;
  };
  return {
    seen,
    arrive: (key, clientAt) => {
      const at = clientAt + clockAheadMs;
      const counts = limits.flatMap(({windows}, limit) =>
        windows.map((window, place) => ({window, counter: counterOf(limit, place, key)})),
      );
      const fill = Math.max(0, ...counts.map(({window, counter}) => fillWith(counter, window, at)));
      seen.arrivals += 1;
      seen.fullest = Math.max(seen.fullest, fill);
      const refused = fill > 1;
      if (refused) seen.refused += 1;
      if (!refused || countsRefused) for (const {counter} of counts) counter.count(at);
      return {at: clientAt, status: refused ? 429 : 200, headers: headersOf(rules, counts[0], announces, at, refused)};
    },
  };
}

function headersOf(
  {retryAfterSeconds}: ProviderRules,
  told: {readonly window: ServerWindow; readonly counter: Counter} | undefined,
  announces: Announcement,
  at: number,
  refused: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {date: new Date(at).toUTCString()};
  if (refused && retryAfterSeconds > 0) headers['retry-after'] = String(retryAfterSeconds);
  if (announces === 'none' || !told) return headers;
  const {window, counter} = told;
  const resetAt = counter.resetAt(at);
  headers['x-ratelimit-limit'] = String(window.algorithm === 'bucket' ? window.burst : window.requests);
  headers['x-ratelimit-remaining'] = String(remainingIn(counter, window, at));
  headers['x-ratelimit-reset'] = {
    seconds: String(Math.floor(resetAt / 1000)),
    ms: String(Math.ceil(resetAt)),
    wait: String(Math.ceil((resetAt - at) / 1000)),
  }[announces];
  return headers;
}
