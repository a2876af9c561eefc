import {now} from '../clock.js';
import type {Exchange} from '../exchange.js';
import type {Sender} from '../http/exchange.js';
import type {Journal} from '../journal/journal.js';
import type {JournalRecord} from '../journal/record.js';
import type {Used} from '../limits/blame.js';
import {refuse} from '../limits/refuse.js';
import {EXIT, Problem} from '../problem.js';
import {type Captured, type Captures, readCaptures, scrubbedValues} from '../requests/capture.js';
import {type Found, judgeProbe, type Probe} from '../requests/probe.js';
import type {Request} from '../requests/request.js';
import type {Secrets} from '../requests/secrets.js';
import {showSafe} from '../requests/show.js';
import {type Accounts, account} from './account.js';
import {stopOf} from './ready.js';
import {namedLimits} from './refusal.js';
import {moreUrgent, type Stop} from './stop.js';

/** A row in doubt and the request that can tell whether it was executed. */
export type Asking = {
  readonly row: number;
  readonly probe: Probe;
  readonly request: Request;
  /** The server may still execute what is on its way to it, so nobody is asked before. */
  readonly notBefore: number;
};

/** What became of the rows that were asked about; `left` says why some stay in doubt. */
export type Told = {
  readonly happened: number[];
  readonly didNot: number[];
  readonly left: {readonly row: number; readonly why: string}[];
};

/** What probes are sent with. */
export type Probing = Accounts & {
  readonly options: Accounts['options'] & {readonly maxWaitMs: number; readonly deadlineAt: number};
  readonly journal: Pick<Journal, 'commit' | 'hasRoom'>;
  readonly record: (record: JournalRecord) => void;
  /** What the run keeps of answers: a probe's may have it too. */
  readonly captures: Captures;
  readonly sender: Pick<Sender, 'send'>;
  readonly secrets: Pick<Secrets, 'apply' | 'scrub'>;
  readonly random: () => number;
  readonly abort: AbortController;
  readonly told: Told;
  /** Probes one after another that got no answer. */
  silent: number;
  stop: Stop | undefined;
  wake: () => void;
};

/** So many probes in a row without an answer, and nobody is there. */
const SILENT = 5;
/** Of a sentence so many characters are kept, of a request in it so many. */
const MESSAGE_LENGTH = 500;
const REQUEST_LENGTH = 200;

/** The instant at which its slots were taken, what was used of them then, and the lane that its journal calls it by. */
export type Started = {readonly startedAt: number; readonly used: Used | undefined; readonly l: number};

/** A probe is to be sent again, for `why`: when its buckets are open, which a refusal has closed, or after a backoff. */
export type Again = {readonly why: string; readonly when: 'open' | 'backoff'};

/**
 * One probe whose slots were taken: durable in the journal before it leaves, for it counts in the windows of whoever comes after. Settles the row where
 * the answer tells. Never rejects.
 */
export async function ask(asking: Asking, started: Started, probing: Probing): Promise<Again | undefined> {
  const {journal, record} = probing;
  try {
    await journal.hasRoom();
    record({t: 'q', op: asking.row, l: started.l, at: Math.round(started.startedAt)});
    await journal.commit();
    return follow(asking, {...started, exchange: await send(asking.request, probing)}, probing);
  } catch (error) {
    // What cannot be journaled was not sent, or stays in doubt as it was.
    probing.told.left.push({row: asking.row, why: 'the journal could not be written'});
    stopProbing(probing, stopOf(error));
    return undefined;
  }
}

/** Ends the probing, unless it is ending for something more urgent. */
export function stopProbing(probing: Pick<Probing, 'stop' | 'secrets' | 'wake'>, stop: Stop): void {
  probing.stop = moreUrgent(probing.stop, {...stop, message: probing.secrets.scrub(stop.message)});
  probing.wake();
}

async function send(request: Request, {sender, secrets, abort, stop}: Probing): Promise<Exchange> {
  if (stop) return {kind: 'unsent', error: 'ABORTED', message: 'the probing was stopped before it left'};
  try {
    return await sender.send(secrets.apply(request, request.credential), abort.signal);
  } catch (error) {
    if (error instanceof Problem) return {kind: 'unsent', error: error.code, message: error.message};
    throw error;
  }
}

type Ended = Started & {readonly exchange: Exchange};

