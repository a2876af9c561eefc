import type {Binding} from './course.js';
import type {Lanes} from './lanes.js';
import type {Skipped} from './skip.js';
import {Slices} from './slices.js';

/** Requests over time and what held them back, in slices of equal length from the begin on. */
export type Drawn = {
  readonly sliceMs: number;
  /** The busiest first, then all others together. How many requests of each start in each slice, on average where turns were reckoned and not played. */
  readonly lanes: readonly {readonly name: string; readonly requests: readonly number[]}[];
  /** How many lanes the last of those stands for; 0: it stands for itself, as the others do. */
  readonly others: number;
  /** For how much of each slice something held everything back, from 0 to 1. What held longest comes first. */
  readonly held: readonly {readonly limit: string; readonly window: string; readonly parts: readonly number[]}[];
};

/** So many lanes are drawn each for itself. */
const DRAWN_LANES = 8;

/** Draws a run while it is played. Its size is that of the drawing, however long the run is. */
export class Picture {
  readonly #slices = new Slices();
  readonly #names: readonly string[];
  readonly #seriesOf: ReadonlyMap<number, number>;
  readonly #others: number;
  readonly #held = new Map<string, {readonly binding: Binding; readonly series: number}>();

  /** For these lanes, all with what is to be played still in them. */
  constructor(lanes: Lanes) {
    const busiest = busiestOf(lanes.counts());
    const drawn = busiest.lanes.slice(0, DRAWN_LANES);
    this.#others = busiest.count - drawn.length;
    this.#seriesOf = new Map(drawn.map((lane, series) => [lane, series]));
    const one = busiest.lanes[DRAWN_LANES];
    const rest = this.#others === 1 && one !== undefined ? lanes.name(one) : `${this.#others} more lanes`;
    this.#names = [...drawn.map((lane) => lanes.name(lane)), ...(this.#others > 0 ? [rest] : [])];
    for (const _ of this.#names) this.#slices.open();
  }

  /** One request of the lane starts, so long after the begin. */
  start(lane: number, ms: number): void {
    this.#slices.add(this.#seriesOf.get(lane) ?? this.#seriesOf.size, ms, 1);
  }

  /** Something held everything back between two instants. */
  hold(binding: Binding, fromMs: number, toMs: number): void {
    const name = `${binding.limit} ${binding.window}`;
    let held = this.#held.get(name);
    if (!held) {
      held = {binding, series: this.#slices.open()};
      this.#held.set(name, held);
    }
    this.#slices.spread(held.series, fromMs, toMs, toMs - fromMs);
  }

  /** What came in the turn before `ms` comes again and again. */
  repeat({ms: skippedMs, turn}: Skipped, ms: number): void {
    const sums = this.#names.map(() => 0);
    for (const [lane, starts] of turn.starts.entries()) {
      const series = this.#seriesOf.get(lane) ?? this.#seriesOf.size;
      if (starts > 0) sums[series]! += starts;
    }
    this.#slices.repeat(ms, turn.ms, Math.round(skippedMs / turn.ms), sums);
  }

  /** The drawing of a run that ended after `endMs`; one request that was played stands for `each`. */
  drawn(endMs: number, each = 1): Drawn {
    const {sliceMs} = this.#slices;
    const count = Math.max(1, Math.ceil(endMs / sliceMs));
    const held = [...this.#held.values()].map(({binding: {limit, window}, series}) => {
      const parts = this.#slices.read(series, count).map((heldMs) => Math.min(1, heldMs / sliceMs));
      return {limit, window, parts};
    });
    return {
      sliceMs,
      lanes: this.#names.map((name, series) => ({
        name,
        requests: this.#slices.read(series, count).map((requests) => requests * each),
      })),
      others: this.#others > 1 ? this.#others : 0,
      held: held.sort((one, other) => sumOf(other.parts) - sumOf(one.parts)),
    };
  }
}

/** The lanes with most to do, and one more than are drawn; and how many lanes have anything to do. */
function busiestOf(counts: Uint32Array): {readonly lanes: readonly number[]; readonly count: number} {
  const lanes: number[] = [];
  let count = 0;
  for (const [lane, requests] of counts.entries()) {
    if (requests === 0) continue;
    count += 1;
    if (lanes.length > DRAWN_LANES && requests <= counts[lanes.at(-1)!]!) continue;
    lanes.push(lane);
    lanes.sort((one, other) => counts[other]! - counts[one]! || one - other);
    if (lanes.length > DRAWN_LANES + 1) lanes.pop();
  }
  return {lanes, count};
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
