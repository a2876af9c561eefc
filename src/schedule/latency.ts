/**
 * How long an answer takes on average, told from how many requests were under way for how long: for each request that was started, they were one
 * more for as long as its answer took.
 */
export class Latency {
  #ms = 0;
  /** The sum of what all requests have taken so far. */
  #spentMs = 0;
  #running = 0;
  #at = Number.NaN;
  /** Until the instant `at`, and at it. */
  #before = 0;
  #started = 0;

  /** 0 until the first answer. */
  get ms(): number {
    return this.#ms;
  }

  /** `running` are under way from `now` on. */
  watch(now: number, running: number): void {
    if (!(now <= this.#at)) {
      if (this.#running > 0) this.#spentMs += this.#running * (now - this.#at);
      this.#at = now;
      this.#before += this.#started;
      this.#started = 0;
    }
    this.#running = running;
  }

  /** One more was started at the instant that is watched. */
  start(): void {
    this.#started += 1;
  }

  /** An answer has come at the instant that is watched. Between answers, those just started would make it look shorter. */
  learn(): void {
    if (this.#before > 0) this.#ms = this.#spentMs / this.#before;
  }
}
