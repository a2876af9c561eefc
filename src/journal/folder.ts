import {chmod, lstat, readdir, readFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {EXIT, Problem} from '../problem.js';
import {type Disk, errorCode, realDisk, unwritable, writeDurably} from './disk.js';
import type {RunPlace} from './place.js';
import {segmentName} from './segments.js';

/** The version of `run.json`. */
export const MANIFEST_FORMAT = 1;

/** `run.json`: what was asked. Written once, before anything is sent; holds no secret. */
export type Manifest = {
  readonly fmt: number;
  readonly run: string;
  /** The version of the program. */
  readonly tool: string;
  readonly createdAt: string;
  /** The absolute path of the input; `-` for standard input. */
  readonly file: string;
  /** The input as the user wrote it: how messages call it. */
  readonly name: string;
  readonly input: {
    readonly sha256: string;
    readonly bytes: number;
    readonly rows: number;
    readonly format: string;
    readonly delimiter?: string;
    readonly header?: readonly string[];
  };
  /** The profile as it was used, as JSON. */
  readonly profile: unknown;
  /** Digest of template, profile and base URL. */
  readonly plan: string;
  readonly template: Readonly<Record<string, unknown>> | null;
  readonly baseUrl: string;
  /** Tells another credential from this one, and nothing else about it. */
  readonly credential: {readonly name: string; readonly salt: string; readonly fingerprint: string} | null;
  /** Where the folder is; not said by the first versions. */
  readonly place?: RunPlace;
  /** Which columns play a part. */
  readonly roles: unknown;
  readonly options: Readonly<Record<string, unknown>>;
};

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What a run leaves in its folder before it begins. With nothing else in it, a folder may be taken. */
const BEFORE_BEGINNING = new Set([
  'lock.json',
  'reserve',
  'reserve.tmp',
  'input.spool',
  'input.spool.part',
  'run.json.tmp',
  segmentName(1),
  `${segmentName(1)}.tmp`,
]);

/** A ULID: 26 letters that sort by time. `random` are ten bytes of chance. */
export function makeRunId(now: number, random: Uint8Array): string {
  let value = BigInt(Math.floor(now));
  for (const byte of random.subarray(0, 10)) value = (value << 8n) | BigInt(byte);
  let id = '';
  for (let digit = 0; digit < 26; digit++, value >>= 5n) id = LETTERS[Number(value & 31n)] + id;
  return id;
}

/** `users.csv` -> `users.run`, beside it; `users.csv.gz` too; `-` -> `stdin.run`. */
export function defaultRunDir(file: string): string {
  if (file === '-') return 'stdin.run';
  const name = basename(file)
    .replace(/\.gz$/i, '')
    .replace(/(.)\.[^.]*$/, '$1');
  return join(dirname(file), `${name}.run`);
}

/** Where everything in a run folder lies. The files of the journal are named by `segmentName`. */
export function runFiles(folder: string) {
  return {
    manifest: join(folder, 'run.json'),
    lock: join(folder, 'lock.json'),
    spool: join(folder, 'input.spool'),
    results: join(folder, 'results.ndjson'),
    summary: join(folder, 'summary.json'),
  } as const;
}

/**
 * Makes a run folder that nobody else may read, and that a power cut does not take away with all that is synced in it. A folder is taken as it
 * is when no run has begun in it and nothing else is there. Throws RUN_EXISTS or RUN_FOLDER_UNFIT (exit 73; 77 when it belongs to somebody else).
 */
export async function createRunFolder(folder: string, disk: Disk = realDisk): Promise<void> {
  try {
    await disk.makeFolder(folder);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw unfit(folder, `cannot be made (${errorCode(error)})`, EXIT.exists);
    await checkRunFolder(folder);
    const others = (await readdir(folder)).filter((name) => !BEFORE_BEGINNING.has(name));
    if (others.length > 0) throw runExists(folder);
  }
  await chmod(folder, 0o700);
  // Where the user may not read the folder around it, it is as safe as the file system makes it.
  await disk.syncFolder(dirname(resolve(folder))).catch(() => {});
}

/**
 * Refuses a run folder in which somebody else could write: a link, another owner, open to a group. Throws RUN_FOLDER_UNFIT (exit 73, 77),
 * RUN_MISSING (66).
 */
export async function checkRunFolder(folder: string): Promise<void> {
  const found = await lstat(folder).catch((error: unknown) => errorCode(error));
  if (found === 'ENOENT') throw noRun(folder, 'there is no such folder');
  if (typeof found === 'string') throw unfit(folder, `cannot be read (${found})`, EXIT.exists);
  if (found.isSymbolicLink()) throw unfit(folder, 'is a symbolic link, expected a folder', EXIT.exists);
  if (!found.isDirectory()) throw unfit(folder, 'is a file, expected a folder', EXIT.exists);
  const user = process.getuid?.();
  if (user === undefined) return;
  if (found.uid !== user) throw unfit(folder, `belongs to user ${found.uid}, not to you (${user})`, EXIT.credentials);
  if (found.mode & 0o022)
    throw new Problem('RUN_FOLDER_UNFIT', 'others may write in it', `Take that away: chmod 700 ${folder}`, {
      at: {file: folder},
      exit: EXIT.credentials,
    });
}

/** Whether a run has begun here. Its manifest comes last, so without it nothing was ever sent. */
export async function holdsRun(folder: string): Promise<boolean> {
  return (await exists(join(folder, 'run.json'))) && exists(join(folder, segmentName(1)));
}

/** Whether a word that is a file or a run names a run: a folder, or what is called as one. */
export async function namesRun(word: string): Promise<boolean> {
  const found = await lstat(word).catch(() => undefined);
  return found ? found.isDirectory() : /\.run\/?$/.test(word);
}

export function runExists(folder: string): Problem {
  return new Problem(
    'RUN_EXISTS',
    'this folder is in use: it holds a run, or other files',
    `Go on with its run: sluice resume ${folder} (or run with --or-resume); or begin another beside it with --run-dir`,
    {at: {file: folder}, exit: EXIT.exists},
  );
}

/**
 * Writes `run.json`, whole or not at all, after `Journal.create`. The lock must be held. Throws RUN_EXISTS (exit 73) when there is one
 * already, JOURNAL_UNWRITABLE (74).
 */
export async function writeManifest(folder: string, manifest: Manifest, disk: Disk = realDisk): Promise<void> {
  if (await exists(runFiles(folder).manifest)) throw runExists(folder);
  await replaceManifest(folder, manifest, disk);
}

/** Writes `run.json` anew, for what a user accepts on resume (another credential or template, more rows, another place of the file). Throws JOURNAL_UNWRITABLE (exit 74). */
export async function replaceManifest(
  folder: string,
  manifest: Manifest,
  disk: Disk = realDisk,
  path = runFiles(folder).manifest,
): Promise<void> {
  try {
    await writeDurably(path, `${JSON.stringify(manifest, undefined, 2)}\n`, disk);
  } catch (error) {
    throw await unwritable(disk, path, error);
  }
}

/** Throws RUN_MISSING (exit 66) when there is no run here, MANIFEST_CORRUPT or MANIFEST_NEWER (65). */
export async function readManifest(folder: string, path = runFiles(folder).manifest): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    throw noRun(folder, code === 'ENOENT' || code === 'ENOTDIR' ? 'holds no run (no run.json)' : `run.json: ${code}`);
  }
  const manifest = parse(text);
  const at = {file: path};
  if (typeof manifest?.fmt === 'number' && manifest.fmt > MANIFEST_FORMAT)
    throw new Problem(
      'MANIFEST_NEWER',
      `written by a newer version (format ${manifest.fmt}; this version reads ${MANIFEST_FORMAT})`,
      'Go on with the version that wrote it, or a newer one.',
      {at, exit: EXIT.misfit},
    );
  const fault = faultOf(manifest);
  if (fault === undefined) return manifest as unknown as Manifest;
  throw new Problem('MANIFEST_CORRUPT', fault, 'Restore the run folder from a backup.', {at, exit: EXIT.misfit});
}

