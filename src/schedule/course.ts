import type {Ledger} from '../limits/ledger.js';
import {type WindowRule, windowName} from '../limits/limit.js';
import {roomAt, type Window} from '../limits/window.js';

/** What holds everything back: a window of a limit, the cap on what is under way, or rows that wait for others. `rule`: of a window. */
export type Binding = {readonly limit: string; readonly window: string; readonly rule?: WindowRule};

/** For how long something held everything back, in ms since the begin. A stretch ends where something else holds. */
export type Held = Binding & {
  readonly ms: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly stretches: number;
  /** What had held longest before it did for the first time. */
  readonly before: Binding | undefined;
};

type Booked = {readonly name: string; readonly fromMs: number; toMs: number};

/** So many stretches are known one by one, to be repeated; of those before them only the sums. */
const REMEMBERED = 100_000;

/** What the cap on what is under way is called beside limits. */
export const CAP = 'concurrency';

/** What holds back rows that wait for others. */
export const TURNS: Binding = {limit: 'key or phase', window: 'one after another'};

/** What held a run back, from when on, and for how long. */
export class Course {
  readonly #held = new Map<string, {-readonly [K in keyof Held]: Held[K]}>();
  readonly #ofRule = new Map<WindowRule, Binding>();
  #booked: Booked[] = [];
  #last: Booked | undefined;

  /** By limit and window. */
  get held(): ReadonlyMap<string, Held> {
    return this.#held;
  }

  /** Books the time between two instants, in ms since the begin. */
  book(binding: Binding, fromMs: number, toMs: number): void {
    if (toMs <= fromMs) return;
    const name = `${binding.limit} ${binding.window}`;
    let entry = this.#held.get(name);
    if (!entry) {
      entry = {...binding, ms: 0, firstMs: fromMs, lastMs: fromMs, stretches: 0, before: this.#longest()};
      this.#held.set(name, entry);
    }
    entry.ms += toMs - fromMs;
    const last = this.#last;
    if (last?.name === name && last.toMs === fromMs) {
      last.toMs = toMs;
      return;
    }
    entry.lastMs = fromMs;
    entry.stretches += 1;
    this.#last = {name, fromMs, toMs};
    this.#booked.push(this.#last);
    if (this.#booked.length > 2 * REMEMBERED) this.#booked.splice(0, REMEMBERED);
  }

  /** Books what came since `fromMs` so many times more. */
  repeat(fromMs: number, times: number): void {
    const since: Booked[] = [];
    for (let place = this.#booked.length - 1; place >= 0 && this.#booked[place]!.toMs > fromMs; place--)
      since.push(this.#booked[place]!);
    for (const {name, fromMs: begunMs, toMs} of since) {
      const entry = this.#held.get(name)!;
      entry.ms += (toMs - Math.max(begunMs, fromMs)) * times;
      if (begunMs >= fromMs) entry.stretches += times;
    }
    this.#booked = [];
    this.#last = undefined;
  }

  /** The window that has room last of this bucket's, by the figure in force, or, where it is none, the cap. */
  bindingOf(ledger: Ledger, id: number | undefined, now: number): Binding {
    const bucket = id === undefined ? undefined : ledger.buckets.get(id);
    const cap = `${ledger.concurrency} at once`;
    if (!bucket) return {limit: CAP, window: cap};
    let held: Window | undefined;
    let last = Number.NEGATIVE_INFINITY;
    for (const window of bucket.windows) {
      const at = roomAt(window, now);
      if (at > last) [last, held] = [at, window];
    }
    const limit = ledger.limits[bucket.limit]?.name ?? bucket.label;
    if (!held) return {limit, window: cap};
    const {rule, requests} = held;
    // The server has told another figure.
    if (requests !== rule.requests) return {limit, window: windowName({...rule, requests}), rule};
    const known = this.#ofRule.get(rule) ?? {limit, window: windowName(rule), rule};
    this.#ofRule.set(rule, known);
    return known;
  }

  #longest(): Binding | undefined {
    let longest: Held | undefined;
    for (const entry of this.#held.values()) if (!longest || entry.ms > longest.ms) longest = entry;
    return longest && {limit: longest.limit, window: longest.window, ...(longest.rule && {rule: longest.rule})};
  }
}
