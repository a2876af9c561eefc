import {scatter} from '../limits/hash.js';

/** How long answers take: on average `latencyMs`, and each of them anything up to `spreadMs` less or more, all equally likely; without it, all the same. */
export type Latencies = {readonly latencyMs: number; readonly spreadMs?: number};

/**
 * So many answers are spread, and those behind them take the average: by then slots come back as far apart as they will, and turns that are all the
 * same can be reckoned.
 */
const SPREAD_ANSWERS = 20_000;

/**
 * The answers that are on their way while a run is played, never more than may be under way at once. The n-th takes the same time whenever it is
 * played. Where all take equally long, a burst stays a burst, which no run does: its last row waits for the slowest answer, and slots that come back one by one make the
 * next burst longer.
 */
export class Answers {
  readonly #room: number;
  readonly #latencies: Latencies;
  readonly #times: number[] = [];
  readonly #lanes: number[] = [];
  readonly #rows: number[] = [];
  #first = 0;
  #count = 0;
  #started = 0;

  constructor(concurrency: number, latencies: Latencies) {
    this.#room = concurrency;
    this.#latencies = latencies;
  }

  get count(): number {
    return this.#count;
  }

  /** When the next one comes; Infinity while none is on its way. */
  get nextAt(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#times[this.#first]!;
  }

  /** A row of the lane is started `now`. */
  start(now: number, lane: number, row: number): void {
    this.expect(now + this.#drawMs(), lane, row);
  }

  /** One that is on its way already comes `at`. */
  expect(at: number, lane: number, row: number): void {
    let place = this.#count;
    for (; place > 0; place--) {
      const [here, before] = [this.#placeOf(place), this.#placeOf(place - 1)];
      if (this.#times[before]! <= at) break;
      this.#times[here] = this.#times[before]!;
      this.#lanes[here] = this.#lanes[before]!;
      this.#rows[here] = this.#rows[before]!;
    }
    const here = this.#placeOf(place);
    this.#times[here] = at;
    this.#lanes[here] = lane;
    this.#rows[here] = row;
    this.#count += 1;
  }

  /** The next one has come. */
  shift(): {readonly lane: number; readonly row: number} {
    const answered = {lane: this.#lanes[this.#first]!, row: this.#rows[this.#first]!};
    this.#first = this.#placeOf(1);
    this.#count -= 1;
    return answered;
  }

  #placeOf(nth: number): number {
    return (this.#first + nth) % this.#room;
  }

  #drawMs(): number {
    const {latencyMs, spreadMs = 0} = this.#latencies;
    if (spreadMs === 0 || this.#started === SPREAD_ANSWERS) return latencyMs;
    const nth = this.#started;
    this.#started += 1;
    return latencyMs + spreadMs * (2 * partOf(nth) - 1);
  }
}

/** Of so many answers in a row one falls into each of as many equal parts: rows that wait for each other take the average all the same. */
const PARTS = 8;

/** Where in the spread the n-th answer is, from 0 to 1. */
function partOf(nth: number): number {
  const order = scatter(Math.floor(nth / PARTS));
  const part = ((nth % PARTS) * (2 * (order % 4) + 1) + (order >>> 2)) % PARTS;
  return (part + scatter(nth) * 2 ** -32) / PARTS;
}