function follow(asking: Asking, ended: Ended, probing: Probing): Again | undefined {
  const {row, request, probe} = asking;
  const {exchange, startedAt} = ended;
  const at = now();
  const found = judgeProbe(exchange, probe, probing.profile);
  const {lesson} = account(request.buckets, {...ended, verdict: found}, probing, at);
  const why = found.kind === 'untold' ? found.why : found.kind === 'refused' ? 'the probe was refused' : undefined;
  const m = why === undefined ? undefined : showSafe(probing.secrets.scrub(why), MESSAGE_LENGTH);
  probing.record({
    t: 'a',
    op: row,
    at: Math.round(at),
    ...(exchange.kind === 'answered' ? {st: exchange.response.status} : {}),
    ms: Math.round(at - startedAt),
    ...(exchange.kind === 'unsent' || exchange.kind === 'untrusted' ? {e: 'unsent'} : {}),
    ...(m === undefined ? {} : {m}),
  });
  probing.silent = exchange.kind === 'answered' ? 0 : probing.silent + 1;
  if (found.kind === 'refused') {
    closeAfter(asking, ended, {found, lesson, at}, probing);
    return {why: m!, when: 'open'};
  }
  if (found.kind === 'untold') return leave(row, exchange, m!, probing);
  decide(asking, {...found, captured: capturedFrom(exchange, found, probing)}, probing, at);
  return undefined;
}

/** What the answer that got lost would have given, where this one has it too. */
function capturedFrom(exchange: Exchange, {kind}: Found, {captures}: Probing): Captured | undefined {
  if (kind !== 'happened' || exchange.kind !== 'answered' || captures.length === 0) return undefined;
  return readCaptures(captures, exchange.response);
}

type Decided = Found & {readonly kind: 'happened' | 'did-not'} & {readonly captured: Captured | undefined};

function decide({row, probe}: Asking, {kind, status, captured}: Decided, probing: Probing, at: number): void {
  const {told, record, secrets} = probing;
  const happened = kind === 'happened';
  if (captured?.missing !== undefined) {
    told.left.push({row, why: `it was executed, and ${captured.missing}; say it with sluice settle --captured`});
    return;
  }
  // As the profile writes it: what a row puts into it is nobody's business who reads a journal.
  const why = `${showSafe(probe.rule.request, REQUEST_LENGTH)} was answered ${status}: it was ${happened ? '' : 'not '}executed`;
  (happened ? told.happened : told.didNot).push(row);
  const cap = captured && {cap: scrubbedValues(captured.values, secrets.scrub)};
  record({t: 'd', op: row, as: happened ? 'ok' : 'retry', by: 'probe', at: Math.round(at), st: status, why, ...cap});
}

type Refused = {
  readonly found: Found & {kind: 'refused'};
  readonly lesson: ReturnType<typeof account>['lesson'];
  readonly at: number;
};

/** A refusal closes the buckets, as that of any request does. */
function closeAfter({row, request}: Asking, {startedAt, used, l}: Ended, refused: Refused, probing: Probing): void {
  const {found, lesson, at} = refused;
  const {ledger, profile, random, record} = probing;
  const {until, closed} = refuse(ledger, request.buckets, {
    startedAt,
    now: at,
    until: lesson?.until,
    rule: profile.retry,
    random: random(),
    explained: lesson?.told ?? false,
    named: namedLimits({verdict: found, lesson}, profile),
    used,
  });
  const some = closed.length < request.buckets.length;
  const of = some ? {of: closed.map(({limit}) => profile.limits[limit]!.name)} : {};
  record({t: 'p', op: row, l, at: Math.round(at), until: Math.ceil(until), why: 'refused', ...of});
}

/**
 * It stays in doubt, unless the same probe may be answered otherwise a little later. What one answer says of all the others ends the probing: nobody is
 * there, or the credential is not good.
 */
function leave(row: number, exchange: Exchange, why: string, probing: Probing): Again | undefined {
  const stop = stopAfter(exchange, why, probing);
  const passes =
    exchange.kind === 'answered'
      ? probing.profile.retry.statuses.includes(exchange.response.status)
      : exchange.error !== 'ABORTED';
  if (!stop && passes) return {why, when: 'backoff'};
  probing.told.left.push({row, why});
  if (stop) stopProbing(probing, stop);
  return undefined;
}

function stopAfter(exchange: Exchange, message: string, {silent}: Probing): Stop | undefined {
  if (exchange.kind === 'answered')
    return exchange.response.status === 401 ? {why: 'unauthorized', exit: EXIT.credentials, message} : undefined;
  if (exchange.error === 'ABORTED' || (exchange.kind === 'unanswered' && silent < SILENT)) return undefined;
  return {why: 'unreachable', exit: EXIT.unreachable, message};
}
