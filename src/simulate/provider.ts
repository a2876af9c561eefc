import {closeSync, openSync, writeSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {now, sleepUntil} from '../clock.js';
import {windowName} from '../limits/limit.js';
import {EXIT, Problem} from '../problem.js';
import type {Profile} from '../profiles/profile.js';
import {faultReply, quotaHeaders, type Reply, refusalReply, retryAfter, successReply} from './answers.js';
import {type Read, readArrival} from './arrival.js';
import {type Admission, openCounters} from './counters.js';
import {type Executed, openExecuted} from './executed.js';
import {type Fault, type Faults, hitFault} from './faults.js';
import {inquire} from './inquiry.js';
import {keyReader, type ScopeSources} from './keys.js';
import {seededRandom} from './random.js';
import {keepTally, type LogLine, type Tally} from './tally.js';
import type {World} from './world.js';

export type ProviderOptions = {
  /** Its windows as they are to be enforced: scaled already, when time is to run faster. */
  readonly profile: Profile;
  /** 0: any free one. */
  readonly port: number;
  /** Half of it passes before the request counts, half after. */
  readonly latency: {readonly lowMs: number; readonly highMs: number};
  readonly faults: Faults;
  /** The same seed gives the same latencies and faults to the same order of arrivals. */
  readonly seed: number;
  /** A file to which a line is appended for every arrival, written before the answer leaves. */
  readonly log?: string | undefined;
  /** Where scope values show that only the sender's rows know. */
  readonly scopes?: ScopeSources | undefined;
  /** Executes what the limits let through. Without it everything succeeds, and nothing is kept. */
  readonly world?: World | undefined;
};

export type Provider = {readonly url: string; tally(): Tally; close(): Promise<void>};

/**
 * Serves a profile's limits on 127.0.0.1, counted by time of arrival. Throws PORT_TAKEN (exit 73) when the port cannot be had, LOG_UNWRITABLE
 * (exit 74) when the log cannot be opened.
 */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const {profile, faults, seed, log} = options;
  const box: Box = {
    options,
    random: seededRandom(seed),
    keysOf: keyReader(profile, options.scopes),
    counters: openCounters(profile.limits, profile.countRefusals),
    tally: keepTally(),
    executed: openExecuted(profile),
    log: log === undefined ? undefined : openLog(log),
    refusal: refusalReply(profile),
    faults,
    arrivals: 0,
  };
  const server = createServer((request, response) => void receive(box, request, response));
  await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tally: () => box.tally.read(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          if (box.log !== undefined) closeSync(box.log);
          box.log = undefined;
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Box = {
  readonly options: ProviderOptions;
  readonly random: () => number;
  readonly keysOf: ReturnType<typeof keyReader>;
  readonly counters: ReturnType<typeof openCounters>;
  readonly tally: ReturnType<typeof keepTally>;
  readonly executed: Executed;
  readonly refusal: Reply;
  readonly faults: Faults;
  log: number | undefined;
  arrivals: number;
};

async function receive(box: Box, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const told = inquire(request.url ?? '/', box.tally.read, box.options.world);
  if (told) return answer(response, told);
  const read = await readArrival(request);
  if (!read) return;
  const {lowMs, highMs} = box.options.latency;
  const halfMs = (lowMs + (highMs - lowMs) * box.random()) / 2;
  // Drawn together, so that it does not depend on the latencies of others which request a fault hits.
  const roll = box.random();
  if (halfMs > 0) await sleepUntil(now() + halfMs);
  const outcome = execute(box, read, roll);
  if (halfMs > 0) await sleepUntil(now() + halfMs);
  reply(response, outcome);
}

type Outcome = {readonly reply: Reply | undefined; readonly fault: Fault | undefined};

/** The instant of the arrival: counted, executed or not, and logged, in one go. */
function execute(box: Box, {arrival, fingerprint}: Read, roll: number): Outcome {
  const at = now();
  const {profile, world} = box.options;
  const n = ++box.arrivals;
  const admission = box.counters.admit(box.keysOf(arrival), at);
  const {refusedBy} = admission;
  const fault = refusedBy ? undefined : hitFault(box.faults, roll);
  // What was executed is in the world, whatever becomes of its answer.
  const lets = !refusedBy && (fault === undefined || fault.executed);
  if (lets) box.executed.note(arrival);
  const known = () => box.executed.replyTo(arrival) ?? successReply(arrival.method, n);
  const success = lets ? (world?.answer(arrival, at) ?? known()) : undefined;
  const answered = replyTo(box, {success, fault, admission}, at);
  const key = arrival.headers['x-row'];
  record(box, {
    at: Math.round(at * 1000) / 1000,
    n,
    method: arrival.method,
    url: arrival.target,
    fingerprint,
    key: typeof key === 'string' ? key : undefined,
    executed: success !== undefined && success.status < 400,
    status: answered?.status,
    refusedBy: refusedBy && `${refusedBy.limit.name}: ${windowName(refusedBy.rule)}`,
    fault: fault?.name,
    worst: Object.keys(admission.worst).length > 0 ? admission.worst : undefined,
  });
  if (!answered || fault?.kind === 'refuse' || !box.faults.headers) return {reply: answered, fault};
  const quota = quotaHeaders(profile.headers, admission.standings, at);
  return {reply: {...answered, headers: {...answered.headers, ...quota}}, fault};
}

/** `success`: what is answered when nothing goes wrong; undefined when it was not executed. */
type Case = {
  readonly success: Reply | undefined;
  readonly fault: Fault | undefined;
  readonly admission: Admission;
};

function replyTo(box: Box, {success, fault, admission}: Case, at: number): Reply | undefined {
  if (admission.refusedBy) {
    if (!box.faults.retryAfter) return box.refusal;
    return {...box.refusal, headers: {...box.refusal.headers, 'retry-after': retryAfter(admission.standings, at)}};
  }
  switch (fault?.kind) {
    case 'reset':
    case 'hang':
      return undefined;
    case 'refuse':
      return box.refusal;
    case 'status':
      return faultReply(fault.status);
    case 'cut':
    case undefined:
      return success;
  }
}

function record(box: Box, line: LogLine): void {
  box.tally.add(line);
  if (box.log !== undefined) writeSync(box.log, `${JSON.stringify(line)}\n`);
}

function reply(response: ServerResponse, {reply: sent, fault}: Outcome): void {
  if (fault?.kind === 'hang') return;
  if (!sent) {
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind !== 'cut') {
    answer(response, sent);
    return;
  }
  response.writeHead(sent.status, {'content-type': 'application/json', 'content-length': Buffer.byteLength(sent.body)});
  response.write(sent.body.slice(0, sent.body.length / 2), () => response.socket?.destroy());
}

function answer(response: ServerResponse, {status, headers, body}: Reply): void {
  response.writeHead(status, {
    // Node's own date may be late by a turn of its timers; resets are read by it.
    date: new Date(now()).toUTCString(),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({message}) => {
      const fix = 'Choose another with --port, or leave --port out: any free one is taken.';
      reject(new Problem('PORT_TAKEN', `cannot listen on 127.0.0.1:${port}: ${message}`, fix, {exit: EXIT.exists}));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function openLog(file: string): number {
  try {
    return openSync(file, 'a', 0o600);
  } catch (error) {
    const fix = 'Name another file with --log.';
    throw new Problem('LOG_UNWRITABLE', `cannot be written: ${(error as Error).message}`, fix, {
      at: {file},
      exit: EXIT.disk,
    });
  }
}
