import type {Operation} from '../operations/operation.js';
import type {Problem} from '../problem.js';
import {didYouMean} from '../profiles/nearest.js';
import type {OperationRule, Profile} from '../profiles/profile.js';
import {expandRoute, matchRoute, type RouteTable} from '../profiles/routes.js';
import {bucketsOf} from './buckets.js';
import type {Captures} from './capture.js';
import {type HeaderTemplate, renderHeaders} from './header-template.js';
import {checkHeaderName, checkHeaderValue, credentialHeaders} from './headers.js';
import {type Location, locate} from './location.js';
import {misfit} from './misfit.js';
import {encodeSegment} from './path-value.js';
import type {Request} from './request.js';
import {showSafe, showValue} from './show.js';
import {type Rendered, renderTemplate, type Template} from './template.js';
import {coded, textOf, UnfitValue} from './values.js';

/** Everything that is the same for all requests of a run. */
export type RequestSetting = {
  readonly profile: Profile;
  readonly routes: RouteTable;
  /** Absent for a file of operations. */
  readonly template: Template | undefined;
  /** Headers of every request of a file of operations; a template has its own. */
  readonly headers?: readonly HeaderTemplate[] | undefined;
  readonly baseUrl: string;
  /** What is kept of the answers. */
  readonly captures: Captures;
  /** Where the files of forms are. */
  readonly filesRoot?: string | undefined;
  /** Origins beside that of the base URL to which rows may lead. No credential goes there. */
  readonly allowedOrigins: readonly string[];
  /** The name of the credential that goes with every request whose operation names no other; undefined when there is none. */
  readonly credential: string | undefined;
};

/**
 * The request of one operation, complete but for secrets. Throws a Problem (65) with the row's place for whatever cannot be sent:
 * URL_INVALID, HEADER_INVALID, BODY_INVALID, OPERATION_UNKNOWN, PARAMETER_MISSING.
 */
export function buildRequest(operation: Operation, setting: RequestSetting): Request {
  try {
    return build(operation, setting);
  } catch (error) {
    if (error instanceof UnfitValue) throw misfit(operation, error.code, error.message);
    throw error;
  }
}

type Match = {
  readonly name: string;
  readonly rule: OperationRule;
  readonly parameters: Readonly<Record<string, string>>;
};
type Call = {readonly method: string; readonly location: Location; readonly match: Match | undefined};

function build(operation: Operation, setting: RequestSetting): Request {
  const {profile} = setting;
  const rendered = operation.call.kind === 'template' ? render(operation, setting) : undefined;
  const {method, location, match} = callOf(operation, rendered, setting);
  const body = operation.body
    ? {text: operation.body.text, contentType: CONTENT_TYPE[operation.body.kind]}
    : rendered?.body;
  const headers = headersOf(
    operation,
    rendered?.headers ?? renderHeaders(setting.headers ?? [], operation.values),
    body?.contentType,
    profile,
  );
  const operationName = match?.name;
  const group = match?.rule.group;
  // Secrets go to the provider's origin alone, whatever else is allowed.
  const credential = location.own ? (match?.rule.credential ?? setting.credential) : undefined;
  const call = setting.template?.call;
  // Written out: spread into both objects, these two took half of the time that a request takes to build.
  const keyed = {
    operation: operationName,
    group,
    method,
    path: beforeQuery(location.path),
    pattern: rendered && call?.kind === 'url' ? beforeQuery(call.url.pattern) : undefined,
    headers,
    body: body?.text,
    parameters: match?.parameters ?? {},
    credential,
    scope: operation.scope,
  };
  return {
    operation: operationName,
    group,
    method,
    url: location.url,
    headers,
    body: body?.text,
    ...(rendered?.body && 'upload' in rendered.body ? {upload: rendered.body.upload} : {}),
    credential,
    buckets: bucketsOf(keyed, profile),
    repeatable: match?.rule.repeatable ?? profile.repeatable.methods.includes(method),
  };
}

function beforeQuery(path: string): string {
  const at = path.indexOf('?');
  return at < 0 ? path : path.slice(0, at);
}

const CONTENT_TYPE = {json: 'application/json', text: 'text/plain; charset=utf-8'} as const;

