import {FIRST, type Kept, type KeptRows, keep, PART, PART_BITS, type SequenceState} from './parts.js';
import type {LaneRows} from './rows.js';

/** What becomes of rows in line: `open`: its turn has come. `shut`: it is not sent in this session. */
export type Gates = {readonly open: (row: number) => void; readonly shut: (row: number) => void};

/** Lets rows whose turn has come into their lanes, and takes those out that are not sent. */
export function gatesOf(
  rows: Pick<LaneRows, 'laneOf' | 'push'>,
  schedule: {open(lane: number): void; shut(lane: number): void},
): Gates {
  return {
    open(row) {
      const lane = rows.laneOf(row);
      rows.push(row, lane);
      schedule.open(lane);
    },
    shut: (row) => schedule.shut(rows.laneOf(row)),
  };
}

/**
 * Whose turn it is. Of the rows with one key only the first that is left may start; a phase begins when every row before it is settled, and phases outrank
 * keys. Rows whose turn has come are told to `open`, each once; whoever sends them tells here how each was settled. A row costs 9 bytes, and 8 more
 * where there are phases. Knows no time.
 */
export class Sequence {
  readonly #state: SequenceState;
  readonly #parts: Uint8Array;
  readonly #stopped: {readonly after: number; row: number}[];
  #until: number;
  #phase = -1;
  /** Rows in line of the phase that goes on. */
  #left = 0;
  #waiting: number;
  readonly #inDoubt: KeptRows;

  constructor(state: SequenceState) {
    this.#state = state;
    this.#parts = state.parts;
    this.#until = state.until;
    this.#waiting = state.lined;
    this.#stopped = state.stopped.map((after) => ({after, row: state.next[after]!}));
    this.#inDoubt = {rows: state.inDoubt.rows, first: [...state.inDoubt.first]};
  }

