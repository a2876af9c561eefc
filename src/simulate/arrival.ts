import {createHash} from 'node:crypto';
import type {IncomingHttpHeaders, IncomingMessage} from 'node:http';

/** A request as it arrived. */
export type Arrival = {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Its first MiB. */
  readonly body: string;
};

/** `fingerprint`: 16 hex digits of the SHA-256 of method, path, query and the whole body. */
export type Read = {readonly arrival: Arrival; readonly fingerprint: string};

const BODY_KEPT_BYTES = 1024 * 1024;

/** Reads a request to its end. Undefined when the sender went away in the middle of the request. */
export async function readArrival(request: IncomingMessage): Promise<Read | undefined> {
  const {method = 'GET', url: target = '/', headers} = request;
  const hash = createHash('sha256').update(`${method} ${target}\n`);
  const kept: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      hash.update(chunk);
      if (size < BODY_KEPT_BYTES) kept.push(chunk);
      size += chunk.length;
    }
  } catch {
    return undefined;
  }
  const body = Buffer.concat(kept).toString('utf8');
  return {arrival: {method, target, headers, body}, fingerprint: hash.digest('hex').slice(0, 16)};
}