function render(operation: Operation, {template, filesRoot}: RequestSetting): Rendered {
  if (!template) {
    throw misfit(
      operation,
      'TEMPLATE_MISSING',
      'the row says no request, and there is no template',
      "Give --request 'POST /path' or --operation NAME.",
    );
  }
  return renderTemplate(template, operation.values, filesRoot);
}

function callOf(operation: Operation, rendered: Rendered | undefined, setting: RequestSetting): Call {
  const {routes, baseUrl, allowedOrigins, template} = setting;
  const name =
    operation.call.kind === 'named'
      ? operation.call.name
      : template?.call.kind === 'named'
        ? template.call.name
        : undefined;
  if (operation.call.kind !== 'direct' && name !== undefined) return namedCall(name, operation, setting);
  const direct = operation.call.kind === 'direct' ? operation.call : rendered!;
  const method = methodOf(direct.method!);
  const location = coded('URL_INVALID', () => locate(direct.url!, baseUrl, allowedOrigins));
  const match = location.own ? matchRoute(routes, method, location.path) : undefined;
  return {method, location, match};
}

function namedCall(name: string, operation: Operation, {profile, baseUrl}: RequestSetting): Call {
  const rule = Object.hasOwn(profile.operations, name) ? profile.operations[name] : undefined;
  if (!rule) throw unknownOperation(name, operation, profile);
  const route = expandRoute(rule.route);
  const parameters: Record<string, string> = Object.create(null);
  let path = route.path;
  for (const parameter of route.parameters) {
    const value = parameterOf(parameter, operation, name);
    parameters[parameter] = value;
    const segment = coded('URL_INVALID', () => named(parameter, () => encodeSegment(value)));
    path = path.replace(`{${parameter}}`, () => segment);
  }
  return {
    method: route.method,
    location: coded('URL_INVALID', () => locate(path, baseUrl, [])),
    match: {name, rule, parameters},
  };
}

function parameterOf(parameter: string, operation: Operation, name: string): string {
  const {values, scope} = operation;
  const value = Object.hasOwn(values, parameter) ? textOf(values[parameter]) : '';
  if (value !== '') return value;
  if (Object.hasOwn(scope, parameter)) return scope[parameter]!;
  const found = Object.hasOwn(values, parameter)
    ? `column "${parameter}" is empty`
    : `there is no column "${parameter}" or "scope.${parameter}"`;
  throw misfit(operation, 'PARAMETER_MISSING', `operation ${name} needs "${parameter}" for its path: ${found}`);
}

function unknownOperation(name: string, operation: Operation, profile: Profile): Problem {
  const meant = didYouMean(name, Object.keys(profile.operations));
  return misfit(
    operation,
    'OPERATION_UNKNOWN',
    `"operation" is ${showValue(name)}, which profile ${profile.name} does not know${meant}`,
  );
}

function methodOf(text: string): string {
  const method = text.trim().toUpperCase();
  if (/^[A-Z]+$/.test(method) && method !== 'CONNECT' && method !== 'TRACE') return method;
  throw new UnfitValue(
    `the method is ${showValue(text)}, expected one such as GET, POST, PUT, PATCH, DELETE`,
    'URL_INVALID',
  );
}

function headersOf(
  {headers}: Operation,
  common: Readonly<Record<string, string>>,
  contentType: string | undefined,
  profile: Profile,
): Record<string, string> {
  const all: Record<string, string> = {...common};
  const own = Object.entries(headers);
  const credentials = own.length > 0 ? credentialHeaders(profile) : undefined;
  for (const [name, value] of own) {
    coded('HEADER_INVALID', () => checkHeaderName(name, credentials!));
    coded('HEADER_INVALID', () => checkHeaderValue(name, value));
    all[name.toLowerCase()] = value;
  }
  if (contentType !== undefined) all['content-type'] ??= contentType;
  return all;
}

function named<T>(parameter: string, encode: () => T): T {
  try {
    return encode();
  } catch (error) {
    throw error instanceof UnfitValue ? new UnfitValue(`"${showSafe(parameter)}": ${error.message}`) : error;
  }
}
