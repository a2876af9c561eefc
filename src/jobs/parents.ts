import type {State} from '../journal/record.js';
import {writeJson} from '../operations/json.js';

/** A row of an earlier step, as far as later ones ask. */
export type Found = {
  readonly row: number;
  readonly state: State | 'waiting';
  readonly captured: Readonly<Record<string, unknown>>;
};

/** The rows of an earlier step, found by some of their columns. */
export type Parents = {
  readonly captures: readonly string[];
  readonly find: (key: string) => Found | undefined;
};

/** How much a state tells; of rows with the same key the one that tells most is found. */
const RANK: Readonly<Record<Found['state'], number>> = {
  ok: 3,
  'in-doubt': 2,
  pending: 2,
  waiting: 2,
  failed: 1,
  skipped: 1,
};

/** Collects the rows of an earlier step by the columns `by`. */
export class ParentIndex implements Parents {
  readonly captures: readonly string[];
  readonly #by: readonly string[];
  readonly #rows = new Map<string, Found>();

  constructor(by: readonly string[], captures: readonly string[]) {
    this.#by = by;
    this.captures = captures;
  }

  add(values: Readonly<Record<string, unknown>>, found: Found): void {
    const key = textKey(values, this.#by);
    const before = this.#rows.get(key);
    if (!before || RANK[found.state] > RANK[before.state]) this.#rows.set(key, found);
  }

  find(key: string): Found | undefined {
    return this.#rows.get(key);
  }
}

/** What rows with the same values in `by` have in common. A number and the same digits as text are the same value: one file may be CSV, the other NDJSON. */
export function textKey(values: Readonly<Record<string, unknown>>, by: readonly string[]): string {
  return JSON.stringify(by.map((name) => keyPart(values[name])));
}

function keyPart(value: unknown): string {
  return typeof value === 'string' ? value : writeJson(value ?? null);
}
