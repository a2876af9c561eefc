import type {RecordPlace} from './operation.js';

const CHUNK_ROWS = 2 ** 16;

type Chunk = {readonly offsets: Float64Array; readonly lines: Uint32Array};

/** Where every row stands, at 12 bytes per row. */
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
  const offsetOf = (index: number) => chunks[Math.floor(index / CHUNK_ROWS)]!.offsets[index % CHUNK_ROWS]!;
  return {
    get count() {
      return count;
    },
    add(place) {
      if (place.row !== count + 1) throw new RangeError(`row ${place.row} was added after row ${count}`);
      if (count % CHUNK_ROWS === 0)
        chunks.push({offsets: new Float64Array(CHUNK_ROWS), lines: new Uint32Array(CHUNK_ROWS)});
      const chunk = chunks.at(-1)!;
      chunk.offsets[count % CHUNK_ROWS] = place.offset;
      chunk.lines[count % CHUNK_ROWS] = place.line;
      lastEnd = place.end;
      count++;
    },
    at(row) {
      if (!(Number.isInteger(row) && row >= 1 && row <= count))
        throw new RangeError(`there is no row ${row} among ${count}`);
      const line = chunks[Math.floor((row - 1) / CHUNK_ROWS)]!.lines[(row - 1) % CHUNK_ROWS]!;
      return {row, line, offset: offsetOf(row - 1), end: row === count ? lastEnd : offsetOf(row)};
    },
  };
}
