import type {BucketRef} from '../limits/limit.js';
import {mayShare, type Rules, type Shape, secondsEach, shapeOf} from './shape.js';

/** So many groups at most: each start looks at all of them. */
const MOST_GROUPS = 32;

/** What is asked of lanes: how many there are, what waits in each, its shape and its buckets, those with a key also alone. */
export type Grouped = {
  readonly count: number;
  readonly shapes: readonly Shape[];
  shapeOf(lane: number): number;
  left(lane: number): number;
  refs(lane: number): readonly BucketRef[];
  own(lane: number): readonly number[];
};

/** Shapes that come behind those there are, and the shape of each lane, old or new. */
export type Groups = {readonly shapes: readonly Shape[]; readonly shapeOf: Uint16Array};

/**
 * Groups lanes by those of their buckets with a key that others fall into too: ten channels, of which each is shared by its users, are ten groups.
 * Of several limits those come first that have the slowest bucket, as long as there are few groups. Undefined where no such limit is shared.
 */
export function groupsOf(lanes: Grouped, rules: Rules): Groups | undefined {
  const keyedOf = lanes.shapes.map((shape) => (mayShare(shape, lanes.shapes, rules.keyed) ? shape.ownLimits : []));
  const shared = new Set<number>();
  const nameOf = (lane: number) => {
    const shape = lanes.shapeOf(lane);
    let name = '';
    for (const [place, limit] of keyedOf[shape]!.entries())
      if (shared.has(limit)) name += ` ${limit}=${lanes.own(lane)[place]}`;
    return name && shape + name;
  };
  for (const limit of sharedLimits(lanes, rules, keyedOf)) {
    shared.add(limit);
    const names = new Set<string>();
    for (let lane = 0; lane < lanes.count && names.size <= MOST_GROUPS; lane++) names.add(nameOf(lane));
    if (names.size > MOST_GROUPS) shared.delete(limit);
  }
  if (shared.size === 0) return undefined;
  const shapes: Shape[] = [];
  const shapeNamed = new Map<string, number>();
  const each = Uint16Array.from({length: lanes.count}, (_, lane) => {
    const was = lanes.shapeOf(lane);
    const name = nameOf(lane);
    if (name === '') return was;
    const known = shapeNamed.get(name);
    if (known !== undefined) return known;
    // Whoever asks whether two shapes are under the same limits compares the lists themselves.
    shapes.push({...shapeOf(lanes.refs(lane), rules, shared), limits: lanes.shapes[was]!.limits});
    const place = lanes.shapes.length + shapes.length - 1;
    shapeNamed.set(name, place);
    return place;
  });
  return {shapes, shapeOf: each};
}

/** Limits that have few buckets and more lanes; the one with the slowest bucket first. */
function sharedLimits(lanes: Grouped, {limits}: Rules, keyedOf: readonly (readonly number[])[]): number[] {
  const seen = new Map<number, {readonly left: Map<number, number>; lanes: number}>();
  if (keyedOf.every((keyed) => keyed.length === 0)) return [];
  for (let lane = 0; lane < lanes.count; lane++) {
    const buckets = lanes.own(lane);
    for (const [place, limit] of keyedOf[lanes.shapeOf(lane)]!.entries()) {
      const found = seen.get(limit) ?? {left: new Map<number, number>(), lanes: 0};
      if (found.lanes === 0) seen.set(limit, found);
      found.lanes += 1;
      const id = buckets[place]!;
      if (found.left.size <= MOST_GROUPS) found.left.set(id, (found.left.get(id) ?? 0) + lanes.left(lane));
    }
  }
  const secondsOf = (limit: number) =>
    Math.max(...seen.get(limit)!.left.values()) * secondsEach(limits[limit]!.windows);
  return [...seen]
    .filter(([, each]) => each.left.size <= MOST_GROUPS && each.left.size < each.lanes)
    .map(([limit]) => limit)
    .sort((one, other) => secondsOf(other) - secondsOf(one));
}
