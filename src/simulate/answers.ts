import type {AnswerRule, HeaderRule, Profile, ResetFormat} from '../profiles/profile.js';
import type {Standing} from './counters.js';

/** What a provider sends back. */
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A success: 201 for a POST, else 200, with an id. */
export function successReply(method: string, n: number): Reply {
  return {status: method === 'POST' ? 201 : 200, headers: {}, body: JSON.stringify({id: `sim-${n}`})};
}

/** A refusal in the shape that the profile's first `refused` rule describes; else a 429 with a message. */
export function refusalReply({refused}: Profile): Reply {
  const rule: AnswerRule = refused[0] ?? {};
  const status = Number(rule.status?.find((pattern) => /^[45]\d\d$/.test(pattern)) ?? 429);
  const body: Record<string, unknown> = {message: rule.body ?? 'Too many requests'};
  for (const [pointer, value] of Object.entries(rule.json ?? {})) put(body, pointer, value === true ? 1 : value);
  return {status, headers: rule.header ?? {}, body: JSON.stringify(body)};
}

/** An answer for which a rule holds, as far as it says what that is like; 200 where it names no status. */
export function replyFor({status, body: text, json, header}: AnswerRule): Reply {
  const body: Record<string, unknown> = text === undefined ? {} : {message: text};
  for (const [pointer, value] of Object.entries(json ?? {})) put(body, pointer, value);
  const first = status?.find((pattern) => /^\d+$/.test(pattern)) ?? 200;
  return {status: Number(first), headers: header ?? {}, body: JSON.stringify(body)};
}

/** A failure that has nothing to do with limits. */
export function faultReply(status: number): Reply {
  return {status, headers: {}, body: JSON.stringify({message: `simulated ${status}`})};
}

/** The seconds, whole ones, after which every window that a request fell into has room again. */
export function retryAfter(standings: readonly Standing[], now: number): string {
  const roomAt = Math.max(now, ...standings.map(({meter}) => meter.roomAt(now)));
  return String(Math.max(1, Math.ceil((roomAt - now) / 1000)));
}

/**
 * The quota headers, in the profile's names and format, for the window that they describe; of several such windows the one with the
 * least room. Empty when the profile has none or the request falls into no such window.
 */
export function quotaHeaders(rule: HeaderRule, standings: readonly Standing[], now: number): Record<string, string> {
  if (!rule.limit && !rule.remaining && !rule.reset) return {};
  const [standing] = standings
    .filter((each) => describes(rule, each))
    .sort((one, other) => remaining(one, now) - remaining(other, now));
  if (!standing) return {};
  const headers: Record<string, string> = {};
  if (rule.limit) headers[rule.limit] = String(standing.rule.burst ?? standing.rule.requests);
  if (rule.remaining) headers[rule.remaining] = String(remaining(standing, now));
  if (rule.reset) headers[rule.reset] = formatReset(standing.meter.resetAt(now), now, rule.format ?? 'epoch-seconds');
  return headers;
}

function describes({describes: described}: HeaderRule, {limit, rule}: Standing): boolean {
  if (described?.limits && !described.limits.includes(limit.name)) return false;
  return described?.seconds === undefined || Math.abs(rule.seconds / described.seconds - 1) < 1e-6;
}

function remaining({meter, rule}: Standing, now: number): number {
  // The sum of a counter has a fraction that is an artefact of floating point.
  return Math.max(0, Math.floor((rule.burst ?? rule.requests) - meter.used(now) + 1e-9));
}

/** An instant in one of the formats that providers use. Formats of whole seconds are rounded up: a reset is never announced too early. */
export function formatReset(at: number, now: number, format: ResetFormat): string {
  const left = Math.max(0, at - now);
  switch (format) {
    case 'epoch-seconds':
      return String(Math.ceil(at / 1000));
    case 'epoch-ms':
      return String(Math.ceil(at));
    case 'seconds':
      return String(Math.ceil(left / 1000));
    case 'ms':
      return String(Math.ceil(left));
    case 'iso':
      return new Date(Math.ceil(at)).toISOString();
    case 'http-date':
      return new Date(Math.ceil(at / 1000) * 1000).toUTCString();
    case 'duration': {
      const seconds = Math.ceil(left / 1000);
      return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
    }
  }
}

/** Sets what a JSON pointer names, making the objects on the way. */
function put(body: Record<string, unknown>, pointer: string, value: unknown): void {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let place = body;
  for (const step of steps.slice(0, -1)) {
    if (typeof place[step] !== 'object' || place[step] === null) place[step] = {};
    place = place[step] as Record<string, unknown>;
  }
  place[steps.at(-1) ?? ''] = value;
}
