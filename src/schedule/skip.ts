import type {Ledger} from '../limits/ledger.js';
import {usedSlots} from '../limits/window.js';
import type {Course} from './course.js';
import type {Lanes} from './lanes.js';
import {type Meeting, Recurrence, type Turning} from './recurrence.js';

/** A lane of several keeps this part of what is left when turns are left out: who goes first may change with what is left. */
const KEPT_PART = 0.25;
/** A lane that starts this part of what its own limits let it start cannot be quicker, whoever else waits. */
const FULL_PART = 0.97;
/** A lane that others keep back needs at most this part of the time that is left: else it may be the one that ends last. */
const EASY_PART = 0.75;
/** The debt of two turns that are the same, in tokens. */
const SAME_DEBT = 0.01;

/** Two instants that are the same, reckoned in two ways, are no further apart. */
const SAME_MS = 0.01;

/** What is left out: how many operations, how long they take, and the turn that they repeat. */
export type Skipped = {readonly count: number; readonly ms: number; readonly turn: Turning};

/** Leaves out turns that are like the last two. */
export function openSkip(lanes: Lanes, ledger: Ledger, meeting: Meeting, course: Course) {
  const recurrence = new Recurrence(lanes, ledger.limits, meeting);
  const needs = needsOf(lanes, ledger, meeting.latencyMs);
  const unknown = ledger.limits.some(({beginsAt}) => beginsAt !== undefined);
  let seen: {readonly turn: Turning; readonly at: number; readonly debts: readonly number[]} | undefined;
  /** Debts have to be the same a turn later: a bucket that fills up for an hour does not show in the starts. */
  const steady = (now: number, then: number): Turning | undefined => {
    if (seen && then <= seen.at + seen.turn.ms + SAME_MS) return undefined;
    const turn = recurrence.found(now, then);
    const before = seen;
    seen = undefined;
    const debts = turn && debtsAt(ledger, now);
    if (!turn || !debts || debts.length === 0) return turn;
    if (
      before?.turn.ms === turn.ms &&
      before.debts.every((debt, place) => Math.abs(debt - (debts[place] ?? 0)) < SAME_DEBT)
    )
      return turn;
    seen = {turn, at: now, debts};
    return undefined;
  };
  return {
    start: (lane: number, now: number) => recurrence.start(lane, now),
    found(now: number, then: number, ms: number): Skipped | undefined {
      if (unknown) return undefined;
      const turn = steady(now, then);
      if (!turn || pending(ledger, now)) return undefined;
      const times = timesOf(lanes, turn, needs);
      if (times < 1) {
        recurrence.lookLater(then);
        return undefined;
      }
      let count = 0;
      for (const [lane, starts] of turn.starts.entries()) {
        lanes.remove(lane, starts * times);
        count += starts * times;
      }
      course.repeat(ms - turn.ms, times);
      recurrence.renew(now);
      return {count, ms: turn.ms * times, turn};
    },
  };
}

/** What the buckets owe that give tokens back one by one. */
function debtsAt(ledger: Ledger, now: number): number[] {
  const debts: number[] = [];
  for (const {windows} of ledger.buckets.values())
    for (const window of windows) {
      if (window.rule.kind !== 'bucket') continue;
      usedSlots(window, now);
      debts.push(window.debt);
    }
  return debts;
}

/** Whether something is to change at an instant that is set: a bucket opens, a quota is whole again, the ramp ends. */
function pending({buckets, pacing: {ramp}}: Ledger, now: number): boolean {
  if (ramp && now < ramp.beganAt + ramp.ms) return true;
  for (const {closedUntil, windows} of buckets.values())
    if (closedUntil > now || windows.some(({told, toldUntil}) => told && toldUntil > now)) return true;
  return false;
}

/** How long one operation keeps a lane, and how long it keeps each bucket that lanes share, by their limits and by the cap. */
type Needs = {
  readonly lanes: Float64Array;
  readonly shared: readonly {readonly eachMs: number; readonly lanes: readonly number[]}[];
};

function needsOf(lanes: Lanes, {limits, concurrency}: Ledger, latencyMs: number): Needs {
  const eachMs = limits.map(({windows}) =>
    Math.max(0, ...windows.map(({requests, seconds}) => (seconds * 1000 + latencyMs) / requests)),
  );
  const all = Array.from({length: lanes.count}, (_, lane) => lane);
  const limitsOf = (lane: number) => lanes.shapes[lanes.shapeOf(lane)]!.limits;
  const lanesUnder = new Map<number, {readonly limit: number; readonly lanes: number[]}>();
  for (const lane of all) {
    const {shared, sharedLimits} = lanes.shapes[lanes.shapeOf(lane)]!;
    for (const [place, limit] of sharedLimits.entries()) {
      const under = lanesUnder.get(shared[place]!) ?? {limit, lanes: []};
      if (under.lanes.length === 0) lanesUnder.set(shared[place]!, under);
      under.lanes.push(lane);
    }
  }
  return {
    lanes: Float64Array.from(all, (lane) => Math.max(0, ...limitsOf(lane).map((limit) => eachMs[limit]!))),
    shared: [
      {eachMs: latencyMs / concurrency, lanes: all},
      ...[...lanesUnder.values()].map(({limit, lanes: under}) => ({eachMs: eachMs[limit]!, lanes: under})),
    ],
  };
}

/** How many more turns are the same: as long as each lane has enough for them, and none becomes the last that was kept back for others. */
function timesOf(lanes: Lanes, {ms, starts}: Turning, needs: Needs): number {
  const left = lanes.counts();
  const busy = left.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  let times = Number.POSITIVE_INFINITY;
  for (const [lane, count] of starts.entries()) {
    if (count === 0) continue;
    const turns = left[lane]! / count;
    times = Math.min(times, Math.floor(busy > 1 ? turns * (1 - KEPT_PART) : turns - 2));
  }
  while (times >= 1 && !isEasy(left, times, {ms, starts}, needs)) times = Math.floor(times / 2);
  return times;
}

function isEasy(left: Uint32Array, times: number, {ms, starts}: Turning, needs: Needs): boolean {
  const after = Float64Array.from(left, (count, lane) => count - starts[lane]! * times);
  let restMs = 0;
  for (const {eachMs, lanes} of needs.shared)
    restMs = Math.max(restMs, eachMs * lanes.reduce((sum, lane) => sum + after[lane]!, 0));
  for (const [lane, count] of after.entries()) restMs = Math.max(restMs, count * needs.lanes[lane]!);
  return after.every((count, lane) => {
    if (left[lane] === 0 || starts[lane]! * needs.lanes[lane]! >= ms * FULL_PART) return true;
    return count * needs.lanes[lane]! <= restMs * EASY_PART;
  });
}
