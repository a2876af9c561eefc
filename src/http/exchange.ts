import {setMaxListeners} from 'node:events';
import type {ClientRequest, IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import got, {type Request as Exchanging, type Got} from 'got';
import {callAt, now} from '../clock.js';
import type {Exchange, Response, WireRequest} from '../exchange.js';
import {EXIT, Problem} from '../problem.js';
import {allowConnections, dropIdle, openAgents} from './agents.js';
import {ACCEPTED_ENCODINGS, readBody} from './body.js';
import {openFormData} from './form-data.js';
import {type Phase, watchPhase} from './phase.js';

export type SenderOptions = {
  /** Bounds one exchange from the asking to the end of the body. */
  readonly timeoutMs: number;
  /** At most so many connections to one origin. */
  readonly connections: number;
  /** How much of a body is read, decoded; 1 MiB unless told. */
  readonly bodyCapBytes?: number | undefined;
  readonly userAgent?: string | undefined;
  /** Certificates in PEM that are trusted beside those that come with Node. */
  readonly extraCa?: string | undefined;
};

/** Sends requests over connections that it keeps. Proxy variables of the environment are not used. */
export type Sender = {
  /**
   * One exchange: nothing is sent again, no redirect is followed, no status is an error. Rejects with a Problem (`REQUEST_MALFORMED`) when
   * the request cannot be written at all, as with a line break in a header: sending it again would not help.
   */
  send(request: WireRequest, signal?: AbortSignal): Promise<Exchange>;
  /** At most so many connections to one origin from now on. */
  allow(connections: number): void;
  /** Closes idle connections; to be called when the machine has slept. */
  dropIdle(): void;
  /** Closes all connections; an exchange that goes on ends as `unsent` or `unanswered`. */
  close(): void;
};

const CONNECT_MS = 10_000;
/** A name, an address or a stack of cookies fits into it; ten thousand headers do not. Node's own cap is half of it. */
const HEADER_CAP_BYTES = 32 * 1024;
const BODY_CAP_BYTES = 1024 * 1024;
/** A timer this late was held up by something other than work. */
const LATE_MS = 1_000;
const GRACE_MS = 5_000;

/** Opens a sender. Its connections stay open between requests, for 4 s at most. */
export function openSender({
  timeoutMs,
  connections,
  bodyCapBytes = BODY_CAP_BYTES,
  userAgent,
  extraCa,
}: SenderOptions): Sender {
  const agents = openAgents(connections, extraCa);
  const client = got.extend({
    agent: agents,
    headers: {'user-agent': userAgent ?? 'sluice', 'accept-encoding': ACCEPTED_ENCODINGS},
    retry: {limit: 0},
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    allowGetBody: true,
    http2: false,
    maxHeaderSize: HEADER_CAP_BYTES,
  });
  const closing = new AbortController();
  return {
    send: async (request, signal) => {
      const form = request.upload && (await openFormData(request.upload));
      const signals = signal ? [closing.signal, signal] : [closing.signal];
      return exchange(client, request, {timeoutMs, bodyCapBytes, form}, signals);
    },
    allow: (most) => allowConnections(agents, most),
    dropIdle: () => dropIdle(agents),
    close: () => {
      closing.abort();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

type Bounds = {
  readonly timeoutMs: number;
  readonly bodyCapBytes: number;
  /** Sent in place of the body. */
  readonly form: FormData | undefined;
};

/** Where one part of a form ends is said in the type, and known only now. */
function withoutType({'content-type': _, ...headers}: WireRequest['headers']): WireRequest['headers'] {
  return headers;
}

type Ending = {readonly error: string; readonly message: string; readonly timedOut: boolean};

function exchange(
  client: Got,
  request: WireRequest,
  bounds: Bounds,
  signals: readonly AbortSignal[],
): Promise<Exchange> {
  const {method, url} = request;
  const body = bounds.form ?? request.body;
  const headers = bounds.form ? withoutType(request.headers) : request.headers;
  if (signals.some(({aborted}) => aborted)) return Promise.resolve(failure('waiting', ABORTED));
  return new Promise((resolve, reject) => {
    let phase: Phase = 'making';
    const stream = client.stream(url, {
      method: method as 'GET',
      headers: {...headers},
      ...(body === undefined ? {} : {body}),
    });
    const settle = (result: Exchange, reusable = false) => {
      for (const cancel of cancels) cancel();
      for (const signal of signals) signal.removeEventListener('abort', abort);
      if (!reusable) stream.destroy();
      resolve(result);
    };
    const end = (ending: Ending) => {
      // Once a status is known the reading of the body settles the exchange, with whatever has arrived.
      if (phase === 'answered') stream.destroy();
      else settle(failure(phase, ending));
    };
    const abort = () => end(ABORTED);
    // One signal stands for all exchanges of a run, which is no leak.
    setMaxListeners(0, ...signals);
    for (const signal of signals) signal.addEventListener('abort', abort);
    const cancels = [endAfter(bounds.timeoutMs, () => end(timedOut('no answer', bounds.timeoutMs)))];
    const connectMs = Math.min(CONNECT_MS, bounds.timeoutMs);

    stream.once('request', (native: ClientRequest) => {
      watchPhase(native, (entered) => {
        phase = entered;
        if (entered !== 'connecting') return;
        cancels.push(endAfter(connectMs, () => phase === 'connecting' && end(timedOut('no connection', connectMs))));
      });
      native.once('upgrade', (response: IncomingMessage, socket: Socket) => {
        socket.destroy();
        settle({kind: 'answered', response: describe(response, '', true)});
      });
    });
    stream.once('response', async (response: IncomingMessage) => {
      const headAt = now();
      const {text, lost} = await readBody(stream, encodingOf(method, response), bounds.bodyCapBytes);
      settle({kind: 'answered', response: describe(response, text, lost), headAt}, !lost && isUploaded(stream));
    });
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (phase === 'answered') return;
      if (phase === 'making') reject(malformed(error));
      settle(failure(phase, {error: error.code ?? error.name, message: tell(error), timedOut: false}));
    });
    // got ends a HEAD by itself.
    if (body === undefined && method !== 'HEAD') stream.end();
  });
}

const ABORTED: Ending = {error: 'ABORTED', message: 'given up before the answer came', timedOut: false};

function timedOut(what: string, ms: number): Ending {
  return {error: 'ETIMEDOUT', message: `${what} within ${ms / 1000} s`, timedOut: true};
}

/**
 * Calls `end` after `ms`, unless the timer is late: then the process was stopped or asleep, and what arrived meanwhile has not been read yet, so
 * it gets a little longer. Returns what cancels it.
 */
function endAfter(ms: number, end: () => void): () => void {
  const at = now() + ms;
  let cancel = callAt(at, () => {
    if (now() - at <= LATE_MS) return end();
    cancel = endAfter(Math.min(ms, GRACE_MS), end);
  });
  return () => cancel();
}

function failure(phase: Phase, {error, message, timedOut}: Ending): Exchange {
  switch (phase) {
    case 'making':
    case 'waiting':
    case 'connecting':
      return {kind: 'unsent', error, message};
    case 'distrusted':
      return {kind: 'untrusted', error, message};
    case 'sent':
    case 'answered':
      return {kind: 'unanswered', error, message, timedOut};
  }
}

function describe({statusCode, rawHeaders}: IncomingMessage, body: string, bodyLost: boolean): Response {
  return {status: statusCode ?? 0, headers: joinHeaders(rawHeaders), body, bodyLost};
}

/** Nothing at all cannot be decoded, so where no body may be there is no encoding, whatever the headers say. */
function encodingOf(method: string, {statusCode, headers}: IncomingMessage): string | undefined {
  const empty = method === 'HEAD' || statusCode === 204 || statusCode === 304 || headers['content-length'] === '0';
  return empty ? undefined : headers['content-encoding'];
}

/** From the raw list, because Node's own drops the second Retry-After. */
function joinHeaders(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    headers[name] = headers[name] === undefined ? raw[i + 1]! : `${headers[name]}, ${raw[i + 1]}`;
  }
  return headers;
}

/** A server may answer, 413 say, before it has read the request: such a connection cannot be used again. */
function isUploaded(stream: Exchanging): boolean {
  return (stream as unknown as {_request?: ClientRequest})._request?.writableFinished === true;
}

/** When every address of a name failed, the error of all of them has no text of its own. */
function tell({message, cause}: Error): string {
  const root = cause ?? {};
  if (message || !(root instanceof AggregateError)) return message;
  return root.errors.map((error: Error) => error.message).join('; ');
}

function malformed(error: NodeJS.ErrnoException): Problem {
  const message = `the request cannot be written: ${error.message} (${error.code ?? error.name})`;
  return new Problem('REQUEST_MALFORMED', message, 'Correct the URL, the headers or the method of this row.', {
    exit: EXIT.misfit,
  });
}
