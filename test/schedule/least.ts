/** Operations of each user, under `own` for each of them and `shared` for all: so many in so many ms, rolling. Each answer takes `latencyMs`. */
export type Load = {
  readonly users: readonly number[];
  readonly own: {readonly requests: number; readonly ms: number};
  readonly shared: {readonly requests: number; readonly ms: number};
  readonly latencyMs: number;
};

/**
 * No schedule is done sooner, in ms. A slot is used at best once per window and round trip. Any of the users alone, and so the largest ones
 * together, need what their rows take under the shared window and their own windows added up. Besides, let all be started by T = qW + d: then each
 * of the q + 1 spans from kW to kW + d holds what exceeds q windows, so the gaps behind them hold no more than (q + 1) windows less all
 * rows, and the largest users start there no more than that. 600 rows under 100 per 5 s fill each of six spans to the last slot.
 */
export function leastMs({users, own, shared, latencyMs}: Load): number {
  const sizes = [...users].sort((one, other) => other - one);
  const [turn, ownTurn] = [shared.ms + latencyMs, own.ms + latencyMs];
  let rows = 0;
  let least = 0;
  for (const [place, size] of sizes.entries()) {
    rows += size;
    const together = {requests: own.requests * (place + 1), ms: ownTurn};
    least = Math.max(least, stacked(rows, [together, {requests: shared.requests, ms: turn}]));
  }
  const ends = [least];
  for (let one = 0; one <= 2 * least; one += turn)
    for (let end = one; end <= 2 * least; end += ownTurn) if (end > least) ends.push(end);
  ends.sort((one, other) => one - other);
  return (ends.find((end) => mayEnd(end, sizes, {own, shared, turn, ownTurn})) ?? 2 * least) + latencyMs;
}

/** When the last of so many starts under stacked windows, each as soon as it may. */
function stacked(rows: number, windows: readonly {readonly requests: number; readonly ms: number}[]): number {
  const starts: number[] = [];
  for (let n = 0; n < rows; n++)
    starts.push(Math.max(0, ...windows.map(({requests, ms}) => (n < requests ? 0 : starts[n - requests]! + ms))));
  return starts.at(-1) ?? 0;
}

type Turns = Pick<Load, 'own' | 'shared'> & {readonly turn: number; readonly ownTurn: number};

function mayEnd(end: number, sizes: readonly number[], {own, shared, turn, ownTurn}: Turns): boolean {
  const whole = Math.floor(end / turn + 1e-9);
  const span = end - whole * turn;
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const spare = Math.min(shared.requests, (whole + 1) * shared.requests - all);
  if (spare < 0) return false;
  let rows = 0;
  return sizes.every((size, place) => {
    rows += size;
    const each = own.requests * (place + 1);
    const inSpan = Math.min(shared.requests, each * (Math.floor(span / ownTurn + 1e-9) + 1));
    const inGap = Math.min(spare, each * Math.ceil((turn - span) / ownTurn - 1e-9));
    return rows <= (whole + 1) * inSpan + whole * inGap;
  });
}
