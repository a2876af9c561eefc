import type {RecordPlace} from './operation.js';

const CHUNK_ROWS = 2 ** 16;
const MAX_OFFSET = 2 ** 32;

/** The rows of a chunk by what is before its first row. `lines` is there where a record takes more than a line, or blank lines lie between. */
type Chunk = {
  readonly firstOffset: number;
  readonly firstLine: number;
  offsets: Uint32Array | Float64Array;
  lines: Uint32Array | undefined;
};

/** Where every row stands, at 4 bytes per row; at 8 where a record may take several lines. */
export type Places = {
  /** Adds the next row; rows come in order, none left out. */
  add(place: RecordPlace): void;
  /**
   * The place of a row, counted from 1. It ends where the next row begins, so that blank lines between two rows belong to the first;
   * whoever reads by it gets the same row. Throws a RangeError for a row that was never added.
   */
  at(row: number): RecordPlace;
  readonly count: number;
};

/** An empty store of places. */
export function makePlaces(): Places {
  const chunks: Chunk[] = [];
  let count = 0;
  let lastEnd = 0;
  const offsetOf = (index: number) => {
    const {firstOffset, offsets} = chunks[Math.floor(index / CHUNK_ROWS)]!;
    return firstOffset + offsets[index % CHUNK_ROWS]!;
  };
  return {
    get count() {
      return count;
    },
    add(place) {
      if (place.row !== count + 1) throw new RangeError(`row ${place.row} was added after row ${count}`);
      if (count % CHUNK_ROWS === 0) chunks.push(beginChunk(place));
      note(chunks.at(-1)!, count % CHUNK_ROWS, place);
      lastEnd = place.end;
      count++;
    },
    at(row) {
      if (!(Number.isInteger(row) && row >= 1 && row <= count))
        throw new RangeError(`there is no row ${row} among ${count}`);
      const index = row - 1;
      const {firstLine, lines} = chunks[Math.floor(index / CHUNK_ROWS)]!;
      const line = firstLine + (lines ? lines[index % CHUNK_ROWS]! : index % CHUNK_ROWS);
      return {row, line, offset: offsetOf(index), end: row === count ? lastEnd : offsetOf(row)};
    },
  };
}

function beginChunk({offset, line}: RecordPlace): Chunk {
  return {firstOffset: offset, firstLine: line, offsets: new Uint32Array(CHUNK_ROWS), lines: undefined};
}

function note(chunk: Chunk, index: number, place: RecordPlace): void {
  const offset = place.offset - chunk.firstOffset;
  const line = place.line - chunk.firstLine;
  // Records of 64 KiB and more on average, as a file of long texts may have them.
  if (offset >= MAX_OFFSET && chunk.offsets instanceof Uint32Array) chunk.offsets = Float64Array.from(chunk.offsets);
  chunk.offsets[index] = offset;
  if (line === index && !chunk.lines) return;
  chunk.lines ??= Uint32Array.from({length: CHUNK_ROWS}, (_, at) => at);
  chunk.lines[index] = line;
}
