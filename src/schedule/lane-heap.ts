const NOWHERE = 0xffffffff;

/** Where each lane stands in the one heap that it is in: four bytes a lane. */
export function lanePlaces(lanes: number): Uint32Array {
  return new Uint32Array(lanes).fill(NOWHERE);
}

/** Lanes, the one that is `before` all others on top; any of them can be taken out. Heaps whose lanes differ may share their places. */
export class LaneHeap {
  readonly #lanes: number[] = [];
  readonly #places: Uint32Array;
  readonly #before: (one: number, other: number) => boolean;

  constructor(places: Uint32Array, before: (one: number, other: number) => boolean) {
    this.#places = places;
    this.#before = before;
  }

  get size(): number {
    return this.#lanes.length;
  }

  get top(): number | undefined {
    return this.#lanes[0];
  }

  push(lane: number): void {
    this.#lanes.push(lane);
    this.#rise(lane, this.#lanes.length - 1);
  }

  /** Takes `lane` out, wherever it stands; it must be in this heap. */
  remove(lane: number): void {
    const place = this.#places[lane]!;
    const last = this.#lanes.pop()!;
    this.#places[lane] = NOWHERE;
    if (last === lane) return;
    this.#sink(last, place);
    this.#rise(last, this.#places[last]!);
  }

  /** Shows the lanes from the top down. Where `visit` answers false, those that stand behind that lane are left out. */
  walk(visit: (lane: number) => boolean, place = 0): void {
    if (place >= this.#lanes.length || !visit(this.#lanes[place]!)) return;
    this.walk(visit, place * 2 + 1);
    this.walk(visit, place * 2 + 2);
  }

  #rise(lane: number, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#before(lane, this.#lanes[parent]!)) break;
      this.#put(this.#lanes[parent]!, place);
      place = parent;
    }
    this.#put(lane, place);
  }

  #sink(lane: number, from: number): void {
    let place = from;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= this.#lanes.length) break;
      if (child + 1 < this.#lanes.length && this.#before(this.#lanes[child + 1]!, this.#lanes[child]!)) child += 1;
      if (!this.#before(this.#lanes[child]!, lane)) break;
      this.#put(this.#lanes[child]!, place);
      place = child;
    }
    this.#put(lane, place);
  }

  #put(lane: number, place: number): void {
    this.#lanes[place] = lane;
    this.#places[lane] = place;
  }
}
