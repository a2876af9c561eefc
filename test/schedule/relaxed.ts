import {createRequire} from 'node:module';
import type {LegacyHighs} from 'highs';

type Window = {readonly requests: number; readonly ms: number};

/** Operations of each user, under all of `own` for each of them and all of `shared` for all. */
export type Stack = {
  readonly users: readonly number[];
  readonly own: readonly Window[];
  readonly shared: readonly Window[];
  readonly latencyMs: number;
};

// Its types describe the module that `require` loads.
const highs = await (createRequire(import.meta.url)('highs') as () => Promise<LegacyHighs>)();

/**
 * Whether a linear program can end by `ms`; where it cannot, no schedule can. A turn is a window and a round trip, for that long a slot is away. Of any
 * schedule, keep the order of the starts and make each as soon as the turns before it allow: none becomes later, and each is now at 0 or a turn
 * after another one, so at a sum of turns. Those instants are columns here: how many of each user were started by then. A row for each instant and
 * window says that no more were started within a turn than it has slots. What any schedule does meets all rows; the program may besides start
 * parts of an operation, and users with equally many share what they may. So it can do no less, and is never later than the best schedule.
 */
export function mayEndBy(load: Stack, ms: number): boolean {
  const last = ms - load.latencyMs + SAME_MS;
  const instants = sumsOf(
    [...load.own, ...load.shared].map((window) => window.ms + load.latencyMs),
    last,
  );
  const sizes = [...new Set(load.users)];
  const lines: string[] = [];
  const turnsOf = (windows: readonly Window[], of: readonly number[], times: number) => {
    for (const window of windows)
      for (const [place, from] of instants.entries()) {
        const until = lastBefore(instants, from + window.ms + load.latencyMs);
        const within = of.map((size) => `+ u${size}_${until}${place > 0 ? ` - u${size}_${place - 1}` : ''}`);
        lines.push(`${within.join(' ')} <= ${window.requests * times}`);
      }
  };
  turnsOf(load.shared, sizes, 1);
  for (const size of sizes) {
    const times = load.users.filter((each) => each === size).length;
    turnsOf(load.own, [size], times);
    for (let place = 1; place < instants.length; place++) lines.push(`u${size}_${place} - u${size}_${place - 1} >= 0`);
    lines.push(`u${size}_${instants.length - 1} = ${size * times}`);
  }
  const program = `Minimize\n u${sizes[0]}_0\nSubject To\n ${lines.join('\n ')}\nEnd`;
  const {Status: status} = highs.solve(program, {output_flag: false});
  if (status !== 'Optimal' && status !== 'Infeasible') throw new Error(`the program was not solved: ${status}`);
  return status === 'Optimal';
}

/** Two instants that are the same, reckoned in two ways, are no further apart. */
const SAME_MS = 0.01;

/** Every sum of these, each taken as often as one likes, up to `last`; ascending. */
function sumsOf(turns: readonly number[], last: number): number[] {
  const sums = new Set([0]);
  for (const sum of sums) for (const turn of turns) if (sum + turn <= last) sums.add(sum + turn);
  return [...sums].sort((one, other) => one - other);
}

function lastBefore(instants: readonly number[], end: number): number {
  let place = instants.length - 1;
  while (instants[place]! > end - SAME_MS) place -= 1;
  return place;
}
