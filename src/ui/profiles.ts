import {Chalk} from 'chalk';
import {windowName} from '../limits/limit.js';
import type {CredentialRule, Limit, OperationRule, ProbeRule, Profile} from '../profiles/profile.js';
import {plain, sayNumber} from './plain.js';

/** A list shows so many limits of a profile; a check shows so many of its operations. */
const LISTED = {limits: 4, operations: 12} as const;

/** The shape of `profiles --json`, one for each built-in profile. */
export type ListedProfile = {
  readonly name: string;
  readonly title: string;
  readonly baseUrl: string | null;
  readonly regions: readonly string[];
  readonly variants: readonly string[];
  readonly operations: number;
  readonly limits: readonly {
    readonly name: string;
    readonly per: readonly string[];
    /** Such as `100 per 5 s`. */
    readonly windows: readonly string[];
  }[];
  readonly credentials: readonly {readonly name: string; readonly env: string}[];
};

/** What a list tells of a profile. */
export function listedProfile({name, title, baseUrl, ...rest}: Profile): ListedProfile {
  return {
    name,
    title,
    baseUrl: baseUrl ?? null,
    regions: Object.keys(rest.regions),
    variants: Object.keys(rest.variants).map((variant) => `${name}:${variant}`),
    operations: Object.keys(rest.operations).length,
    limits: rest.limits.map((limit) => ({name: limit.name, per: limit.per, windows: limit.windows.map(windowName)})),
    credentials: rest.credentials.map((credential) => ({name: credential.name, env: credential.env})),
  };
}

/** A built-in profile in a list: its title, its limits, the variables of its credentials. */
export function listLines(profile: Profile, color: boolean): string[] {
  const {name, title, limits, credentials, variants} = profile;
  const left = limits.length - LISTED.limits;
  return [
    `${new Chalk({level: color ? 1 : 0}).bold(name)}  ${plain(title)}`,
    ...block('limits', [
      ...limits.slice(0, LISTED.limits).map(limitLine),
      ...(left > 0 ? [`and ${left} more: sluice profiles show ${name}`] : []),
    ]),
    ...block('secrets', [credentials.map(({env}) => env).join(', ')]),
    ...block('variants', [
      Object.entries(variants)
        .map(([variant, {without}]) => `${name}:${variant} (without ${without.join(', ')})`)
        .join(', '),
    ]),
  ];
}

/** What was understood of a profile file, for the person who wrote it. `file` as a person would type it. */
export function checkLines(profile: Profile, file: string): string[] {
  const {name, title, baseUrl, regions, operations, limits, credentials, sources} = profile;
  const routes = Object.entries(operations);
  const left = routes.length - LISTED.operations;
  return [
    `${plain(file)} is a profile: ${name}${title === name ? '' : `, ${plain(title)}`}`,
    ...block('sent to', [
      ...(baseUrl === undefined ? [] : [baseUrl]),
      ...Object.entries(regions).map(([region, url]) => `${url} with --region ${region}`),
    ]),
    ...block('limits', limits.length === 0 ? ['none'] : limits.map(limitLine)),
    ...block('pace', [
      `${Math.round(profile.share * 1000) / 10} % of every window, ${sayNumber(profile.concurrency)} requests at once`,
    ]),
    ...block('secrets', credentials.map(credentialLine)),
    ...block('operations', [
      ...routes.slice(0, LISTED.operations).map(([operation, rule]) => operationLine(operation, rule, limits)),
      ...(left > 0 ? [`and ${left} more`] : []),
    ]),
    ...block('again', [retryLine(profile)]),
    ...block('probes', (profile.probes ?? []).map(probeLine)),
    ...block('sources', sources.length === 0 ? ['none: whose word are these figures?'] : [`${sources.length} named`]),
    `next: sluice plan FILE --profile ${plain(/[/\\]/.test(file) ? file : `./${file}`)}`,
  ];
}

/** `user: 10 per 1 s for each user`. */
export function limitLine({name, per, windows, groups, operations, with: only, learn}: Limit): string {
  const covered = [...(groups ?? []).map((group) => `group ${group}`), ...(operations ?? [])];
  return [
    `${name}: ${windows.map(windowName).join(' and ')}${learn ? ' to begin with, then what is found out' : ''}`,
    ...(per.length === 0 ? [] : [`for each ${per.join(' and ')}`]),
    ...(covered.length === 0 || (groups?.length === 1 && groups[0] === name) ? [] : [`(${covered.join(', ')})`]),
    ...(only === undefined ? [] : [`with ${only.map((one) => (one === 'none' ? 'no credential' : one)).join(' or ')}`]),
  ].join(' ');
}

function credentialLine({name, header, query, prefix, env, also}: CredentialRule): string {
  const place =
    header === undefined ? `query ${query}` : `header ${header}${prefix === '' ? '' : ` after "${plain(prefix)}"`}`;
  return `${name}: ${env}, in ${place}${also === undefined ? '' : `, together with ${also.join(' and ')}`}`;
}

function operationLine(name: string, {route, group}: OperationRule, limits: readonly Limit[]): string {
  const covering = limits.filter(
    ({groups, operations}) =>
      (groups === undefined && operations === undefined) ||
      (group !== undefined && groups?.includes(group)) ||
      operations?.includes(name),
  );
  return `${name}: ${plain(route)}, under ${covering.map((limit) => limit.name).join(', ') || 'no limit'}`;
}

function probeLine({operations = [], groups = [], request}: ProbeRule): string {
  return `${[...operations, ...groups].join(', ')}: ${plain(request)}`;
}

function retryLine({retry, repeatable, resend, idempotencyKey}: Profile): string {
  const who =
    idempotencyKey === undefined
      ? `${repeatable.methods.join(', ') || 'no method'}, and operations that are repeatable`
      : `every request, by ${idempotencyKey.header}`;
  const others = resend.length === 0 ? '' : `; all others after ${resend.join(', ')}`;
  // 408 is one whatever the profile says: the request did not arrive whole.
  const statuses = [...new Set([408, ...retry.statuses])].sort();
  return `at most ${retry.attempts} attempts, after ${statuses.join(', ')}: ${who}${others}`;
}

/** Indented lines with a word before the first; nothing when there are none. */
function block(word: string, lines: readonly string[]): string[] {
  return lines
    .filter((line) => line !== '')
    .map((line, index) => `  ${(index === 0 ? word : '').padEnd(11)}${plain(line)}`);
}
