import {readHttpDate} from './date.js';

/**
 * How far the server's clock is ahead of ours, in ms: somewhere between `low` and `high` (both below zero when it is behind).
 * Undefined until a response has told the time.
 */
export type ServerClock = {readonly low: number; readonly high: number} | undefined;

/**
 * What the `Date` header of one response adds to what is known of the server's clock. `sentAt` and `receivedAt` are on our clock.
 *
 * A date D is cut to whole seconds and was written between our sending and our receiving, so the offset lies between
 * D - receivedAt and D + 1000 - sentAt. Every response narrows it; where nothing is left a clock was set, or a server behind the
 * same name keeps another time, and the newest word alone counts. The date of a cached response (`age` above zero) is old news.
 */
export function observeDate(
  clock: ServerClock,
  dateHeader: string | undefined,
  sentAt: number,
  receivedAt: number,
  age?: string | undefined,
): ServerClock {
  const date = dateHeader === undefined || isCached(age) ? undefined : readHttpDate(dateHeader);
  if (!date) return clock;
  const newest = {low: date.ms - receivedAt, high: date.ms + date.precisionMs - sentAt};
  if (!clock) return newest;
  const low = Math.max(clock.low, newest.low);
  const high = Math.min(clock.high, newest.high);
  return low < high ? {low, high} : newest;
}

/**
 * The instant of our clock at which the server's clock certainly shows `serverMs` or later. A server that never told its time is
 * taken to agree with us.
 */
export function toLocal(clock: ServerClock, serverMs: number): number {
  return serverMs - (clock?.low ?? 0);
}

/** Whether a response with this `Age` header comes from a cache: what it says of time and limits was true once. */
export function isCached(age: string | undefined): boolean {
  return age !== undefined && Number(age) > 0;
}
