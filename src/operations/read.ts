import {closeSync, openSync, readSync} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {EXIT, Problem} from '../problem.js';
import {byteClasses, type Cut, cutRecord} from './cut.js';
import type {RecordPlace, Row} from './operation.js';
import {type BadRow, badRow, isBadRow, RECORD_MAX_BYTES, readRecords, type Slice} from './records.js';
import type {Input} from './source.js';

export {type BadRow, isBadRow} from './records.js';

const BLOCK_BYTES = 256 * 1024;
const TAB = 9;
const SPACE = 32;

/**
 * All records of the input, in order. After a `BadRow` that is `fatal` nothing more comes. `tap` is told every byte once, in order and
 * the header too, for a digest in the same pass; what it is told is overwritten afterwards. Memory does not grow with the input.
 */
export async function* readRows(
  input: Input,
  tap?: (bytes: Uint8Array) => void,
): AsyncGenerator<Row | BadRow, void, undefined> {
  const handle = await open(input.path, 'r');
  try {
    for await (const slice of slicesOf(handle, input, tap)) {
      const rows = slice.tooLong ? [tooLong(slice.tooLong, input)] : readRecords(slice, input);
      for (const row of rows) {
        yield row;
        if (isBadRow(row) && row.fatal) return;
      }
    }
  } finally {
    await handle.close();
  }
}

type Cutting = Slice & {readonly tooLong?: RecordPlace};

/** The input in pieces of whole records. One buffer is used throughout; it grows only for a record that does not fit. */
async function* slicesOf(handle: FileHandle, input: Input, tap?: (bytes: Uint8Array) => void): AsyncGenerator<Cutting> {
  const classes = byteClasses(input.format === 'csv' ? input.delimiter : undefined);
  let buffer = Buffer.allocUnsafe(Math.max(BLOCK_BYTES, input.firstOffset));
  let filled = 0;
  let start = 0;
  let next: Next = {row: 1, line: input.firstLine, from: input.firstOffset};
  for (let final = false; !final; ) {
    const {bytesRead} = await handle.read(buffer, filled, buffer.length - filled, start + filled);
    final = bytesRead === 0;
    tap?.(buffer.subarray(filled, filled + bytesRead));
    filled += bytesRead;
    const bytes = buffer.subarray(0, filled);
    const cut = cutAll({bytes, start, final, classes, input}, next);
    if (cut.slice.cuts.length > 0) yield cut.slice;
    next = cut.next;
    buffer.copyWithin(0, next.from, filled);
    filled -= next.from;
    start += next.from;
    next = {...next, from: 0};
    if (filled >= RECORD_MAX_BYTES) {
      // Read as if the input ended here, so that a quote that is not closed is named by its own place.
      const place = {row: next.row, line: next.line, offset: start, end: start + filled};
      const cut = cutRecord(buffer, 0, true, classes);
      yield cut?.fault
        ? {bytes: buffer, cuts: [cut], places: [place]}
        : {bytes: buffer, cuts: [], places: [], tooLong: place};
      return;
    }
    if (filled === buffer.length) buffer = Buffer.concat([buffer], Math.min(buffer.length * 2, RECORD_MAX_BYTES));
  }
}

/** Row and line of the next record, and where in the buffer it begins. */
type Next = {readonly row: number; readonly line: number; readonly from: number};

/** What is in the buffer: `start` is where it stands in the input, `final` that nothing follows. */
type Window = {
  readonly bytes: Buffer;
  readonly start: number;
  readonly final: boolean;
  readonly classes: Uint8Array;
  readonly input: Input;
};

function cutAll({bytes, start, final, classes, input}: Window, next: Next): {slice: Slice; next: Next} {
  const cuts: Cut[] = [];
  const places: RecordPlace[] = [];
  let {row, line, from} = next;
  while (from < bytes.length) {
    const cut = cutRecord(bytes, from, final, classes);
    if (cut === undefined) break;
    if (!isBlank(bytes, cut, input.format)) {
      cuts.push(cut);
      places.push({row, line, offset: start + from, end: start + cut.end});
      row++;
    }
    line += cut.lines;
    from = cut.end;
    // What follows a quote that was never closed is part of it, or nobody knows what.
    if (cut.fault && cut.fault.kind !== 'inField') break;
  }
  return {slice: {bytes, cuts, places}, next: {row, line, from}};
}

/** A line of nothing is no record. In NDJSON blanks are nothing too; in CSV they are a value. */
function isBlank(bytes: Buffer, cut: Cut, format: Input['format']): boolean {
  if (format === 'csv') return cut.from === cut.to;
  for (let at = cut.from; at < cut.to; at++) if (bytes[at] !== SPACE && bytes[at] !== TAB) return false;
  return true;
}

function tooLong(place: RecordPlace, input: Input): BadRow {
  const mebibytes = RECORD_MAX_BYTES / 2 ** 20;
  const why =
    input.format === 'csv'
      ? 'a quote may not be closed, or this is not a CSV file'
      : 'expected one JSON object per line';
  return badRow('ROW_LONG', `the record is longer than ${mebibytes} MiB: ${why}`, place, input, {fatal: true});
}

const CACHE_BYTES = 128 * 1024;

/** Reads single records of an input by their place. It holds a file open: close it. */
export class RowFile {
  readonly #input: Input;
  readonly #classes: Uint8Array;
  readonly #file: number;
  #cache = Buffer.alloc(0);
  #cacheStart = 0;

  constructor(input: Input) {
    this.#input = input;
    this.#classes = byteClasses(input.format === 'csv' ? input.delimiter : undefined);
    this.#file = openSync(input.path, 'r');
  }

  /** The row at a place that `readRows` gave, the same in every value. Throws the row's Problem, or INPUT_CHANGED when it is not there. */
  at(place: RecordPlace): Row {
    const bytes = this.#bytes(place);
    const cut = cutRecord(bytes, 0, true, this.#classes);
    if (!cut || isBlank(bytes, cut, this.#input.format)) throw changed(place, this.#input);
    const row = readRecords({bytes, cuts: [cut], places: [place]}, this.#input)[0]!;
    if (isBadRow(row)) throw row.problem;
    return row;
  }

  close(): void {
    closeSync(this.#file);
  }

  #bytes({offset, end}: RecordPlace): Buffer {
    if (offset < this.#cacheStart || end > this.#cacheStart + this.#cache.length) {
      // Some of what comes before is kept too: rows of neighbouring lanes are read in turns.
      const start = Math.max(0, offset - CACHE_BYTES / 8);
      const buffer = Buffer.allocUnsafe(Math.max(CACHE_BYTES, end - start));
      let filled = 0;
      for (let read = -1; read !== 0 && filled < buffer.length; filled += read) {
        read = readSync(this.#file, buffer, filled, buffer.length - filled, start + filled);
      }
      this.#cache = buffer.subarray(0, filled);
      this.#cacheStart = start;
    }
    return this.#cache.subarray(offset - this.#cacheStart, end - this.#cacheStart);
  }
}

/** Opens an input for reading single records of it. */
export function openRowFile(input: Input): RowFile {
  return new RowFile(input);
}

function changed(place: RecordPlace, input: Input): Problem {
  const at = {file: input.name, line: place.line, row: place.row};
  const fix = `Restore ${input.name} as it was when the run began, and resume.`;
  return new Problem('INPUT_CHANGED', 'the row is no longer where it was read before', fix, {at, exit: EXIT.misfit});
}
