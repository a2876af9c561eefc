import type {Place} from '../problem.js';
import type {Outcome} from './outcomes.js';

/** Rows that came out alike: the same state, status and explanation, whatever names and numbers stand in it. */
export type Cause = {
  readonly state: 'ok' | 'failed' | 'in-doubt';
  readonly status: number | null;
  /** What was said; `…` stands for the parts in which the rows differ. */
  readonly says: string;
  readonly rows: number;
  /** Where the first of them begins. */
  readonly first: Place;
};

/** So many kinds are told apart; whatever comes after them counts with the others of its state and status. */
const MOST_KINDS = 200;

/** Counts rows by what became of them. Rows are noted in the order of the input. */
export class Causes {
  readonly #file: string;
  readonly #kinds = new Map<string, {-readonly [K in keyof Cause]: Cause[K]}>();

  /** `file` is what the input is called. */
  constructor(file: string) {
    this.#file = file;
  }

  note(line: number, {state, status, error, note}: Outcome): void {
    const said = state === 'ok' ? note : error;
    if (state === 'skipped' || (state === 'ok' && said === null)) return;
    const says = said ?? '';
    const shape = shapeOf(says);
    const kind = this.#kinds.get(keyOf(state, status, shape)) ?? this.#kindFor(state, status, shape, says, line);
    kind.rows += 1;
    if (kind.says !== says && kind.says !== OTHERS) kind.says = shape;
  }

  /** What failed first, then what is in doubt, then what is ok for a reason; of each the most frequent first. */
  list(): readonly Cause[] {
    const place = {failed: 0, 'in-doubt': 1, ok: 2} as const;
    return [...this.#kinds.values()].sort(
      (one, other) =>
        place[one.state] - place[other.state] ||
        other.rows - one.rows ||
        (one.first.line ?? 0) - (other.first.line ?? 0),
    );
  }

  #kindFor(state: Cause['state'], status: number | null, shape: string, says: string, line: number) {
    const full = this.#kinds.size >= MOST_KINDS;
    const key = keyOf(state, status, full ? OTHERS : shape);
    const found = this.#kinds.get(key);
    if (found) return found;
    const kind = {state, status, says: full ? OTHERS : says, rows: 0, first: {file: this.#file, line}};
    this.#kinds.set(key, kind);
    return kind;
  }
}

const OTHERS = '…';

function keyOf(state: string, status: number | null, shape: string): string {
  return `${state} ${status ?? '-'} ${shape}`;
}

/** Without what names one row: quoted words, addresses, and words that have a digit in them. */
function shapeOf(text: string): string {
  return text
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '…')
    .replace(/[^\s,;:()[\]{}]*[@\d][^\s,;:()[\]{}]*/g, '…')
    .replace(/…(\s*…)+/g, '…');
}
