import {readFileSync} from 'node:fs';
import net, {type AddressInfo, type Server, type Socket} from 'node:net';
import tls from 'node:tls';
import type {Exchange, WireRequest} from '../../src/exchange.js';
import {openSender, type Sender, type SenderOptions} from '../../src/http/exchange.js';

/** A server that does with each connection, or with each request on it, what the script says. Counts both. */
export type Scripted = {
  readonly url: string;
  readonly connections: () => number;
  /** All that was read, whole requests or not. */
  readonly heard: () => string;
  /** Bytes that were written. */
  readonly written: () => number;
  /** The text of every request that was read. */
  readonly requests: readonly string[];
  close(): Promise<void>;
};

export type Script = {
  readonly onConnection?: (socket: Socket) => unknown;
  /** Called when the head and the announced body of a request have been read. */
  readonly onRequest?: (socket: Socket, request: string) => unknown;
  readonly certificate?: string;
};

async function serve({onConnection, onRequest, certificate}: Script): Promise<Scripted> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  let connections = 0;
  const heard: string[] = [];
  let written = 0;
  const accept = (socket: Socket) => {
    connections++;
    open.add(socket);
    socket
      .on('error', () => {})
      .on('close', () => {
        open.delete(socket);
        written += socket.bytesWritten;
      });
    onConnection?.(socket);
    let text = '';
    socket.on('data', (chunk) => {
      heard.push(chunk.toString('latin1'));
      text += heard.at(-1);
      for (let end = endOfRequest(text); end > 0; end = endOfRequest(text)) {
        const request = text.slice(0, end);
        text = text.slice(end);
        requests.push(request);
        onRequest?.(socket, request);
      }
    });
  };
  const server: Server = certificate
    ? tls.createServer({cert: pem(`${certificate}.crt`), key: pem(`${certificate}.key`)}, accept)
    : net.createServer(accept);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    heard: () => heard.join(''),
    written: () => [...open].reduce((sum, {bytesWritten}) => sum + bytesWritten, written),
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

export function pem(name: string): string {
  return readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
}

/** A whole response with the right length. */
export function response(body: string | Buffer, head = 'HTTP/1.1 200 OK', headers: readonly string[] = []): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from([head, ...headers, `content-length: ${bytes.length}`, '', ''].join('\r\n')),
    bytes,
  ]);
}

function endOfRequest(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return -1;
  const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
  return text.length < head + 4 + length ? -1 : head + 4 + length;
}

const open: (Scripted | Sender)[] = [];

/** Closes what the tests of a file have opened; to be called after each. */
export async function closeAll(): Promise<void> {
  for (const each of open.splice(0)) await each.close();
}

export async function start(script: Script): Promise<Scripted> {
  const server = await serve(script);
  open.push(server);
  return server;
}

export function sender(options: Partial<SenderOptions> = {}): Sender {
  const made = openSender({timeoutMs: 5_000, connections: 4, ...options});
  open.push(made);
  return made;
}

export function post(url: string, more: Partial<WireRequest> = {}): WireRequest {
  return {
    method: 'POST',
    url: `${url}/users?x=1`,
    headers: {'content-type': 'application/json'},
    body: '{"a":1}',
    ...more,
  };
}

/** How an exchange ended, in words; without its message, which is for people. */
export function outline(exchange: Exchange): string {
  if (exchange.kind === 'answered')
    return `answered ${exchange.response.status}${exchange.response.bodyLost ? ' lost' : ''}`;
  return exchange.kind === 'unanswered' && exchange.timedOut ? 'unanswered timed out' : exchange.kind;
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
