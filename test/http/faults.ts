import {once} from 'node:events';
import net from 'node:net';
import {Worker} from 'node:worker_threads';
import {gzipSync} from 'node:zlib';
import type {Exchange, WireRequest} from '../../src/exchange.js';
import type {Sender, SenderOptions} from '../../src/http/exchange.js';
import type {Profile} from '../../src/profiles/profile.js';
import {pem, response, type Script, type Scripted, until} from './scripted-server.js';

/** How much of the request a server had read when it did what it does, if it was reached at all. A handshake is none of it. */
export type Read = 'nothing' | 'a part' | 'all';

/** What becomes of the row. `-`: such a request is not asked so. */
export type Fate =
  | 'never left'
  | 'in doubt'
  | 'again'
  | 'waits'
  | 'ok'
  | 'ok, body lost'
  | 'failed'
  | '401'
  | 'stop'
  | '-';

/** One thing that can happen to a request, and what becomes of its row: sent once only, and where it may be sent again. */
export type Fault = {
  readonly name: string;
  readonly read: Read;
  readonly once: Fate;
  readonly again: Fate;
  /** What the server does. Undefined: nobody is there. */
  readonly script?: Script;
  readonly options?: Partial<SenderOptions>;
  readonly profile?: Partial<Profile>;
  readonly request?: Partial<WireRequest>;
  /** How often it has been sent, this time included. */
  readonly n?: number;
  /** Where sending is not the whole of it. */
  readonly send?: (sender: Sender, request: WireRequest, server: Scripted) => Promise<Exchange>;
  /** Bytes that the server wrote, where these are the fault. */
  readonly written?: number;
  /** What the network called it, where it could have been something else. */
  readonly error?: RegExp;
  /** There was no connection. After a certificate was refused there is one or none, as it happens. */
  readonly connections?: 0;
};

/** The body of a request that goes before the one that is looked at. */
export const OTHER = 'other';

const SHORT = {timeoutMs: 150};
const LONG_BODY = 'x'.repeat(8_000_000);
const WHOLE = '{"id": 1}';

/** Reads no more than comes first. */
function atFirstBytes(then: (socket: net.Socket) => unknown): Script {
  return {onConnection: (socket) => socket.once('data', () => then(socket.pause()))};
}

const says = (text: string | Buffer, then: 'closes' | 'resets' | 'stays'): Script => ({
  onRequest: (socket) => {
    if (then === 'closes') socket.end(text);
    else socket.write(text, () => then === 'resets' && socket.resetAndDestroy());
  },
});
const answers = (head: string, headers: readonly string[] = [], body: string | Buffer = '{}'): Script =>
  says(response(body, `HTTP/1.1 ${head}`, headers), 'closes');

function drips(head: string): Script {
  return {
    onRequest: (socket) => {
      socket.write(head);
      const timer = setInterval(() => socket.write('y'), 10);
      socket.on('close', () => clearInterval(timer));
    },
  };
}

/** A place in the kernel's queue is all that connections to it get, and soon there is none left. */
async function withFullQueue(use: (port: number) => Promise<Exchange>): Promise<Exchange> {
  const code = `
    const {createServer} = require('node:net');
    const {parentPort} = require('node:worker_threads');
    const server = createServer().listen({port: 0, host: '127.0.0.1', backlog: 1}, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
    });`;
  const worker = new Worker(code, {eval: true});
  const waiting: net.Socket[] = [];
  try {
    const [port] = (await once(worker, 'message')) as [number];
    for (let i = 0; i < 4; i++) waiting.push(net.connect(port, '127.0.0.1').on('error', () => {}));
    await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, 'connect')));
    return await use(port);
  } finally {
    for (const socket of waiting) socket.destroy();
    await worker.terminate();
  }
}

