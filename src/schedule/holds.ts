/** Counts the operations in line whose turn has not come, by lane and by shape. Takes nothing until one waits. */
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

  /** Lanes are of other shapes from now on. */
  group(shapeOf: (lane: number) => number): void {
    this.#shapes = [];
    for (const [lane, count] of this.#lanes?.entries() ?? []) {
      if (count === 0) continue;
      const shape = shapeOf(lane);
      this.#shapes[shape] = this.inShape(shape) + count;
    }
  }

  inLane(lane: number): number {
    return this.#lanes?.[lane] ?? 0;
  }

  inShape(shape: number): number {
    return this.#shapes[shape] ?? 0;
  }

  /** The same counts once more, to be changed without being missed here. */
  copy(): Holds {
    const copy = new Holds();
    copy.#lanes = this.#lanes?.slice();
    copy.#shapes = [...this.#shapes];
    return copy;
  }
}
