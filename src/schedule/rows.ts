import {Heap} from './heap.js';

const NONE = 0;
/** Arrays grow by doubling; this many lanes to begin with. */
const FIRST_LANES = 256;

/**
 * Which rows wait in which lane, in the order in which they came: a linked list through one number per row. Eight bytes a row and eight a lane. Rows for
 * which others wait stand before them, the one with the longest line behind it first.
 */
export class LaneRows {
  #next: Uint32Array;
  #lane: Uint32Array;
  #head: Uint32Array = new Uint32Array(FIRST_LANES);
  #tail: Uint32Array = new Uint32Array(FIRST_LANES);

  #behind: (row: number) => number = () => 0;
  #awaited = new Map<number, Heap<number>>();

  constructor(rows = 1024) {
    this.#next = new Uint32Array(rows + 1);
    this.#lane = new Uint32Array(rows + 1);
  }

  /** From now on rows are put in line by how many others wait for them. */
  rank(behind: (row: number) => number): void {
    this.#behind = behind;
  }

  /** `row` (from 1) belongs to `lane`, and is not in line yet. */
  assign(row: number, lane: number): void {
    if (row >= this.#next.length) this.#grow(row);
    this.#lane[row] = lane;
  }

  /** `row` is the last in line of `lane`, among those for which nobody waits. */
  push(row: number, lane: number): void {
    this.assign(row, lane);
    if (this.#behind(row) > 0) {
      this.#pushAwaited(row, lane);
      return;
    }
    if (lane >= this.#head.length) {
      this.#head = grown(this.#head, lane + 1);
      this.#tail = grown(this.#tail, lane + 1);
    }
    this.#next[row] = NONE;
    const tail = this.#tail[lane] ?? NONE;
    if (tail === NONE) this.#head[lane] = row;
    else this.#next[tail] = row;
    this.#tail[lane] = row;
  }

  /** Takes the first in line out; undefined when nobody is. */
  shift(lane: number): number | undefined {
    const awaited = this.#awaited.get(lane)?.pop();
    if (awaited !== undefined) return awaited;
    const row = this.#head[lane] ?? NONE;
    if (row === NONE) return undefined;
    const next = this.#next[row]!;
    this.#head[lane] = next;
    if (next === NONE) this.#tail[lane] = NONE;
    return row;
  }

  /** The lane that `row` was pushed to. */
  laneOf(row: number): number {
    return this.#lane[row]!;
  }

  /** The same rows once more, to be taken out without being missed here. */
  copy(): LaneRows {
    const copy = new LaneRows(0);
    copy.#next = this.#next.slice();
    copy.#lane = this.#lane;
    copy.#head = this.#head.slice();
    copy.#tail = this.#tail.slice();
    copy.#behind = this.#behind;
    for (const [lane, heap] of this.#awaited) for (const row of heap) copy.#pushAwaited(row, lane);
    return copy;
  }

  #pushAwaited(row: number, lane: number): void {
    let heap = this.#awaited.get(lane);
    if (!heap) {
      heap = new Heap((one, other) => {
        const difference = this.#behind(one) - this.#behind(other);
        return difference === 0 ? one < other : difference > 0;
      });
      this.#awaited.set(lane, heap);
    }
    heap.push(row);
  }

  #grow(row: number): void {
    this.#next = grown(this.#next, row + 1);
    this.#lane = grown(this.#lane, row + 1);
  }
}

function grown(from: Uint32Array, least: number): Uint32Array {
  const to = new Uint32Array(Math.max(least, from.length * 2));
  to.set(from);
  return to;
}
