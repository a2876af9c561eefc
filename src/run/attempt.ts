import {now} from '../clock.js';
import type {Exchange, WireRequest} from '../exchange.js';
import {rememberLane} from '../journal/named-lanes.js';
import {usedOf} from '../limits/blame.js';
import {take} from '../limits/ledger.js';
import {Problem} from '../problem.js';
import {judge} from '../requests/judge.js';
import {isKeyGood, keyHeader} from './idempotency.js';
import {settle} from './settle.js';
import type {History, Prepared, Tools} from './tools.js';

/**
 * One attempt, from the instant its slots are taken: durable in the journal before it leaves, sent, judged, settled. Never rejects: a journal
 * that cannot be written stops the run by itself, and what is not durable is not sent.
 */
export async function attempt(prepared: Prepared, tools: Tools): Promise<void> {
  const {request, operation, digest} = prepared;
  const startedAt = now();
  const used = usedOf(tools.ledger, request.buckets, startedAt);
  take(tools.ledger, request.buckets, startedAt);
  tools.inFlight += 1;
  const history = historyOf(tools, operation.place.row, startedAt);
  history.attempts += 1;
  history.counted += 1;
  try {
    const lane = nameLane(prepared, tools);
    const {row} = operation.place;
    tools.record({t: 'i', op: row, n: history.attempts, l: lane, h: digest, at: Math.round(startedAt)});
    const durable = await isDurable(tools);
    const key = keyFor(prepared, history, tools);
    const exchange = durable ? await send(prepared, key, tools) : NOT_JOURNALED;
    const count = {n: history.counted, hasIdempotencyKey: key !== undefined, needsBody: tools.captures.length > 0};
    const verdict = judge(exchange, request, tools.profile, count);
    settle(prepared, {startedAt, exchange, verdict, history, used}, tools);
  } catch (error) {
    // A journal that takes no record any more has told the run; recovery will find this attempt without an outcome, and in doubt.
    tools.fail(error);
  } finally {
    tools.inFlight -= 1;
    tools.wake();
  }
}

/** The lane of the row. Its buckets stand in the journal before its attempts do, so that other runs know what these have used. */
function nameLane({operation, request}: Prepared, {rows, namedLanes, profile, record}: Tools): number {
  const lane = rows.laneOf(operation.place.row);
  if (!namedLanes.has(lane)) {
    const buckets = request.buckets.map(({limit, id}) => [profile.limits[limit]!.name, id] as const);
    rememberLane(namedLanes, lane, buckets);
    record({t: 'b', l: lane, in: buckets});
  }
  return lane;
}

const NOT_JOURNALED: Exchange = {
  kind: 'unsent',
  error: 'NOT_JOURNALED',
  message: 'its attempt could not be made durable',
};

async function isDurable({journal}: Tools): Promise<boolean> {
  try {
    await journal.commit();
    return true;
  } catch {
    return false;
  }
}

async function send({request}: Prepared, key: Record<string, string> | undefined, tools: Tools): Promise<Exchange> {
  // Its record was on the way to the disk when the run was stopped, and nothing new is sent then.
  if (tools.stop) return {kind: 'unsent', error: 'ABORTED', message: 'the run was stopped before it left'};
  const wire: WireRequest = key ? {...request, headers: {...request.headers, ...key}} : request;
  const whole = tools.secrets.apply(wire, request.credential);
  try {
    return await tools.sender.send(whole, tools.abort.signal);
  } catch (error) {
    if (error instanceof Problem) return {kind: 'unsent', error: error.code, message: error.message};
    throw error;
  }
}

function keyFor({operation, digest}: Prepared, {firstAt}: History, {profile, run}: Tools) {
  const rule = profile.idempotencyKey;
  return rule && isKeyGood(rule, firstAt, now()) ? keyHeader(rule, {run, row: operation.place.row, digest}) : undefined;
}

function historyOf({histories, attemptsBefore, mayHaveRun, begunAt}: Tools, row: number, at: number): History {
  let found = histories.get(row);
  if (!found) {
    const attempts = attemptsBefore(row);
    // When an attempt of an earlier session left is not kept for each row; no attempt is older than its run.
    found = {
      attempts,
      counted: mayHaveRun.has(row) ? 1 : 0,
      refusals: 0,
      admitted: [],
      firstAt: attempts > 0 ? begunAt : at,
    };
    histories.set(row, found);
  }
  return found;
}