function faultOf(manifest: Record<string, unknown> | undefined): string | undefined {
  if (!manifest) return 'is no JSON object; another program may have changed it';
  if (manifest.fmt !== MANIFEST_FORMAT) return `"fmt" is ${JSON.stringify(manifest.fmt)}, expected ${MANIFEST_FORMAT}`;
  for (const name of ['run', 'tool', 'createdAt', 'file', 'name', 'plan', 'baseUrl'])
    if (typeof manifest[name] !== 'string') return `"${name}" is ${JSON.stringify(manifest[name])}, expected a text`;
  const input = manifest.input as Partial<Manifest['input']> | null | undefined;
  for (const name of ['bytes', 'rows'] as const)
    if (!Number.isSafeInteger(input?.[name]))
      return `"input.${name}" is ${JSON.stringify(input?.[name])}, expected a whole number`;
  return typeof input?.sha256 === 'string' ? undefined : '"input.sha256" is missing';
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function noRun(folder: string, what: string): Problem {
  return new Problem('RUN_MISSING', what, 'Name the folder of a run, such as users.run; sluice run FILE makes one.', {
    at: {file: folder},
    exit: EXIT.noInput,
  });
}

function unfit(folder: string, what: string, exit: typeof EXIT.exists | typeof EXIT.credentials): Problem {
  return new Problem('RUN_FOLDER_UNFIT', what, 'Name another folder; of a new run with --run-dir.', {
    at: {file: folder},
    exit,
  });
}
