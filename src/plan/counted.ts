import {openLedger} from '../limits/ledger.js';
import {NO_LIMIT, windowName} from '../limits/limit.js';
import {pacingOf} from '../limits/pace.js';
import {applyLimits, type Overrides} from '../profiles/override.js';
import type {Limit, Profile} from '../profiles/profile.js';
import {CAP} from '../schedule/course.js';
import {openLanes} from '../schedule/intake.js';
import {type Drawn, Picture} from '../schedule/picture.js';
import {apart, drawnTogether, together} from './apart.js';
import {type Coarse, coarsen, type Latency, namesOf} from './coarse.js';
import {kindOf} from './kinds.js';
import {type Plan, planRun} from './plan.js';
import {type Cover, coversOf, refuseUnknownKeys, type Spread, timesOf, widenLimits} from './spread.js';

/** So many requests of one kind, called by the name of an operation, a group, or as `METHOD /path`. */
export type Count = {readonly name: string; readonly requests: number};

/** Requests that are counted and not read, and how they are to be sent. */
export type CountOrder = Spread & {
  readonly counts: readonly Count[];
  /** As it was found: before limits, share and concurrency of the operator. */
  readonly profile: Profile;
  readonly overrides: Overrides;
  /** The name of the credential that goes with requests whose operation names no other. */
  readonly credential: string | undefined;
  readonly latency: Latency;
  readonly startAt: number;
};

/** Of more requests than these all answers take the same. */
const MOST_UNEVEN = 200_000;

/** A plan from counts, and what it takes for granted. */
export type CountPlanning = {readonly plan: Plan; readonly drawn: Drawn; readonly notes: readonly string[]};

/** Plans requests from their numbers alone. Throws COUNT_UNKNOWN and KEYS_UNKNOWN (2), and what limits throw. */
export function planCounts(order: CountOrder): CountPlanning {
  const given = applyLimits(order.profile, order.overrides);
  refuseUnknownKeys(Object.keys(order.keys), given);
  const kinds = order.counts.map((counted) => kindIn(counted, given, order));
  const wide = {limits: widenLimits(given.limits, order), concurrency: given.concurrency};
  const planned = apart(kinds, wide, order.latency.expectedMs)
    .map((group) => planGroup(group, {order, given, wide: wide.limits}))
    .sort((one, other) => other.plan.seconds - one.plan.seconds);
  return {
    plan: together(planned.map(({plan}) => plan)),
    drawn: drawnTogether(planned.map(({drawn}) => drawn)),
    notes: [
      ...keyNotes(
        kinds.flatMap(({covers}) => [...covers]),
        given,
        order.keys,
      ),
      ...unlimitedNotes(kinds, given),
    ],
  };
}

type Group = {readonly order: CountOrder; readonly given: Profile; readonly wide: readonly Limit[]};

function planGroup(kinds: readonly ReturnType<typeof kindIn>[], {order, given, wide}: Group) {
  const {startAt} = order;
  const used = new Set(kinds.flatMap(({refs}) => (refs.length > 0 ? refs : [NO_LIMIT]).map(({limit}) => limit)));
  const coarse = coarsen({limits: wide, concurrency: given.concurrency}, used, order.latency);
  const profile = {...given, limits: coarse.limits, concurrency: coarse.concurrency};
  const lanes = openLanes(profile.limits);
  const laned = kinds.map(({requests, refs}, place) => {
    const lane = lanes.laneOf(refs, place + 1);
    lanes.add(lane, Math.ceil(requests / coarse.each));
    return {lane: lanes.name(lane), requests};
  });
  const rows = kinds.reduce((sum, {requests}) => sum + requests, 0);
  const ledger = () => openLedger(profile.limits, profile.concurrency, pacingOf(profile, startAt));
  const {latency, each} = coarse;
  const picture = new Picture(lanes);
  const even = rows > MOST_UNEVEN;
  const played = planRun({
    ...{rows, invalid: 0, lanes, profile, latency, even, startAt},
    ...{openLedger: ledger, preview: [], picture},
  });
  const name = namer(coarse, given);
  const drawn = picture.drawn(played.seconds * 1000, each);
  return {
    plan: {...played, binding: told(played.binding, name), requests: rows, lanes: lanesOf(played, laned)},
    drawn: {...drawn, held: drawn.held.map((held) => ({...held, window: name(held)}))},
  };
}

function kindIn({name, requests}: Count, profile: Profile, order: CountOrder) {
  const covers = coversOf(kindOf(name, profile, order.credential), profile, order);
  const refs = [...covers.values()].flatMap((cover) => ('ref' in cover ? [cover.ref] : []));
  return {name, requests, covers, refs};
}

type Held = {readonly limit: string; readonly window: string};

/** Windows in the words of those who gave them: what was played is for several buckets, or for one request in so many. */
function namer(coarse: Coarse, {limits, concurrency}: Profile): (held: Held) => string {
  const names = new Map([
    ...namesOf(coarse, limits),
    [`${CAP} ${coarse.concurrency} at once`, `${concurrency} at once`],
  ]);
  return ({limit, window}) => names.get(`${limit} ${window}`) ?? window;
}

function told(binding: Plan['binding'], name: (held: Held) => string): Plan['binding'] {
  const nameOf = new Map(binding.map((each) => [each.window, name(each)]));
  return binding.map((each) => ({
    ...each,
    window: name(each),
    before: each.before === null ? null : (nameOf.get(each.before) ?? each.before),
  }));
}

function lanesOf({lanes}: Plan, kinds: readonly {readonly lane: string; readonly requests: number}[]): Plan['lanes'] {
  const sumOf = (name: string) => kinds.reduce((sum, {lane, requests}) => sum + (lane === name ? requests : 0), 0);
  return lanes.map((lane) => ({...lane, requests: sumOf(lane.name)}));
}

/** How many buckets there are of each limit with a key, as said or for want of a word; and which limits are left out. */
function keyNotes(
  found: readonly (readonly [number, Cover])[],
  {limits}: Profile,
  keys: Readonly<Record<string, number>>,
): string[] {
  const notes = new Set<string>();
  for (const [place, cover] of found) {
    const {name, per, windows} = limits[place]!;
    const several = per.filter((key) => Object.hasOwn(keys, key));
    if ('lacks' in cover) {
      const {lacks: key} = cover;
      notes.add(
        `limit ${name} counts for each ${key} and is left out, for nothing says that the requests have one; say how many there are: --keys ${key}=20`,
      );
      continue;
    }
    for (const key of cover.assumed)
      notes.add(
        `limit ${name} counts for each ${key}: all requests are taken to be for one ${key}, which is the slowest; say how many there are: --keys ${key}=20`,
      );
    if (several.length === 0) continue;
    const times = timesOf({per}, keys);
    const spread = several.map((key) => `${keys[key]} values of ${key}`).join(' and ');
    const each = windows.map(windowName).join(' and ');
    notes.add(
      `limit ${name}: the requests are taken to be spread evenly over ${spread}, so its windows here are ${times} times those of one (${each})`,
    );
  }
  return [...notes];
}

function unlimitedNotes(
  kinds: readonly {readonly name: string; readonly refs: readonly unknown[]}[],
  {name: profile, limits}: Profile,
): string[] {
  if (limits.length === 0) return [];
  return kinds
    .filter(({refs}) => refs.length === 0)
    .map(
      ({name}) =>
        `${name} falls under no limit of profile ${profile}, so nothing but --concurrency holds it back; add one with --limit`,
    );
}
