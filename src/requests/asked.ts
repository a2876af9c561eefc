import type {Manifest} from '../journal/folder.js';
import type {ScopeFlag} from '../operations/parse.js';
import {isFileOfOperations, type Roles} from '../operations/parse.js';
import {EXIT, Problem} from '../problem.js';
import {baseUrlFault, trimBaseUrl} from '../profiles/base-url.js';
import {didYouMean} from '../profiles/nearest.js';
import {applyLimits, type Overrides} from '../profiles/override.js';
import type {Profile} from '../profiles/profile.js';
import {expandRoute, routeTable} from '../profiles/routes.js';
import type {RequestSetting} from './build.js';
import {type CaptureSpec, compileCaptures} from './capture.js';
import {compileHeaders} from './header-template.js';
import {compileProbes} from './probe.js';
import {compileTemplate, type TemplateSpec} from './template.js';

/** What a run is asked to send, as it stands in run.json: no secret in it, and enough to build every request again. */
export type Asked = {
  /** Before limits, share and concurrency of the operator. */
  readonly profile: Profile;
  readonly baseUrl: string;
  /** Absent for a file of operations. */
  readonly template?: TemplateSpec | undefined;
  /** `--id`: a column of a file of plain rows. */
  readonly id?: string | undefined;
  /** `--key` and `--phase`, likewise. */
  readonly key?: string | undefined;
  readonly phase?: string | undefined;
  readonly scope: Readonly<Record<string, ScopeFlag>>;
  /** The `--header` lines. */
  readonly headers: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** What is kept of each answer; absent where nothing is. */
  readonly capture?: CaptureSpec | undefined;
  /** Where the files of a form are taken from, absolute; absent where there are none. */
  readonly filesRoot?: string | undefined;
};

/** What a run was asked to send, as its run.json has it. */
export function askedOf({profile, baseUrl, template, roles, options}: Manifest): Asked {
  const {id, key, phase, scope} = roles as {
    id: string | null;
    key?: string | null;
    phase?: string | null;
    scope: Asked['scope'];
  };
  const {headers, allowedOrigins, filesRoot, capture} = options as Pick<
    Asked,
    'headers' | 'allowedOrigins' | 'filesRoot' | 'capture'
  >;
  return {
    profile: profile as Profile,
    baseUrl,
    template: (template as TemplateSpec | null) ?? undefined,
    id: id ?? undefined,
    key: key ?? undefined,
    phase: phase ?? undefined,
    scope,
    headers,
    allowedOrigins,
    filesRoot,
    capture,
  };
}

/** An input and what is asked of it. */
export type Order = {
  /** As typed; `-` for standard input. */
  readonly file: string;
  readonly asked: Asked;
  readonly delimiter: string | undefined;
  readonly skipInvalid: boolean;
};

/** What the setting of the requests is made of, beside what was asked. */
export type Circumstances = {
  readonly overrides: Overrides;
  /** Undefined where rows need not have the same columns. */
  readonly columns: readonly string[] | undefined;
  readonly credential: string | undefined;
};

/** The parts that a column of a file of plain rows can play. */
const PARTS = ['id', 'key', 'phase'] as const;

/** Everything that requests of this run have in common. Throws the Problems of templates, limits and columns. */
export function settingOf(asked: Asked, {overrides, columns, credential}: Circumstances): RequestSetting {
  const profile = applyLimits(asked.profile, overrides);
  // One that is none is refused before anything is sent, not when it is wanted.
  compileProbes(profile);
  return {
    profile,
    routes: routeTable(profile, asked.baseUrl),
    template: asked.template && compileTemplate(asked.template, profile, columns),
    headers: asked.template ? [] : compileHeaders(asked.headers, profile),
    captures: compileCaptures(asked.capture ?? {}),
    baseUrl: asked.baseUrl,
    allowedOrigins: asked.allowedOrigins,
    filesRoot: asked.filesRoot,
    credential,
  };
}

/**
 * What the columns of an input are for. With a template every column is data; without one the file has to be a file of operations. Throws
 * INPUT_UNDECIDED (2) when it is neither, COLUMN_UNKNOWN (2) when a flag names a column that is not there.
 */
