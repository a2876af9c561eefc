import type {Exchange} from '../../src/exchange.js';
import {answered, UNANSWERED, UNSENT} from '../run/scene.js';

/** What becomes of one request, drawn before it is answered. */
type Fate = {readonly executes: boolean; readonly exchange: Exchange};

/** A provider that goes on when the client's machine does not. It counts what it has executed, and is the judge. */
export class Provider {
  readonly #random: () => number;
  /** How often each row was executed. */
  readonly executed = new Map<number, number>();
  /** Every row that ever arrived. */
  readonly arrived = new Set<number>();
  readonly #onTheWay = new Set<() => void>();
  /** Rows that somebody decided to send again, knowing that they may have been executed. One decision is good for one request. */
  readonly #mayRepeat = new Set<number>();
  /** Rows that were executed again though nobody knew. */
  readonly twice: number[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  /** These rows are to be sent again on somebody's word. */
  allow(rows: Iterable<number>): void {
    for (const row of rows) this.#mayRepeat.add(row);
  }

  async send(row: number): Promise<Exchange> {
    const {executes, exchange} = this.#fate();
    if (exchange.kind === 'unsent') return exchange;
    this.arrived.add(row);
    const allowed = this.#mayRepeat.delete(row);
    // Who is refused is told so, and comes again on the same word.
    if (allowed && exchange.kind === 'answered' && exchange.response.status === 429) this.#mayRepeat.add(row);
    const execute = () => this.#execute(row, allowed);
    if (executes) this.#onTheWay.add(execute);
    await later(this.#random() * 40);
    if (this.#onTheWay.delete(execute)) execute();
    await later(this.#random() * 20);
    return exchange;
  }

  /** The client's machine is gone: what had left it may be executed all the same. */
  clientDied(): void {
    for (const execute of this.#onTheWay) if (this.#random() < 0.7) execute();
    this.#onTheWay.clear();
  }

  #fate(): Fate {
    const drawn = this.#random();
    if (drawn < 0.03) return {executes: false, exchange: UNSENT};
    if (drawn < 0.06) return {executes: false, exchange: UNANSWERED};
    if (drawn < 0.1) return {executes: true, exchange: UNANSWERED};
    if (drawn < 0.14) return {executes: false, exchange: answered(429, {'retry-after': '1'})};
    // A long answer to a failure is kept in the journal: records of several sectors.
    if (drawn < 0.22)
      return {executes: false, exchange: answered(422, {}, 'x'.repeat(Math.floor(this.#random() * 3000)))};
    return {executes: true, exchange: answered(201, {}, '{"id":1}')};
  }

  #execute(row: number, allowed: boolean): void {
    const before = this.executed.get(row) ?? 0;
    this.executed.set(row, before + 1);
    if (before > 0 && !allowed) this.twice.push(row);
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
