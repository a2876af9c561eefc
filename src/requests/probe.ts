import type {Exchange} from '../exchange.js';
import type {Operation} from '../operations/operation.js';
import {EXIT, Problem} from '../problem.js';
import type {ProbeRule, Profile} from '../profiles/profile.js';
import {matchRoute} from '../profiles/routes.js';
import {answerOf, explanation, matchingRule} from './answer.js';
import {buildRequest, type RequestSetting} from './build.js';
import {jsonOrText} from './capture.js';
import {columnsOf, partsOf} from './liquid.js';
import {misfit} from './misfit.js';
import type {Request} from './request.js';
import {parsePart} from './template.js';
import {compileUrl, renderUrl, type UrlTemplate} from './url-template.js';
import {textOf, UnfitValue} from './values.js';

/** A request of the profile that tells whether another one was executed. `columns` are those of the row that it asks for. */
export type Probe = {readonly rule: ProbeRule; readonly url: UrlTemplate; readonly columns: readonly string[]};

/** What the answer to a probe says of the request in doubt; `untold` leaves it in doubt, and `refused` has to be asked again. */
export type Found =
  | {readonly kind: 'happened' | 'did-not'; readonly status: number}
  | {readonly kind: 'refused'; readonly status: number; readonly limits: readonly string[]}
  | {readonly kind: 'untold'; readonly status: number | undefined; readonly why: string};

/** Compiles the probes of a profile, in their order. Throws TEMPLATE_INVALID (78), naming the probe. */
export function compileProbes({probes = []}: Pick<Profile, 'probes'>): readonly Probe[] {
  return probes.map((rule, i) => {
    const [, method, path] = /^(\S+) (.*)$/s.exec(rule.request)!;
    const name = `probes[${i}].request`;
    const pieces = parsePart(name, path!);
    const parts = partsOf(pieces);
    if (!parts)
      throw new Problem(
        'TEMPLATE_INVALID',
        `${name} holds a tag, expected text and {{ expressions }}`,
        'Take {% … %} out of it.',
        {
          exit: EXIT.badProfile,
        },
      );
    const columns = columnsOf(pieces).filter((column) => column !== 'request');
    return {rule, url: compileUrl(method!, parts, rule.request), columns};
  });
}

/** The probe that covers `request`; undefined where nothing can tell whether it was executed. */
export function probeOf(
  probes: readonly Probe[],
  {operation, group}: Pick<Request, 'operation' | 'group'>,
): Probe | undefined {
  return probes.find(
    ({rule}) =>
      (operation !== undefined && rule.operations?.includes(operation)) ||
      (group !== undefined && rule.groups?.includes(group)),
  );
}

/**
 * The probe of one request in doubt, as a request of its own: it falls into its own buckets, and goes with the credential and the headers of a row.
 * Throws a Problem (65) with the row's place where a value for it is missing or empty: a search for nothing would find everything.
 */
export function buildProbe(probe: Probe, operation: Operation, request: Request, setting: RequestSetting): Request {
  try {
    const row = Object.assign(Object.create(null), operation.values, {request: partsOfRequest(request, setting)});
    const call = {kind: 'direct', method: probe.url.method, url: probeTarget(probe, row)} as const;
    const headers = setting.template?.headers ?? setting.headers;
    return buildRequest({...operation, call, body: undefined}, {...setting, template: undefined, headers});
  } catch (error) {
    if (error instanceof UnfitValue)
      throw misfit(operation, 'PROBE_UNFIT', `its probe cannot be made: ${error.message}`);
    throw error;
  }
}

/** Path and query of a probe. Throws UnfitValue where a value is missing or empty. */
export function probeTarget({url}: Probe, row: Readonly<Record<string, unknown>>): string {
  for (const piece of url.pieces)
    if (piece.kind !== 'text' && textOf(piece.read(row)).trim() === '')
      throw new UnfitValue(`${piece.source} is empty`);
  return renderUrl(url, row);
}

/** What an exchange with the provider tells. A refusal is one by the same rules as for any request; what ends a run tells nothing. */
export function judgeProbe(exchange: Exchange, {rule}: Probe, profile: Profile): Found {
  if (exchange.kind !== 'answered')
    return {kind: 'untold', status: undefined, why: `the probe got no answer: ${exchange.message || exchange.error}`};
  const answer = answerOf(exchange.response);
  const {status} = answer;
  const refused = matchingRule(profile.refused, answer);
  if (refused || status === 429) return {kind: 'refused', status, limits: refused?.limits ?? []};
  if (!matchingRule(profile.stop, answer) && !answer.bodyLost) {
    if (matchingRule(rule.happened, answer)) return {kind: 'happened', status};
    if (matchingRule(rule.didNot, answer)) return {kind: 'did-not', status};
  }
  const said = explanation(answer);
  return {
    kind: 'untold',
    status,
    why: `the probe was answered ${status}${said === `HTTP ${status}` ? '' : `: ${said}`}`,
  };
}

/** What expressions see of the request in doubt. */
function partsOfRequest({method, url, body}: Request, {routes}: RequestSetting): object {
  return {
    method,
    parameters: matchRoute(routes, method, new URL(url).pathname)?.parameters ?? {},
    body: body === undefined ? undefined : jsonOrText(body),
  };
}