const unsent: Fault[] = [
  {
    name: 'a header with a line break in it',
    read: 'nothing',
    once: 'failed',
    again: 'failed',
    error: /ERR_INVALID_CHAR/,
    connections: 0,
    script: {},
    request: {headers: {'x-a': 'b\r\nc: d'}},
  },
  {
    name: 'nobody listens',
    read: 'nothing',
    once: 'never left',
    again: 'never left',
    error: /ECONNREFUSED/,
    connections: 0,
    script: {},
    send: async (sender, request, server) => {
      await server.close();
      return sender.send(request);
    },
  },
  {
    name: 'a name that does not exist',
    read: 'nothing',
    once: 'never left',
    again: 'never left',
    error: /ENOTFOUND|EAI_AGAIN/,
    request: {url: 'http://nope.invalid/users'},
  },
  {
    name: 'a connection that is never accepted',
    read: 'nothing',
    once: 'never left',
    again: 'never left',
    error: /ETIMEDOUT/,
    options: SHORT,
    send: (sender, request) =>
      withFullQueue((port) => sender.send({...request, url: `http://127.0.0.1:${port}/users`})),
  },
  {
    name: 'a TLS handshake that never ends',
    read: 'nothing',
    once: 'never left',
    again: 'never left',
    error: /ETIMEDOUT/,
    script: {onRequest: () => {}},
    options: SHORT,
    send: (sender, request) => sender.send({...request, url: request.url.replace('http:', 'https:')}),
  },
  {
    name: 'a reset in the middle of the TLS handshake',
    read: 'nothing',
    once: 'never left',
    again: 'never left',
    error: /ECONNRESET/,
    script: atFirstBytes((socket) => socket.resetAndDestroy()),
    send: (sender, request) => sender.send({...request, url: request.url.replace('http:', 'https:')}),
  },
  {
    name: 'an answer in clear to a TLS handshake',
    read: 'nothing',
    once: 'never left',
    again: 'never left',
    error: /EPROTO/,
    script: atFirstBytes((socket) => socket.end(response('', 'HTTP/1.1 400 Bad Request'))),
    send: (sender, request) => sender.send({...request, url: request.url.replace('http:', 'https:')}),
  },
  {
    name: 'a certificate that nobody vouches for',
    read: 'nothing',
    once: 'stop',
    again: 'stop',
    error: /DEPTH_ZERO_SELF_SIGNED_CERT/,
    script: {certificate: 'self-signed'},
  },
  {
    name: 'a certificate of another name',
    read: 'nothing',
    once: 'stop',
    again: 'stop',
    error: /ERR_TLS_CERT_ALTNAME_INVALID/,
    options: {extraCa: pem('wrong-name.crt')},
    script: {certificate: 'wrong-name'},
  },
  {
    name: 'given up while it waits for a free connection',
    read: 'nothing',
    once: 'never left',
    again: 'never left',
    error: /ABORTED/,
    script: {},
    options: {connections: 1},
    send: async (sender, request, server) => {
      // Another request holds the only connection, and is all that the server reads.
      void sender.send({...request, body: OTHER});
      await until(() => server.requests.length === 1);
      const giveUp = new AbortController();
      const exchange = sender.send(request, giveUp.signal);
      setTimeout(() => giveUp.abort(), 20);
      return exchange;
    },
  },
];

