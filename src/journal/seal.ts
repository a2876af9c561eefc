import {crc32} from 'node:zlib';
import type {JournalRecord, SegmentRecord} from './record.js';

/** The version of the format. A record type that older readers do not know raises it. */
export const FORMAT = 3;

/** The seal at the end of a line: `,"c":"7589fbe5"}`. */
const TRAILER_BYTES = 16;
const TRAILER_HEAD = Buffer.from(',"c":"');
const TRAILER_TAIL = Buffer.from('"}');
const HEX = Buffer.from('0123456789abcdef');
const SEQUENCE_HEAD = Buffer.from('{"s":');
const DURABLE_HEAD = Buffer.from(',"d":');
const TYPE_HEAD = Buffer.from(',"t":"');

/** What every line of a run is sealed with, so that a line of another run does not verify. */
export function seedOf(runId: string): number {
  return crc32(`run:${runId}`);
}

/**
 * One line of the journal, without its line end. `s` is its number in the run, `d` the highest number known to be durable when it was
 * formed. The seal is a CRC-32 over all bytes before `,"c":"`. It finds accidents, not forgery.
 */
export function sealLine(record: JournalRecord | SegmentRecord, s: number, d: number, seed: number): string {
  return sealBody(bodyOf(record), s, d, seed);
}

/** A record ready to be sealed later: its JSON without the opening brace. */
export function bodyOf(record: JournalRecord | SegmentRecord): string {
  return JSON.stringify(record).slice(1, -1);
}

export function sealBody(body: string, s: number, d: number, seed: number): string {
  const head = `{"s":${s},"d":${d},${body}`;
  return `${head},"c":"${crc32(head, seed).toString(16).padStart(8, '0')}"}`;
}

/** The record of one line (without its line end), or `undefined` when a single byte of it is not as it was written. */
export function openLine(
  line: Uint8Array,
  seed: number,
): {readonly record: JournalRecord | SegmentRecord; readonly s: number; readonly d: number} | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const seal = checkSeal(bytes, 0, bytes.length, seed);
  return seal && {record: parseRecord(bytes, 0, bytes.length), s: seal.s, d: seal.d};
}

/** What a seal says of its line; `type` is the offset of the record's type, behind the quote. */
export type Seal = {readonly s: number; readonly d: number; readonly type: number};

/** Checks the line `bytes[start..end)`. All sixteen bytes of the trailer are compared, for a flip in one of them passes the CRC. */
export function checkSeal(bytes: Buffer, start: number, end: number, seed: number): Seal | undefined {
  const body = end - TRAILER_BYTES;
  if (body <= start || !matches(bytes, body, TRAILER_HEAD) || !matches(bytes, end - 2, TRAILER_TAIL)) return undefined;
  let sum = crc32(bytes.subarray(start, body), seed);
  for (let at = end - 3; at >= body + 6; at--) {
    if (bytes[at] !== HEX[sum & 15]) return undefined;
    sum >>>= 4;
  }
  return readHead(bytes, start);
}

/** Parses a line whose seal was found good. */
export function parseRecord(bytes: Buffer, start: number, end: number): JournalRecord | SegmentRecord {
  const {s: _s, d: _d, c: _c, ...record} = JSON.parse(bytes.toString('utf8', start, end));
  return record;
}

/** Whether `bytes` go on with `expected` at `at`. */
export function matches(bytes: Buffer, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) if (bytes[at + index] !== expected[index]) return false;
  return true;
}

/** The offset behind the decimal digits that stand at `at`. */
export function skipDigits(bytes: Buffer, at: number): number {
  let end = at;
  while (bytes[end]! >= 48 && bytes[end]! <= 57) end++;
  return end;
}

/** The whole number in `bytes[at..end)`, all digits. */
export function digitsAt(bytes: Buffer, at: number, end: number): number {
  let value = 0;
  for (let index = at; index < end; index++) value = value * 10 + bytes[index]! - 48;
  return value;
}

function readHead(bytes: Buffer, start: number): Seal | undefined {
  if (!matches(bytes, start, SEQUENCE_HEAD)) return undefined;
  const sequence = start + SEQUENCE_HEAD.length;
  const sequenceEnd = skipDigits(bytes, sequence);
  if (!matches(bytes, sequenceEnd, DURABLE_HEAD)) return undefined;
  const durable = sequenceEnd + DURABLE_HEAD.length;
  const durableEnd = skipDigits(bytes, durable);
  if (!matches(bytes, durableEnd, TYPE_HEAD)) return undefined;
  return {
    s: digitsAt(bytes, sequence, sequenceEnd),
    d: digitsAt(bytes, durable, durableEnd),
    type: durableEnd + TYPE_HEAD.length,
  };
}
