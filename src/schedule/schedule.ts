import {type Ledger, roomIn} from '../limits/ledger.js';
import type {Heap} from './heap.js';
import type {Lanes} from './lanes.js';
import {type Gated, Reserve} from './reserve.js';
import {secondsEach, secondsInForce} from './shape.js';
import {Waiting} from './waiting.js';

/**
 * What to do now: start one operation of a lane; wait until an instant (Infinity: until an attempt ends) for a bucket; or nothing, because
 * every operation whose turn has come has been started.
 */
export type Choice =
  | {readonly kind: 'start'; readonly lane: number}
  | {readonly kind: 'wait'; readonly until: number; readonly bucket: number | undefined}
  | {readonly kind: 'empty'};

type Picked = Extract<Choice, {kind: 'start'}> | {readonly kind: 'kept'; readonly bucket: number};

/**
 * What may start next. No lane waits for another: a lane whose own buckets are full waits for them while others go on, and of the lanes
 * that share a bucket, the one that would end last goes first. Knows no time but what it is told.
 */
export class Schedule {
  readonly #lanes: Lanes;
  readonly #ledger: Ledger;
  /** By shape. A lane that is put back while it is in line keeps its place there until it is next taken out. */
  readonly #ready: Heap<number>[] = [];
  readonly #waiting: Waiting;
  readonly #reserve: Reserve;
  readonly #queued: Uint8Array;
  /** By shape: how many operations wait in all of its lanes. */
  readonly #left: number[];
  /** Buckets that shapes share, each with those that fall under it. */
  readonly #sharing = new Map<number, number[]>();
  #limits: Ledger['limits'];

