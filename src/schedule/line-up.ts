import type {Turn} from '../operations/parse.js';
import {makeKeyIds} from './key-ids.js';
import type {Lanes} from './lanes.js';
import {FIRST, type KeptRows, keep, noneKept, PART, type Phases} from './parts.js';
import type {LaneRows} from './rows.js';
import {gatesOf, Sequence} from './sequence.js';

/** What a row is to those behind it when a session begins. */
export type Part = 'line' | 'doubt' | 'failed' | 'outside' | 'done';

/** Collects whose turn comes after whose, while a file is read. */
export type LineUp = {
  /** One more row; rows come in order, none left out. */
  add(row: number, turn: Turn, part: Part): void;
  /**
   * All rows have been read: those whose turn has come stand in `lined`, all that are sent in this session are counted in `lanes`. Undefined where no row
   * waits for another.
   */
  close(lanes: Lanes, lined: LaneRows): Sequence | undefined;
};

const FIRST_ROWS = 1024;

/** Nobody in line. With `stop` the rows behind a failed one of their key are skipped. Takes 5 bytes a row, and 4 more where there are phases. */
export function openLineUp({stop}: {readonly stop: boolean}): LineUp {
  const keys = makeKeyIds();
  const phaseNumbers = new Map<string, number>();
  let keyOf = new Uint32Array(FIRST_ROWS);
  let parts = new Uint8Array(FIRST_ROWS);
  let phaseOf = new Uint32Array(1);
  let rows = 0;
  return {
    add(row, {key, phase}, part) {
      rows = row;
      if (row >= keyOf.length) {
        keyOf = grown(keyOf, new Uint32Array(row * 2));
        parts = grown(parts, new Uint8Array(row * 2));
      }
      parts[row] = PART[part === 'failed' && !stop ? 'done' : part];
      if (key !== undefined) keyOf[row] = keys.idOf(key);
      const number = numberOf(phaseNumbers, phase ?? '');
      if (number === 0) return;
      if (row >= phaseOf.length) phaseOf = grown(phaseOf, new Uint32Array(row * 2));
      phaseOf[row] = number;
    },
    close(lanes, lined) {
      const names = [...phaseNumbers.keys()];
      const all = parts.subarray(0, rows + 1);
      const phases = names.length > 1 ? phasesOf(names, phaseOf, all) : undefined;
      const chains = keys.count > 0 ? chain({keyOf, keys: keys.count, parts: all, phases}) : undefined;
      if (!phases && !chains) {
        for (let row = 1; row <= rows; row++) if (all[row] === PART.line) enter(row, lined.laneOf(row), lanes, lined);
        return undefined;
      }
      return openTurns({parts: all, phases, chains}, lanes, lined);
    },
  };
}

/** A row that waits for no other stands in its lane at once. */
export function enter(row: number, lane: number, lanes: Lanes, lined: LaneRows): void {
  lanes.add(lane);
  lined.push(row, lane);
}

function numberOf(numbers: Map<string, number>, name: string): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(name, number);
  }
  return number;
}

/** Puts the rows in order of their phases, each in the order of the file. */
function phasesOf(names: readonly string[], phaseOf: Uint32Array, parts: Uint8Array): Phases {
  const of = phaseOf.length < parts.length ? grown(phaseOf, new Uint32Array(parts.length)) : phaseOf;
  const from = new Uint32Array(names.length + 1);
  for (let row = 1; row < parts.length; row++) from[of[row]! + 1]! += 1;
  for (let phase = 0; phase < names.length; phase++) from[phase + 1]! += from[phase]!;
  const sorted = new Uint32Array(parts.length - 1);
  const filled = from.slice();
  for (let row = 1; row < parts.length; row++) {
    const phase = of[row]!;
    sorted[filled[phase]!] = row;
    filled[phase]! += 1;
  }
  return {names, of, sorted, from, lined: new Uint32Array(names.length)};
}

/** The rows of each key, one behind the other; `heads` has the first of each. */
type Chains = {readonly next: Uint32Array; readonly behind: Uint32Array; readonly heads: Uint32Array};

