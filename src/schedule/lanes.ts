import type {LimitRule} from '../limits/ledger.js';
import type {BucketRef} from '../limits/limit.js';
import {groupsOf} from './groups.js';
import {makeHashIndex} from './hash-index.js';
import {Heap} from './heap.js';
import {Holds} from './holds.js';
import {laneName, mayShare, ownSeconds, type Shape, shapeOf} from './shape.js';

/** So many lanes keep their name for people; a million names would be a hundred megabytes. */
const NAMED_LANES = 1000;

/** Typed arrays grow by doubling; this many lanes to begin with. */
const FIRST_LANES = 256;

/**
 * Every lane of a run: which rows are left in it, which buckets they fall into. A lane costs some 40 bytes, so that a million callers with a
 * row each are no matter.
 */
export class Lanes {
  readonly shapes: Shape[] = [];
  #limits: readonly LimitRule[];
  readonly #keyed: readonly boolean[];
  readonly #laneOf = makeHashIndex();
  readonly #shapeOf = new Map<string, number>();
  #shape = new Uint16Array(FIRST_LANES);
  #left = new Uint32Array(FIRST_LANES);
  #holds = new Holds();
  #first = new Uint32Array(FIRST_LANES);
  #ownFrom = new Uint32Array(FIRST_LANES);
  #own: number[] = [];
  #count = 0;
  #grouped = false;
  #names: string[] = [];

  /** `keyed[limit]` says whether that limit has a bucket for each value of a key. */
  constructor(limits: readonly LimitRule[], keyed: readonly boolean[]) {
    this.#limits = limits;
    this.#keyed = keyed;
  }

  get count(): number {
    return this.#count;
  }

  /** Other windows are in force from now on. Lanes of one shape keep their order: what one request takes is the same for all of them. */
  goBy(limits: readonly LimitRule[]): void {
    this.#limits = limits;
    for (const [place, shape] of this.shapes.entries())
      this.shapes[place] = {...shape, secondsEach: ownSeconds(shape.ownLimits, {limits})};
  }

  /** The lane of requests that fall into `refs`; made when it is new. `row` is the first that wants it. */
  laneOf(refs: readonly BucketRef[], row: number): number {
    let hash = refs.length;
    for (const {id} of refs) hash = (hash * 31 + id) % Number.MAX_SAFE_INTEGER;
    // A row is started when the buckets of its lane have room, so a lane of other buckets that has the same hash is not its lane.
    const found = this.#laneOf.find(hash, (lane) => this.#isFor(lane, refs));
    if (found !== undefined) return found;
    const opened = this.#open(refs, row);
    this.#laneOf.add(hash, opened);
    return opened;
  }

  /** `count` more operations wait in this lane. */
  add(lane: number, count = 1): void {
    this.#left[lane]! += count;
  }

  /** One operation of the lane starts, or `count` of them. */
  remove(lane: number, count = 1): void {
    this.#left[lane]! -= count;
  }

  /** Operations that wait in the lane. */
  left(lane: number): number {
    return this.#left[lane]!;
  }

  /** Of those, whose turn has come. */
  ready(lane: number): number {
    return this.#left[lane]! - this.#holds.inLane(lane);
  }

  /** Of all lanes of a shape, whose turn has not come. */
  heldInShape(shape: number): number {
    return this.#holds.inShape(shape);
  }

  /** One of the lane's operations waits for others. For when all lanes are there. */
  hold(lane: number): void {
    this.#holds.hold(lane, this.#shape[lane]!, this.#left.length);
  }

  /** The turn of one of them has come. */
  release(lane: number): void {
    this.#holds.release(lane, this.#shape[lane]!);
  }

  shapeOf(lane: number): number {
    return this.#shape[lane]!;
  }

