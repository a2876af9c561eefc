import {giveBack, type Ledger, sweep, take} from '../limits/ledger.js';
import type {Profile} from '../profiles/profile.js';
import {Course, type Held, TURNS} from './course.js';
import type {Lanes} from './lanes.js';
import type {LaneRows} from './rows.js';
import {Schedule} from './schedule.js';
import {gatesOf, type Sequence} from './sequence.js';
import {openSkip, type Skipped} from './skip.js';

/** What the run is expected to meet. `fixedEnds`: the provider announces when its fixed windows end, so they are whole again there. */
export type Conditions = {readonly startAt: number; readonly latencyMs: number; readonly fixedEnds: boolean};

/** Whether a provider announces the end of its fixed windows, and is believed. */
export function announcesEnds({headers}: Pick<Profile, 'headers'>): boolean {
  return headers.reset !== undefined && headers.trust !== 'none';
}

/** How long the run takes, when each lane is done, and for how long each window held everything back. */
export type Foreseen = {
  readonly ms: number;
  readonly laneMs: Float64Array;
  /** When each five-hundredth part of the answers was there, from none to all: how far a run is, told by its plan. */
  readonly parts: readonly number[];
  /** Milliseconds, by limit and window. */
  readonly held: ReadonlyMap<string, Held>;
  /** How many rows were played one by one; the others are in turns that were like the one before. */
  readonly played: number;
};

/** The rows in line, where the turn of some comes after others. They are left as they are. */
export type InLine = {
  readonly lined: LaneRows;
  readonly sequence: Sequence | undefined;
  /** Rows that were started before: what is played is what comes after them. */
  readonly underWay?: Iterable<number>;
};

/** So many parts of the way are remembered. */
const PARTS = 500;

/** Buckets that are whole again are looked for when there are so many, and then when there are twice as many as were left. */
const SWEEP_FROM = 4096;

/**
 * Plays the whole run on a virtual clock, with the windows, buckets and lanes of the run itself; every response takes `latencyMs`, and every
 * row is ok. Where the run repeats itself, turns that are all the same are reckoned and not played. The lanes and the ledger are used up.
 */
export function foresee(lanes: Lanes, ledger: Ledger, conditions: Conditions, line?: InLine): Foreseen {
  const {startAt, latencyMs, fixedEnds} = conditions;
  const roomy = roomyLanes(lanes, ledger);
  const refsOf = (lane: number) => (roomy[lane] === 1 ? lanes.sharedRefs(lane) : lanes.refs(lane));
  let schedule = new Schedule(lanes, ledger);
  const sequence = playTurns(line, schedule);
  const answers = openAnswers(ledger.concurrency);
  const course = new Course();
  const way = openWay(lanes);
  const skip = line?.sequence ? undefined : openSkip(lanes, ledger, conditions, course);
  const ending = {
    kind: 'answered' as const,
    ...(fixedEnds ? {resetAt: (_: number, seconds: number) => endOfWindow(now, seconds)} : {}),
  };
  let now = startAt;
  // The clock of the windows stands still while turns are left out.
  let beganAt = startAt;
  let sweepFrom = SWEEP_FROM;
  for (;;) {
    if (ledger.buckets.size >= sweepFrom) {
      sweep(ledger, now);
      sweepFrom = Math.max(SWEEP_FROM, ledger.buckets.size * 2);
    }
    const choice = schedule.next(now);
    if (choice.kind === 'start') {
      take(ledger, refsOf(choice.lane), now);
      answers.push(now + latencyMs, choice.lane, sequence.start(choice.lane));
      skip?.start(choice.lane, now);
      continue;
    }
    if (choice.kind === 'empty' && answers.nextAt === Number.POSITIVE_INFINITY)
      return {ms: now - beganAt, laneMs: way.laneMs, parts: way.parts, held: course.held, played: way.played};
    const then = choice.kind === 'wait' ? Math.min(answers.nextAt, choice.until) : answers.nextAt;
    const skipped = skip?.found(now, then, now - beganAt);
    if (skipped) {
      way.skip(skipped, now - beganAt);
      beganAt -= skipped.ms;
      schedule = new Schedule(lanes, ledger);
    }
    if (choice.kind === 'wait')
      course.book(course.bindingOf(ledger, choice.bucket, now), now - beganAt, then - beganAt);
    else if (way.answered + answers.count < way.total) course.book(TURNS, now - beganAt, then - beganAt);
    now = then;
    if (answers.nextAt > now) continue;
    const {lane, row} = answers.shift();
    sequence.settle(row);
    const refs = refsOf(lane);
    giveBack(ledger, refs, now, ending);
    schedule.touch(
      refs.map(({id}) => id),
      now,
    );
    way.answer(lane, now - beganAt);
    if (lanes.left(lane) === 0 && lanes.isAlone(lane)) forget(ledger, lanes.own(lane));
  }
}

