// A provider that fails as it is told, in a process of its own: it outlives whatever is killed, and its log is the judge.
import {appendFileSync} from 'node:fs';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {gzipSync} from 'node:zlib';
import {isMain} from './is-main.js';

/** What becomes of a request. `name` stands in the log, so that a case can prove that its fault happened. */
export type Act = {
  readonly name: string;
  /** Whether it is done before anything is answered. */
  readonly executes?: boolean;
  readonly delayMs?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** Instead of an answer. `truncated`, `bad-gzip`: a 201 whose body fails. */
  readonly instead?:
    | 'reset'
    | 'fin'
    | 'hang'
    | 'truncated'
    | 'bad-gzip'
    | {readonly raw: string}
    | {readonly dripMs: number}
    | {readonly megabytes: number; readonly packed: boolean};
};

/** Which requests an act is for: of these rows, from one request to another, only the first of each row. The first rule that fits counts. */
export type Rule = {
  readonly ops?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly first?: boolean;
  readonly act: Act;
};

/** What the provider can be told while it goes on. */
export type Order = {
  readonly rules?: readonly Rule[];
  readonly listening?: boolean;
  /** How far its clock is ahead. */
  readonly aheadMs?: number;
  readonly idleCloseMs?: number;
  /** Every answer takes so long at least, up to so long. */
  readonly latencyMs?: readonly [number, number];
};

/** One line of its log, written before the answer. `n` counts requests from 1. */
export type Heard = {
  readonly at: number;
  readonly n: number;
  readonly op: string;
  readonly method: string;
  readonly url: string;
  readonly did: string;
  readonly executed: boolean;
  readonly key?: string;
  readonly headers: IncomingMessage['headers'];
  readonly port: number;
};

const OK: Act = {name: 'ok'};

if (isMain(import.meta.url)) serve(process.argv[2]!);

function serve(log: string): void {
  let rules: readonly Rule[] = [];
  let aheadMs = 0;
  let latency: readonly [number, number] = [0, 0];
  let heard = 0;
  let port = 0;
  const seen = new Set<string>();
  const keys = new Set<string>();
  const server = createServer({maxHeaderSize: 1024 * 1024}, async (request, response) => {
    try {
      for await (const _ of request); // Only a request that is here as a whole was heard.
    } catch {
      return;
    }
    const op = String(request.headers['x-op'] ?? /(\w+)$/.exec(request.url ?? '')?.[1] ?? '');
    heard += 1;
    const act = actFor(rules, {op, n: heard, again: seen.has(op)});
    seen.add(op);
    const key = request.headers['idempotency-key'] as string | undefined;
    const executed = (act.executes ?? true) && !(key !== undefined && keys.has(key));
    if (key !== undefined && executed) keys.add(key);
    const {method = '', url = '', headers} = request;
    const line: Heard = {
      at: Date.now(),
      n: heard,
      op,
      method,
      url,
      did: act.name,
      executed,
      ...(key !== undefined && {key}),
      headers,
      port: request.socket.remotePort ?? 0,
    };
    appendFileSync(log, `${JSON.stringify(line)}\n`);
    process.send?.({heard, op, executed});
    const [least, most] = latency;
    const waitMs = (act.delayMs ?? 0) + least + Math.random() * (most - least);
    if (waitMs > 0) setTimeout(() => answer(act, response, aheadMs), waitMs);
    else answer(act, response, aheadMs);
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  server.keepAliveTimeout = 60_000;
  const listen = () =>
    server.listen(port, '127.0.0.1', () => {
      port = (server.address() as AddressInfo).port;
      process.send?.({port});
    });
  process.on('message', (order: Order) => {
    rules = order.rules ?? rules;
    aheadMs = order.aheadMs ?? aheadMs;
    latency = order.latencyMs ?? latency;
    if (order.idleCloseMs !== undefined) server.keepAliveTimeout = order.idleCloseMs;
    if (order.listening === true) return listen();
    if (order.listening === false) {
      server.close(() => process.send?.({closed: true}));
      server.closeAllConnections();
    } else process.send?.({told: true});
  });
  process.on('disconnect', () => process.exit());
  listen();
}

/** What the first rule that fits says. */
export function actFor(
  rules: readonly Rule[],
  {op, n, again}: {readonly op: string; readonly n: number; readonly again: boolean},
): Act {
  const fits = ({ops, from = 1, to = Number.POSITIVE_INFINITY, first = false}: Rule) =>
    (ops === undefined || ops.includes(op)) && n >= from && n <= to && !(first && again);
  return rules.find(fits)?.act ?? OK;
}

function answer(
  {status = 201, headers = {}, body = '{"id":"1"}', instead}: Act,
  response: ServerResponse,
  aheadMs = 0,
) {
  const {socket} = response;
  response.on('error', () => {});
  const head = {'content-type': 'application/json', ...headers};
  if (aheadMs !== 0) response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
  if (instead === undefined) return void response.writeHead(status, head as Record<string, string>).end(body);
  if (instead === 'reset') return void socket?.resetAndDestroy();
  if (instead === 'fin') return void socket?.end();
  if (instead === 'hang') return;
  if (instead === 'truncated') {
    response.writeHead(201, {...head, 'content-length': '1000'} as Record<string, string>).write('{"id":');
    return void setTimeout(() => socket?.destroy(), 20);
  }
  if (instead === 'bad-gzip')
    return void response.writeHead(201, {'content-encoding': 'gzip'}).end(Buffer.from('not gzip at all'));
  if ('raw' in instead) return void socket?.end(instead.raw);
  if ('dripMs' in instead) {
    response.writeHead(201, {...head, 'content-length': '100000'} as Record<string, string>);
    const timer = setInterval(() => response.write('x'), instead.dripMs);
    return void response.on('close', () => clearInterval(timer));
  }
  pour(response, instead);
}

/** A long body, a piece at a time, as fast as it is taken. */
function pour(response: ServerResponse, {megabytes, packed}: {megabytes: number; packed: boolean}): void {
  const plain = Buffer.alloc(1024 * 1024, 120);
  const piece = packed ? gzipSync(plain) : plain; // Members of gzip that follow one another are one file.
  response.writeHead(201, {'content-type': 'application/json', ...(packed && {'content-encoding': 'gzip'})});
  let left = megabytes;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}
