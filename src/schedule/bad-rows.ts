import type {RecordPlace} from '../operations/operation.js';
import {EXIT, Problem} from '../problem.js';

/** So many rows keep what is wrong with them; of more than these only the number is kept. */
const EXPLAINED = 10_000;
/** So many are named in the message that refuses a file. */
const NAMED = 5;

/** The rows of an input that cannot be sent. */
export class BadRows {
  readonly #name: string;
  readonly #rows: number[] = [];
  readonly #problems: Problem[] = [];
  #fatal: Problem | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  get count(): number {
    return this.#rows.length;
  }

  get first(): Problem | undefined {
    return this.#problems[0];
  }

  add({row}: RecordPlace, problem: Problem, fatal: boolean): void {
    this.#rows.push(row);
    if (this.#problems.length < EXPLAINED) this.#problems.push(problem);
    if (fatal) this.#fatal ??= problem;
  }

  /** Each row with what is wrong with it. */
  *listed(): Generator<{readonly row: number; readonly message: string}> {
    for (const [index, row] of this.#rows.entries()) {
      yield {row, message: (this.#problems[index]?.message ?? 'cannot be sent').slice(0, 500)};
    }
  }

  /** Throws what is wrong, with file and line, unless such rows may be left out. After a fatal one nothing could be read, so it always throws. */
  refuseUnless(skipInvalid: boolean): void {
    if (this.#fatal) throw this.#fatal;
    const [first, ...others] = this.#problems;
    if (!first || skipInvalid) return;
    if (others.length === 0) throw first;
    const named = others.slice(0, NAMED - 1).map(({message}) => message);
    const more = this.#rows.length > NAMED ? [`and ${this.#rows.length - NAMED} more rows`] : [];
    throw new Problem(
      'ROWS_INVALID',
      `${this.#rows.length} rows of ${this.#name} cannot be sent:\n${[first.message, ...named, ...more].join('\n')}`,
      'Correct them, or leave them out with --skip-invalid; nothing was sent.',
      {exit: EXIT.misfit},
    );
  }
}
