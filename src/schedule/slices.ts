/** Twice as many slices as a drawing has at least; with as many there is room for no more, and two become one. */
const MOST_SLICES = 512;
/** A turn that is no longer than this in slices is even. */
const EVEN_SLICES = 2;

/** Amounts over time, in several series of slices of one length. The length doubles whenever the time is over, so that the number of slices stays. */
export class Slices {
  #sliceMs = 1;
  readonly #series: Float64Array[] = [];

  get sliceMs(): number {
    return this.#sliceMs;
  }

  /** One more series, empty. Returns its number. */
  open(): number {
    return this.#series.push(new Float64Array(MOST_SLICES)) - 1;
  }

  /** The first `count` slices of a series. */
  read(series: number, count: number): number[] {
    return Array.from({length: count}, (_, slice) => this.#series[series]![slice] ?? 0);
  }

  add(series: number, ms: number, amount: number): void {
    this.#reach(ms);
    this.#series[series]![Math.floor(ms / this.#sliceMs)]! += amount;
  }

  /** Adds an amount evenly between two instants. */
  spread(series: number, fromMs: number, toMs: number, amount: number): void {
    this.#reach(toMs);
    if (toMs <= fromMs) return;
    const slices = this.#series[series]!;
    const last = Math.min(MOST_SLICES - 1, Math.floor(toMs / this.#sliceMs));
    for (let slice = Math.floor(fromMs / this.#sliceMs); slice <= last; slice++) {
      const from = Math.max(fromMs, slice * this.#sliceMs);
      const to = Math.min(toMs, (slice + 1) * this.#sliceMs);
      if (to > from) slices[slice]! += (amount * (to - from)) / (toMs - fromMs);
    }
  }

  /**
   * What every series has in the `turnMs` before `atMs` comes `times` times more behind it. `sums` has how much that is in all, for the first of the
   * series: slices that the turn begins and ends in tell it only about.
   */
  repeat(atMs: number, turnMs: number, times: number, sums: readonly number[] = []): void {
    const turns = this.#series.map((_, series) => {
      const parts = this.#between(series, Math.max(0, atMs - turnMs), atMs);
      const sum = sumOf(parts);
      const scale = sums[series] === undefined || sum === 0 ? 1 : sums[series] / sum;
      return parts.map((part) => ({...part, amount: part.amount * scale}));
    });
    this.#reach(atMs + turnMs * times);
    const even = turnMs <= EVEN_SLICES * this.#sliceMs;
    for (const [series, parts] of turns.entries()) {
      if (even) {
        this.spread(series, atMs, atMs + turnMs * times, sumOf(parts) * times);
        continue;
      }
      for (let turn = 1; turn <= times; turn++)
        for (const {fromMs, toMs, amount} of parts)
          this.spread(series, fromMs + turn * turnMs, toMs + turn * turnMs, amount);
    }
  }

  /** The parts of a series between two instants, the later of which is the last that anything is known of. */
  #between(series: number, fromMs: number, toMs: number): {fromMs: number; toMs: number; amount: number}[] {
    const parts: {fromMs: number; toMs: number; amount: number}[] = [];
    const slices = this.#series[series]!;
    for (
      let slice = Math.floor(fromMs / this.#sliceMs);
      slice * this.#sliceMs <= toMs && slice < MOST_SLICES;
      slice++
    ) {
      const amount = slices[slice]!;
      if (amount === 0) continue;
      const begin = slice * this.#sliceMs;
      // Of the slice that the later instant falls into, what is known lies before it.
      const end = Math.max(begin + Number.EPSILON * begin, Math.min(toMs, begin + this.#sliceMs));
      const from = Math.max(begin, fromMs);
      const part = end > begin ? (end - from) / (end - begin) : 1;
      parts.push({fromMs: from, toMs: Math.max(end, from + this.#sliceMs / 1000), amount: amount * part});
    }
    return parts;
  }

  #reach(ms: number): void {
    while (ms >= MOST_SLICES * this.#sliceMs) {
      for (const slices of this.#series) {
        for (let slice = 0; slice < MOST_SLICES / 2; slice++)
          slices[slice] = slices[2 * slice]! + slices[2 * slice + 1]!;
        slices.fill(0, MOST_SLICES / 2);
      }
      this.#sliceMs *= 2;
    }
  }
}

function sumOf(parts: readonly {readonly amount: number}[]): number {
  return parts.reduce((sum, {amount}) => sum + amount, 0);
}
