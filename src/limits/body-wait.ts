import {readIsoDate} from './date.js';
import {readDurationMs, readNumber} from './duration.js';
import {type Arrival, localInstant, type Time} from './reset.js';

/** Members that providers write a wait into, in seconds (Discord, Salesforce Marketing Cloud). */
const MEMBERS = /^retry[-_]?after(?:[-_]?(?:seconds|secs?|s))?$/i;
/** The same in milliseconds. */
const MEMBERS_MS = /^retry[-_]?after[-_]?(?:ms|milliseconds)$/i;

/** `Try again in 55 seconds`, `retry after 1m30s`, `wait 5 minutes before …`: what people are told (Visma). */
const WAIT = /\b(?:again|retry|try|wait)(?:\s+(?:again|in|after|for))*\s+(\d[\d.]*)\s*([a-z]+)/i;
/** `try after 2024-07-22T06:23:37.255Z` (Akamai). */
const DATE = /\b(?:again|retry|try)(?:\s+(?:again|at|after))*\s+(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))/i;

const UNIT_MS: readonly (readonly [unit: RegExp, ms: number])[] = [
  [/^(?:ms|millis|milliseconds?)$/, 1],
  [/^(?:s|secs?|seconds?)$/, 1000],
  [/^(?:m|mins?|minutes?)$/, 60_000],
  [/^(?:h|hrs?|hours?)$/, 3_600_000],
];

/** So much of a body is looked through: an answer that refuses is short. */
const LOOKED_AT = 4096;
/** A wait in a text that is longer than this is not read right. A day, in ms. */
const LONGEST_MS = 86_400_000;

/**
 * The instant of our clock before which a refusal wants nothing more, where it says so in its body alone: a member such as `retry_after`, or a
 * sentence. Undefined where it says nothing that can be read. Only for refusals: a success may speak of anything.
 */
export function readBodyWait(body: string, at: Arrival): number | undefined {
  const text = body.slice(0, LOOKED_AT);
  const time = inJson(text) ?? inProse(text);
  if (!time || (time.kind === 'wait' && (time.ms < 0 || time.ms > LONGEST_MS))) return undefined;
  return localInstant(time, at);
}

function inJson(text: string): Time | undefined {
  for (const [, name, quoted, bare] of text.matchAll(/"([\w-]{8,30})"\s*:\s*(?:"([^"]{1,40})"|(-?\d[\d.]*))/g)) {
    const value = quoted ?? bare!;
    if (MEMBERS_MS.test(name!)) return waitOf(readNumber(value));
    if (!MEMBERS.test(name!)) continue;
    const seconds = readNumber(value);
    return seconds === undefined ? waitOf(readDurationMs(value)) : waitOf(seconds * 1000);
  }
  return undefined;
}

function inProse(text: string): Time | undefined {
  const date = readIsoDate(DATE.exec(text)?.[1] ?? '');
  if (date) return {kind: 'instant', ...date};
  const [, amount, unit] = WAIT.exec(text) ?? [];
  const number = readNumber(amount ?? '');
  if (number === undefined || unit === undefined) return undefined;
  const [, ms] = UNIT_MS.find(([pattern]) => pattern.test(unit.toLowerCase())) ?? [];
  return ms === undefined ? waitOf(readDurationMs(`${amount}${unit}`)) : waitOf(number * ms);
}

function waitOf(ms: number | undefined): Time | undefined {
  return ms === undefined ? undefined : {kind: 'wait', ms};
}
