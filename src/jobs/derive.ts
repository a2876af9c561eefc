import type {Step} from './job.js';
import {type Found, type Parents, textKey} from './parents.js';

/** A row of a step's source: its number there, and its values. */
export type SourceRow = {readonly row: number; readonly values: Readonly<Record<string, unknown>>};

/** A row that a step sends: the rows of its source that it stands for, and what its template is filled with. */
export type DerivedRow = {readonly rows: readonly number[]; readonly values: Readonly<Record<string, unknown>>};

/** A row that is not sent: for good as things stand, or until what it waits for is known. */
export type LeftOut = SourceRow & {readonly state: 'skipped' | 'waiting'; readonly why: string};

/** What a step makes of its source. */
export type Derivation = {
  /** Told of each row that is to be sent, in order. */
  readonly emit: (row: DerivedRow) => void;
  readonly leaveOut: (row: LeftOut) => void;
  /** Whether a row is among those that are sent already. */
  readonly has: (row: number) => boolean;
};

/**
 * Takes the rows of a source one after another and makes of them what a step sends: one of those that are alike, columns of earlier steps joined, and
 * rows folded into batches. `end` sends what is still held back. The same rows give the same requests.
 */
export function openDerivation(step: Step, parents: ReadonlyMap<string, Parents>, {emit, leaveOut, has}: Derivation) {
  const {distinct} = step.input;
  const seen = new Set<string>();
  /** Of rows that are alike, the one that stands for all so far. */
  const standing = new Map<string, SourceRow>();
  const batches = new Map<string, SourceRow[]>();

  const join = (row: SourceRow) => {
    if (has(row.row)) return;
    let {values} = row;
    for (const [name, by] of Object.entries(step.join)) {
      const found = parents.get(name)!.find(textKey(row.values, by));
      if (found?.state !== 'ok') {
        leaveOut({...row, ...missing(name, by, row, found)});
        return;
      }
      values = {...values, ...found.captured};
    }
    const empty = captured.find((name) => (values[name] ?? null) === null);
    if (empty !== undefined) leaveOut({...row, state: 'skipped', why: `nothing was captured for ${empty}`});
    else fold({row: row.row, values});
  };

  const captured = Object.keys(step.join).flatMap((name) => parents.get(name)!.captures);

  const fold = (row: SourceRow) => {
    if (!step.batch) {
      emit({rows: [row.row], values: row.values});
      return;
    }
    const key = textKey(row.values, step.batch.by);
    const held = batches.get(key) ?? [];
    held.push(row);
    batches.set(key, held);
    if (held.length < step.batch.size) return;
    batches.delete(key);
    emit(batchOf(held, step.batch.by));
  };

  return {
    take(row: SourceRow): void {
      let taken = row;
      if (distinct) {
        taken = {row: row.row, values: Object.fromEntries(distinct.map((name) => [name, row.values[name]]))};
        const key = textKey(taken.values, distinct);
        if (seen.has(key)) return;
        seen.add(key);
      }
      if (!step.collapse) {
        join(taken);
        return;
      }
      const {by, keep} = step.collapse;
      const key = textKey(taken.values, by);
      const before = standing.get(key);
      const [winner, other] = keep === 'last' || !before ? [taken, before] : [before, taken];
      standing.set(key, winner);
      // A winner moves to its own place, so that requests keep the order of the rows they are of.
      if (other) leaveOut({...other, state: 'skipped', why: `row ${winner.row} stands for it`});
    },
    end(): void {
      for (const row of [...standing.values()].sort((one, other) => one.row - other.row)) join(row);
      for (const held of batches.values()) emit(batchOf(held, step.batch!.by));
    },
  };
}

/** One request of several rows: the columns that they have in common, and `rows`. */
export function batchOf(held: readonly SourceRow[], by: readonly string[]): DerivedRow {
  const common = Object.fromEntries(by.map((name) => [name, held[0]!.values[name]]));
  return {rows: held.map(({row}) => row), values: {...common, rows: held.map(({values}) => values)}};
}

function missing(
  step: string,
  by: readonly string[],
  {values}: SourceRow,
  found: Found | undefined,
): Pick<LeftOut, 'state' | 'why'> {
  const key = by.map((name) => `${name} ${JSON.stringify(values[name] ?? null)}`).join(', ');
  if (!found) return {state: 'skipped', why: `${step} has no row with ${key}`};
  const which = `row ${found.row} of ${step} (${key})`;
  if (found.state === 'failed' || found.state === 'skipped')
    return {state: 'skipped', why: `${which} ${found.state === 'failed' ? 'failed' : 'was skipped'}`};
  return {state: 'waiting', why: `${which} is ${found.state === 'in-doubt' ? 'in doubt' : 'not done yet'}`};
}