/** How far the run is, and when each lane was answered last. */
function openWay(lanes: Lanes) {
  const laneMs = new Float64Array(lanes.count);
  const total = lanes.counts().reduce((sum, count) => sum + count, 0);
  const parts = [0];
  let answered = 0;
  let played = 0;
  return {
    laneMs,
    parts,
    total,
    get answered(): number {
      return answered;
    },
    get played(): number {
      return played;
    },
    answer(lane: number, ms: number): void {
      laneMs[lane] = ms;
      answered += 1;
      played += 1;
      while (parts.length <= (PARTS * answered) / total) parts.push(ms);
    },
    skip({count, ms}: Skipped, fromMs: number): void {
      const before = answered;
      answered += count;
      while (parts.length <= (PARTS * answered) / total)
        parts.push(fromMs + (ms * ((parts.length * total) / PARTS - before)) / count);
    },
  };
}

/** Every response takes equally long, so answers come in the order of the starts, and there are never more than may be under way at once. */
function openAnswers(concurrency: number) {
  const times: number[] = [];
  const lanes: number[] = [];
  const rows: number[] = [];
  let first = 0;
  let count = 0;
  return {
    get count(): number {
      return count;
    },
    get nextAt(): number {
      return count === 0 ? Number.POSITIVE_INFINITY : times[first]!;
    },
    push(at: number, lane: number, row: number): void {
      const place = (first + count) % concurrency;
      times[place] = at;
      lanes[place] = lane;
      rows[place] = row;
      count += 1;
    },
    shift(): {readonly lane: number; readonly row: number} {
      const answered = {lane: lanes[first]!, row: rows[first]!};
      first = (first + 1) % concurrency;
      count -= 1;
      return answered;
    },
  };
}

/** Plays keys and phases, where there are any; else no row is looked at, and their number has to do. */
function playTurns({lined, sequence, underWay = []}: Partial<InLine> = {}, schedule: Schedule) {
  if (!lined || !sequence) return {start: () => 0, settle: () => {}};
  const rows = lined.copy();
  const ahead = sequence.copy();
  const gates = gatesOf(rows, schedule);
  for (const row of underWay) ahead.settle(row, gates);
  return {
    // One that is sent again stands in no line any more, and was among those under way.
    start: (lane: number) => rows.shift(lane) ?? 0,
    settle: (row: number) => void (row > 0 && ahead.settle(row, gates)),
  };
}

/**
 * The lanes, marked 1, whose own buckets never fill: they have no more rows than each of those windows has slots. They are played without them,
 * so that a million callers with a row each cost no bucket.
 */
function roomyLanes(lanes: Lanes, {limits, pacing}: Ledger): Uint8Array {
  const spaced = pacing.pace === 'even' || pacing.ramp !== undefined;
  const slots = lanes.shapes.map((shape) =>
    Math.min(
      ...shape.limits
        .filter((limit) => lanes.isKeyed(limit))
        .flatMap((limit) => limits[limit]!.windows)
        .map(({kind, requests, burst = requests}) => (kind === 'counter' ? 0 : spaced ? 1 : Math.min(requests, burst))),
    ),
  );
  return Uint8Array.from({length: lanes.count}, (_, lane) =>
    lanes.isAlone(lane) && lanes.left(lane) <= slots[lanes.shapeOf(lane)]! ? 1 : 0,
  );
}

/** Nobody asks any more for buckets of a lane that is done. A million callers with a row each have no more of them at once than are under way. */
function forget(ledger: Ledger, buckets: readonly number[]): void {
  for (const id of buckets)
    if (ledger.buckets.get(id)?.windows.every(({inFlight}) => inFlight === 0)) ledger.buckets.delete(id);
}

/** A fixed window of the provider's begins at multiples of its length since the epoch. */
function endOfWindow(now: number, seconds: number): number {
  const lengthMs = seconds * 1000;
  return (Math.floor(now / lengthMs) + 1) * lengthMs;
}