  /** The buckets that are this lane's own, in the order of the limits. */
  own(lane: number): readonly number[] {
    const from = this.#ownFrom[lane]!;
    return this.shapes[this.#shape[lane]!]!.ownPlaces.map((place) => this.#own[from + place]!);
  }

  /** Groups lanes by buckets with a key that they share, where those are few: they are shared buckets from now on. For when all lanes are there. */
  group(): void {
    const groups = this.#grouped ? undefined : groupsOf(this, {keyed: this.#keyed, limits: this.#limits});
    this.#grouped = true;
    if (!groups) return;
    this.shapes.push(...groups.shapes);
    this.#shape = new Uint16Array(this.#shape.length);
    this.#shape.set(groups.shapeOf);
    this.#holds.group((lane) => groups.shapeOf[lane]!);
  }

  /**
   * Whether no other lane falls into the buckets that are this lane's own. It is so where they are of one limit, which is part of no other shape:
   * with two keys, two lanes may share one of them.
   */
  isAlone(lane: number): boolean {
    const shape = this.shapes[this.#shape[lane]!]!;
    return shape.keyed === 1 && !mayShare(shape, this.shapes, this.#keyed);
  }

  /** How many operations wait in each lane. */
  counts(): Uint32Array {
    return this.#left.slice(0, this.#count);
  }

  /** The same lanes once more, to be played ahead: what starts there is not missed here. For when all lanes are there. */
  copy(): Lanes {
    const copy = new Lanes(this.#limits, this.#keyed);
    copy.shapes.push(...this.shapes);
    copy.#left = this.#left.slice();
    copy.#holds = this.#holds.copy();
    [copy.#shape, copy.#first, copy.#count, copy.#grouped] = [this.#shape, this.#first, this.#count, this.#grouped];
    [copy.#ownFrom, copy.#own, copy.#names] = [this.#ownFrom, this.#own, this.#names];
    return copy;
  }

  /** Every bucket of the lane, in the order of the limits. */
  refs(lane: number): readonly BucketRef[] {
    const {limits, shared, sharedLimits} = this.shapes[this.#shape[lane]!]!;
    let next = this.#ownFrom[lane]!;
    return limits.map((limit) => ({
      limit,
      id: this.#keyed[limit] ? this.#own[next++]! : shared[sharedLimits.indexOf(limit)]!,
      label: this.#limits[limit]!.name,
    }));
  }

  /** The buckets that the lane shares with all lanes under the same limits. */
  sharedRefs(lane: number): readonly BucketRef[] {
    return this.refs(lane).filter(({limit}) => !this.#keyed[limit]);
  }

  /** Whether that limit has a bucket for each value of a key. */
  isKeyed(limit: number): boolean {
    return this.#keyed[limit] ?? false;
  }

  /** What people call the lane: the names of its buckets, or its number where there are too many lanes to name. */
  name(lane: number): string {
    return this.#names[lane] ?? `lane ${lane + 1}`;
  }

  /** What people call the buckets of which a lane has but one for itself, by their ids; of as many lanes as have a name. */
  labels(): ReadonlyMap<number, string> {
    const labels = new Map<number, string>();
    for (const [lane, name] of this.#names.entries()) {
      if (this.shapes[this.#shape[lane]!]!.keyed === 1) labels.set(this.#own[this.#ownFrom[lane]!]!, name);
    }
    return labels;
  }

  /** The lane that would end last by its own limits goes first; of equals, the one whose first row comes first. */
  before(one: number, other: number): boolean {
    const difference = this.seconds(one) - this.seconds(other);
    return difference === 0 ? this.#first[one]! < this.#first[other]! : difference > 0;
  }

  /** An empty heap of lanes, the one that is `before` all others on top. */
  openHeap(): Heap<number> {
    return new Heap((one, other) => this.before(one, other));
  }

  /** How long the lane takes by the limits that are its own. */
  seconds(lane: number): number {
    return this.#left[lane]! * this.shapes[this.#shape[lane]!]!.secondsEach;
  }

  #isFor(lane: number, refs: readonly BucketRef[]): boolean {
    const {limits, shared, sharedLimits} = this.shapes[this.#shape[lane]!]!;
    let next = this.#ownFrom[lane]!;
    if (limits.length !== refs.length) return false;
    for (const [place, {limit, id}] of refs.entries()) {
      if (limits[place] !== limit) return false;
      if (id !== (this.#keyed[limit] ? this.#own[next++] : shared[sharedLimits.indexOf(limit)])) return false;
    }
    return true;
  }

  #open(refs: readonly BucketRef[], row: number): number {
    const lane = this.#count++;
    if (lane === this.#shape.length) this.#grow();
    const own = refs.filter(({limit}) => this.#keyed[limit]);
    this.#shape[lane] = this.#shapeFor(refs);
    this.#first[lane] = row;
    if (lane < NAMED_LANES) this.#names.push(laneName(own.length > 0 ? own : refs));
    this.#ownFrom[lane] = this.#own.length;
    for (const {id} of own) this.#own.push(id);
    return lane;
  }

  #shapeFor(refs: readonly BucketRef[]): number {
    const name = refs.map(({limit}) => limit).join();
    let shape = this.#shapeOf.get(name);
    if (shape === undefined) {
      shape = this.shapes.push(shapeOf(refs, {keyed: this.#keyed, limits: this.#limits})) - 1;
      this.#shapeOf.set(name, shape);
    }
    return shape;
  }

  #grow(): void {
    const length = this.#shape.length * 2;
    const grown = <T extends Uint16Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#shape = grown(this.#shape, new Uint16Array(length));
    this.#left = grown(this.#left, new Uint32Array(length));
    this.#first = grown(this.#first, new Uint32Array(length));
    this.#ownFrom = grown(this.#ownFrom, new Uint32Array(length));
  }
}
