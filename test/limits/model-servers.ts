/** A provider that counts arrivals in one way, on a clock of the test. `leave` tells it that a request it let in is done. */
export type ModelServer = {
  readonly name: string;
  /** What it allows in the long run, per second. */
  readonly perSecond: number;
  arrive(now: number): boolean;
  leave(now: number): void;
};

const done = () => {};

/** No span of `seconds` holds more than `requests`. */
export function rollingLog(requests: number, seconds: number, countRefusals = false): ModelServer {
  const times: number[] = [];
  return {
    name: `rolling log ${requests} per ${seconds} s${countRefusals ? ', refusals count' : ''}`,
    perSecond: requests / seconds,
    arrive: (now) => {
      while (times.length > 0 && times[0]! <= now - seconds * 1000) times.shift();
      const admitted = times.length < requests;
      if (admitted || countRefusals) times.push(now);
      return admitted;
    },
    leave: done,
  };
}

/** Counts anew at multiples of `seconds`. */
export function fixedWindow(requests: number, seconds: number): ModelServer {
  let window = -1;
  let count = 0;
  return {
    name: `fixed window ${requests} per ${seconds} s`,
    perSecond: requests / seconds,
    arrive: (now) => {
      const current = Math.floor(now / (seconds * 1000));
      if (current !== window) [window, count] = [current, 0];
      if (count >= requests) return false;
      count += 1;
      return true;
    },
    leave: done,
  };
}

/** The window before counts in proportion to how much of it the last `seconds` still hold. */
export function slidingCounter(requests: number, seconds: number): ModelServer {
  let window = -1;
  let before = 0;
  let count = 0;
  return {
    name: `sliding counter ${requests} per ${seconds} s`,
    perSecond: requests / seconds,
    arrive: (now) => {
      const current = Math.floor(now / (seconds * 1000));
      if (current !== window) [window, before, count] = [current, current === window + 1 ? count : 0, 0];
      const part = 1 - (now / (seconds * 1000) - current);
      if (before * part + count + 1 > requests) return false;
      count += 1;
      return true;
    },
    leave: done,
  };
}

/** Tokens come back one by one; at most `burst` are saved. */
export function tokenBucket(perSecond: number, burst: number): ModelServer {
  let tokens = burst;
  let at = 0;
  return {
    name: `token bucket ${perSecond} per s, burst ${burst}`,
    perSecond,
    arrive: (now) => {
      tokens = Math.min(burst, tokens + ((now - at) * perSecond) / 1000);
      at = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    leave: done,
  };
}

/** An even pace and nothing saved, but for `toleranceMs` of the network. */
export function gcra(perSecond: number, toleranceMs: number): ModelServer {
  let due = 0;
  return {
    name: `GCRA ${perSecond} per s, no burst`,
    perSecond,
    arrive: (now) => {
      if (now < due - toleranceMs) return false;
      due = Math.max(due, now) + 1000 / perSecond;
      return true;
    },
    leave: done,
  };
}

/** So many at once; `holdsMs` is how long it is busy with one, so that its rate in the long run is known. */
export function concurrency(atOnce: number, holdsMs: number): ModelServer {
  let inside = 0;
  return {
    name: `${atOnce} at once, ${holdsMs} ms each`,
    perSecond: (atOnce * 1000) / holdsMs,
    arrive: () => {
      if (inside >= atOnce) return false;
      inside += 1;
      return true;
    },
    leave: () => {
      inside -= 1;
    },
  };
}
