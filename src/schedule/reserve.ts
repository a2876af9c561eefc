import {openBucket} from '../limits/bucket.js';
import {type Ledger, roomIn} from '../limits/ledger.js';
import {freeSlots, lastStartAt, spanMs, turnMs} from '../limits/supply.js';
import type {Window} from '../limits/window.js';
import {type Claim, isShort} from './claim.js';
import type {Heap} from './heap.js';
import {LaneHeap, lanePlaces} from './lane-heap.js';
import type {Lanes} from './lanes.js';
import {Latency} from './latency.js';
import {leastWithin, type Rest, type Turns, turnsUntil} from './turns.js';

/** A bucket that shapes share, its limit, and the shapes that fall under it. */
type Pool = {readonly limit: number; readonly bucket: number; readonly shapes: readonly number[]};

/** A shape with lanes in line whose shared bucket has no room before `at`. */
export type Gated = {readonly shape: number; readonly bucket: number; readonly at: number};

type Until = {
  readonly closed: readonly Gated[];
  readonly turns: readonly Turns[];
  readonly endAt: number;
  readonly until: number;
  readonly now: number;
};

/** More lanes than this that are short of time leave nothing to be kept from others: they use all there is. */
const MOST_CLAIMS = 256;

/**
 * What is kept of a bucket that lanes share. A lane has to start its next operation by a certain instant, or it ends after all others could have
 * ended: that instant is the end of the run less the time its own windows need for the rest. Whoever has more time leaves a free slot to
 * those who have less and cannot start yet, where the slots that come back until then are too few for them.
 */
export class Reserve {
  readonly #lanes: Lanes;
  readonly #ledger: Ledger;
  /** By shape: how many operations wait, and the lanes in line. */
  readonly #left: readonly number[];
  readonly #ready: readonly Heap<number>[];
  /** By shape: lanes that wait for a bucket of their own. */
  readonly #asleep: readonly LaneHeap[];
  /** By bucket. */
  readonly #pools = new Map<number, Pool>();
  /** By limit: the windows of a bucket that nobody has used. */
  #fresh: {readonly limits: Ledger['limits']; readonly windows: readonly (readonly Window[])[]};
  readonly #latency = new Latency();

