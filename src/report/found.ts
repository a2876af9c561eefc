import {type Manifest, readManifest} from '../journal/folder.js';
import type {FoundRecord} from '../journal/record.js';
import {readJournal} from '../journal/replay.js';
import type {WindowRule} from '../limits/limit.js';
import type {CredentialRule, HeaderRule, Limit, Profile, Source} from '../profiles/profile.js';
import {readHeaderLine} from '../requests/header-template.js';

/** The profile of a run with what it found out; `found` is false where all of it was known before. */
export type FoundProfile = {readonly profile: Profile; readonly found: boolean};

/** A pace that was allowed all along is saved a little slower: the next run meets another network. */
const KEPT = 0.95;
/** The window that a pace is written as. Long, so that the time of an answer is a small part of it. */
const PACE_SECONDS = 60;

/** Reads the profile as a run used it, with what it found out of limits that nobody told. Throws what manifest and journal throw. */
export async function readFoundProfile(folder: string): Promise<FoundProfile> {
  const manifest = await readManifest(folder);
  const newest = new Map<string, FoundRecord>();
  await readJournal(
    folder,
    manifest.run,
    (record) => {
      // The headers stand in the record that told the windows first.
      if (record.t === 'f') newest.set(record.limit, {...pick(newest.get(record.limit)), ...record});
    },
    'states',
  );
  return foundProfile(manifest, newest);
}

/** Pure: the profile of `manifest` with the newest record of each limit. */
export function foundProfile(manifest: Manifest, newest: ReadonlyMap<string, FoundRecord>): FoundProfile {
  const profile = manifest.profile as Profile;
  const records = [...newest.values()];
  if (records.length === 0) return {profile, found: false};
  const name = nameOf(manifest.baseUrl);
  const limits = profile.limits.map((limit) => limitOf(limit, newest.get(limit.name)));
  return {
    found: true,
    profile: {
      ...profile,
      name,
      title: new URL(manifest.baseUrl).host,
      baseUrl: manifest.baseUrl,
      sources: records.map((record) => sourceOf(manifest, record)),
      credentials: [...profile.credentials, ...credentialsOf(manifest)],
      limits,
      concurrency: Math.min(profile.concurrency, ...records.map(({atOnce}) => atOnce ?? Number.POSITIVE_INFINITY)),
      headers: headersOf(profile, records, limits),
    },
  };
}

/** `api-example-com`, after the host; with the port where one is named. */
function nameOf(baseUrl: string): string {
  return new URL(baseUrl).host.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
}

function limitOf({learn, ...limit}: Limit, record: FoundRecord | undefined): Limit {
  if (!record) return learn ? {...limit, learn} : limit;
  return {...limit, windows: record.windows ?? [windowOf(record.pace ?? 1)]};
}

function windowOf(perSecond: number): WindowRule {
  const requests = Math.floor(perSecond * KEPT * PACE_SECONDS);
  if (requests >= 1) return {requests, seconds: PACE_SECONDS, kind: 'rolling'};
  return {requests: 1, seconds: Math.ceil(1 / (perSecond * KEPT)), kind: 'rolling'};
}

function sourceOf({baseUrl, run}: Manifest, record: FoundRecord): Source {
  const {windows, ceiling, sent = 0, refused = 0} = record;
  const date = new Date(record.at).toISOString().slice(0, 10);
  if (windows) return {url: baseUrl, date, says: `${record.limit}: told by response headers in run ${run}`};
  const where =
    ceiling === undefined
      ? 'nothing was refused, so there may be more'
      : `${Number(ceiling.toPrecision(3))} per second were refused`;
  return {url: baseUrl, date, says: `${record.limit}: measured by run ${run}: ${refused} of ${sent} refused; ${where}`};
}

/** The credentials that stood in `--header` lines, as `Authorization: Bearer ${TOKEN}`. */
function credentialsOf({options}: Manifest): CredentialRule[] {
  const lines = (options.headers ?? []) as readonly string[];
  return lines.flatMap((text) => {
    const {name, value, secret} = readHeaderLine(text);
    const [, prefix = '', env] = /^([^$]*)\$\{([A-Za-z_]\w*)\}$/.exec(value) ?? [];
    if (!secret || env === undefined) return [];
    return [{name: env.toLowerCase().replaceAll('_', '-'), header: name, prefix, env}];
  });
}

function headersOf({headers}: Profile, records: readonly FoundRecord[], limits: readonly Limit[]): HeaderRule {
  const told = records.find((record) => record.headers !== undefined);
  const windows = limits.find(({name}) => name === told?.limit)?.windows ?? [];
  if (!told) return headers;
  const [only] = windows.length === 1 ? windows : [];
  return {...headers, ...told.headers, ...(only ? {describes: {limits: [told.limit], seconds: only.seconds}} : {})};
}

function pick(record: FoundRecord | undefined): Partial<FoundRecord> {
  return record?.headers ? {headers: record.headers} : {};
}
