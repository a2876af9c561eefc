import type {JournalRecord, OutcomeRecord, SegmentRecord} from './record.js';
import {digitsAt, matches, parseRecord, skipDigits} from './seal.js';

const INTENT = Buffer.from('i","op":');
const OUTCOME = Buffer.from('o","op":');
const ATTEMPT = Buffer.from(',"n":');
const LANE = Buffer.from(',"l":');
const HASH = Buffer.from(',"h":"');
const HASH_DIGITS = 8;
const KIND = Buffer.from(',"k":"');
const AT = Buffer.from('","at":');
const STATUS = Buffer.from(',"st":');
const REASON = Buffer.from(',"e":"');
const SEAL = Buffer.from(',"c":"');
const QUOTE = 34;
const BACKSLASH = 92;
const POINT = 46;

const KINDS = (['ok', 'failed', 'not', 'unk'] as const).map((kind) => ({kind, bytes: Buffer.from(`${kind}"`)}));

/**
 * The record of the sealed line `bytes[start..end)`, whose type stands at `type`, as far as a fold over states needs it: an intent is
 * whole; an outcome may lack `ms`, `ra`, `m`, `b` and, unless `k` is `not`, `e`. It parses no JSON where fields stand in the order of
 * `JournalRecord`, and everything where they do not, so that the order costs time, never truth.
 */
export function pickRecord(bytes: Buffer, start: number, end: number, type: number): JournalRecord | SegmentRecord {
  const picked = matches(bytes, type, INTENT)
    ? pickIntent(bytes, type + INTENT.length)
    : matches(bytes, type, OUTCOME)
      ? pickOutcome(bytes, type + OUTCOME.length, end)
      : undefined;
  return picked ?? parseRecord(bytes, start, end);
}

function pickIntent(bytes: Buffer, op: number): JournalRecord | undefined {
  const opEnd = skipDigits(bytes, op);
  if (!matches(bytes, opEnd, ATTEMPT)) return undefined;
  const n = opEnd + ATTEMPT.length;
  const nEnd = skipDigits(bytes, n);
  if (!matches(bytes, nEnd, LANE)) return undefined;
  const l = nEnd + LANE.length;
  const lEnd = skipDigits(bytes, l);
  if (!matches(bytes, lEnd, HASH)) return undefined;
  const h = lEnd + HASH.length;
  if (!matches(bytes, h + HASH_DIGITS, AT)) return undefined;
  const at = h + HASH_DIGITS + AT.length;
  const atEnd = skipNumber(bytes, at);
  if (atEnd === at || !matches(bytes, atEnd, SEAL)) return undefined;
  return {
    t: 'i',
    op: digitsAt(bytes, op, opEnd),
    n: digitsAt(bytes, n, nEnd),
    l: digitsAt(bytes, l, lEnd),
    h: bytes.toString('latin1', h, h + HASH_DIGITS),
    at: numberAt(bytes, at, atEnd),
  };
}

function pickOutcome(bytes: Buffer, op: number, end: number): JournalRecord | undefined {
  const opEnd = skipDigits(bytes, op);
  if (!matches(bytes, opEnd, ATTEMPT)) return undefined;
  const n = opEnd + ATTEMPT.length;
  const nEnd = skipDigits(bytes, n);
  if (!matches(bytes, nEnd, KIND)) return undefined;
  const k = nEnd + KIND.length;
  const found = KINDS.find((candidate) => matches(bytes, k, candidate.bytes));
  if (!found) return undefined;
  const kEnd = k + found.bytes.length - 1;
  if (!matches(bytes, kEnd, AT)) return undefined;
  const at = kEnd + AT.length;
  const atEnd = skipNumber(bytes, at);
  // Without a status it was not answered, or its fields stand in another order: rare enough to be parsed.
  if (atEnd === at || !matches(bytes, atEnd, STATUS)) return undefined;
  const st = atEnd + STATUS.length;
  const stEnd = skipDigits(bytes, st);
  if (stEnd === st) return undefined;
  const record = {
    t: 'o' as const,
    op: digitsAt(bytes, op, opEnd),
    n: digitsAt(bytes, n, nEnd),
    k: found.kind,
    at: numberAt(bytes, at, atEnd),
    st: digitsAt(bytes, st, stEnd),
  };
  return found.kind === 'not' ? withReason(record, bytes, stEnd, end) : record;
}

/** In JSON a quote inside a string has a backslash before it, so `,"e":"` can only be the member itself. */
function withReason(record: OutcomeRecord, bytes: Buffer, from: number, end: number): JournalRecord | undefined {
  const line = bytes.subarray(from, end);
  const head = line.indexOf(REASON);
  if (head < 0) return record;
  const reason = head + REASON.length;
  const reasonEnd = line.indexOf(QUOTE, reason);
  const text = line.subarray(reason, reasonEnd);
  return text.includes(BACKSLASH) ? undefined : {...record, e: text.toString('utf8')};
}

/** Times may have a fraction: the clock of a run counts finer than milliseconds. */
function skipNumber(bytes: Buffer, at: number): number {
  const whole = skipDigits(bytes, at);
  return whole > at && bytes[whole] === POINT ? skipDigits(bytes, whole + 1) : whole;
}

function numberAt(bytes: Buffer, at: number, end: number): number {
  const whole = skipDigits(bytes, at);
  return whole === end ? digitsAt(bytes, at, end) : Number(bytes.toString('latin1', at, end));
}
