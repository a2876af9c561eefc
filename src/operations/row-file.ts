import {closeSync, openSync, readSync} from 'node:fs';
import {EXIT, Problem} from '../problem.js';
import {byteClasses, cutRecord} from './cut.js';
import type {RecordPlace, Row} from './operation.js';
import {isBadRow, isBlank, readRecords} from './records.js';
import type {Input} from './source.js';

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