const doubtful = {once: 'in doubt', again: 'again'} as const;
const unanswered: Fault[] = [
  {
    name: 'a reset before anything is read',
    read: 'nothing',
    ...doubtful,
    error: /ECONNRESET/,
    script: {onConnection: (socket) => setTimeout(() => socket.resetAndDestroy(), 30) && socket.pause()},
  },
  {
    name: 'a reset after a part of the request',
    read: 'a part',
    ...doubtful,
    request: {body: LONG_BODY},
    script: atFirstBytes((socket) => socket.resetAndDestroy()),
  },
  {
    name: 'a connection closed after a part of the request',
    read: 'a part',
    ...doubtful,
    request: {body: LONG_BODY},
    script: atFirstBytes((socket) => socket.destroy()),
  },
  {
    name: 'a reset after the whole request',
    read: 'all',
    ...doubtful,
    error: /ECONNRESET/,
    script: {onRequest: (socket) => socket.resetAndDestroy()},
  },
  {
    name: 'a connection closed after the whole request',
    read: 'all',
    ...doubtful,
    error: /socket hang up/,
    script: {onRequest: (socket) => socket.end()},
  },
  {
    name: 'a reset of a connection that was used before',
    read: 'all',
    ...doubtful,
    error: /ECONNRESET/,
    script: {
      onRequest: (socket, request) =>
        request.endsWith(OTHER) ? socket.write(response('{}')) : socket.resetAndDestroy(),
    },
    send: async (sender, request) => {
      await sender.send({...request, body: OTHER});
      return sender.send(request);
    },
  },
  {
    name: 'a request that the server stops reading, until the timeout',
    read: 'a part',
    ...doubtful,
    error: /ETIMEDOUT/,
    options: SHORT,
    request: {body: LONG_BODY},
    script: atFirstBytes(() => {}),
  },
  {name: 'no answer until the timeout', read: 'all', ...doubtful, error: /ETIMEDOUT/, options: SHORT, script: {}},
  {
    name: 'a head that drips until the timeout',
    read: 'all',
    ...doubtful,
    error: /ETIMEDOUT/,
    options: SHORT,
    script: drips('HTTP/1.1 201 Created\r\nx: '),
  },
  {
    name: 'given up (Ctrl-C twice) before the answer',
    read: 'all',
    ...doubtful,
    error: /ABORTED/,
    script: {},
    send: async (sender, request, server) => {
      const giveUp = new AbortController();
      const exchange = sender.send(request, giveUp.signal);
      await until(() => server.requests.length === 1);
      giveUp.abort();
      return exchange;
    },
  },
  ...(['closes', 'resets'] as const).flatMap((then) =>
    [
      {name: 'half a status line', text: 'HTTP/1.1 2'},
      {name: 'a status line alone', text: 'HTTP/1.1 201 Created\r\n'},
      {name: 'half a head', text: 'HTTP/1.1 201 Created\r\ncontent-type: text/plain\r\ncontent-le'},
      {name: '100 Continue', text: 'HTTP/1.1 100 Continue\r\n\r\n'},
      {name: '103 Early Hints', text: 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'},
    ].map(
      ({name, text}): Fault => ({
        name: `${name}, then the connection ${then === 'closes' ? 'is closed' : 'is reset'}`,
        read: 'all',
        ...doubtful,
        script: says(text, then),
        written: text.length,
      }),
    ),
  ),
  {
    name: '102 Processing, then nothing until the timeout',
    read: 'all',
    ...doubtful,
    error: /ETIMEDOUT/,
    options: SHORT,
    script: says('HTTP/1.1 102 Processing\r\n\r\n', 'stays'),
    written: 27,
  },
  {name: 'what is no HTTP', read: 'all', ...doubtful, script: says('HTTQ/9 what\r\n\r\n', 'closes'), written: 15},
  {name: 'a head of 40 KB', read: 'all', ...doubtful, script: answers('201 Created', [`x: ${'y'.repeat(40_000)}`])},
  {
    name: '101 Switching Protocols',
    read: 'all',
    once: 'in doubt',
    again: 'in doubt',
    script: says('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', 'stays'),
  },
];

const lost = {read: 'all', once: 'ok, body lost', again: 'ok, body lost'} as const;
const fine = {read: 'all', once: 'ok', again: 'ok'} as const;
const CREATED = 'HTTP/1.1 201 Created\r\n';
const succeeded: Fault[] = [
  {name: '201 with a body', ...fine, script: answers('201 Created', ['content-type: application/json'], WHOLE)},
  {name: '204', ...fine, script: says('HTTP/1.1 204 No Content\r\n\r\n', 'stays')},
  {
    name: '103 Early Hints, then 201',
    ...fine,
    script: says(Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'), response(WHOLE)]), 'stays'),
  },
  {
    name: '200 whose body is no JSON and does not say so',
    ...fine,
    script: answers('200 OK', ['content-type: text/plain'], 'done'),
  },
  {name: '200 whose body ends with the connection', ...fine, script: says('HTTP/1.1 200 OK\r\n\r\nabc', 'closes')},
  {
    name: '201 that says JSON and is none',
    ...lost,
    script: answers('201 Created', ['content-type: application/json'], '<html>gateway</html>'),
  },
  {
    name: '201, then the connection is closed in the body',
    ...lost,
    script: says(`${CREATED}content-length: 9\r\n\r\n{"id"`, 'closes'),
  },
  {name: '201, then a reset in the body', ...lost, script: says(`${CREATED}content-length: 9\r\n\r\n{"id"`, 'resets')},
  {
    name: '201 whose chunks are broken',
    ...lost,
    script: says(`${CREATED}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n`, 'closes'),
  },
  {
    name: '201 whose body drips until the timeout',
    ...lost,
    options: SHORT,
    script: drips(`${CREATED}content-length: 99999\r\n\r\n`),
  },
  {
    name: '201 that says gzip and is none',
    ...lost,
    script: answers('201 Created', ['content-encoding: gzip'], 'plain'),
  },
  {
    name: '201 whose gzip ends early',
    ...lost,
    script: answers('201 Created', ['content-encoding: gzip'], gzipSync(WHOLE).subarray(0, 15)),
  },
  {
    name: '201 with more than is read',
    ...lost,
    options: {bodyCapBytes: 100},
    script: answers('201 Created', [], 'x'.repeat(101)),
  },
  {
    name: '200 that a `failed` rule of the profile knows',
    read: 'all',
    once: 'failed',
    again: 'failed',
    profile: {failed: [{status: ['2xx'], json: {'/success': false}}]},
    script: answers('200 OK', [], '{"success": false}'),
  },
];

const failed = {read: 'all', once: 'failed', again: 'failed'} as const;
const undone: Profile['notExecuted'] = [{status: ['503'], header: {'retry-after': ''}}];
const answered: Fault[] = [
  ...['301', '302', '303', '307', '308'].map(
    (status): Fault => ({
      name: `${status}, a redirect`,
      ...failed,
      script: answers(`${status} Go`, ['location: /other']),
    }),
  ),
  ...['400', '403', '404', '409', '421', '422'].map(
    (status): Fault => ({name: status, ...failed, script: answers(`${status} No`)}),
  ),
  {
    name: '413 before the request was read',
    read: 'a part',
    once: 'failed',
    again: 'failed',
    request: {body: LONG_BODY},
    script: atFirstBytes((socket) => socket.write(response('', 'HTTP/1.1 413 Too Large'))),
  },
  {name: '401', read: 'all', once: '401', again: '401', script: answers('401 Who')},
  {name: '408', read: 'all', ...doubtful, script: answers('408 Request Timeout')},
  {name: '425', read: 'all', once: 'again', again: 'again', script: answers('425 Too Early')},
  {name: '429', read: 'all', once: 'waits', again: 'waits', script: answers('429 Slow', ['retry-after: 1'])},
  {
    name: '429, then a reset in the body',
    read: 'all',
    once: 'waits',
    again: 'waits',
    script: says('HTTP/1.1 429 Slow\r\ncontent-length: 9\r\n\r\n{', 'resets'),
  },
  ...['500', '502', '503', '504'].map(
    (status): Fault => ({name: status, read: 'all', ...doubtful, script: answers(`${status} Oh`)}),
  ),
  {
    name: '500, then a reset in the body',
    read: 'all',
    ...doubtful,
    script: says('HTTP/1.1 500 Oh\r\ncontent-length: 9\r\n\r\n{', 'resets'),
  },
  {name: '503 with Retry-After', read: 'all', ...doubtful, script: answers('503 Busy', ['retry-after: 1'])},
  {
    name: '503 with Retry-After that a `notExecuted` rule of the profile knows',
    read: 'all',
    once: 'again',
    again: 'again',
    profile: {notExecuted: undone},
    script: answers('503 Busy', ['retry-after: 1']),
  },
  {name: '501', read: 'all', once: 'in doubt', again: 'in doubt', script: answers('501 Not Implemented')},
  {
    name: '500 that `resend` of the profile names',
    read: 'all',
    once: 'again',
    again: 'again',
    profile: {resend: [500]},
    script: answers('500 Oh'),
  },
  {
    name: '409 of an idempotency key still at work, which `notExecuted` knows',
    read: 'all',
    once: '-',
    again: 'again',
    profile: {notExecuted: [{status: ['409'], json: {'/code': 'in_progress'}}]},
    script: answers('409 Conflict', [], '{"code": "in_progress"}'),
  },
  {
    name: '422 of an idempotency key used for something else, which `stop` knows',
    read: 'all',
    once: '-',
    again: 'stop',
    profile: {stop: [{status: ['422'], json: {'/code': 'key_reused'}}]},
    script: answers('422 Unprocessable', [], '{"code": "key_reused"}'),
  },
  {
    name: '404 to a DELETE that was sent before',
    read: 'all',
    once: '-',
    again: 'ok',
    n: 2,
    request: {method: 'DELETE'},
    script: answers('404 Gone'),
  },
];

/** Everything that can happen to a request, in the sequence of its phases. */
export const FAULTS: readonly {readonly phase: string; readonly faults: readonly Fault[]}[] = [
  {phase: 'Before it leaves', faults: unsent},
  {phase: 'It left, and no status came', faults: unanswered},
  {phase: 'Success', faults: succeeded},
  {phase: 'Another status', faults: answered},
];
