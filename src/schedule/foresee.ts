import {giveBack, type Ledger, sweep, take} from '../limits/ledger.js';
import type {Profile} from '../profiles/profile.js';
import {Answers, type Latencies} from './answers.js';
import {Course, type Held, TURNS} from './course.js';
import type {Lanes} from './lanes.js';
import type {Picture} from './picture.js';
import {forget, roomyLanes} from './roomy.js';
import type {LaneRows} from './rows.js';
import {Schedule} from './schedule.js';
import {gatesOf, type Sequence} from './sequence.js';
import {openSkip, type Skipped} from './skip.js';

/** What the run is expected to meet. `fixedEnds`: the provider announces when its fixed windows end, so they are whole again there. */
export type Conditions = Latencies & {readonly startAt: number; readonly fixedEnds: boolean};

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
  /** What has left already, in the order in which it is expected back. */
  readonly sent?: readonly Expected[] | undefined;
  /** What is to be sent again, in the order in which it may be. Counted in no lane until then. */
  readonly delayed?: readonly Expected[] | undefined;
  /** Rows that stand in their lanes again, counted there and in no line. */
  readonly again?: readonly number[] | undefined;
};

/** A row, its lane, and the instant at which it is expected. */
export type Expected = {readonly row: number; readonly lane: number; readonly at: number};

/** So many parts of the way are remembered. */
const PARTS = 500;

/** Buckets that are whole again are looked for when there are so many, and then when there are twice as many as were left. */
const SWEEP_FROM = 4096;

/** So many turns of the loop are one step. */
const STEP = 128;

/**
 * Plays the whole run on a virtual clock, with the windows, buckets and lanes of the run itself; responses take what `conditions` say, and every
 * row is ok. Where the run repeats itself, turns that are all the same are reckoned and not played. The lanes and the ledger are used up.
 */
export function foresee(
  lanes: Lanes,
  ledger: Ledger,
  conditions: Conditions,
  line?: InLine,
  picture?: Picture,
): Foreseen {
  const playing = foreseeInSteps(lanes, ledger, conditions, line, picture);
  for (;;) {
    const step = playing.next();
    if (step.done) return step.value;
  }
}

/** The same in steps of less than a millisecond, for whoever has other things to do meanwhile. */
export function* foreseeInSteps(
  lanes: Lanes,
  ledger: Ledger,
  conditions: Conditions,
  line: Partial<InLine> = {},
  picture?: Picture,
): Generator<void, Foreseen, void> {
  const {startAt, latencyMs, fixedEnds} = conditions;
  const {sent = [], delayed = []} = line;
  const roomy = roomyLanes(lanes, ledger);
  const refsOf = (lane: number) => (roomy[lane] === 1 ? lanes.sharedRefs(lane) : lanes.refs(lane));
  let schedule = new Schedule(lanes, ledger);
  const sequence = playTurns(line, schedule);
  const answers = new Answers(Math.max(ledger.concurrency, sent.length), conditions);
  for (const {at, lane, row} of sent) answers.expect(Math.min(Math.max(at, startAt), startAt + latencyMs), lane, row);
  const course = new Course();
  const way = openWay(lanes, sent.length + delayed.length);
  const skip = line.sequence ? undefined : openSkip(lanes, ledger, conditions, course);
  const ending = {
    kind: 'answered' as const,
    ...(fixedEnds ? {resetAt: (_: number, seconds: number) => endOfWindow(now, seconds)} : {}),
  };
  let now = startAt;
  // The clock of the windows stands still while turns are left out.
  let beganAt = startAt;
  let sweepFrom = SWEEP_FROM;
  let again = 0;
  for (let turn = 1; ; turn++) {
    if (turn % STEP === 0) yield;
    if (ledger.buckets.size >= sweepFrom) {
      sweep(ledger, now);
      sweepFrom = Math.max(SWEEP_FROM, ledger.buckets.size * 2);
    }
    for (let next = delayed[again]; next && next.at <= now; next = delayed[++again]) {
      sequence.putBack(next);
      schedule.putBack(next.lane);
    }
    const choice = schedule.next(now);
    if (choice.kind === 'start') {
      take(ledger, refsOf(choice.lane), now);
      answers.start(now, choice.lane, sequence.start(choice.lane));
      skip?.start(choice.lane, now);
      picture?.start(choice.lane, now - beganAt);
      continue;
    }
    const eventAt = Math.min(answers.nextAt, delayed[again]?.at ?? Number.POSITIVE_INFINITY);
    if (choice.kind === 'empty' && eventAt === Number.POSITIVE_INFINITY)
      return {ms: now - beganAt, laneMs: way.laneMs, parts: way.parts, held: course.held, played: way.played};
    const then = choice.kind === 'wait' ? Math.min(eventAt, choice.until) : eventAt;
    const skipped = again < delayed.length ? undefined : skip?.found(now, then, now - beganAt);
    if (skipped) {
      way.skip(skipped, now - beganAt);
      picture?.repeat(skipped, now - beganAt);
      beganAt -= skipped.ms;
      schedule = new Schedule(lanes, ledger);
    }
    const inTurn = choice.kind === 'empty' && way.answered + answers.count + delayed.length - again < way.total;
    if (choice.kind === 'wait' || inTurn) {
      const binding = choice.kind === 'wait' ? course.bindingOf(ledger, choice.bucket, now) : TURNS;
      course.book(binding, now - beganAt, then - beganAt);
      picture?.hold(binding, now - beganAt, then - beganAt);
    }
    now = then;
    // What starts next is chosen when all answers of an instant are there: one by one, each would make its window look longer away.
    for (; answers.nextAt <= now; turn++) {
      if (turn % STEP === 0) yield;
      const {lane, row} = answers.shift();
      sequence.settle(row);
      const refs = refsOf(lane);
      giveBack(ledger, refs, now, ending);
      schedule.touch(
        refs.map(({id}) => id),
        now,
      );
      way.answer(lane, now - beganAt);
      if (lanes.left(lane) === 0 && again === delayed.length && lanes.isAlone(lane)) forget(ledger, lanes.own(lane));
    }
  }
}

/** How far the run is, and when each lane was answered last. */
function openWay(lanes: Lanes, underWay: number) {
  const laneMs = new Float64Array(lanes.count);
  const total = lanes.counts().reduce((sum, count) => sum + count, underWay);
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

/** Plays keys and phases, where there are any; else no row is looked at, and their number has to do. */
function playTurns({lined, sequence, again = []}: Partial<InLine>, schedule: Schedule) {
  if (!lined || !sequence) return {start: () => 0, putBack: () => {}, settle: () => {}};
  const rows = lined.copy();
  const ahead = sequence.copy();
  const gates = gatesOf(rows, schedule);
  for (const row of again) rows.push(row, rows.laneOf(row));
  return {
    start: (lane: number) => rows.shift(lane) ?? 0,
    putBack: ({row, lane}: Expected) => rows.push(row, lane),
    settle: (row: number) => void (row > 0 && ahead.settle(row, gates)),
  };
}

/** A fixed window of the provider's begins at multiples of its length since the epoch. */
function endOfWindow(now: number, seconds: number): number {
  const lengthMs = seconds * 1000;
  return (Math.floor(now / lengthMs) + 1) * lengthMs;
}
