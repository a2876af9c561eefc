import type {Exchange} from '../../src/exchange.js';
import type {Profile} from '../../src/profiles/profile.js';
import {judge} from '../../src/requests/judge.js';
import type {Verdict} from '../../src/requests/request.js';
import {sampleProfile} from './sample.js';

export type Case = {
  readonly status: number;
  readonly body?: string | object;
  readonly headers?: Record<string, string>;
  readonly bodyLost?: boolean;
  readonly method?: string;
  readonly repeatable?: boolean;
  readonly n?: number;
  readonly key?: boolean;
  readonly needsBody?: boolean;
};

export function verdict(
  profile: Partial<Profile>,
  {status, body = '', headers = {}, bodyLost = false, ...rest}: Case,
): Verdict {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return exchanged(profile, {kind: 'answered', response: {status, headers, body: text, bodyLost}}, rest);
}

export function exchanged(
  profile: Partial<Profile>,
  exchange: Exchange,
  {method = 'POST', repeatable = false, n = 1, key = false, needsBody = false}: Partial<Case>,
): Verdict {
  return judge(exchange, {method, repeatable}, sampleProfile(profile), {n, hasIdempotencyKey: key, needsBody});
}

export const kind = (profile: Partial<Profile>, one: Case) => verdict(profile, one).kind;
