import {type Change, changeLedger} from '../limits/change.js';
import type {Ledger} from '../limits/ledger.js';
import {type WindowRule, windowName} from '../limits/limit.js';
import type {Profile} from '../profiles/profile.js';
import type {Preview} from '../requests/preview.js';
import type {Latencies} from '../schedule/answers.js';
import {CAP, type Held} from '../schedule/course.js';
import {announcesEnds, type Foreseen, foresee, type InLine} from '../schedule/foresee.js';
import type {Lanes} from '../schedule/lanes.js';
import type {Picture} from '../schedule/picture.js';

/** What `plan --json` prints. Durations are seconds. */
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
  /** What holds the run back, longest first. */
  readonly binding: readonly Holding[];
  readonly lanes: readonly {readonly name: string; readonly requests: number; readonly seconds: number}[];
  readonly preview: readonly Preview[];
  /** What is wrong with rows that cannot be sent, by its cause, most rows first. */
  readonly problems: readonly PlanProblem[];
};

/** One cause: how many rows have it, and what is wrong with the first of them, and where that is. */
export type PlanProblem = {
  readonly code: string;
  readonly rows: number;
  readonly message: string;
  readonly file: string;
  readonly line: number | null;
  readonly row: number | null;
};

/** A window, the cap, or the turn of keys and phases, and what it does to the run. */
export type Holding = {
  readonly limit: string;
  readonly window: string;
  /** The part of the time for which it holds everything back. */
  readonly share: number;
  /** When it does for the first time, since the begin. */
  readonly fromSeconds: number;
  /** How long it does at a time, and how long it is from the begin of one time to the next; null when it is once. */
  readonly idleSeconds: number;
  readonly everySeconds: number | null;
  /** What held longest before it did for the first time. */
  readonly before: string | null;
  /** By how much the run were shorter with a quarter more of it; null where that was not played. */
  readonly savesSeconds: number | null;
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
  /** None where it is not said. */
  readonly problems?: Plan['problems'];
  /** All answers take the same: among very many it is no matter that some take longer. */
  readonly even?: boolean | undefined;
  /** Drawn into when the run is played as it is expected. */
  readonly picture?: Picture | undefined;
};

/** So many lanes are listed, those that end last first. */
const LISTED_LANES = 1000;

/** Of so many that hold the run back, each is played a quarter wider. */
const WIDENED = 6;
/** A run that repeats itself so little that more rows than these had to be played is not played again for each window. */
const MOST_PLAYED = 500_000;

/**
 * Plays the run for the expected, the least and the greatest latency, and tells how long it takes and what holds it back; then once more for each
 * window that does, a quarter wider.
 */
export function planRun(planned: Planned): Plan {
  const {rows, invalid, lanes, latency, startAt, preview, problems = []} = planned;
  const counts = lanes.counts();
  const requests = counts.reduce((sum, count) => sum + count, 0);
  const low = play(planned, {latencyMs: latency.lowMs});
  const high = play(planned, {latencyMs: latency.highMs});
  const expected = play(planned, expectedOf(planned), {picture: planned.picture});
  return {
    rows,
    valid: rows - invalid,
    invalid,
    requests,
    seconds: seconds(expected.ms),
    secondsLow: seconds(Math.min(low.ms, expected.ms)),
    secondsHigh: seconds(Math.max(high.ms, expected.ms)),
    finishesAt: new Date(Math.round(startAt + expected.ms)).toISOString(),
    binding: bindingOf(planned, expected),
    lanes: lanesOf(lanes, counts, expected),
    preview,
    problems,
  };
}

/** Some answers take less than others, as far as the range goes. */
function expectedOf({latency: {expectedMs, highMs}, even = false}: Planned): Latencies {
  if (even) return {latencyMs: expectedMs};
  return {latencyMs: expectedMs, spreadMs: highMs - expectedMs};
}

/** What is played another way: a quarter wider, or into a picture. */
type Played = {readonly wider?: Held; readonly picture?: Picture | undefined};

/** Plays the run, wider or not. */
function play(
  {lanes, line, profile, startAt, openLedger}: Planned,
  latencies: Latencies,
  {wider, picture}: Played = {},
): Foreseen {
  const ledger = openLedger();
  if (wider) changeLedger(ledger, widened(ledger, wider), startAt);
  return foresee(lanes.copy(), ledger, {startAt, ...latencies, fixedEnds: announcesEnds(profile)}, line, picture);
}

/**
 * How long a window holds at a time is told without chance, which cuts its stretches into many, and so is what another window makes of the run; for what
 * part of the time it holds, as the run is expected to go.
 */
function bindingOf(planned: Planned, expected: Foreseen): Plan['binding'] {
  const alike = {latencyMs: planned.latency.expectedMs};
  const {held, ms, played} = play(planned, alike);
  return [...expected.held]
    .filter(([, entry]) => entry.ms > 0)
    .sort(([, one], [, other]) => other.ms - one.ms)
    .map(([name, entry], place) => {
      const {firstMs, lastMs, stretches, before, ms: heldMs} = held.get(name) ?? entry;
      return {
        limit: entry.limit,
        window: entry.window,
        share: Number((entry.ms / expected.ms).toFixed(4)),
        fromSeconds: seconds(firstMs),
        idleSeconds: seconds(heldMs / stretches),
        everySeconds: stretches > 1 ? seconds((lastMs - firstMs) / (stretches - 1)) : null,
        before: before?.window ?? null,
        savesSeconds:
          place < WIDENED && played <= MOST_PLAYED && (entry.rule || entry.limit === CAP)
            ? seconds(ms - play(planned, alike, {wider: entry}).ms)
            : null,
      };
    });
}

/** The windows of a ledger, one of them a quarter wider, or the cap. */
function widened({limits, concurrency, pacing: {pace}}: Ledger, {limit, rule}: Held): Change {
  if (!rule) return {limits, concurrency: aQuarterMore(concurrency), pace};
  const wide = (window: WindowRule): WindowRule =>
    windowName(window) === windowName(rule)
      ? {...window, requests: aQuarterMore(window.requests), ...(window.burst && {burst: aQuarterMore(window.burst)})}
      : window;
  return {
    limits: limits.map((each) => (each.name === limit ? {...each, windows: each.windows.map(wide)} : each)),
    concurrency,
    pace,
  };
}

/** Of a whole number, never less than one more. */
export function aQuarterMore(requests: number): number {
  return Math.ceil(requests * 1.25);
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
