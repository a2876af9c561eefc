/** What is supposed before anybody has answered. Too much keeps some slots a little longer; too little loses a turn that is not made up for. */
const SUPPOSED_MS = 300;
/** The quickest answers of a burst come first: until all but this part have come, an answer is not taken to be quicker than it was before. */
const LATE_PART = 0.1;

/**
 * How long an answer takes on average, told from how many requests were under way for how long: for each request that was started, they were one
 * more for as long as its answer took.
 */
export class Latency {
  #ms = SUPPOSED_MS;
  /** The sum of what all requests have taken so far. */
  #spentMs = 0;
  #running = 0;
  #at = Number.NaN;
  /** Until the instant `at`, and at it. */
  #before = 0;
  #started = 0;

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
    if (this.#before === 0) return;
    const ms = this.#spentMs / this.#before;
    this.#ms = this.#running > LATE_PART * this.#before ? Math.max(this.#ms, ms) : ms;
  }
}
