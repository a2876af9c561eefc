/** Instants of the simulation are multiples of this many ms, so that no clock on the way rounds one to another. */
const GRAIN = 2 ** -10;

/** The first instant of the simulation from `ms` on. */
export function instant(ms: number): number {
  return Math.ceil(ms / GRAIN) * GRAIN;
}

type Event = {readonly at: number; readonly order: number; readonly act: () => void};

/** What is still to happen, in the order of its instants; of the same instant, in the order in which it was planned. One heap. */
export class Events {
  readonly #heap: Event[] = [];
  #planned = 0;

  /** When the next event is; Infinity when there is none. */
  get nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  plan(at: number, act: () => void): void {
    const event = {at, order: this.#planned++, act};
    const heap = this.#heap;
    let place = heap.push(event) - 1;
    for (let parent = (place - 1) >> 1; place > 0 && isBefore(event, heap[parent]!); parent = (place - 1) >> 1) {
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = event;
  }

  /** Takes the next event out. */
  shift(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (let child = 1; child < heap.length; child = place * 2 + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
