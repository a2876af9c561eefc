import type {LimitRule} from '../limits/ledger.js';
import type {Lanes} from './lanes.js';

/** Where more lanes take part, or more starts are remembered, a run is played to its end, row by row. */
const MOST_LANES = 1024;
const MOST_STARTS = 1_000_000;
/** A turn of several windows together is looked for up to so many times the longest of them. */
const MOST_TURNS = 32;
/** Starts of two turns are the same when they lie, on average, no further apart than this part of the turn. */
const SAME_PART = 0.001;
/** Looked for again when so much more has been seen. */
const PATIENCE = 1.25;

/** A run that repeats itself: the length of one turn, and how many of each lane it starts. */
export type Turning = {readonly ms: number; readonly starts: Uint32Array};

/**
 * Watches the starts of a run that is played, and finds when it repeats itself: with the same starts of each lane in two turns, of which each is at least
 * as long as the longest window, all windows hold the same as a turn ago, and what comes next is the same again.
 */
export class Recurrence {
  readonly #lanes: Lanes;
  readonly #turns: readonly number[];
  #times: number[] = [];
  #started: number[] = [];
  #since: number;
  #lookAt: number;

  constructor(lanes: Lanes, limits: readonly LimitRule[], {startAt, latencyMs, fixedEnds}: Meeting) {
    this.#lanes = lanes;
    this.#turns = lanes.count <= MOST_LANES ? turnsOf(lanes, limits, {latencyMs, fixedEnds}) : [];
    this.#since = startAt;
    this.#lookAt = this.#first(startAt);
  }

  /** One of the lane is started. */
  start(lane: number, now: number): void {
    if (this.#lookAt === Number.POSITIVE_INFINITY) return;
    this.#times.push(now);
    this.#started.push(lane);
    if (this.#times.length > MOST_STARTS) this.#forget(Number.POSITIVE_INFINITY);
  }

  /** The shortest turn that was the same twice, when nothing starts between these instants. */
  found(now: number, then: number): Turning | undefined {
    if (then <= this.#lookAt) return undefined;
    const at = (Math.max(now, this.#lookAt) + then) / 2;
    for (const ms of this.#turns) {
      if (at - 2 * ms < this.#since) break;
      const starts = this.#same(at, ms);
      if (starts) return {ms, starts};
    }
    this.lookLater(at);
    return undefined;
  }

  /** What was found is of no use yet: it is looked for again when so much more has been seen. */
  lookLater(now: number): void {
    this.#lookAt = this.#since + (now - this.#since) * PATIENCE;
  }

  /** Something is different from now on: what was seen before says nothing. */
  renew(now: number): void {
    this.#since = now;
    this.#forget(this.#first(now));
  }

  #first(now: number): number {
    return this.#turns.length === 0 ? Number.POSITIVE_INFINITY : now + 2 * this.#turns[0]!;
  }

  #forget(lookAt: number): void {
    this.#times = [];
    this.#started = [];
    this.#lookAt = lookAt;
  }

  #same(at: number, ms: number): Uint32Array | undefined {
    const one = this.#sums(at - 2 * ms, at - ms);
    const other = this.#sums(at - ms, at);
    for (const [lane, count] of other.counts.entries()) {
      if (one.counts[lane] !== count) return undefined;
      if (Math.abs(one.offsets[lane]! - other.offsets[lane]!) > count * ms * SAME_PART) return undefined;
    }
    return other.counts.some((count) => count > 0) ? other.counts : undefined;
  }

  /** Of each lane the starts behind `from` up to `to`, and how long after `from` they were, in sum. */
  #sums(from: number, to: number): {readonly counts: Uint32Array; readonly offsets: Float64Array} {
    const counts = new Uint32Array(this.#lanes.count);
    const offsets = new Float64Array(this.#lanes.count);
    for (let place = this.#times.length - 1; place >= 0 && this.#times[place]! > from; place--) {
      if (this.#times[place]! > to) continue;
      const lane = this.#started[place]!;
      counts[lane]! += 1;
      offsets[lane]! += this.#times[place]! - from;
    }
    return {counts, offsets};
  }
}

/** What decides how long a turn is. */
export type Meeting = {readonly startAt: number; readonly latencyMs: number; readonly fixedEnds: boolean};

/**
 * How long a turn may be: a multiple of what one window takes, or of several, that is not shorter than the longest. A slot comes back a latency after its
 * window, a paced start with the window; and where fixed windows end with the clock, only whole ones are the same again. Reckoned in whole
 * microseconds, for lengths that have a common multiple.
 */
function turnsOf(lanes: Lanes, limits: readonly LimitRule[], meeting: Omit<Meeting, 'startAt'>): number[] {
  const latency = Math.max(1, Math.round(meeting.latencyMs * 1000));
  const used = new Set(lanes.shapes.flatMap((shape) => shape.limits));
  const windows = [...used].flatMap((limit) => limits[limit]?.windows ?? []);
  const lengths = windows.map(({seconds}) => Math.round(seconds * 1e6));
  const fixed = lengths.filter((_, place) => meeting.fixedEnds && windows[place]!.kind === 'fixed');
  const clock = fixed.reduce(lcm, 1);
  const together = [...lengths.map((length) => length + latency), ...fixed];
  const bases = [latency, ...lengths, ...together, together.reduce(lcm, 1), together.reduce(lcm, latency)];
  const longest = Math.max(latency, ...lengths.map((length) => length + latency));
  const turns = bases.map((base) => {
    const turn = lcm(base, clock);
    return Math.ceil(longest / turn) * turn;
  });
  return [...new Set(turns)]
    .filter((turn) => turn <= MOST_TURNS * longest)
    .sort((one, other) => one - other)
    .map((turn) => turn / 1000);
}

function lcm(one: number, other: number): number {
  let [a, b] = [one, other];
  while (b > 0) [a, b] = [b, a % b];
  return (one / a) * other;
}
