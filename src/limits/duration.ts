/** Milliseconds in one of each unit, as Go's `time.Duration` and the gateways write them. `Âµs` is `µs` read as Latin-1. */
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  Âµs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|μs|Âµs|ms|s|m|h|d))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ns|us|µs|μs|Âµs|ms|s|m|h|d)/g;
const CLOCK_TIME = /^(?:(\d{1,4})\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)$/;

/**
 * A number written as digits with an optional sign and fraction; anything else is undefined. `Number` and `parseFloat` would
 * make 0 of nothing, 16 of `0x10` and 6 of `6m0s`.
 */
export function readNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^-?\d+(?:\.\d+)?$/.test(trimmed)) return undefined;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : undefined;
}

/** A count of requests, rounded down. What is negative is not a count. */
export function readCount(text: string): number | undefined {
  const number = readNumber(text);
  return number === undefined || number < 0 ? undefined : Math.floor(number);
}

/** Milliseconds of `6m0s`, `33.023s`, `12ms`, `1d` or `00:00:00.033`. Undefined for anything else, bare numbers included. */
export function readDurationMs(text: string): number | undefined {
  const trimmed = text.trim();
  const clock = CLOCK_TIME.exec(trimmed);
  if (clock) {
    const [, days = '0', hours, minutes, seconds] = clock;
    return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  }
  if (!DURATION.test(trimmed)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of trimmed.matchAll(DURATION_PART)) ms += Number(amount) * UNIT_MS[unit!]!;
  return Number.isFinite(ms) ? ms : undefined;
}
