import {type Ledger, roomIn} from '../limits/ledger.js';
import {Heap} from './heap.js';
import type {Lanes} from './lanes.js';

/** Lanes that wait for one bucket until `at`; by shape, where there are several, and of each the one that would end last first. */
type Line = {at: number; alone: number | undefined; crowd: Map<number, Heap<number>> | undefined};

/** A bucket that has room now, and more lanes that wait for it than were let go yet. */
const DUE = Number.NEGATIVE_INFINITY;

type Waking = {readonly at: number; readonly bucket: number};

/** Lanes by the bucket that keeps them; each lane is in one place at a time. Of a crowd, one lane of each shape is let go at a time. */
export class Waiting {
  readonly #lanes: Lanes;
  readonly #ledger: Ledger;
  readonly #leave: (lane: number) => void;
  readonly #lines = new Map<number, Line>();
  readonly #due = new Set<number>();
  readonly #waking = new Heap<Waking>((one, other) => one.at < other.at);

  /** `leave` is told of each lane whose wait is over. */
  constructor(lanes: Lanes, ledger: Ledger, leave: (lane: number) => void) {
    this.#lanes = lanes;
    this.#ledger = ledger;
    this.#leave = leave;
  }

  /** How many buckets are waited for. */
  get size(): number {
    return this.#lines.size;
  }

  /** Whether some bucket has room for more lanes than were let go. */
  get due(): boolean {
    return this.#due.size > 0;
  }

  /** The bucket that has room first; undefined while only answers can tell. */
  get next(): Waking | undefined {
    return this.#waking.top;
  }

  /** A bucket that is waited for. */
  get any(): number | undefined {
    return this.#lines.keys().next().value;
  }

  /** `lane` waits for `bucket`, which has room at `at`; Infinity: when an answer comes. */
  add(lane: number, bucket: number, at: number): void {
    const line = this.#lines.get(bucket);
    if (!line) {
      const begun: Line = {at, alone: lane, crowd: undefined};
      this.#lines.set(bucket, begun);
      this.#until(bucket, begun, at);
      return;
    }
    line.crowd ??= new Map();
    for (const each of line.alone === undefined ? [lane] : [line.alone, lane]) {
      const shape = this.#lanes.shapeOf(each);
      const heap = line.crowd.get(shape) ?? this.#lanes.openHeap();
      heap.push(each);
      line.crowd.set(shape, heap);
    }
    line.alone = undefined;
  }

  /** Something changed in these buckets: whoever waits for one of them is asked again if it has room earlier than it had said. */
  touch(buckets: Iterable<number>, now: number): void {
    for (const bucket of buckets) {
      const line = this.#lines.get(bucket);
      if (!line || line.at === DUE) continue;
      const {at} = roomIn(this.#ledger, [bucket], now);
      if (at < line.at) this.#until(bucket, line, at <= now ? DUE : at);
    }
  }

  /** Lets go whose time has come. */
  wake(now: number): void {
    for (let wake = this.#waking.top; wake && (wake.at <= now || this.#isStale(wake)); wake = this.#waking.top) {
      this.#waking.pop();
      const line = this.#lines.get(wake.bucket);
      if (line?.at === wake.at) this.#until(wake.bucket, line, DUE);
    }
    this.letGo(now);
  }

  /** Lets one lane of each shape go for every bucket that has room; buckets that have none any more are waited for again. */
  letGo(now: number): void {
    // The cap says nothing about a bucket; whoever ends makes room below it, and then this is asked again.
    if (this.#ledger.running >= this.#ledger.concurrency) return;
    for (const bucket of this.#due) {
      const line = this.#lines.get(bucket)!;
      const {at} = roomIn(this.#ledger, [bucket], now);
      if (at > now) {
        this.#due.delete(bucket);
        this.#until(bucket, line, at);
        continue;
      }
      for (const lane of this.#firstOf(line)) this.#leave(lane);
      if (line.crowd && line.crowd.size > 0) continue;
      this.#due.delete(bucket);
      this.#lines.delete(bucket);
    }
  }

  #until(bucket: number, line: Line, at: number): void {
    line.at = at;
    if (at === DUE) this.#due.add(bucket);
    else if (at < Number.POSITIVE_INFINITY) this.#waking.push({at, bucket});
  }

  #isStale({bucket, at}: Waking): boolean {
    return this.#lines.get(bucket)?.at !== at;
  }

  #firstOf(line: Line): number[] {
    if (!line.crowd) return [line.alone!];
    const first: number[] = [];
    for (const [shape, heap] of line.crowd) {
      first.push(heap.pop()!);
      if (heap.size === 0) line.crowd.delete(shape);
    }
    return first;
  }
}
