import {existsSync, readFileSync} from 'node:fs';
import {writeDurably} from '../journal/disk.js';
import {writeJson} from '../operations/json.js';
import {batchOf, type DerivedRow, type SourceRow} from './derive.js';
import type {SettledRow} from './sources.js';

/** The member of a derived row that names the rows of the source it stands for. */
export const SOURCE = '_source';

/**
 * The input of a step whose requests are not the rows of a file: NDJSON, one line a request. It only grows: what was once a request stays the one it
 * was, so that the journal of the step's run goes on being its journal.
 */
export class DerivedInput {
  readonly path: string;
  readonly #old: string;
  readonly #sent = new Set<number>();
  readonly #added: string[] = [];

  /** Reads what was derived before, if anything was. */
  constructor(path: string) {
    this.path = path;
    this.#old = existsSync(path) ? readFileSync(path, 'utf8') : '';
    for (const line of this.#old.split('\n'))
      if (line !== '') for (const row of JSON.parse(line)[SOURCE] as number[]) this.#sent.add(row);
  }

  /** Whether any request is made of this row. */
  has = (row: number): boolean => this.#sent.has(row);

  /** Lets rows be sent in a request of their own again. */
  forget(rows: Iterable<number>): void {
    for (const row of rows) this.#sent.delete(row);
  }

  add = ({rows, values}: DerivedRow): void => {
    for (const row of rows) this.#sent.add(row);
    this.#added.push(writeJson({...values, [SOURCE]: rows}));
  };

  get added(): number {
    return this.#added.length;
  }

  get isEmpty(): boolean {
    return this.#old === '' && this.#added.length === 0;
  }

  /** Writes what was added, whole or not at all. */
  async save(): Promise<void> {
    if (this.#added.length === 0) return;
    await writeDurably(this.path, `${this.#old}${this.#added.join('\n')}\n`);
  }
}

/** Two requests in place of one that failed: a bad row spoils the others of its batch, and stands alone in the end. */
export function halves(rows: readonly SettledRow[], by: readonly string[]): readonly DerivedRow[] {
  const middle = Math.ceil(rows.length / 2);
  const plain = rows.map(({row, values}): SourceRow => ({row, values}));
  return [batchOf(plain.slice(0, middle), by), batchOf(plain.slice(middle), by)];
}
