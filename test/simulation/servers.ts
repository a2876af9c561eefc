/**
 * How a server counts. `log`: every arrival of the last window's length. `clock`: windows that begin at multiples of their length since 1970.
 * `first`: a window that begins with the first arrival after the last one. `counter`: the previous window of the clock counts in proportion to
 * what of it is left. `bucket`: tokens that come back evenly, up to `burst`.
 */
export type Algorithm = 'log' | 'clock' | 'first' | 'counter' | 'bucket';

/** One window as the server enforces it. `burst` is for `bucket` alone. */
export type ServerWindow = {
  readonly algorithm: Algorithm;
  readonly requests: number;
  readonly ms: number;
  readonly burst: number;
};

/** The server's count of one window of one bucket. Its instants are of the server's clock, and never go back. */
export type Counter = {
  /** Requests, or tokens taken. */
  used(at: number): number;
  count(at: number): void;
  /** What an answer announces: the end of the window, or when the oldest request leaves it, or when the bucket is full. */
  resetAt(at: number): number;
};

/** Shares no line with the windows of the program, which it is to judge. */
export function openCounter({algorithm, requests, ms, burst}: ServerWindow): Counter {
  switch (algorithm) {
    case 'log':
      return log(ms);
    case 'clock':
      return clock(ms);
    case 'first':
      return first(ms);
    case 'counter':
      return counter(ms);
    case 'bucket':
      return bucket(requests / ms, burst);
  }
}

/** What is over the limit by less than this is the arithmetic's doing. */
const ROUNDING = 1e-6;

/** How full a window would be with one more, as a part of what it may hold: above 1 is too much. */
export function fillWith(counter: Counter, {algorithm, requests, burst}: ServerWindow, at: number): number {
  return (counter.used(at) + 1 - ROUNDING) / (algorithm === 'bucket' ? burst : requests);
}

/** What an answer says is left. */
export function remainingIn(counter: Counter, {algorithm, requests, burst}: ServerWindow, at: number): number {
  return Math.max(0, Math.floor((algorithm === 'bucket' ? burst : requests) - counter.used(at) + ROUNDING));
}

function log(ms: number): Counter {
  const times: number[] = [];
  const forget = (at: number) => {
    while (times.length > 0 && times[0]! + ms <= at) times.shift();
    return times.length;
  };
  return {
    used: forget,
    count: (at) => {
      forget(at);
      times.push(at);
    },
    resetAt: (at) => (forget(at) > 0 ? times[0]! : at) + ms,
  };
}

function clock(ms: number): Counter {
  let window = Number.NaN;
  let counted = 0;
  const used = (at: number) => (Math.floor(at / ms) === window ? counted : 0);
  return {
    used,
    count: (at) => {
      counted = used(at) + 1;
      window = Math.floor(at / ms);
    },
    resetAt: (at) => (Math.floor(at / ms) + 1) * ms,
  };
}

function first(ms: number): Counter {
  let begunAt = Number.NEGATIVE_INFINITY;
  let counted = 0;
  const goesOn = (at: number) => at < begunAt + ms;
  return {
    used: (at) => (goesOn(at) ? counted : 0),
    count: (at) => {
      if (goesOn(at)) counted += 1;
      else [begunAt, counted] = [at, 1];
    },
    resetAt: (at) => (goesOn(at) ? begunAt : at) + ms,
  };
}

function counter(ms: number): Counter {
  const counts = new Map<number, number>();
  const used = (at: number) => {
    const window = Math.floor(at / ms);
    const left = 1 - (at - window * ms) / ms;
    return (counts.get(window) ?? 0) + (counts.get(window - 1) ?? 0) * left;
  };
  return {
    used,
    count: (at) => {
      const window = Math.floor(at / ms);
      counts.set(window, (counts.get(window) ?? 0) + 1);
      counts.delete(window - 2);
    },
    resetAt: (at) => (Math.floor(at / ms) + 1) * ms,
  };
}

/** Tokens that are owed, as GCRA has it: never more than the burst, since what is counted without a token leaves the bucket empty, not in debt. */
function bucket(perMs: number, burst: number): Counter {
  let owed = 0;
  let owedAt = 0;
  const used = (at: number) => Math.max(0, owed - (at - owedAt) * perMs);
  return {
    used,
    count: (at) => {
      [owed, owedAt] = [Math.min(burst, used(at) + 1), at];
    },
    resetAt: (at) => at + used(at) / perMs,
  };
}
