import {now} from '../clock.js';
import type {OutcomeRecord} from '../journal/record.js';
import {readCaptures, scrubbedValues} from '../requests/capture.js';
import {showSafe} from '../requests/show.js';
import type {Ended, Prepared, Tools} from './tools.js';

/** Of a response body so many bytes are kept; of a sentence so many characters. */
const BODY_BYTES = 4096;
const MESSAGE_LENGTH = 500;

/** The record of how one attempt ended, scrubbed: whatever the server echoed, no secret of ours is in it. */
export function outcome(
  {operation}: Prepared,
  {startedAt, exchange, verdict, history}: Ended,
  tools: Pick<Tools, 'secrets' | 'options' | 'captures'>,
  kind: OutcomeRecord['k'],
  more: {readonly e?: string; readonly m?: string; readonly ra?: number},
): OutcomeRecord {
  const at = now();
  const status = exchange.kind === 'answered' ? exchange.response.status : undefined;
  const error = more.e ?? (exchange.kind === 'answered' ? undefined : exchange.error);
  const captured =
    kind === 'ok' && exchange.kind === 'answered' && tools.captures.length > 0
      ? readCaptures(tools.captures, exchange.response)
      : undefined;
  const said = more.m ?? captured?.missing;
  const message = said === undefined ? undefined : showSafe(tools.secrets.scrub(said), MESSAGE_LENGTH);
  const body = exchange.kind === 'answered' && keeps(kind, tools.options.keepBodies) ? exchange.response.body : '';
  return {
    t: 'o',
    op: operation.place.row,
    n: history.attempts,
    k: kind,
    at: Math.round(at),
    ms: Math.round(at - startedAt),
    ...(status === undefined ? {} : {st: status}),
    ...(more.ra === undefined ? {} : {ra: more.ra}),
    ...(error === undefined ? {} : {e: error}),
    ...(message === undefined ? {} : {m: message}),
    ...(body === '' ? {} : {b: cut(tools.secrets.scrub(body))}),
    ...(captured && {cap: scrubbedValues(captured.values, tools.secrets.scrub)}),
    ...(verdict.kind === 'ok' && verdict.bodyLost ? {lost: true as const} : {}),
    ...(verdict.kind === 'backoff' && verdict.resent ? {resent: true as const} : {}),
  };
}

function keeps(kind: OutcomeRecord['k'], keepBodies: 'all' | 'failed' | 'none'): boolean {
  if (kind === 'ok') return keepBodies === 'all';
  return keepBodies !== 'none' && (kind === 'failed' || kind === 'unk');
}

function cut(body: string): string {
  const bytes = Buffer.from(body);
  return bytes.length <= BODY_BYTES ? body : bytes.subarray(0, BODY_BYTES).toString('utf8').replace(/�+$/, '');
}
