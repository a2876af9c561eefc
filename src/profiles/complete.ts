import {trimBaseUrl} from './base-url.js';
import type {
  AnswerRule,
  CredentialRule,
  HeaderRule,
  Limit,
  OperationRule,
  Profile,
  ScopeRule,
  ScopeSource,
} from './profile.js';
import type {ProfileFile} from './schema.js';

/** Scope keys that every request has: they are not declared, and cannot be. */
export const BUILT_IN_KEYS: readonly string[] = ['operation', 'method', 'credential'];

/** The profile that a file means: shorthand spelled out, header names in lower case, a rule for every scope key that a limit uses. */
export function completeProfile(file: ProfileFile): Profile {
  const {baseUrl, regions = {}, title, ...rest} = file;
  return withoutUndefined({
    ...rest,
    title: title ?? file.name,
    baseUrl: baseUrl === undefined ? undefined : trimBaseUrl(baseUrl),
    regions: mapped(regions, trimBaseUrl),
    credentials: file.credentials.map(completeCredential),
    operations: mapped(file.operations, (rule): OperationRule => withoutUndefined(rule)),
    scopes: completeScopes(file),
    limits: file.limits.map(
      (limit): Limit => withoutUndefined({...limit, windows: limit.windows.map(withoutUndefined)}),
    ),
    variants: mapped(file.variants, (variant) => variant),
    share: shareOf(file.share),
    headers: completeHeaders(file.headers),
    stop: file.stop.map(completeAnswer),
    refused: file.refused.map(completeAnswer),
    notExecuted: file.notExecuted.map(completeAnswer),
    failed: file.failed.map(completeAnswer),
    ok: file.ok.map(completeAnswer),
    probes: file.probes?.map((probe) =>
      withoutUndefined({
        ...probe,
        happened: probe.happened.map(completeAnswer),
        didNot: probe.didNot.map(completeAnswer),
      }),
    ),
    idempotencyKey: file.idempotencyKey && {
      header: file.idempotencyKey.header.toLowerCase(),
      hours: file.idempotencyKey.hours,
    },
  });
}

/** `80%` or `0.8` as a number. Undefined when it is neither, or not above 0 and at most 1. */
export function readShare(text: string): number | undefined {
  const match = /^(\d{1,3}(?:\.\d+)?|\.\d+)(%?)$/.exec(text.trim());
  if (!match) return undefined;
  const share = match[2] === '%' ? Number(match[1]) / 100 : Number(match[1]);
  return share > 0 && share <= 1 ? share : undefined;
}

function shareOf(share: number | string): number {
  return typeof share === 'number' ? share : (readShare(share) ?? 1);
}

function completeCredential(rule: ProfileFile['credentials'][number]): CredentialRule {
  return withoutUndefined({
    ...rule,
    header: rule.header?.toLowerCase(),
    headers: rule.headers && lowerKeys(rule.headers),
  });
}

/** A key that is not declared comes from the row, then from the path, then from the credential. */
function completeScopes({scopes, limits}: ProfileFile): Record<string, ScopeRule> {
  const rules = mapped(scopes, ({from, absent}): ScopeRule => ({from: from.map(completeSource), absent}));
  for (const key of limits.flatMap(({per}) => per)) {
    if (BUILT_IN_KEYS.includes(key)) continue;
    rules[key] ??= {from: [{kind: 'row'}, {kind: 'path', name: key}, {kind: 'credential'}], absent: 'share'};
  }
  return rules;
}

function completeSource(source: ProfileFile['scopes'][string]['from'][number]): ScopeSource {
  if (typeof source === 'string') return {kind: source};
  if ('path' in source) return withoutUndefined({kind: 'path' as const, name: source.path, matches: source.matches});
  if ('pattern' in source) return {kind: 'pattern', pattern: source.pattern};
  if ('body' in source) return {kind: 'body', pointer: source.body};
  return {kind: 'header', name: source.header.toLowerCase()};
}

function completeHeaders(headers: ProfileFile['headers']): HeaderRule {
  return withoutUndefined({
    ...headers,
    limit: headers.limit?.toLowerCase(),
    remaining: headers.remaining?.toLowerCase(),
    reset: headers.reset?.toLowerCase(),
    describes: headers.describes && withoutUndefined(headers.describes),
  });
}

/** A rule as it was written, with its statuses as a list of texts and its headers in lower case. */
export function completeAnswer<Rule extends ProfileFile['failed'][number]>(rule: Rule): Completed<Rule> {
  const {status, header} = rule;
  return withoutUndefined({
    ...rule,
    status: status === undefined ? undefined : [status].flat().map(String),
    header: header && lowerKeys(header),
  });
}

/** A rule with its statuses as a list of texts. */
type Completed<Rule> = Omit<Rule, 'status'> & Pick<AnswerRule, 'status'>;

function lowerKeys(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]));
}

/** Has no prototype: a name that came from a row finds what the profile says, or nothing. */
function mapped<From, To>(record: Readonly<Record<string, From>>, map: (from: From) => To): Record<string, To> {
  const result = Object.create(null) as Record<string, To>;
  for (const [key, value] of Object.entries(record)) result[key] = map(value);
  return result;
}

function withoutUndefined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
