import {EXIT, Problem} from '../problem.js';
import type {RecordPlace} from './operation.js';
import {shown} from './shown.js';

/** An id that two rows have. `row` is the later one. */
export type Duplicate = {readonly id: string; readonly firstRow: number; readonly row: number};

/** Collects the ids of all rows, at 12 bytes each, whatever their length; where the id is the number of its row, at a bit. */
export type Ids = {
  add(id: string, row: number): void;
  /**
   * The first duplicates in file order, at most `max`. Ids are kept as hashes, so `idOf` is asked for those that look alike: two different
   * ids are never taken for one.
   */
  duplicates(idOf: (row: number) => string, max: number): Duplicate[];
  /** How many rows have an id that an earlier row has, told from the hashes alone. */
  repeats(): number;
};

const CHUNK = 2 ** 16;

/** An empty collection of ids. */
export function makeIds(hash: (id: string) => number = hashId): Ids {
  const chunks: {readonly hashes: Float64Array; readonly rows: Uint32Array}[] = [];
  let count = 0;
  /** Rows whose id is their number, and numbers that are the id of another row. */
  const own = makeBits();
  const taken = makeBits();
  const sorted = (more: readonly number[] = []) => {
    const all = new Float64Array(count + more.length);
    for (const [index, {hashes}] of chunks.entries()) {
      all.set(hashes.subarray(0, Math.min(CHUNK, count - index * CHUNK)), index * CHUNK);
    }
    all.set(more, count);
    return all.sort();
  };
  /** The rows with one of these hashes. */
  const rowsWith = (alike: ReadonlySet<number>) => {
    const rows: number[] = [];
    for (let at = 0; at < count; at++) {
      const chunk = chunks[Math.floor(at / CHUNK)]!;
      if (alike.has(chunk.hashes[at % CHUNK]!)) rows.push(chunk.rows[at % CHUNK]!);
    }
    return rows;
  };
  return {
    add(id, row) {
      if (id === String(row)) return own.add(row);
      if (/^[1-9]\d{0,8}$/.test(id)) taken.add(Number(id));
      if (count % CHUNK === 0) chunks.push({hashes: new Float64Array(CHUNK), rows: new Uint32Array(CHUNK)});
      const chunk = chunks.at(-1)!;
      chunk.hashes[count % CHUNK] = hash(id);
      chunk.rows[count % CHUNK] = row;
      count++;
    },
    duplicates(idOf, max) {
      const both = [...taken.within(own)];
      const alike = repeated(sorted(both.map((row) => hash(String(row)))));
      return alike.size === 0 ? [] : confirmed([...both, ...rowsWith(alike)], idOf, max);
    },
    repeats: () => sorted().reduce((sum, hash, at, all) => sum + (at > 0 && hash === all[at - 1] ? 1 : 0), 0),
  };
}

/** Numbers from 0, a bit each: no more of them than the greatest needs. */
function makeBits() {
  let bytes = new Uint8Array(1024);
  return {
    add(number: number): void {
      const at = number >>> 3;
      if (at >= bytes.length) {
        const grown = new Uint8Array(Math.max(at + 1, bytes.length * 2));
        grown.set(bytes);
        bytes = grown;
      }
      bytes[at]! |= 1 << (number & 7);
    },
    has: (number: number) => ((bytes[number >>> 3] ?? 0) & (1 << (number & 7))) !== 0,
    *within(others: {has(number: number): boolean}): Generator<number> {
      for (let at = 0; at < bytes.length; at++)
        for (let bit = 0; bytes[at]! >>> bit > 0; bit++)
          if ((bytes[at]! >>> bit) & 1 && others.has(at * 8 + bit)) yield at * 8 + bit;
    },
  };
}

function repeated(sorted: Float64Array): Set<number> {
  const alike = new Set<number>();
  for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) alike.add(sorted[at]!);
  return alike;
}

/** Of rows whose ids look alike, those whose ids are. */
function confirmed(rows: number[], idOf: (row: number) => string, max: number): Duplicate[] {
  const found: Duplicate[] = [];
  const firstRowOf = new Map<string, number>();
  for (const row of rows.sort((one, other) => one - other)) {
    if (found.length === max) break;
    const id = idOf(row);
    const firstRow = firstRowOf.get(id);
    if (firstRow === undefined) firstRowOf.set(id, row);
    else found.push({id, firstRow, row});
  }
  return found;
}

/** What to tell when rows share an id: both rows of each that was found, with their lines, and how many there are in `all`. */
export function duplicateProblem(
  found: readonly Duplicate[],
  input: {readonly name: string},
  placeOf: (row: number) => RecordPlace,
  all = found.length,
): Problem {
  const {id, firstRow, row} = found[0]!;
  const place = placeOf(row);
  const others = found.slice(1).map((other) => `rows ${other.firstRow} and ${other.row}`);
  const rest = all > found.length ? [`and ${all - found.length} more`] : [];
  const more = others.length > 0 ? `; also ${[...others, ...rest].join(', ')}` : '';
  const message = `the id ${shown(id)} is that of row ${firstRow} (${input.name}:${placeOf(firstRow).line}) already, expected another${more}`;
  const fix = `Give every row of ${input.name} an id of its own, or none: row numbers serve as well.`;
  return new Problem('ID_DUPLICATE', message, fix, {at: {file: input.name, line: place.line, row}, exit: EXIT.misfit});
}

/** 53 bits (cyrb53): ten million ids meet by chance once in two hundred files, and `idOf` tells then. */
function hashId(id: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < id.length; at++) {
    const unit = id.charCodeAt(at);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
