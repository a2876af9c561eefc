import type {WindowRule} from '../limits/limit.js';

/**
 * The provider's own count of one window of one bucket, by time of arrival. It shares nothing with the windows that a run keeps: it is there
 * to catch their mistakes. All times in milliseconds since 1970; they never go back.
 */
export type Meter = {
  /** How much is used at `now`: requests, or tokens taken. */
  used(now: number): number;
  /** Whether one more may be counted at `now`. */
  hasRoom(now: number): boolean;
  /** Counts one, whether there is room or not. */
  count(now: number): void;
  /** The first instant from `now` on at which there is room, if nothing more arrives. */
  roomAt(now: number): number;
  /** What a response would announce: the end of the window, or for a rolling one when the oldest request leaves it. */
  resetAt(now: number): number;
  /** Nothing is counted any more: a new meter would say the same. */
  isWhole(now: number): boolean;
};

/** Opens the meter that `rule.kind` asks for. */
export function openMeter(rule: WindowRule): Meter {
  switch (rule.kind) {
    case 'rolling':
      return rollingMeter(rule);
    case 'fixed':
      return fixedMeter(rule);
    case 'counter':
      return counterMeter(rule);
    case 'bucket':
      return bucketMeter(rule);
  }
}

/** An exact log: a request counts from its arrival until just before one window later. */
function rollingMeter({requests, seconds}: WindowRule): Meter {
  const windowMs = seconds * 1000;
  let times: number[] = [];
  let first = 0;
  const forget = (now: number) => {
    while (first < times.length && times[first]! + windowMs <= now) first++;
    if (first > 1000 && first * 2 > times.length) {
      times = times.slice(first);
      first = 0;
    }
    return times.length - first;
  };
  return {
    used: forget,
    hasRoom: (now) => forget(now) < requests,
    count: (now) => void times.push(now),
    roomAt: (now) => (forget(now) < requests ? now : times[times.length - requests]! + windowMs),
    resetAt: (now) => (forget(now) > 0 ? times[first]! + windowMs : now + windowMs),
    isWhole: (now) => forget(now) === 0,
  };
}

/** Windows that begin at whole multiples of their length since 1970: minutes at :00. */
function fixedMeter({requests, seconds}: WindowRule): Meter {
  const windowMs = seconds * 1000;
  let index = 0;
  let counted = 0;
  const turn = (now: number) => {
    const current = Math.floor(now / windowMs);
    if (current !== index) [index, counted] = [current, 0];
    return counted;
  };
  const end = (now: number) => (Math.floor(now / windowMs) + 1) * windowMs;
  return {
    used: turn,
    hasRoom: (now) => turn(now) < requests,
    count: (now) => {
      counted = turn(now) + 1;
    },
    roomAt: (now) => (turn(now) < requests ? now : end(now)),
    resetAt: end,
    isWhole: (now) => turn(now) === 0,
  };
}

/**
 * The counter of gateways: a fixed window, plus the one before it in proportion to what of it still lies within one window's length. A
 * request is counted first and refused when the sum is above the limit.
 */
function counterMeter({requests, seconds}: WindowRule): Meter {
  const windowMs = seconds * 1000;
  let index = 0;
  let counted = 0;
  let before = 0;
  const turn = (now: number) => {
    const current = Math.floor(now / windowMs);
    if (current === index) return;
    before = current === index + 1 ? counted : 0;
    [index, counted] = [current, 0];
  };
  const used = (now: number) => {
    turn(now);
    return counted + before * (1 - (now - index * windowMs) / windowMs);
  };
  const end = (now: number) => (Math.floor(now / windowMs) + 1) * windowMs;
  /** When `older`, fading from `start` on, leaves room for one beside `newer`; Infinity when it cannot. */
  const fadedAt = (start: number, older: number, newer: number) => {
    const left = requests - 1 - newer;
    if (left < 0) return Number.POSITIVE_INFINITY;
    return older <= left ? start : start + windowMs * (1 - left / older);
  };
  return {
    used,
    hasRoom: (now) => used(now) + 1 <= requests + ROUNDING,
    count: (now) => {
      turn(now);
      counted++;
    },
    roomAt: (now) => {
      turn(now);
      const here = Math.max(now, fadedAt(index * windowMs, before, counted));
      return here < end(now) ? here : fadedAt(end(now), counted, 0);
    },
    resetAt: end,
    isWhole: (now) => used(now) === 0,
  };
}

/** Tokens that come back evenly, `requests` in `seconds`, up to `burst`. What is counted without a token leaves it empty, not in debt. */
function bucketMeter({requests, seconds, burst = requests}: WindowRule): Meter {
  const tokenMs = (seconds * 1000) / requests;
  let tokens = burst;
  let at = 0;
  const refill = (now: number) => {
    tokens = Math.min(burst, tokens + Math.max(0, now - at) / tokenMs);
    at = Math.max(at, now);
    return tokens;
  };
  return {
    used: (now) => burst - refill(now),
    hasRoom: (now) => refill(now) >= 1 - ROUNDING,
    count: (now) => {
      tokens = Math.max(0, refill(now) - 1);
    },
    roomAt: (now) => now + Math.max(0, 1 - refill(now)) * tokenMs,
    resetAt: (now) => now + (burst - refill(now)) * tokenMs,
    isWhole: (now) => refill(now) === burst,
  };
}

/** Fractions of a request that are an artefact of floating point: a thousandth of a millisecond of a window of hours. */
const ROUNDING = 1e-9;
