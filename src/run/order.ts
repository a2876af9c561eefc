import {createHash} from 'node:crypto';
import type {Manifest} from '../journal/folder.js';
import type {Control} from '../journal/record.js';
import type {Overrides} from '../profiles/override.js';
import {type Asked, askedOf, type Order} from '../requests/asked.js';
import type {RowRanges} from '../schedule/intake.js';
import type {RunOptions} from './tools.js';

/** What the operator chose for this session alone. */
export type SessionOrder = {
  readonly folder: string;
  readonly overrides: Overrides;
  readonly credential: string | undefined;
  readonly envFile: string | undefined;
  readonly rows: RowRanges | undefined;
  /** Without a word about keys a resumed run goes on as it was begun. */
  readonly options: Omit<RunOptions, 'onKeyFailure'> & {readonly onKeyFailure?: RunOptions['onKeyFailure'] | undefined};
  readonly yes: boolean;
  /** What to do while another run works with the same provider and credential. */
  readonly ifBusy: 'wait' | 'fail';
};

/** What an order leaves to each session, as the first one had it. */
export type Remembered = {readonly overrides: Overrides; readonly onKeyFailure: RunOptions['onKeyFailure']};

/** The members of run.json that an order is made of. */
export function manifestOf({asked, delimiter, skipInvalid}: Order, {overrides, onKeyFailure}: Remembered) {
  return {
    profile: asked.profile,
    plan: planDigest(asked),
    template: asked.template ?? null,
    baseUrl: asked.baseUrl,
    roles: {id: asked.id ?? null, key: asked.key ?? null, phase: asked.phase ?? null, scope: asked.scope},
    options: {
      headers: asked.headers,
      allowedOrigins: asked.allowedOrigins,
      ...(asked.filesRoot === undefined ? {} : {filesRoot: asked.filesRoot}),
      ...(asked.capture === undefined ? {} : {capture: asked.capture}),
      delimiter: delimiter ?? null,
      skipInvalid,
      overrides,
      onKeyFailure,
    },
  } as const;
}

/** The order that run.json was made of, and the limits it was first run with. */
export function orderOf(manifest: Manifest): Order & Remembered {
  const options = manifest.options as {
    delimiter: string | null;
    skipInvalid: boolean;
    overrides: Overrides;
    onKeyFailure?: RunOptions['onKeyFailure'];
  };
  return {
    file: manifest.file,
    asked: askedOf(manifest),
    delimiter: options.delimiter ?? undefined,
    skipInvalid: options.skipInvalid,
    overrides: options.overrides,
    onKeyFailure: options.onKeyFailure ?? 'continue',
  };
}

/** What holds when `later` was said after `earlier`: whatever was not said anew stays as it was. */
export function said(earlier: Overrides, later: Overrides): Overrides {
  const {limits, ...others} = later;
  const anew = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  return {...earlier, ...anew, limits: limits.length > 0 ? limits : earlier.limits};
}

/** What holds after a control was carried out in a run that goes on. Of its limits it replaces those that it names, and keeps the others. */
export function controlled(earlier: Overrides, {share, concurrency, limits = [], pace}: Control): Overrides {
  const names = new Set(limits.map(({name}) => name));
  const kept = earlier.limits.filter(({name}) => name === undefined || !names.has(name));
  return said(earlier, {share, concurrency, pace, limits: [...kept, ...limits]});
}

/** Tells whether two runs ask for the same requests: template, profile, base URL and the parts the columns play. */
export function planDigest({profile, baseUrl, template, headers, id, key, phase, scope, capture}: Asked): string {
  const parts = [profile, baseUrl, template ?? null, headers, id ?? null, Object.entries(scope).sort()];
  // Runs that were begun before there were keys have none.
  const turns = key === undefined && phase === undefined ? [] : [key ?? null, phase ?? null];
  const captures = capture === undefined ? [] : [{capture}];
  const text = JSON.stringify([...parts, ...turns, ...captures]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
