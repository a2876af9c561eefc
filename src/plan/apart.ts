import type {BucketRef} from '../limits/limit.js';
import type {Limit} from '../profiles/profile.js';
import type {Drawn} from '../schedule/picture.js';
import type {Plan} from './plan.js';

/** So many lanes are drawn each for itself. */
const DRAWN_LANES = 8;
/** Those that are planned apart have at most this part of the cap under way, on average, all together. */
const CAP_PART = 0.5;

type Kind = {readonly refs: readonly BucketRef[]};
type Given = {readonly limits: readonly Limit[]; readonly concurrency: number};

/**
 * Kinds of requests in groups that have nothing to do with each other: no bucket in common, and together too few under way for the cap. Each can
 * be planned for itself. Played together they hardly ever repeat themselves, where the windows of the one do not divide those of the other.
 */
export function apart<Each extends Kind>(
  kinds: readonly Each[],
  {limits, concurrency}: Given,
  latencyMs: number,
): readonly (readonly Each[])[] {
  const rateOf = ({refs}: Kind) =>
    Math.min(...refs.flatMap(({limit}) => limits[limit]!.windows.map(({requests, seconds}) => requests / seconds)));
  const underWay = kinds.reduce((sum, kind) => sum + (rateOf(kind) * latencyMs) / 1000, 0);
  if (!(underWay <= concurrency * CAP_PART)) return [kinds];
  const groups: Each[][] = [];
  for (const kind of kinds) {
    const ids = new Set(kind.refs.map(({id}) => id));
    const touched = groups.filter((group) => group.some(({refs}) => refs.some(({id}) => ids.has(id))));
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push([...touched.flat(), kind]);
  }
  return groups;
}

/** One plan of several that go on at the same time: as long as the longest, and held back by what holds that back. */
export function together(plans: readonly Plan[]): Plan {
  const [longest] = plans.toSorted((one, other) => other.seconds - one.seconds);
  const most = (of: (plan: Plan) => number) => Math.max(...plans.map(of));
  const sum = (of: (plan: Plan) => number) => plans.reduce((all, plan) => all + of(plan), 0);
  return {
    ...longest!,
    rows: sum(({rows}) => rows),
    valid: sum(({valid}) => valid),
    requests: sum(({requests}) => requests),
    secondsLow: most(({secondsLow}) => secondsLow),
    secondsHigh: most(({secondsHigh}) => secondsHigh),
    lanes: plans.flatMap(({lanes}) => lanes).toSorted((one, other) => other.seconds - one.seconds),
  };
}

/** One drawing of several, the first of which is that of the longest. Slices are as long as the longest; all lengths are powers of two. */
export function drawnTogether(drawings: readonly Drawn[]): Drawn {
  const [first] = drawings;
  const sliceMs = Math.max(...drawings.map((drawn) => drawn.sliceMs));
  const all = drawings.flatMap((drawn) =>
    drawn.lanes.map(({name, requests}, place) => ({
      name,
      requests: folded(requests, sliceMs / drawn.sliceMs),
      // The last of a drawing may stand for several.
      lanes: drawn.others > 0 && place === drawn.lanes.length - 1 ? drawn.others : 1,
    })),
  );
  all.sort((one, other) => other.requests.reduce(add, 0) - one.requests.reduce(add, 0));
  const single = all.filter(({lanes}) => lanes === 1);
  const drawn = single.length === all.length && all.length <= DRAWN_LANES + 1 ? all : single.slice(0, DRAWN_LANES);
  const rest = all.filter((lane) => !drawn.includes(lane));
  const others = rest.reduce((sum, {lanes}) => sum + lanes, 0);
  const length = Math.max(...all.map(({requests}) => requests.length));
  const sums = Array.from({length}, (_, slice) => rest.reduce((sum, {requests}) => sum + (requests[slice] ?? 0), 0));
  const padded = drawn.map(({name, requests}) => ({
    name,
    requests: Array.from({length}, (_, slice) => requests[slice] ?? 0),
  }));
  return {
    sliceMs,
    lanes: others > 0 ? [...padded, {name: `${others} more lanes`, requests: sums}] : padded,
    others,
    held: first!.held.map((held) => ({
      ...held,
      parts: folded(held.parts, sliceMs / first!.sliceMs).map((part) => (part * first!.sliceMs) / sliceMs),
    })),
  };
}

function folded(amounts: readonly number[], times: number): number[] {
  const length = Math.ceil(amounts.length / times);
  return Array.from({length}, (_, slice) => amounts.slice(slice * times, (slice + 1) * times).reduce(add, 0));
}

function add(one: number, other: number): number {
  return one + other;
}
