import {now} from '../clock.js';
import {backoffMs} from '../limits/backoff.js';
import {operationName} from '../operations/operation.js';
import {EXIT} from '../problem.js';
import {MALFORMED} from '../requests/judge.js';
import type {Verdict} from '../requests/request.js';
import {account} from './account.js';
import {noteAnswered, noteDoubtful} from './doubt.js';
import {hearWindows, notePace} from './found.js';
import {lostFor, noteReached, noteUnsent} from './network.js';
import {outcome} from './outcome.js';
import {followRefusal, resumableAt, type Settling} from './refusal.js';
import {passOn} from './sequence.js';
import {noteSettled, stopRun, UNAUTHORIZED_ROWS, waitTooLong} from './stop.js';
import {noteLearned} from './tell.js';
import type {Ended, Prepared, Tools} from './tools.js';

/** Why an attempt did not leave, where the network had no part in it. */
const KEPT_BACK = new Set(['ABORTED', 'NOT_JOURNALED', MALFORMED]);

/** Draws every consequence of one ended attempt: slots, what the server told, the journal, and where the row goes now. */
export function settle(prepared: Prepared, ended: Ended, tools: Tools): void {
  const {startedAt, exchange, verdict} = ended;
  const at = now();
  const span = {startedAt, now: at};
  const {buckets} = prepared.request;
  const {lesson, learned} = account(buckets, ended, tools, at);
  for (const each of learned) noteLearned(prepared, each, tools);
  if (exchange.kind !== 'unsent') noteReached(tools.network);
  else if (!KEPT_BACK.has(exchange.error)) noteUnsent(tools.network, startedAt, at, exchange.message);
  if (exchange.kind === 'answered' && verdict.kind !== 'in-doubt') noteAnswered(tools.doubt);
  if (lesson && exchange.kind === 'answered') hearWindows(exchange.response, lesson, buckets, tools, span);
  follow(prepared, {...ended, at, lesson}, tools);
  notePace(buckets, tools, at);
  tools.schedule.touch(
    buckets.map(({id}) => id),
    at,
  );
}

function follow(prepared: Prepared, ended: Settling, tools: Tools): void {
  const {verdict} = ended;
  switch (verdict.kind) {
    case 'ok':
      tools.unproven = 0;
      failUnauthorized(tools, ended.startedAt);
      close(prepared, ended, tools, {kind: 'ok', why: verdict.why});
      break;
    case 'failed':
      close(prepared, ended, tools, {kind: 'failed', why: verdict.why});
      break;
    case 'in-doubt':
      doubt(prepared, ended, tools, verdict.why);
      break;
    case 'refused':
      refused(prepared, ended, tools);
      break;
    case 'backoff':
      delay(prepared, ended, tools, verdict.why);
      break;
    case 'unsent':
      unsent(prepared, ended, tools, verdict.why);
      break;
    case 'unauthorized':
      unauthorized(prepared, ended, verdict, tools);
      break;
    case 'stop':
      halt(prepared, ended, verdict, tools);
      break;
  }
}

function doubt(prepared: Prepared, ended: Settling, tools: Tools, why: string): void {
  if (tools.options.inDoubt === 'retry' && ended.history.counted < tools.profile.retry.attempts) {
    delay(prepared, ended, tools, why);
    return;
  }
  tools.record(outcome(prepared, ended, tools, 'unk', {m: why}));
  tools.histories.delete(prepared.operation.place.row);
  const stop = noteDoubtful(tools.doubt, ended.startedAt, ended.at, why);
  if (stop) stopRun(tools, stop);
  passOn(tools, prepared.operation.place.row, 'in-doubt');
}

function unsent(prepared: Prepared, ended: Settling, tools: Tools, why: string): void {
  ended.history.counted -= 1;
  tools.record(outcome(prepared, ended, tools, 'not', {e: 'unsent', m: why}));
  putBack(tools, prepared.operation.place.row);
  noteOffline(tools, ended.at);
}

function halt(prepared: Prepared, ended: Settling, verdict: Verdict & {kind: 'stop'}, tools: Tools): void {
  const {row} = prepared.operation.place;
  const resumeAt = verdict.code === 'certificate' ? undefined : resumableAt(ended, verdict.renews, tools.serverClock);
  const ordered = ended.lesson?.until;
  const ra = resumeAt === undefined ? {} : {ra: Math.ceil(resumeAt)};
  tools.record(outcome(prepared, ended, tools, 'not', {e: 'stop', m: verdict.why, ...ra}));
  if (ordered !== undefined && ordered > ended.at) {
    const l = tools.rows.laneOf(row);
    tools.record({t: 'p', op: row, l, at: Math.round(ended.at), until: Math.ceil(ordered), why: 'stop'});
  }
  putBack(tools, row);
  stopRun(tools, {
    why: verdict.code === 'certificate' ? 'certificate' : 'stop-rule',
    exit: verdict.code === 'certificate' ? EXIT.unreachable : EXIT.stopped,
    message: `${operationName(prepared.operation)}: ${verdict.why}`,
    resumeAt,
  });
}

