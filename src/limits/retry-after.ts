import {readNumber} from './duration.js';
import {localInstant, readTime, splitMerged, type Time, type TimeFormat} from './reset.js';
import {observeDate, type ServerClock} from './server-clock.js';

/** Headers that order a wait, best first, and the unit of a bare number in each. `Retry-After` may also be a date. */
const HEADERS: readonly (readonly [header: string, unit: TimeFormat])[] = [
  ['retry-after-ms', 'ms'],
  ['x-ms-retry-after-ms', 'ms'],
  ['retry-after', 'seconds'],
  ['ratelimit-retry-after', 'seconds'],
  ['x-ratelimit-retry-after', 'seconds'],
  ['x-ratelimit-reset-after', 'seconds'],
];

/** A date further away than this comes from a clock that is not set, and orders nothing. 400 days, in ms. */
const FURTHEST_DATE_MS = 400 * 86_400_000;

/**
 * The instant of our clock before which the server wants nothing more, or undefined where it names none that can be read. A wait
 * below zero, or a date gone by, is the arrival itself. A date is read with the server's own clock. The longest wins where a
 * header came several times. However long the wait, it is never shortened.
 */
export function readRetryAfter(
  headers: Readonly<Record<string, string>>,
  at: {readonly sentAt: number; readonly receivedAt: number; readonly clock: ServerClock},
): number | undefined {
  const clock = observeDate(at.clock, headers.date, at.sentAt, at.receivedAt, headers.age);
  for (const [header, unit] of HEADERS) {
    const value = headers[header];
    if (value === undefined) continue;
    const instants = splitMerged(value).flatMap((part) => {
      const time = readOrder(part, unit);
      if (!time) return [];
      const instant = localInstant(time, {receivedAt: at.receivedAt, clock});
      return time.kind === 'instant' && instant - at.receivedAt > FURTHEST_DATE_MS ? [] : [instant];
    });
    if (instants.length > 0) return Math.max(...instants);
  }
  return undefined;
}

function readOrder(text: string, unit: TimeFormat): Time | undefined {
  return readNumber(text) === undefined ? readTime(text) : readTime(text, unit);
}