  /** The same sequence once more, to be played ahead of those that count. */
  copy(): Sequence {
    const copy = new Sequence({...this.#state, parts: this.#parts.slice(), inDoubt: this.#inDoubt, stopped: []});
    copy.#until = this.#until;
    copy.#phase = this.#phase;
    copy.#left = this.#left;
    copy.#waiting = this.#waiting;
    return copy;
  }

  /** Rows that are not sent in this session because they wait for one in doubt. */
  get inDoubt(): Readonly<KeptRows> {
    return this.#inDoubt;
  }

  /** Rows that are not sent in this session because one before them of their key is not. */
  get outside(): Readonly<KeptRows> {
    return this.#state.outside;
  }

  /** Rows in line whose turn has not come. */
  get waiting(): number {
    return this.#waiting;
  }

  /** How many rows wait for this one, one behind the other: the longest line is the last to end. */
  behind(row: number): number {
    return this.#state.behind[row]!;
  }

  /** The phases that have rows in line, in their order; one without a name is of the rows that name none. */
  get phases(): readonly {readonly name: string; readonly rows: number}[] {
    const {phases} = this.#state;
    if (!phases) return [];
    return phases.names.map((name, phase) => ({name, rows: phases.lined[phase]!})).filter(({rows}) => rows > 0);
  }

  /** The phase that goes on, how many of its rows are not settled, and the one that waits for it. */
  get awaited(): {readonly phase: string; readonly left: number; readonly next: string} | undefined {
    const {phases} = this.#state;
    if (!phases) return undefined;
    for (let next = this.#phase + 1; next < this.#until; next++)
      if (phases.lined[next]! > 0)
        return {phase: phases.names[this.#phase]!, left: this.#left, next: phases.names[next]!};
    return undefined;
  }

  /** Opens the first phase with rows in line. */
  begin(gates: Gates): void {
    this.#enter(gates);
  }

  /** The row is settled, and those behind it go on. Returns whether another phase begins with that. */
  settle(row: number, gates: Gates): boolean {
    const next = this.#state.next[row]!;
    this.#parts[row] = PART.done;
    // The first of a later phase is opened when that begins.
    if (next !== 0 && this.#parts[next] === PART.line) this.#open(next, gates);
    return this.#leave(gates);
  }

  /** The row failed, and those behind it are skipped: `nextStopped` names them. Returns whether another phase begins with that. */
  stop(row: number, gates: Gates): boolean {
    this.#parts[row] = PART.done;
    let any = false;
    for (const each of this.#behindOf(row)) {
      const part = this.#part(each);
      if (part !== PART.line && part !== PART.held) continue;
      any = true;
      if (part === PART.line) this.#shut(each, PART.stopped, gates);
      else {
        this.#parts[each] = PART.stopped;
        this.#inDoubt.rows -= 1;
      }
    }
    if (any) this.#stopped.push({after: row, row: this.#state.next[row]!});
    return this.#leave(gates);
  }

  /** The row is in doubt: what is behind it of its key is kept, and all later phases. */
  doubt(row: number, gates: Gates): void {
    this.#parts[row] = PART.doubt;
    for (const each of this.#behindOf(row)) this.#keep({row: each, after: row, by: 'key'}, gates);
    const {phases} = this.#state;
    const first = phases ? phases.from[this.#phase + 1]! : 0;
    const end = phases && this.#until > this.#phase + 1 ? phases.sorted.length : first;
    for (let at = first; at < end; at++) this.#keep({row: phases!.sorted[at]!, after: row, by: 'phase'}, gates);
    this.#until = Math.min(this.#until, this.#phase + 1);
    this.#leave(gates);
  }

  /** The next row that is to be skipped, and the row of its key that failed; each is named once. */
  nextStopped(): {readonly row: number; readonly after: number} | undefined {
    for (let top = this.#stopped.at(-1); top; top = this.#stopped.at(-1)) {
      while (top.row !== 0) {
        const {row, after} = top;
        top.row = this.#state.next[row]!;
        if (this.#part(row) !== PART.stopped) continue;
        this.#parts[row] = PART.done;
        return {row, after};
      }
      this.#stopped.pop();
    }
    return undefined;
  }

  /** Whether rows are to be skipped. */
  get stopping(): boolean {
    return this.#stopped.length > 0;
  }

  #part(row: number): number {
    return this.#parts[row]! & PART_BITS;
  }

  *#behindOf(row: number): Generator<number> {
    const {next} = this.#state;
    for (let each = next[row]!; each !== 0; each = next[each]!) yield each;
  }

  #keep(kept: Kept, gates: Gates): void {
    if (this.#part(kept.row) !== PART.line) return;
    keep(this.#inDoubt, kept);
    this.#shut(kept.row, PART.held, gates);
  }

  #shut(row: number, part: number, gates: Gates): void {
    this.#parts[row] = part;
    if ((this.#state.phases?.of[row] ?? 0) === this.#phase) this.#left -= 1;
    this.#waiting -= 1;
    gates.shut(row);
  }

  #open(row: number, gates: Gates): void {
    this.#waiting -= 1;
    gates.open(row);
  }

  #leave(gates: Gates): boolean {
    this.#left -= 1;
    return this.#left === 0 && this.#enter(gates);
  }

  /** Goes on to the next phase with rows in line; rows behind others of their key stay where they are. */
  #enter(gates: Gates): boolean {
    const {phases} = this.#state;
    while (this.#left === 0 && this.#phase + 1 < this.#until) {
      this.#phase += 1;
      const from = phases ? phases.from[this.#phase]! : 1;
      const end = phases ? phases.from[this.#phase + 1]! : this.#parts.length;
      for (let at = from; at < end; at++) {
        const row = phases ? phases.sorted[at]! : at;
        if (this.#part(row) !== PART.line) continue;
        this.#left += 1;
        if (this.#parts[row]! & FIRST) this.#open(row, gates);
      }
    }
    return this.#left > 0;
  }
}