export function rolesOf(asked: Asked, name: string, columns: readonly string[] | undefined): Roles {
  for (const [scope, flag] of Object.entries(asked.scope)) {
    if ('column' in flag) known(`--scope ${scope}=@`, flag.column, columns);
    knownScope(scope, asked.profile);
  }
  if (asked.template) {
    for (const part of PARTS) if (asked[part] !== undefined) known(`--${part} `, asked[part], columns);
    return {kind: 'plain', id: asked.id, key: asked.key, phase: asked.phase, scope: asked.scope};
  }
  for (const part of PARTS) {
    if (asked[part] === undefined) continue;
    throw usage(
      `${part.toUpperCase()}_UNWANTED`,
      `--${part} is "${asked[part]}", and a file of operations names its ${part}s in the column "${part}"`,
      `Leave out --${part}.`,
    );
  }
  if (columns !== undefined) refuseUndecided(name, columns);
  return {kind: 'operations', scope: asked.scope};
}

/**
 * Refuses what says no requests, where no template does either: the columns of a CSV file, or the members of the first row of an NDJSON file.
 * Throws INPUT_UNDECIDED (2).
 */
export function refuseUndecided(name: string, columns: readonly string[]): void {
  if (columns.length === 0 || isFileOfOperations(columns)) return;
  throw usage(
    'INPUT_UNDECIDED',
    `${name} has no column "operation", and no "method" and "url": it says no requests; its columns are ${columns.slice(0, 12).join(', ')}`,
    `Say what each row becomes: --request 'POST /path/{{ ${columns[0]} }}' --body '{"name": "{{ ${columns[0]} }}"}', or --operation NAME.`,
  );
}

/** A name that no limit has for its key would be heeded by none: the run would go on as if it had not been said. */
function knownScope(scope: string, profile: Profile): void {
  const paths = Object.values(profile.operations).flatMap(({route}) => expandRoute(route).parameters);
  const known = [...new Set([...Object.keys(profile.scopes), ...profile.limits.flatMap(({per}) => per), ...paths])];
  if (known.includes(scope)) return;
  throw usage(
    'SCOPE_UNKNOWN',
    `--scope names "${scope}", by which profile ${profile.name} limits nothing${didYouMean(scope, known)}`,
    known.length > 0 ? `Name one of: ${known.slice(0, 20).join(', ')}.` : 'Leave out --scope.',
  );
}

/** Where requests go: `--base-url`, else the region's, else the profile's own. Throws BASE_URL_INVALID or REGION_UNKNOWN (2). */
export function chooseBaseUrl(
  profile: Profile,
  {baseUrl, region}: {baseUrl?: string | undefined; region?: string | undefined},
): string {
  const regions = Object.keys(profile.regions);
  if (region !== undefined && !Object.hasOwn(profile.regions, region)) {
    throw usage(
      'REGION_UNKNOWN',
      `--region is "${region}", which profile ${profile.name} does not know${didYouMean(region, regions)}`,
      regions.length > 0 ? `Name one of: ${regions.join(', ')}.` : 'Leave out --region.',
    );
  }
  if (baseUrl !== undefined) {
    const fault = baseUrlFault(baseUrl);
    if (fault) throw usage('BASE_URL_INVALID', `--base-url ${fault}`, 'Write it as https://api.example.com');
    return trimBaseUrl(baseUrl);
  }
  const url = region === undefined ? profile.baseUrl : profile.regions[region];
  if (url !== undefined) return trimBaseUrl(url);
  throw regions.length > 0
    ? usage(
        'REGION_MISSING',
        `profile ${profile.name} has regions and none was named`,
        `Add --region ${regions.join(' or --region ')}.`,
      )
    : usage('BASE_URL_MISSING', `profile ${profile.name} has no base URL`, 'Add --base-url https://…');
}

function known(flag: string, column: string, columns: readonly string[] | undefined): void {
  if (columns === undefined || columns.includes(column)) return;
  throw unknownColumn(flag, column, columns);
}

/** What to tell of a flag that names a column which is not there. */
export function unknownColumn(flag: string, column: string, columns: readonly string[]): Problem {
  return usage(
    'COLUMN_UNKNOWN',
    `${flag}${column} names a column that the file does not have${didYouMean(column, columns)}`,
    `Name one of: ${columns.slice(0, 20).join(', ')}.`,
  );
}

function usage(code: string, message: string, fix: string): Problem {
  return new Problem(code, message, fix, {exit: EXIT.usage});
}