  constructor(lanes: Lanes, ledger: Ledger, left: readonly number[], ready: readonly Heap<number>[]) {
    this.#lanes = lanes;
    this.#ledger = ledger;
    this.#left = left;
    this.#ready = ready;
    const places = lanePlaces(lanes.count);
    this.#asleep = lanes.shapes.map(() => new LaneHeap(places, (one, other) => lanes.before(one, other)));
    this.#fresh = freshWindows(ledger);
    for (const {shared, sharedLimits} of lanes.shapes)
      for (const [place, limit] of sharedLimits.entries()) {
        const bucket = shared[place]!;
        if (this.#pools.has(bucket)) continue;
        const shapes = [...lanes.shapes.keys()].filter((each) => lanes.shapes[each]!.shared.includes(bucket));
        this.#pools.set(bucket, {limit, bucket, shapes});
      }
  }

  /** `lane` waits for a bucket of its own. */
  sleep(lane: number): void {
    this.#asleep[this.#lanes.shapeOf(lane)]!.push(lane);
  }

  /** It does so no more. */
  wake(lane: number): void {
    this.#asleep[this.#lanes.shapeOf(lane)]!.remove(lane);
  }

  /** Time has come to `now`. */
  watch(now: number): void {
    this.#latency.watch(now, this.#ledger.running);
  }

  /** One more starts. */
  start(): void {
    this.#latency.start();
  }

  /** An answer has come. */
  learn(now: number): void {
    this.watch(now);
    this.#latency.learn();
  }

  /** The shared bucket whose free slots are kept from `lane`, which would be the next to start; undefined when none is. */
  keptFrom(lane: number, now: number, gated: readonly Gated[]): number | undefined {
    for (const bucket of this.#lanes.shapes[this.#lanes.shapeOf(lane)]!.shared) {
      const pool = this.#pools.get(bucket);
      if (pool && this.#isKept(pool, lane, now, gated)) return pool.bucket;
    }
    return undefined;
  }

  #isKept(pool: Pool, lane: number, now: number, gated: readonly Gated[]): boolean {
    const closed = gated.filter(({shape, bucket}) => bucket !== pool.bucket && pool.shapes.includes(shape));
    if (closed.length === 0 && pool.shapes.every((shape) => this.#asleep[shape]!.size === 0)) return false;
    const windows = this.#windowsOf(pool.bucket, pool.limit);
    const left = this.#leftUnder(pool);
    if (windows.every((window) => left <= freeSlots(window, now))) return false;
    const endAt = this.#endOf(pool, left, lane, now);
    const turns = this.#turnsUntil(pool, {left, endAt, now, latencyMs: this.#latency.ms}, lane);
    const latest = endAt - this.#spanBeside(pool, lane, turns);
    return windows.some((window) => {
      const until = Math.min(latest, now + turnMs(window, this.#latency.ms));
      if (until <= now) return false;
      const claims = this.#claims(pool, {closed, turns, endAt, until, now});
      return claims.length > 0 && isShort(window, claims, {endAt, until, now});
    });
  }

  /** Those that have to start before `until`, and can. */
  #claims(pool: Pool, {closed, turns, endAt, until, now}: Until): Claim[] {
    const claims: Claim[] = [];
    const latencyMs = this.#latency.ms;
    for (const [bucket, at] of new Map(closed.map((each) => [each.bucket, each.at]))) {
      const other = this.#pools.get(bucket);
      if (!other || (at >= until && at !== Number.POSITIVE_INFINITY)) continue;
      const left = this.#leftUnder(other);
      const held = other.shapes.reduce((sum, shape) => sum + this.#lanes.heldInShape(shape), 0);
      claims.push({left, ready: left - held, windows: this.#windowsOf(bucket, other.limit), turns, latencyMs});
    }
    for (const shape of pool.shapes) {
      if (closed.some((each) => each.shape === shape)) continue;
      this.#asleep[shape]!.walk((lane) => {
        if (claims.length >= MOST_CLAIMS || endAt - this.#spanOf(lane, turns) >= until) return false;
        const {at} = roomIn(this.#ledger, this.#lanes.own(lane), now);
        if (at < until || at === Number.POSITIVE_INFINITY)
          claims.push({
            left: this.#lanes.left(lane),
            ready: this.#lanes.ready(lane),
            windows: this.#ownWindows(lane),
            turns,
            latencyMs,
          });
        return true;
      });
    }
    return claims;
  }

  /** What the turns of the pool leave until the end to those who wait, reckoned for the slowest of them. */
  #turnsUntil(pool: Pool, rest: Rest, lane: number): readonly Turns[] {
    const own = this.#ownWindows(this.#slowest(pool) ?? lane);
    return this.#windowsOf(pool.bucket, pool.limit)
      .map((window) => turnsUntil(window, rest, own))
      .filter((each) => each !== undefined);
  }

  #slowest({shapes}: Pool): number | undefined {
    let slowest: number | undefined;
    for (const shape of shapes) {
      const {top} = this.#asleep[shape]!;
      if (top !== undefined && (slowest === undefined || this.#lanes.before(top, slowest))) slowest = top;
    }
    return slowest;
  }

  /** The earliest instant at which the last operation under this pool can start. */
  #endOf(pool: Pool, left: number, lane: number, now: number): number {
    let endAt = this.#lastStart(pool.bucket, pool.limit, left, now);
    for (const other of this.#pools.values()) {
      if (other === pool || !other.shapes.some((shape) => pool.shapes.includes(shape))) continue;
      endAt = Math.max(endAt, this.#lastStart(other.bucket, other.limit, this.#leftUnder(other), now));
    }
    const tops = pool.shapes.flatMap((shape) => [this.#asleep[shape]!.top, this.#ready[shape]!.top]);
    for (const each of [lane, ...tops]) {
      if (each === undefined) continue;
      const {ownLimits} = this.#lanes.shapes[this.#lanes.shapeOf(each)]!;
      for (const [place, bucket] of this.#lanes.own(each).entries())
        endAt = Math.max(endAt, this.#lastStart(bucket, ownLimits[place]!, this.#lanes.left(each), now));
    }
    return endAt;
  }

  #lastStart(bucket: number, limit: number, left: number, now: number): number {
    const closedUntil = this.#ledger.buckets.get(bucket)?.closedUntil ?? 0;
    let at = now;
    for (const window of this.#windowsOf(bucket, limit)) {
      at = Math.max(at, lastStartAt(window, left, now, this.#latency.ms));
      if (closedUntil > now) at = Math.max(at, closedUntil + spanMs(window, left - 1, this.#latency.ms));
    }
    return at;
  }

  /** The least time from the lane's next start to the last one, by its own windows. */
  #spanOf(lane: number, turns: readonly Turns[]): number {
    return leastWithin({windows: this.#ownWindows(lane), turns, latencyMs: this.#latency.ms}, this.#lanes.left(lane));
  }

  /** And by those of the buckets that it shares besides this pool, with all who wait for them. */
  #spanBeside(pool: Pool, lane: number, turns: readonly Turns[]): number {
    let span = this.#spanOf(lane, turns);
    for (const bucket of this.#lanes.shapes[this.#lanes.shapeOf(lane)]!.shared) {
      const other = this.#pools.get(bucket);
      if (!other || other === pool) continue;
      const windows = this.#windowsOf(bucket, other.limit);
      span = Math.max(span, leastWithin({windows, turns, latencyMs: this.#latency.ms}, this.#leftUnder(other)));
    }
    return span;
  }

  #ownWindows(lane: number): readonly Window[] {
    const own = this.#lanes.own(lane);
    const {ownLimits} = this.#lanes.shapes[this.#lanes.shapeOf(lane)]!;
    if (own.length === 1) return this.#windowsOf(own[0]!, ownLimits[0]!);
    return own.flatMap((bucket, place) => this.#windowsOf(bucket, ownLimits[place]!));
  }

  #windowsOf(bucket: number, limit: number): readonly Window[] {
    const used = this.#ledger.buckets.get(bucket);
    if (used) return used.windows;
    if (this.#fresh.limits !== this.#ledger.limits) this.#fresh = freshWindows(this.#ledger);
    return this.#fresh.windows[limit]!;
  }

  #leftUnder({shapes}: Pool): number {
    let left = 0;
    for (const shape of shapes) left += this.#left[shape]!;
    return left;
  }
}

function freshWindows({limits, pacing}: Ledger) {
  return {limits, windows: limits.map(({windows}, limit) => openBucket(limit, '', windows, pacing.pace).windows)};
}
