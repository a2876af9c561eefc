import {type Ledger, roomIn} from '../limits/ledger.js';
import {Heap} from './heap.js';
import {type Lanes, secondsEach} from './lanes.js';

/**
 * What to do now: start one operation of a lane; wait until an instant (Infinity: until an attempt ends) for a bucket; or nothing, because
 * every operation has been started.
 */
export type Choice =
  | {readonly kind: 'start'; readonly lane: number}
  | {readonly kind: 'wait'; readonly until: number; readonly bucket: number | undefined}
  | {readonly kind: 'empty'};

/** Lanes that wait for one bucket until `at`; by shape, where there are several, and of each the one that would end last first. */
type Waiting = {at: number; alone: number | undefined; crowd: Map<number, Heap<number>> | undefined};

/** A bucket that has room now, and more lanes that wait for it than were let go yet. */
const DUE = Number.NEGATIVE_INFINITY;

type Waking = {readonly at: number; readonly bucket: number};

/**
 * What may start next. No lane waits for another: a lane whose own buckets are full waits for them while others go on, and of the lanes
 * that share a bucket, the one that would end last goes first. Knows no time but what it is told.
 */
export class Schedule {
  readonly #lanes: Lanes;
  readonly #ledger: Ledger;
  /** By shape. A lane that is put back while it is in line keeps its place there until it is next taken out. */
  readonly #ready: Heap<number>[] = [];
  /** Lanes by the bucket that keeps them; each lane is in one place at a time. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #due = new Set<number>();
  readonly #waking = new Heap<Waking>((one, other) => one.at < other.at);
  readonly #queued: Uint8Array;
  /** By shape: how many operations wait in all of its lanes. */
  readonly #left: number[];
  /** Limits without a key, each with the shapes that fall under it. */
  readonly #sharing: readonly {readonly secondsEach: number; readonly shapes: readonly number[]}[];

