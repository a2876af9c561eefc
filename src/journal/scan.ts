import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {checkFormat, corrupt, explainHeader, missing, unreadable} from './damage.js';
import {readLines} from './lines.js';
import {pickRecord} from './pick.js';
import type {JournalRecord, SegmentRecord} from './record.js';
import {checkSeal, parseRecord, type Seal, seedOf} from './seal.js';
import {type SegmentEnd, segmentName, segmentNumber} from './segments.js';

/** The most that one crash can leave unfinished, for the writer has no more than this on its way. */
export const MAX_CUT_BYTES = 1024 * 1024;

/** `states`: outcomes come without what no fold over states needs (see `pickRecord`), at a fifth of the time. */
export type Detail = 'states' | 'full';

/** What a journal was found to be. Where it is `torn`, `cutBytes` lie behind its last good line, at `size`. */
export type Scan = SegmentEnd & {
  readonly verdict: 'clean' | 'torn';
  /** Good lines, in all files. */
  readonly lines: number;
  readonly cutBytes: number;
  /** Rows whose intent stands in the cut bytes: they are in doubt. */
  readonly cutIntents: readonly number[];
  /** A file that was begun and never gone on with. */
  readonly unbegun: string | undefined;
};

type Visit = (record: JournalRecord) => void;

type Finding = {
  readonly seed: number;
  lastSeq: number;
  lines: number;
  size: number;
  /** The last good line said that the journal goes on in the next file. */
  ended: boolean;
  bad: {readonly line: number; readonly offset: number} | undefined;
  /** The highest watermark of any good line behind a bad one. */
  watermark: number;
  readonly cutIntents: Set<number>;
};

/**
 * Reads a journal up to its last good line and judges what is behind. `visit` is told of each record before that, in order, and may have
 * been when this throws: JOURNAL_CORRUPT, JOURNAL_MISSING or JOURNAL_NEWER (exit 65), JOURNAL_UNREADABLE (66). Writes nothing.
 */
export async function scan(folder: string, run: string, visit: Visit, detail: Detail): Promise<Scan> {
  try {
    return await scanAll(folder, run, visit, detail);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall ? unreadable(folder, error) : error;
  }
}

async function scanAll(folder: string, run: string, visit: Visit, detail: Detail): Promise<Scan> {
  let last = await countSegments(folder);
  const found: Finding = {
    seed: seedOf(run),
    lastSeq: 0,
    lines: 0,
    size: 0,
    ended: false,
    bad: undefined,
    watermark: 0,
    cutIntents: new Set(),
  };
  let [segment, fileBytes] = [0, 0];
  do {
    segment++;
    // A run that goes on may have begun it while the file before was read.
    if (segment > last) last = await countSegments(folder);
    if (segment > last) throw missing(folder, segmentName(segment));
    fileBytes = await scanSegment(join(folder, segmentName(segment)), found, visit, detail);
    if (found.lastSeq === 0) throw await explainHeader(folder, segmentName(segment), run);
    judge(join(folder, segmentName(segment)), found, fileBytes);
  } while (found.ended);
  return {
    run,
    verdict: found.bad ? 'torn' : 'clean',
    lastSeq: found.lastSeq,
    lines: found.lines,
    segment,
    size: found.size,
    cutBytes: fileBytes - found.size,
    cutIntents: [...found.cutIntents],
    unbegun: segment < last ? await checkUnbegun(folder, segment, last, found) : undefined,
  };
}

/** Rows whose intent stands in a good line of these bytes, whatever stands around it. */
export async function intentsIn(path: string, run: string): Promise<number[]> {
  const seed = seedOf(run);
  const rows: number[] = [];
  await readLines(path, (bytes, start, end) => {
    const seal = checkSeal(bytes, start, end, seed);
    const record = seal && decode(bytes, start, end, seal, 'states');
    if (record?.t === 'i') rows.push(record.op);
  });
  return rows;
}

async function countSegments(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map(segmentNumber).filter((number) => number !== undefined);
  const last = Math.max(0, ...numbers);
  for (let segment = 1; segment <= Math.max(last, 1); segment++)
    if (!numbers.includes(segment)) throw missing(folder, segmentName(segment));
  return last;
}

async function scanSegment(path: string, found: Finding, visit: Visit, detail: Detail): Promise<number> {
  let line = 0;
  found.ended = false;
  found.size = 0;
  return readLines(path, (bytes, start, end, offset, whole) => {
    line++;
    const seal = checkSeal(bytes, start, end, found.seed);
    const record = seal && decode(bytes, start, end, seal, detail);
    if (!found.bad && whole && record && seal.s === found.lastSeq + 1 && !found.ended) {
      accept(found, record, {file: path, line});
      found.size = offset + end - start + 1;
      if (record.t !== 'next' && record.t !== 'prev') visit(record);
      return;
    }
    found.bad ??= {line, offset};
    if (!record) return;
    found.watermark = Math.max(found.watermark, seal.d);
    if (record.t === 'i') found.cutIntents.add(record.op);
  });
}

function accept(found: Finding, record: JournalRecord | SegmentRecord, at: {file: string; line: number}): void {
  if (found.lastSeq === 0) {
    if (record.t !== 'H') throw corrupt(at, `begins with a record "${record.t}", expected the header "H"`);
    checkFormat(record, at);
  }
  found.lastSeq++;
  found.lines++;
  found.ended = record.t === 'next';
}

/** Tells crash damage from corruption: what a crash tears was never known to be durable, and is at most one group of lines. */
function judge(path: string, found: Finding, fileBytes: number): void {
  // The first line of a file is on the disk before the file counts, so no crash tears it.
  if (found.size === 0)
    throw corrupt({file: path, line: 1}, 'its first line is not there or fails its checksum (byte 0)');
  if (!found.bad) return;
  const {line, offset} = found.bad;
  const at = {file: path, line};
  if (found.ended) throw corrupt(at, `more follows the line that ended this file (byte ${offset})`);
  if (found.watermark > found.lastSeq)
    throw corrupt(
      at,
      `this line fails its checksum or is out of order (byte ${offset}), and later lines were written after it was safe`,
    );
  if (fileBytes - found.size > MAX_CUT_BYTES)
    throw corrupt(
      at,
      `no line can be read from byte ${offset} on; ${fileBytes - found.size} bytes are more than a crash can leave`,
    );
}

/** Where a file lacks its last line `next`, the file after it was begun at most: it holds one line, and no file follows it. */
async function checkUnbegun(folder: string, segment: number, last: number, found: Finding): Promise<string> {
  const path = join(folder, segmentName(segment + 1));
  const at = {file: join(folder, segmentName(segment)), line: found.bad?.line};
  let good = 0;
  await readLines(path, (bytes, start, end) => {
    if (checkSeal(bytes, start, end, found.seed)) good++;
  });
  if (good > 1 || last > segment + 1)
    throw corrupt(at, `its end is missing: ${segmentName(segment + 1)} goes on without it`);
  return path;
}

/** What is sealed but no JSON was made by other hands: it counts as a bad line. */
function decode(
  bytes: Buffer,
  start: number,
  end: number,
  {type}: Seal,
  detail: Detail,
): JournalRecord | SegmentRecord | undefined {
  try {
    return detail === 'states' ? pickRecord(bytes, start, end, type) : parseRecord(bytes, start, end);
  } catch {
    return undefined;
  }
}
