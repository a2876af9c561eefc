import {callAt, now} from '../clock.js';
import {Lane} from '../limits/lane.js';
import {sweep} from '../limits/ledger.js';
import {EXIT} from '../problem.js';
import type {Choice} from '../schedule/schedule.js';
import {attempt} from './attempt.js';
import {hesitates} from './doubt.js';
import {skipStopped} from './sequence.js';
import {failUnauthorized} from './settle.js';
import {stopRun} from './stop.js';
import type {Tools} from './tools.js';

/** So many lanes keep their next request ready; beyond it a lane builds its request when its turn has come. */
const READY_LANES = 256;
/** Buckets that are whole again are dropped this often. */
const SWEEP_EVERY_MS = 10_000;
/** Lanes with nothing in them are dropped this often. */
const TIDY_EVERY_MS = 1000;

/**
 * Starts every operation as soon as the schedule allows it, until all are settled or the run is to stop. What is in flight then is waited for, at
 * most `drainMs`; then it is aborted and in doubt. Resolves when nothing is under way any more.
 */
export async function dispatch(tools: Tools): Promise<void> {
  let sweepAt = now() + SWEEP_EVERY_MS;
  let tidyAt = now() + TIDY_EVERY_MS;
  while (!tools.stop) {
    const at = now();
    if (at >= tools.options.deadlineAt) {
      stopRun(tools, {why: 'deadline', exit: EXIT.stopped, message: 'the deadline was reached'});
      break;
    }
    if (at >= sweepAt) {
      sweep(tools.ledger, at);
      sweepAt = at + SWEEP_EVERY_MS;
    }
    if (at >= tidyAt) {
      dropIdleLanes(tools);
      tidyAt = at + TIDY_EVERY_MS;
    }
    admitDelayed(tools, at);
    if (tools.sequence?.stopping) {
      await skipStopped(tools);
      continue;
    }
    const wait = step(tools, at);
    if (wait === 'started' || (wait === 'done' && passUnauthorized(tools))) continue;
    if (wait === 'done') break;
    const ready = Math.min(wait, tools.delayed.top?.at ?? wait);
    tools.waitsUntil = ready;
    await rest(tools, Math.min(ready, tools.options.deadlineAt, sweepAt));
    tools.waitsUntil = undefined;
  }
  for (const lane of tools.lanes.values()) lane.close();
  await drain(tools);
  // Who was stopped may yet learn that the credential was at fault; who has sent all there was will not.
  if (!tools.stop) failUnauthorized(tools, Number.POSITIVE_INFINITY);
}

/** Starts one operation, or says until when to rest; Infinity until something ends. */
function step(tools: Tools, at: number): 'started' | 'done' | number {
  if (tools.controls.pausedAt !== undefined)
    return tools.inFlight + tools.delayed.size + tools.schedule.left === 0 ? 'done' : Number.POSITIVE_INFINITY;
  const knockAt = tools.network.down?.nextKnockAt;
  if (knockAt !== undefined && (tools.inFlight > 0 || at < knockAt))
    return tools.inFlight > 0 ? Number.POSITIVE_INFINITY : knockAt;
  if (hesitates(tools.doubt) && tools.inFlight > 0) return Number.POSITIVE_INFINITY;
  const choice: Choice = tools.schedule.next(at);
  if (choice.kind === 'wait') {
    tools.waitsFor = choice.bucket;
    tools.waitsForTurn = false;
    return choice.until;
  }
  tools.waitsFor = undefined;
  tools.waitsForTurn = choice.kind === 'empty';
  if (choice.kind === 'empty')
    return tools.inFlight === 0 && tools.delayed.size === 0 ? 'done' : Number.POSITIVE_INFINITY;
  start(tools, choice.lane);
  return 'started';
}

/**
 * Rows wait for the turn of some that were told 401, and nobody is left who could prove that the credential is good: those fail for what they are, until
 * there are too many of them. Returns whether others go on now.
 */
function passUnauthorized(tools: Tools): boolean {
  if (!tools.sequence || tools.unauthorized.size === 0) return false;
  tools.unproven += tools.unauthorized.size;
  failUnauthorized(tools, Number.POSITIVE_INFINITY);
  return true;
}

function start(tools: Tools, number: number): void {
  const lane = laneFor(tools, number);
  if (lane.waiting === 0) line(tools, lane, number);
  lane.release();
  // The next request is built while this one is under way, not when its slot is free; but what others wait for may come in between, and goes first.
  if (lane.waiting === 0 && tools.lanes.size <= READY_LANES && !tools.sequence) line(tools, lane, number);
}

/** Puts the lane's next row in line, if there is one. */
function line(tools: Tools, lane: Lane, number: number): void {
  const row = tools.rows.shift(number);
  if (row === undefined) return;
  const prepared = tools.prepare(row);
  lane.add(() => attempt(prepared, tools));
}

/** Rows that were put back, and those whose backoff is over, stand first in their lane again. */
function admitDelayed(tools: Tools, at: number): void {
  for (let top = tools.delayed.top; top && top.at <= at; top = tools.delayed.top) {
    tools.delayed.pop();
    const number = tools.rows.laneOf(top.row);
    const prepared = tools.prepare(top.row);
    laneFor(tools, number).add(() => attempt(prepared, tools), 'refused');
    tools.schedule.putBack(number);
  }
}

function laneFor({lanes}: Tools, number: number): Lane {
  let lane = lanes.get(number);
  if (!lane) {
    lane = new Lane();
    lanes.set(number, lane);
  }
  return lane;
}

/**
 * Drops lanes with nothing in them, and the buckets of those that are done: nobody asks for them any more, and a million callers with a row
 * each would have theirs kept for as long as the longest window.
 */
function dropIdleLanes({lanes, ledger, schedule, delayed, rows, unauthorized}: Tools): void {
  const awaited = new Set<number>();
  for (const {row} of delayed) awaited.add(rows.laneOf(row));
  for (const row of unauthorized.keys()) awaited.add(rows.laneOf(row));
  for (const [number, lane] of lanes) {
    if (lane.waiting > 0 || lane.running > 0) continue;
    lanes.delete(number);
    if (!awaited.has(number)) for (const bucket of schedule.spentBuckets(number)) ledger.buckets.delete(bucket);
  }
}

/** Resolves at `until`, or when something wakes it: some thousand times a second, so it makes as little as it can. */
function rest(tools: Tools, until: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      tools.wake = () => {};
      resolve();
    };
    const cancel = callAt(until, wake);
    tools.wake = wake;
  });
}

async function drain(tools: Tools): Promise<void> {
  const until = now() + tools.options.drainMs;
  while (tools.inFlight > 0) {
    if (now() >= until && !tools.abort.signal.aborted) tools.abort.abort();
    await rest(tools, tools.abort.signal.aborted ? now() + 1000 : until);
  }
}
