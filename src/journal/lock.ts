import {lstat, readdir, readFile, rm, stat} from 'node:fs/promises';
import {connect, createServer} from 'node:net';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {wallNow} from '../clock.js';
import {EXIT, Problem} from '../problem.js';
import {errorCode, realDisk, unwritable, writeDurably} from './disk.js';
import {checkRunFolder, runFiles} from './folder.js';
import {segmentNumber} from './segments.js';

/** `lock.json`: who holds a run folder, for people. The lock itself is the kernel's, and ends with the process. */
export type Holder = {readonly pid: number; readonly host: string; readonly since: string};

export type Lock = {
  /** Lets the next one in. May be called twice. */
  readonly release: () => Promise<void>;
};

/** A run on another machine writes at least this often while it works. */
const SILENCE_MS = 60_000;

/**
 * Takes a run folder for this process, or throws RUN_BUSY (exit 75), naming who has it. The kernel lets go when the process ends, however
 * it ends. Also throws what `checkRunFolder` throws, and JOURNAL_UNWRITABLE (74).
 */
export async function acquireLock(folder: string): Promise<Lock> {
  await checkRunFolder(folder);
  const held = await holdName(await folderKey(folder));
  if (!held) throw busy(folder, await readHolder(folder));
  const path = runFiles(folder).lock;
  try {
    const elsewhere = await holderElsewhere(folder);
    if (elsewhere) throw busy(folder, elsewhere);
    const holder: Holder = {pid: process.pid, host: hostname(), since: new Date(wallNow()).toISOString()};
    await writeDurably(path, `${JSON.stringify(holder)}\n`);
  } catch (error) {
    await held.release();
    throw error instanceof Problem ? error : await unwritable(realDisk, path, error);
  }
  let released: Promise<void> | undefined;
  const release = () => rm(path, {force: true}).then(held.release, held.release);
  return {release: () => (released ??= release())};
}

/** Who works in a run folder on this machine now, if anybody does. Takes no lock. */
export async function findHolder(folder: string): Promise<Partial<Holder> | undefined> {
  return (await isHeld(await folderKey(folder))) ? ((await readHolder(folder)) ?? {}) : undefined;
}

/** Takes a name on this machine, or resolves with `undefined` when another process has it. Keeps no process alive. */
export async function holdName(name: string): Promise<Lock | undefined> {
  const address = addressOf(name);
  // A socket file outlives its process, unlike the sockets and pipes of the other systems.
  if (isFile(address) && !(await isHeld(name))) await rm(address, {force: true});
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (errorCode(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve({release: () => new Promise((done) => server.close(() => done()))}));
  });
}

/** Whether some process holds the name. */
export function isHeld(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(addressOf(name));
    const answer = (held: boolean) => {
      socket.destroy();
      resolve(held);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** On Linux an abstract socket, on Windows a named pipe: both vanish with the process. Elsewhere a socket file. */
function addressOf(name: string): string {
  if (process.platform === 'linux') return `\0sluice:${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\sluice-${name.replaceAll(':', '-')}`;
  return join(tmpdir(), `sluice-${name.replaceAll(':', '-')}.sock`);
}

function isFile(address: string): boolean {
  return address.startsWith('/');
}

async function folderKey(folder: string): Promise<string> {
  const {dev, ino} = await stat(folder, {bigint: true});
  return `${dev}:${ino}`;
}

async function readHolder(folder: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(runFiles(folder).lock, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The kernel sees this machine alone. A folder shared with another is taken over once nothing was written there for a minute. */
async function holderElsewhere(folder: string): Promise<Holder | undefined> {
  const holder = await readHolder(folder);
  if (!holder || holder.host === hostname()) return undefined;
  const names = (await readdir(folder)).filter((name) => name === 'lock.json' || segmentNumber(name) !== undefined);
  const times = await Promise.all(names.map(async (name) => (await lstat(join(folder, name))).mtimeMs));
  return wallNow() - Math.max(...times) < SILENCE_MS ? holder : undefined;
}

function busy(folder: string, holder: Holder | undefined): Problem {
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : 'another process';
  return new Problem(
    'RUN_BUSY',
    `${who} works on this run`,
    `Watch it: sluice status ${folder}; or wait until it is done.`,
    {
      at: {file: folder},
      exit: EXIT.busy,
    },
  );
}
