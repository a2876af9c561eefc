import type {Ledger} from '../limits/ledger.js';
import type {Profile} from '../profiles/profile.js';
import type {Preview} from '../requests/preview.js';
import {announcesEnds, type Foreseen, foresee, type InLine} from '../schedule/foresee.js';
import type {Lanes} from '../schedule/lanes.js';

/** What `plan --json` prints. Durations are seconds; `share` is the part of the time for which that window held everything back. */
export type Plan = {
  readonly rows: number;
  readonly valid: number;
  readonly invalid: number;
  readonly requests: number;
  readonly seconds: number;
  readonly secondsLow: number;
  readonly secondsHigh: number;
  /** ISO 8601, in UTC. */
  readonly finishesAt: string;
  readonly binding: readonly {readonly limit: string; readonly window: string; readonly share: number}[];
  readonly lanes: readonly {readonly name: string; readonly requests: number; readonly seconds: number}[];
  readonly preview: readonly Preview[];
};

/** What is to be planned: the rows that were taken in, and under which conditions they will be sent. */
export type Planned = {
  readonly rows: number;
  readonly invalid: number;
  readonly lanes: Lanes;
  /** Whose turn it is among the rows in line. */
  readonly line?: InLine;
  readonly profile: Profile;
  readonly latency: {readonly lowMs: number; readonly expectedMs: number; readonly highMs: number};
  readonly startAt: number;
  /** The windows as they are at `startAt`, fresh for each time the run is played. */
  readonly openLedger: () => Ledger;
  readonly preview: readonly Preview[];
};

/** So many lanes are listed, those that end last first. */
const LISTED_LANES = 1000;

/** Plays the run three times, for the expected, the least and the greatest latency, and tells how long it takes and what holds it back. */
export function planRun(planned: Planned): Plan {
  const {rows, invalid, lanes, line, latency, startAt, preview} = planned;
  const counts = lanes.counts();
  const holding = lanes.holding();
  const requests = counts.reduce((sum, count) => sum + count, 0);
  const play = (latencyMs: number): Foreseen => {
    const fixedEnds = announcesEnds(planned.profile);
    const foreseen = foresee(lanes, planned.openLedger(), {startAt, latencyMs, fixedEnds}, line);
    lanes.restore(counts, holding);
    return foreseen;
  };
  const {ms: lowMs} = play(latency.lowMs);
  const {ms: highMs} = play(latency.highMs);
  const expected = play(latency.expectedMs);
  return {
    rows,
    valid: rows - invalid,
    invalid,
    requests,
    seconds: seconds(expected.ms),
    secondsLow: seconds(lowMs),
    secondsHigh: seconds(highMs),
    finishesAt: new Date(Math.round(startAt + expected.ms)).toISOString(),
    binding: bindingOf(expected),
    lanes: lanesOf(lanes, counts, expected),
    preview,
  };
}

function bindingOf({held, ms}: Foreseen): Plan['binding'] {
  return [...held.values()]
    .filter((entry) => entry.ms > 0)
    .sort((one, other) => other.ms - one.ms)
    .map(({limit, window, ms: heldMs}) => ({limit, window, share: Number((heldMs / ms).toFixed(4))}));
}

function lanesOf(lanes: Lanes, counts: Uint32Array, {laneMs}: Foreseen): Plan['lanes'] {
  // Of a million lanes the times alone are put in order, and then the last to end are picked.
  const lastMs = laneMs.toSorted().at(-LISTED_LANES) ?? -1;
  const busy = (wanted: (ms: number) => boolean, room: number) => {
    const found: number[] = [];
    for (let lane = 0; lane < laneMs.length && found.length < room; lane++) {
      if (counts[lane]! > 0 && wanted(laneMs[lane]!)) found.push(lane);
    }
    return found;
  };
  const later = busy((ms) => ms > lastMs, LISTED_LANES);
  const listed = [...later, ...busy((ms) => ms === lastMs, LISTED_LANES - later.length)];
  listed.sort((one, other) => laneMs[other]! - laneMs[one]! || one - other);
  return listed.map((lane) => ({name: lanes.name(lane), requests: counts[lane]!, seconds: seconds(laneMs[lane]!)}));
}

function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(3));
}