  constructor(lanes: Lanes, ledger: Ledger) {
    lanes.group();
    this.#lanes = lanes;
    this.#ledger = ledger;
    this.#queued = new Uint8Array(lanes.count);
    for (const _ of lanes.shapes) this.#ready.push(lanes.openHeap());
    this.#left = lanes.shapes.map(() => 0);
    this.#reserve = new Reserve(lanes, ledger, this.#left, this.#ready);
    this.#waiting = new Waiting(lanes, ledger, (lane) => {
      this.#reserve.wake(lane);
      this.#ready[lanes.shapeOf(lane)]!.push(lane);
    });
    this.#limits = ledger.limits;
    lanes.goBy(ledger.limits);
    for (const [shape, {shared}] of lanes.shapes.entries())
      for (const bucket of shared) this.#sharing.set(bucket, [...(this.#sharing.get(bucket) ?? []), shape]);
    for (let lane = 0; lane < lanes.count; lane++) {
      this.#left[lanes.shapeOf(lane)]! += lanes.left(lane);
      if (lanes.ready(lane) > 0) this.#queue(lane);
    }
  }

  /** How many operations wait. */
  get left(): number {
    return this.#left.reduce((sum, count) => sum + count, 0);
  }

  /** Chooses, and for a start counts it as started: the caller takes its slots at this same `now`. */
  next(now: number): Choice {
    if (this.#ledger.limits !== this.#limits) {
      this.#limits = this.#ledger.limits;
      this.#lanes.goBy(this.#limits);
    }
    this.#reserve.watch(now);
    this.#waiting.wake(now);
    let choice = this.#choose(now);
    // Of a crowd one lane is let go at a time: where it has to wait for another bucket, it is the next one's turn.
    while (choice === 'others') {
      this.#waiting.letGo(now);
      choice = this.#choose(now);
    }
    return choice;
  }

  #choose(now: number): Choice | 'others' {
    let until = Number.POSITIVE_INFINITY;
    let bucket: number | undefined;
    let empty = this.#waiting.size === 0;
    let moved = false;
    let kept: number | undefined;
    const gated: Gated[] = [];
    for (const shape of this.#shapesByUrgency()) {
      empty = false;
      const {shared} = this.#lanes.shapes[shape]!;
      // What is kept from one is kept from all who have more time.
      if (kept !== undefined && shared.includes(kept)) continue;
      const gate = roomIn(this.#ledger, shared, now);
      if (gate.at > now) {
        if (gate.at < until || bucket === undefined) [until, bucket] = [gate.at, gate.bucket];
        if (gate.bucket !== undefined) gated.push({shape, bucket: gate.bucket, at: gate.at});
        continue;
      }
      moved = true;
      const picked = this.#pick(shape, now, gated);
      if (picked?.kind === 'start') return picked;
      kept ??= picked?.bucket;
      bucket ??= picked?.bucket;
    }
    if (moved && this.#waiting.due) return 'others';
    if (empty) return {kind: 'empty'};
    const wake = this.#waiting.next;
    bucket ??= this.#waiting.any;
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

  /** The turn of an operation has come that waited in `lane` for others. */
  open(lane: number): void {
    this.#lanes.release(lane);
    if (this.#queued[lane] === 0) this.#queue(lane);
  }

  /** An operation that waited in `lane` for others is not started any more. */
  shut(lane: number): void {
    this.#lanes.release(lane);
    this.#lanes.remove(lane);
    this.#left[this.#lanes.shapeOf(lane)]! -= 1;
  }

  /** Something changed in these buckets: whoever waits for one of them is asked again if it has room earlier than it had said. */
  touch(buckets: Iterable<number>, now: number): void {
    this.#reserve.learn(now);
    this.#waiting.touch(buckets, now);
  }

  /** Buckets that nobody will ask for any more, unless a row of the lane is put back: the lane's own, once it is empty and shares them with no other. */
  spentBuckets(lane: number): readonly number[] {
    return this.#lanes.left(lane) === 0 && this.#lanes.isAlone(lane) ? this.#lanes.own(lane) : [];
  }

  /** Starts the first lane of the shape whose own buckets have room; or names the shared bucket whose free slots are kept from it. */
  #pick(shape: number, now: number, gated: readonly Gated[]): Picked | undefined {
    const ready = this.#ready[shape]!;
    for (let lane = ready.pop(); lane !== undefined; lane = ready.pop()) {
      const room = roomIn(this.#ledger, this.#lanes.own(lane), now);
      if (room.at > now && room.bucket !== undefined) {
        this.#waiting.add(lane, room.bucket, room.at);
        this.#reserve.sleep(lane);
        continue;
      }
      const kept = this.#reserve.keptFrom(lane, now, gated);
      if (kept !== undefined) {
        ready.push(lane);
        return {kind: 'kept', bucket: kept};
      }
      this.#queued[lane] = 0;
      this.#lanes.remove(lane);
      this.#left[shape]! -= 1;
      this.#reserve.start();
      if (this.#lanes.ready(lane) > 0) this.#queue(lane);
      return {kind: 'start', lane};
    }
    return undefined;
  }

  #queue(lane: number): void {
    this.#queued[lane] = 1;
    this.#ready[this.#lanes.shapeOf(lane)]!.push(lane);
  }

  /** Those with lanes in line, the one that would end last first. */
  #shapesByUrgency(): number[] {
    const shapes: number[] = [];
    for (const [shape, heap] of this.#ready.entries()) if (heap.size > 0) shapes.push(shape);
    if (shapes.length < 2) return shapes;
    const pooled = new Map<number, number>();
    const secondsOf = new Map(shapes.map((shape) => [shape, this.#seconds(shape, pooled)]));
    return shapes.sort((one, other) => {
      const difference = firstDifference(secondsOf.get(other)!, secondsOf.get(one)!);
      if (difference !== 0) return difference;
      return this.#lanes.before(this.#ready[one]!.top!, this.#ready[other]!.top!) ? -1 : 1;
    });
  }

  /** How long a shape takes by its longest lane, and by each bucket that it shares, with all who wait for that one; as far as is known by now, most first. */
  #seconds(shape: number, pooled: Map<number, number>): number[] {
    const top = this.#ready[shape]!.top!;
    const {shared, sharedLimits} = this.#lanes.shapes[shape]!;
    let most = this.#lanes.seconds(top);
    for (const bucket of this.#lanes.own(top)) {
      const used = this.#ledger.buckets.get(bucket);
      if (used) most = Math.max(most, this.#lanes.left(top) * secondsInForce(used.windows));
    }
    const each = [most];
    for (const [place, limit] of sharedLimits.entries()) {
      const bucket = shared[place]!;
      const seconds = pooled.get(bucket) ?? this.#pooledSeconds(bucket, limit);
      pooled.set(bucket, seconds);
      each.push(seconds);
    }
    return each.sort((one, other) => other - one);
  }

  #pooledSeconds(bucket: number, limit: number): number {
    let left = 0;
    for (const shape of this.#sharing.get(bucket)!) left += this.#left[shape]!;
    const used = this.#ledger.buckets.get(bucket);
    return left * (used ? secondsInForce(used.windows) : secondsEach(this.#limits[limit]!.windows));
  }
}

/** Of two lists the first difference, place by place: what both share says nothing of which is longer. */
function firstDifference(one: readonly number[], other: readonly number[]): number {
  for (const [place, seconds] of one.entries()) {
    const difference = seconds - (other[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
