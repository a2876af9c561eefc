import {createHash} from 'node:crypto';
import type {Manifest} from '../journal/folder.js';
import type {Overrides} from '../profiles/override.js';
import type {Profile} from '../profiles/profile.js';
import type {Asked} from '../requests/asked.js';
import type {TemplateSpec} from '../requests/template.js';
import type {RunOptions} from './tools.js';

/** Ranges of row numbers, from 1, ends included. */
export type RowRanges = readonly (readonly [from: number, to: number])[];

/** What the operator chose that outlives the session. */
export type Order = {
  /** As typed; `-` for standard input. */
  readonly file: string;
  readonly asked: Asked;
  readonly delimiter: string | undefined;
  readonly skipInvalid: boolean;
};

/** What the operator chose for this session alone. */
export type SessionOrder = {
  readonly folder: string;
  readonly overrides: Overrides;
  readonly credential: string | undefined;
  readonly envFile: string | undefined;
  readonly rows: RowRanges | undefined;
  readonly options: RunOptions;
  readonly yes: boolean;
};

/** Whether a row is in one of the ranges; without ranges every row is. */
export function inRanges(row: number, ranges: RowRanges | undefined): boolean {
  return ranges === undefined || ranges.some(([from, to]) => row >= from && row <= to);
}

/** The members of run.json that an order is made of. */
export function manifestOf({asked, delimiter, skipInvalid}: Order, overrides: Overrides) {
  return {
    profile: asked.profile,
    plan: planDigest(asked),
    template: asked.template ?? null,
    baseUrl: asked.baseUrl,
    roles: {id: asked.id ?? null, scope: asked.scope},
    options: {allowedOrigins: asked.allowedOrigins, delimiter: delimiter ?? null, skipInvalid, overrides},
  } as const;
}

/** The order that run.json was made of, and the limits it was first run with. */
export function orderOf(manifest: Manifest): Order & {readonly overrides: Overrides} {
  const roles = manifest.roles as {id: string | null; scope: Asked['scope']};
  const options = manifest.options as {
    allowedOrigins: readonly string[];
    delimiter: string | null;
    skipInvalid: boolean;
    overrides: Overrides;
  };
  return {
    file: manifest.file,
    asked: {
      profile: manifest.profile as Profile,
      baseUrl: manifest.baseUrl,
      template: (manifest.template as TemplateSpec | null) ?? undefined,
      id: roles.id ?? undefined,
      scope: roles.scope,
      allowedOrigins: options.allowedOrigins,
    },
    delimiter: options.delimiter ?? undefined,
    skipInvalid: options.skipInvalid,
    overrides: options.overrides,
  };
}

/** Tells whether two runs ask for the same requests: template, profile, base URL and the parts the columns play. */
export function planDigest({profile, baseUrl, template, id, scope}: Asked): string {
  const text = JSON.stringify([profile, baseUrl, template ?? null, id ?? null, Object.entries(scope).sort()]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