  constructor(lanes: Lanes, ledger: Ledger) {
    this.#lanes = lanes;
    this.#ledger = ledger;
    this.#queued = new Uint8Array(lanes.count);
    for (const _ of lanes.shapes) this.#ready.push(this.#openHeap());
    this.#left = lanes.shapes.map(() => 0);
    this.#sharing = ledger.limits.map(({windows}, limit) => ({
      secondsEach: secondsEach(windows),
      shapes: [...lanes.shapes.keys()].filter((shape) => lanes.shapes[shape]!.sharedLimits.includes(limit)),
    }));
    for (let lane = 0; lane < lanes.count; lane++) {
      this.#left[lanes.shapeOf(lane)]! += lanes.left(lane);
      if (lanes.left(lane) > 0) this.#queue(lane);
    }
  }

  /** Chooses, and for a start counts it as started: the caller takes its slots at this same `now`. */
  next(now: number): Choice {
    this.#wake(now);
    let choice = this.#choose(now);
    // Of a crowd one lane is let go at a time: where it has to wait for another bucket, it is the next one's turn.
    while (choice === 'others') {
      this.#letGo(now);
      choice = this.#choose(now);
    }
    return choice;
  }

  #choose(now: number): Choice | 'others' {
    let until = Number.POSITIVE_INFINITY;
    let bucket: number | undefined;
    let empty = this.#waiting.size === 0;
    let moved = false;
    for (const shape of this.#shapesByUrgency()) {
      empty = false;
      const gate = roomIn(this.#ledger, this.#lanes.shapes[shape]!.shared, now);
      if (gate.at > now) {
        if (gate.at < until || bucket === undefined) [until, bucket] = [gate.at, gate.bucket];
        continue;
      }
      moved = true;
      const lane = this.#pick(shape, now);
      if (lane !== undefined) return {kind: 'start', lane};
    }
    if (moved && this.#due.size > 0) return 'others';
    if (empty) return {kind: 'empty'};
    const wake = this.#waking.top;
    bucket ??= this.#waiting.keys().next().value;
    return wake && wake.at < until
      ? {kind: 'wait', until: wake.at, bucket: wake.bucket}
      : {kind: 'wait', until, bucket};
  }

  /** One more operation waits in `lane` (it was put back). */
  putBack(lane: number): void {
    this.#lanes.add(lane);
    this.#left[this.#lanes.shapeOf(lane)]! += 1;
    if (this.#queued[lane] === 0) this.#queue(lane);
  }

  /** Something changed in these buckets: whoever waits for one of them is asked again if it has room earlier than it had said. */
  touch(buckets: Iterable<number>, now: number): void {
    for (const bucket of buckets) {
      const waiting = this.#waiting.get(bucket);
      if (!waiting || waiting.at === DUE) continue;
      const {at} = roomIn(this.#ledger, [bucket], now);
      if (at < waiting.at) this.#waitUntil(bucket, waiting, at <= now ? DUE : at);
    }
  }

  /** Buckets that nobody will ask for any more, unless a row of the lane is put back: the lane's own, once it is empty and shares them with no other. */
  spentBuckets(lane: number): readonly number[] {
    return this.#lanes.left(lane) === 0 && this.#lanes.isAlone(lane) ? this.#lanes.own(lane) : [];
  }

  #pick(shape: number, now: number): number | undefined {
    const ready = this.#ready[shape]!;
    for (let lane = ready.pop(); lane !== undefined; lane = ready.pop()) {
      const room = roomIn(this.#ledger, this.#lanes.own(lane), now);
      if (room.at > now && room.bucket !== undefined) {
        this.#wait(lane, room.bucket, room.at);
        continue;
      }
      this.#queued[lane] = 0;
      this.#lanes.remove(lane);
      this.#left[shape]! -= 1;
      if (this.#lanes.left(lane) > 0) this.#queue(lane);
      return lane;
    }
    return undefined;
  }

  #queue(lane: number): void {
    this.#queued[lane] = 1;
    this.#ready[this.#lanes.shapeOf(lane)]!.push(lane);
  }

  #wait(lane: number, bucket: number, at: number): void {
    const waiting = this.#waiting.get(bucket);
    if (!waiting) {
      const begun: Waiting = {at, alone: lane, crowd: undefined};
      this.#waiting.set(bucket, begun);
      this.#waitUntil(bucket, begun, at);
      return;
    }
    waiting.crowd ??= new Map();
    for (const each of waiting.alone === undefined ? [lane] : [waiting.alone, lane]) {
      const shape = this.#lanes.shapeOf(each);
      const heap = waiting.crowd.get(shape) ?? this.#openHeap();
      heap.push(each);
      waiting.crowd.set(shape, heap);
    }
    waiting.alone = undefined;
  }

  #waitUntil(bucket: number, waiting: Waiting, at: number): void {
    waiting.at = at;
    if (at === DUE) this.#due.add(bucket);
    else if (at < Number.POSITIVE_INFINITY) this.#waking.push({at, bucket});
  }

  #wake(now: number): void {
    for (let wake = this.#waking.top; wake && (wake.at <= now || this.#isStale(wake)); wake = this.#waking.top) {
      this.#waking.pop();
      const waiting = this.#waiting.get(wake.bucket);
      if (waiting?.at === wake.at) this.#waitUntil(wake.bucket, waiting, DUE);
    }
    this.#letGo(now);
  }

  #isStale({bucket, at}: Waking): boolean {
    return this.#waiting.get(bucket)?.at !== at;
  }

  /** Puts one lane of each shape back in line for every bucket that has room; buckets that have none any more are waited for again. */
  #letGo(now: number): void {
    // The cap says nothing about a bucket; whoever ends makes room below it, and then this is asked again.
    if (this.#ledger.running >= this.#ledger.concurrency) return;
    for (const bucket of this.#due) {
      const waiting = this.#waiting.get(bucket)!;
      const {at} = roomIn(this.#ledger, [bucket], now);
      if (at > now) {
        this.#due.delete(bucket);
        this.#waitUntil(bucket, waiting, at);
        continue;
      }
      for (const lane of this.#firstOf(waiting)) this.#ready[this.#lanes.shapeOf(lane)]!.push(lane);
      if (waiting.crowd && waiting.crowd.size > 0) continue;
      this.#due.delete(bucket);
      this.#waiting.delete(bucket);
    }
  }

  #firstOf(waiting: Waiting): number[] {
    if (!waiting.crowd) return [waiting.alone!];
    const first: number[] = [];
    for (const [shape, heap] of waiting.crowd) {
      first.push(heap.pop()!);
      if (heap.size === 0) waiting.crowd.delete(shape);
    }
    return first;
  }

  #openHeap(): Heap<number> {
    return new Heap((one, other) => this.#lanes.before(one, other));
  }

  /** Those with lanes in line, the one that would end last first. */
  #shapesByUrgency(): number[] {
    const shapes: number[] = [];
    for (const [shape, heap] of this.#ready.entries()) if (heap.size > 0) shapes.push(shape);
    if (shapes.length < 2) return shapes;
    const secondsOf = new Map(shapes.map((shape) => [shape, this.#seconds(shape)]));
    return shapes.sort((one, other) => {
      const difference = secondsOf.get(other)! - secondsOf.get(one)!;
      if (difference !== 0) return difference;
      return this.#lanes.before(this.#ready[one]!.top!, this.#ready[other]!.top!) ? -1 : 1;
    });
  }

  /** How long a shape takes by its longest lane, and by each bucket that it shares, with all who wait for that one. */
  #seconds(shape: number): number {
    let most = this.#lanes.seconds(this.#ready[shape]!.top!);
    for (const limit of this.#lanes.shapes[shape]!.sharedLimits) {
      const {secondsEach, shapes} = this.#sharing[limit]!;
      let left = 0;
      for (const each of shapes) left += this.#left[each]!;
      most = Math.max(most, left * secondsEach);
    }
    return most;
  }
}