function close(
  prepared: Prepared,
  ended: Ended,
  tools: Tools,
  result: {kind: 'ok'; why: string | undefined} | {kind: 'failed'; why: string},
): void {
  tools.record(outcome(prepared, ended, tools, result.kind, result.why === undefined ? {} : {m: result.why}));
  tools.histories.delete(prepared.operation.place.row);
  const stop = noteSettled(tools.failures, result);
  if (stop) stopRun(tools, stop);
  passOn(tools, prepared.operation.place.row, result.kind);
}

function refused(prepared: Prepared, ended: Settling, tools: Tools): void {
  const own = followRefusal(prepared, ended, tools);
  if (own.kind === 'failed') {
    close(prepared, ended, tools, own);
    return;
  }
  putBack(tools, prepared.operation.place.row);
  if (own.stop) stopRun(tools, own.stop);
}

function delay(prepared: Prepared, ended: Settling, tools: Tools, why: string): void {
  const {at, history, lesson} = ended;
  const {row} = prepared.operation.place;
  const backoffUntil = at + backoffMs(history.counted, tools.profile.retry, tools.random());
  const until = Math.max(backoffUntil, lesson?.retryAfter ?? 0);
  tools.record(outcome(prepared, ended, tools, 'not', {e: 'backoff', m: why, ra: Math.ceil(until)}));
  tools.delayed.push({at: until, row});
  if (until > backoffUntil && until - at > tools.options.maxWaitMs) stopRun(tools, waitTooLong(until));
}

function unauthorized(prepared: Prepared, ended: Ended, verdict: Verdict & {kind: 'unauthorized'}, tools: Tools): void {
  const {row} = prepared.operation.place;
  tools.record(outcome(prepared, ended, tools, 'not', {e: 'unauthorized', m: verdict.why}));
  if (tools.secrets.refresh(ended.startedAt, now())) {
    // Whoever was told 401 before was told so with the old secret too, and a success with the new one would prove nothing against them.
    for (const each of [...tools.unauthorized.keys(), row]) putBack(tools, each);
    tools.unauthorized.clear();
    return;
  }
  tools.unauthorized.set(row, {status: verdict.status, why: verdict.why, n: ended.history.attempts, at: now()});
  if (tools.unauthorized.size + tools.unproven < UNAUTHORIZED_ROWS) return;
  stopRun(tools, {
    why: 'unauthorized',
    exit: EXIT.credentials,
    message: `the provider answered 401 to ${UNAUTHORIZED_ROWS} different rows with no success between: ${verdict.why}`,
  });
}

/**
 * A row that started at `startedAt` got through, so those that were told 401 before that were told so for what they are. A success that was
 * on its way when they were told proves nothing: the credential may have expired in between.
 */
export function failUnauthorized(tools: Tools, startedAt: number): void {
  for (const [row, {status, why, n, at}] of tools.unauthorized) {
    if (at > startedAt) continue;
    tools.unauthorized.delete(row);
    tools.record({t: 'o', op: row, n, k: 'failed', at: Math.round(now()), st: status, m: tools.secrets.scrub(why)});
    tools.histories.delete(row);
    const stop = noteSettled(tools.failures, {kind: 'failed', why});
    if (stop) stopRun(tools, stop);
    passOn(tools, row, 'failed');
  }
}

function noteOffline(tools: Tools, at: number): void {
  const lost = lostFor(tools.network, at, tools.options.maxOfflineMs);
  if (lost === undefined) return;
  const why = tools.network.down?.why ?? '';
  stopRun(
    tools,
    lost === 'never-reached'
      ? {why: 'never-reached', exit: EXIT.unreachable, message: `the provider was never reached: ${why}`}
      : {why: 'offline', exit: EXIT.stopped, message: `the network was gone for longer than --max-offline: ${why}`},
  );
}

/** The row waits in its lane again, before those that were never sent. */
export function putBack(tools: Tools, row: number): void {
  tools.delayed.push({at: 0, row});
}
