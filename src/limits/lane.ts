import PQueue from 'p-queue';

/** Refused attempts go before those that were never sent. */
const FIRST = 1;

/**
 * Our queue in front of one set of buckets. What is ready waits here, and starts one by one as the buckets give room.
 *
 * p-queue holds the order, the priorities and the bound; the rate is the ledger's alone. Its own `interval` counts from the start of a task
 * on the wall clock: it never binds where slots come back after the response, and it stalls when the clock is set back.
 */
export class Lane {
  readonly #queue = new PQueue({autoStart: false});
  #granted = 0;

  /** Attempts that are ready and wait for their slot. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Attempts under way. */
  get running(): number {
    return this.#queue.pending;
  }

  /** Puts an attempt in line; `refused` ones stand before all others. It is up to the attempt to say how it ended: it must not reject. */
  add(attempt: () => Promise<void>, place: 'refused' | 'last' = 'last'): void {
    const start = () => {
      this.#granted -= 1;
      if (this.#granted === 0) this.#queue.pause();
      return attempt();
    };
    void this.#queue.add(start, {priority: place === 'refused' ? FIRST : 0});
  }

  /** Starts the first in line, at this instant. */
  release(): void {
    this.#granted += 1;
    this.#queue.start();
  }

  /** Forgets what waits. What runs goes on to its end. */
  close(): void {
    this.#queue.pause();
    this.#queue.clear();
  }
}
