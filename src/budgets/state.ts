import {createHmac, randomBytes} from 'node:crypto';
import {link, lstat, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {isAbsolute, join, resolve} from 'node:path';

/**
 * Where the runs of one user on this machine know of each other: `$SLUICE_STATE`, else `$XDG_STATE_HOME/sluice`, else
 * `~/.local/state/sluice`.
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.SLUICE_STATE) return resolve(env.SLUICE_STATE);
  const {XDG_STATE_HOME: xdg} = env;
  // By its specification a relative path there is to be ignored.
  return join(xdg && isAbsolute(xdg) ? xdg : join(env.HOME || homedir(), '.local', 'state'), 'sluice');
}

const SALT_BYTES = 32;

/**
 * Makes the state folder where it is not there, for its user alone, and reads the salt of this machine. Throws an Error that says what is
 * wrong with the folder.
 */
export async function openState(folder: string): Promise<string> {
  await mkdir(folder, {recursive: true, mode: 0o700});
  const {uid, mode} = await lstat(folder);
  const user = process.getuid?.();
  if (user !== undefined && (uid !== user || (mode & 0o022) !== 0))
    throw new Error(uid === user ? 'others may write in it' : `it belongs to user ${uid}`);
  const path = join(folder, 'salt');
  const salt = (await readSalt(path)) ?? (await makeSalt(path));
  if (salt === undefined) throw new Error(`${path} holds no salt`);
  return salt;
}

/** The salt of a state folder, for whoever only looks; undefined where no run has made one. */
export function findState(folder: string): Promise<string | undefined> {
  return readSalt(join(folder, 'salt'));
}

/**
 * Names the budget of an origin and a credential, of which `account` is the fingerprint under `salt`. Without the salt nothing can be guessed
 * from the name.
 */
export function budgetId(salt: string, origin: string, account: string): string {
  return createHmac('sha256', salt).update(`${origin}\n${account}`).digest('hex').slice(0, 32);
}

async function readSalt(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return new RegExp(`^[0-9a-f]{${2 * SALT_BYTES}}$`).test(text) ? text : undefined;
}

/** Of two processes that make it at once, both take the one that was first. */
async function makeSalt(path: string): Promise<string | undefined> {
  const own = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(own, randomBytes(SALT_BYTES).toString('hex'), {mode: 0o600, flag: 'wx'});
  await link(own, path).catch(() => {});
  await rm(own);
  return readSalt(path);
}