/** Undefined where no row is behind another. The keys are written over: the same four bytes of a row hold its key first and the row behind it then. */
function chain({
  keyOf,
  keys,
  parts,
  phases,
}: {
  readonly keyOf: Uint32Array;
  readonly keys: number;
  readonly parts: Uint8Array;
  readonly phases: Phases | undefined;
}): Chains | undefined {
  const next = keyOf;
  const heads = new Uint32Array(keys + 1);
  let behind: Uint32Array | undefined;
  for (let at = parts.length - 2; at >= 0; at--) {
    const row = phases ? phases.sorted[at]! : at + 1;
    const key = keyOf[row]!;
    next[row] = 0;
    if (key === 0 || parts[row] === PART.done) continue;
    const follower = heads[key]!;
    heads[key] = row;
    if (follower === 0) continue;
    next[row] = follower;
    behind ??= new Uint32Array(parts.length);
    if (phases && phases.of[row] !== phases.of[follower]) continue;
    parts[follower]! |= LATER;
    behind[row] = behind[follower]! + 1;
  }
  return behind && {next, behind, heads};
}

/** A row of its phase is before it; turned into its opposite, `FIRST`, when all are known. */
const LATER = FIRST;

type Read = {
  readonly parts: Uint8Array;
  readonly phases: Phases | undefined;
  readonly chains: Chains | undefined;
};

/** Takes out of the line who is not sent in this session, and opens the first phase. */
function openTurns({parts, phases, chains}: Read, lanes: Lanes, lined: LaneRows): Sequence {
  const inDoubt = noneKept();
  const outside = noneKept();
  for (let row = 1; row < parts.length; row++) parts[row]! ^= FIRST;
  const stopped = chains ? keepBehind(parts, chains, {inDoubt, outside}) : [];
  const until = phases ? keepLater(parts, phases, inDoubt) : 1;
  let lineLength = 0;
  for (let row = 1; row < parts.length; row++) {
    if ((parts[row]! & ~FIRST) !== PART.line) continue;
    lineLength += 1;
    if (phases) phases.lined[phases.of[row]!]! += 1;
    lanes.add(lined.laneOf(row));
    lanes.hold(lined.laneOf(row));
  }
  const {next, behind} = chains ?? {next: new Uint32Array(parts.length), behind: new Uint32Array(parts.length)};
  const sequence = new Sequence({next, behind, parts, phases, stopped, until, lined: lineLength, inDoubt, outside});
  lined.rank((row) => behind[row]!);
  sequence.begin(gatesOf(lined, {open: (lane) => lanes.release(lane), shut: () => {}}));
  return sequence;
}

/** Who is behind a row that is not sent waits or is skipped; a row that failed outranks the others. Returns those that failed. */
function keepBehind(
  parts: Uint8Array,
  {next, heads}: Chains,
  {inDoubt, outside}: {readonly inDoubt: KeptRows; readonly outside: KeptRows},
): number[] {
  const failed: number[] = [];
  const partOf = (row: number) => parts[row]! & ~FIRST;
  for (const head of heads) {
    let keeper = 0;
    let by: number = PART.line;
    for (let row = head; row !== 0; row = next[row]!) {
      const part = partOf(row);
      if (part === PART.line && by !== PART.line) {
        parts[row] = by === PART.failed ? PART.stopped : by === PART.doubt ? PART.held : PART.late;
        if (by !== PART.failed) keep(by === PART.doubt ? inDoubt : outside, {row, after: keeper, by: 'key'});
        else if (failed.at(-1) !== keeper) failed.push(keeper);
      } else if (part === PART.failed ? by !== PART.failed : part !== PART.line && by === PART.line) {
        [keeper, by] = [row, part];
      }
    }
  }
  return failed;
}

/** Phases behind the first row in doubt are not begun. Returns the number of the first of them. */
function keepLater(parts: Uint8Array, {names, from, sorted}: Phases, inDoubt: KeptRows): number {
  const at = sorted.findIndex((row) => (parts[row]! & ~FIRST) === PART.doubt);
  if (at < 0) return names.length;
  const until = from.findIndex((first) => first > at);
  for (const row of sorted.subarray(from[until]!)) {
    if ((parts[row]! & ~FIRST) !== PART.line) continue;
    parts[row] = PART.held;
    keep(inDoubt, {row, after: sorted[at]!, by: 'phase'});
  }
  return until;
}

function grown<T extends Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
