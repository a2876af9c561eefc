/** How many operations of each lane wait for others, and of each shape. Takes nothing until one does. */
export type Holding = {readonly lanes: Uint32Array; readonly shapes: readonly number[]};

/** Counts the operations in line whose turn has not come. */
export class Holds {
  #lanes: Uint32Array | undefined;
  #shapes: number[] = [];

  /** One more of `lane`, which is one of so many lanes. */
  hold(lane: number, shape: number, lanes: number): void {
    this.#lanes ??= new Uint32Array(lanes);
    this.#lanes[lane]! += 1;
    this.#shapes[shape] = this.inShape(shape) + 1;
  }

  /** One less. */
  release(lane: number, shape: number): void {
    this.#lanes![lane]! -= 1;
    this.#shapes[shape]! -= 1;
  }

  inLane(lane: number): number {
    return this.#lanes?.[lane] ?? 0;
  }

  inShape(shape: number): number {
    return this.#shapes[shape] ?? 0;
  }

  /** As they are now; `restore` puts them back after a run was played ahead. */
  now(): Holding | undefined {
    return this.#lanes && {lanes: this.#lanes.slice(), shapes: [...this.#shapes]};
  }

  restore({lanes, shapes}: Holding): void {
    this.#lanes?.set(lanes);
    this.#shapes = [...shapes];
  }
}
