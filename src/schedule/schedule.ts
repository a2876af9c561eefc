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

type Waiting = {readonly at: number; readonly lanes: number[]};

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
    for (const _ of lanes.shapes) this.#ready.push(new Heap((one, other) => lanes.before(one, other)));
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
    let until = Number.POSITIVE_INFINITY;
    let bucket: number | undefined;
    let empty = this.#waiting.size === 0;
    for (const shape of this.#shapesByUrgency()) {
      empty = false;
      const gate = roomIn(this.#ledger, this.#lanes.shapes[shape]!.shared, now);
      if (gate.at > now) {
        if (gate.at < until || bucket === undefined) [until, bucket] = [gate.at, gate.bucket];
        continue;
      }
      const lane = this.#pick(shape, now);
      if (lane !== undefined) return {kind: 'start', lane};
    }
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
      if (waiting && roomIn(this.#ledger, [bucket], now).at < waiting.at) this.#release(bucket, waiting);
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
    if (waiting) {
      waiting.lanes.push(lane);
      return;
    }
    this.#waiting.set(bucket, {at, lanes: [lane]});
    if (at < Number.POSITIVE_INFINITY) this.#waking.push({at, bucket});
  }

  #wake(now: number): void {
    for (let wake = this.#waking.top; wake && (wake.at <= now || this.#isStale(wake)); wake = this.#waking.top) {
      this.#waking.pop();
      const waiting = this.#waiting.get(wake.bucket);
      if (waiting?.at === wake.at) this.#release(wake.bucket, waiting);
    }
  }

  #isStale({bucket, at}: Waking): boolean {
    return this.#waiting.get(bucket)?.at !== at;
  }

  #release(bucket: number, waiting: Waiting): void {
    this.#waiting.delete(bucket);
    for (const lane of waiting.lanes) this.#ready[this.#lanes.shapeOf(lane)]!.push(lane);
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
