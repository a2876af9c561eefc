const NONE = 0;
/** Arrays grow by doubling; this many lanes to begin with. */
const FIRST_LANES = 256;

/** Which rows wait in which lane, in file order: a linked list through one number per row. Eight bytes a row and eight a lane. */
export class LaneRows {
  #next: Uint32Array;
  #lane: Uint32Array;
  #head: Uint32Array = new Uint32Array(FIRST_LANES);
  #tail: Uint32Array = new Uint32Array(FIRST_LANES);

  constructor(rows = 1024) {
    this.#next = new Uint32Array(rows + 1);
    this.#lane = new Uint32Array(rows + 1);
  }

  /** `row` (from 1) is the last in line of `lane`. */
  push(row: number, lane: number): void {
    if (row >= this.#next.length) this.#grow(row);
    if (lane >= this.#head.length) {
      this.#head = grown(this.#head, lane + 1);
      this.#tail = grown(this.#tail, lane + 1);
    }
    this.#next[row] = NONE;
    this.#lane[row] = lane;
    const tail = this.#tail[lane] ?? NONE;
    if (tail === NONE) this.#head[lane] = row;
    else this.#next[tail] = row;
    this.#tail[lane] = row;
  }

  /** Takes the first in line out; undefined when nobody is. */
  shift(lane: number): number | undefined {
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
