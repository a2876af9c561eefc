import {type WindowRule, windowName} from '../limits/limit.js';
import type {Limit} from '../profiles/profile.js';
import type {Key} from './keys.js';
import {type Meter, openMeter} from './meter.js';

/** One window of one bucket that a request falls into. */
export type Standing = {
  readonly limit: Limit;
  readonly rule: WindowRule;
  readonly meter: Meter;
  /** Counts every arrival, also the refused ones: how hard the sender knocked. */
  readonly arrivals: Meter;
};

/** `refusedBy`: the window without room, as people write it. `worst`: what is now higher than ever, by window, as a part of the limit. */
export type Admission = {
  readonly standings: readonly Standing[];
  readonly refusedBy: Standing | undefined;
  readonly worst: Readonly<Record<string, number>>;
};

/** The counts of a provider for all its limits. */
export type Counters = {
  /** Counts one arrival in every window of every limit that covers it, all or none of them. */
  admit(keys: readonly Key[], now: number): Admission;
};

/** Buckets that nobody uses are looked for when there are so many. */
const SWEEP_FROM = 4096;

/** Opens the counters. With `countRefusals` a request that is refused uses up the windows as well. */
export function openCounters(limits: readonly Limit[], countRefusals: boolean): Counters {
  const buckets = new Map<string, readonly Standing[]>();
  const highest = new Map<string, number>();
  let sweepAt = SWEEP_FROM;

  const bucketOf = ({limit: place, value}: Key, now: number): readonly Standing[] => {
    const id = `${place}\0${value}`;
    const known = buckets.get(id);
    if (known) return known;
    if (buckets.size >= sweepAt) sweepAt = Math.max(SWEEP_FROM, sweep(buckets, now) * 2);
    const limit = limits[place]!;
    const opened = limit.windows.map((rule): Standing => {
      const meter = openMeter(rule);
      return {limit, rule, meter, arrivals: countRefusals ? meter : openMeter(rule)};
    });
    buckets.set(id, opened);
    return opened;
  };

  return {
    admit: (keys, now) => {
      const standings = keys.flatMap((key) => bucketOf(key, now));
      const refusedBy = standings.find(({meter}) => !meter.hasRoom(now));
      const worst: Record<string, number> = {};
      for (const {limit, rule, meter, arrivals} of standings) {
        if (!refusedBy || countRefusals) meter.count(now);
        if (arrivals !== meter) arrivals.count(now);
        const label = `${limit.name}: ${windowName(rule)}`;
        const part = arrivals.used(now) / (rule.burst ?? rule.requests);
        if (part > (highest.get(label) ?? 0)) {
          highest.set(label, part);
          worst[label] = part;
        }
      }
      return {standings, refusedBy, worst};
    },
  };
}

function sweep(buckets: Map<string, readonly Standing[]>, now: number): number {
  for (const [id, standings] of buckets) {
    if (standings.every(({meter, arrivals}) => meter.isWhole(now) && arrivals.isWhole(now))) buckets.delete(id);
  }
  return buckets.size;
}
