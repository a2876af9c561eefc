import {type FileHandle, open} from 'node:fs/promises';
import {byteClasses, type Cut, cutRecord} from './cut.js';
import type {RecordPlace, Row} from './operation.js';
import {type BadRow, badRow, isBadRow, isBlank, RECORD_MAX_BYTES, readRecords, type Slice} from './records.js';
import type {Input} from './source.js';

export {type BadRow, isBadRow} from './records.js';
export {openRowFile, type RowFile} from './row-file.js';

/** The rows of a block are there together. Of four times as many most outlived a collection of garbage, which took a quarter of the time of a plan. */
const BLOCK_BYTES = 64 * 1024;

/**
 * All records of the input, in order. After a `BadRow` that is `fatal` nothing more comes. `tap` is told every byte once, in order and
 * the header too, for a digest in the same pass; what it is told is overwritten afterwards. `skip` is asked once of every record, in order and ahead
 * of it: one that is skipped is not looked into and does not come, unless nobody can say where it ends. Memory does not grow with the input.
 */
export async function* readRows(
  input: Input,
  tap?: (bytes: Uint8Array) => void,
  skip: (place: RecordPlace) => boolean = () => false,
): AsyncGenerator<Row | BadRow, void, undefined> {
  const handle = await open(input.path, 'r');
  try {
    for await (const slice of slicesOf(handle, input, tap)) {
      if (slice.tooLong) {
        skip(slice.tooLong);
        yield tooLong(slice.tooLong, input);
        return;
      }
      for (const part of unskipped(slice, skip))
        for (const row of readRecords(part, input)) {
          yield row;
          if (isBadRow(row) && row.fatal) return;
        }
    }
  } finally {
    await handle.close();
  }
}

/** The members of the first row, where it can be read: what an NDJSON file has for a header. */
export async function firstMembers(input: Input): Promise<readonly string[]> {
  for await (const row of readRows(input)) return isBadRow(row) ? [] : Object.keys(row.values);
  return [];
}

/** The records that are not skipped, in pieces without a gap: records that follow one another are read together. */
function unskipped({bytes, cuts, places}: Slice, skip: (place: RecordPlace) => boolean): Slice[] {
  const skipped = places.map((place, at) => skip(place) && cuts[at]!.fault === undefined);
  const parts: Slice[] = [];
  for (let from = skipped.indexOf(false); from >= 0; ) {
    const end = skipped.indexOf(true, from);
    const to = end < 0 ? skipped.length : end;
    parts.push({bytes, cuts: cuts.slice(from, to), places: places.slice(from, to)});
    from = skipped.indexOf(false, to);
  }
  return parts;
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

function tooLong(place: RecordPlace, input: Input): BadRow {
  const mebibytes = RECORD_MAX_BYTES / 2 ** 20;
  const why =
    input.format === 'csv'
      ? 'a quote may not be closed, or this is not a CSV file'
      : 'expected one JSON object per line';
  return badRow('ROW_LONG', `the record is longer than ${mebibytes} MiB: ${why}`, place, input, {fatal: true});
}
