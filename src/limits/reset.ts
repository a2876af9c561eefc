import {readDateString, readHttpDate, readIsoDate, type Written} from './date.js';
import {readDurationMs, readNumber} from './duration.js';
import {type ServerClock, toLocal} from './server-clock.js';

/** How a header writes when something resets. The first two and the dates are instants, the others waits. */
export type TimeFormat = 'epoch-seconds' | 'epoch-ms' | 'seconds' | 'ms' | 'iso' | 'http-date' | 'duration';

/** What a time means once it is read: so long from now, or an instant of the server's clock. */
export type Time = {readonly kind: 'wait'; readonly ms: number} | ({readonly kind: 'instant'} & Written);

/** What is known when a response arrives. The instants are of our clock, in ms. */
export type Arrival = {
  readonly receivedAt: number;
  readonly clock: ServerClock;
  /** Lengths of windows, in seconds, that are known to turn over with the server's clock. */
  readonly turning?: ReadonlySet<number> | undefined;
};

/** From here on a bare number is an epoch in seconds: it is 2001-09-09. Real waits reach 2,163,603 s (25 days). */
const FIRST_EPOCH_SECONDS = 1e9;
/** From here on it is one in milliseconds: as seconds it would be the year 5138, as milliseconds it is 1973. */
const FIRST_EPOCH_MS = 1e11;
/** The last instant that a Date can hold. */
const LAST_INSTANT = 8.64e15;

/**
 * The time in one header value. With a `format` nothing else is read; without one the shape of the value decides, and the
 * magnitude of a bare number. Undefined for everything else: what cannot be read is absent, and never 0.
 */
export function readTime(text: string, format?: TimeFormat | undefined): Time | undefined {
  const number = readNumber(text);
  switch (format) {
    case 'epoch-seconds':
      return number !== undefined && number >= FIRST_EPOCH_SECONDS ? epochSeconds(number) : undefined;
    case 'epoch-ms':
      return number !== undefined && number >= FIRST_EPOCH_MS ? epochMs(number) : undefined;
    case 'seconds':
      return number === undefined ? undefined : {kind: 'wait', ms: number * 1000};
    case 'ms':
      return wait(number ?? readDurationMs(text));
    case 'duration':
      return wait(readDurationMs(text));
    case 'iso':
      return instant(readIsoDate(text, {assumeUtc: true}));
    case 'http-date':
      return instant(readHttpDate(text) ?? readDateString(text));
    case undefined:
      if (number === undefined) {
        return instant(readHttpDate(text) ?? readIsoDate(text) ?? readDateString(text)) ?? wait(readDurationMs(text));
      }
      if (number >= FIRST_EPOCH_MS) return epochMs(number);
      return number >= FIRST_EPOCH_SECONDS ? epochSeconds(number) : {kind: 'wait', ms: number * 1000};
  }
}

/**
 * The instant of our clock that a time means, never early and never before the response arrived.
 *
 * A wait counts from the arrival: servers send whole seconds rounded up (express-rate-limit does), and they counted earlier than
 * we receive, so nothing is added. An instant was cut to whole seconds (or minutes), so it is read as the end of that second;
 * but where it is a multiple of the window, and windows of this length are known to turn over with the clock, the instant is exact. A
 * multiple alone proves nothing: of windows that begin with their first request and last 5 s every fifth second is one.
 */
export function localInstant(
  time: Time,
  {receivedAt, clock, turning}: Arrival,
  windowSeconds?: number | undefined,
): number {
  if (time.kind === 'wait') return Math.min(receivedAt + Math.max(0, Math.ceil(time.ms)), LAST_INSTANT);
  const exact = windowSeconds !== undefined && turning?.has(windowSeconds) && time.ms % (windowSeconds * 1000) === 0;
  const serverMs = exact ? time.ms : time.ms + time.precisionMs;
  return Math.min(Math.max(receivedAt, toLocal(clock, serverMs)), LAST_INSTANT);
}

/** The values of a header that came several times and was joined by commas. The comma within an HTTP-date stays. */
export function splitMerged(value: string): readonly string[] {
  return value.split(/,(?!\s*\d{1,2}[ -][A-Z]{3}[ -])/i);
}

function epochSeconds(number: number): Time {
  // A fraction was measured; a whole number was cut.
  return {kind: 'instant', ms: Math.ceil(number * 1000), precisionMs: Number.isInteger(number) ? 1000 : 0};
}

function epochMs(number: number): Time {
  return {kind: 'instant', ms: Math.ceil(number), precisionMs: 0};
}

function wait(ms: number | undefined): Time | undefined {
  return ms === undefined ? undefined : {kind: 'wait', ms};
}

function instant(written: Written | undefined): Time | undefined {
  return written && {kind: 'instant', ...written};
}
