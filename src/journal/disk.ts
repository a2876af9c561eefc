import {close, constants, fdatasync, fsync, ftruncate, open, write} from 'node:fs';
import {mkdir, rename, rm, statfs} from 'node:fs/promises';
import {devNull} from 'node:os';
import {dirname} from 'node:path';
import {promisify} from 'node:util';
import {EXIT, Problem} from '../problem.js';

const openFile = promisify(open);
const writeFile = promisify(write);
const syncFile = promisify(fdatasync);
const syncAll = promisify(fsync);
const closeFile = promisify(close);
const cutFile = promisify(ftruncate);

/** What the journal asks of a file system, and all it asks: whoever wants a disk to fail gives another one. */
export type Disk = {
  /** A descriptor above 2, open for appending. `new`: the file must not be there yet; it is made with mode 0600. */
  readonly open: (path: string, how: 'new' | 'existing') => Promise<number>;
  /** Writes some of `bytes` from `offset` on, and says how many. */
  readonly write: (descriptor: number, bytes: Uint8Array, offset: number) => Promise<number>;
  /** Resolves when everything written is on the disk. */
  readonly sync: (descriptor: number) => Promise<void>;
  readonly close: (descriptor: number) => Promise<void>;
  /** Makes a folder that nobody else may read; it must not be there yet. */
  readonly makeFolder: (path: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  /** Cuts a file to `size` bytes; resolves when that is on the disk, and everything before the cut too. */
  readonly truncate: (path: string, size: number) => Promise<void>;
  /** Content with a missing file. */
  readonly remove: (path: string) => Promise<void>;
  /** Makes what was created, renamed or removed in a folder durable. */
  readonly syncFolder: (folder: string) => Promise<void>;
  /** How many bytes a user may still write, where the system says so. */
  readonly freeBytes: (path: string) => Promise<number | undefined>;
};

// A link in place of the file would lead the writer elsewhere.
const NO_LINK = constants.O_NOFOLLOW ?? 0;
const APPEND = constants.O_APPEND | constants.O_WRONLY | NO_LINK;
const CREATE = constants.O_CREAT | constants.O_EXCL;

const FULL = new Set(['ENOSPC', 'EDQUOT']);

export const realDisk: Disk = {
  open: (path, how) => openAboveStreams(path, how === 'new' ? APPEND | CREATE : APPEND),
  write: async (descriptor, bytes, offset) =>
    (await writeFile(descriptor, bytes, offset, bytes.length - offset, null)).bytesWritten,
  sync: (descriptor) => syncFile(descriptor),
  close: (descriptor) => closeFile(descriptor),
  makeFolder: (path) => mkdir(path, {mode: 0o700}),
  rename,
  truncate,
  remove: (path) => rm(path, {force: true}),
  syncFolder,
  freeBytes: (path) =>
    statfs(path).then(
      ({bavail, bsize}) => bavail * bsize,
      () => undefined,
    ),
};

/** Writes a whole file so that a reader finds all of it or nothing, whatever happens: temporary file, sync, rename, sync of the folder. */
export async function writeDurably(path: string, content: string | Uint8Array, disk: Disk = realDisk): Promise<void> {
  const temporary = `${path}.tmp`;
  await disk.remove(temporary);
  const descriptor = await disk.open(temporary, 'new');
  try {
    await writeAll(disk, descriptor, Buffer.from(content));
    await disk.sync(descriptor);
  } finally {
    await disk.close(descriptor);
  }
  await disk.rename(temporary, path);
  await disk.syncFolder(dirname(path));
}

/** Makes durable what another process has written to a file. */
export async function syncDurably(path: string, disk: Disk): Promise<void> {
  const descriptor = await disk.open(path, 'existing');
  try {
    await disk.sync(descriptor);
  } finally {
    await disk.close(descriptor);
  }
}

/** Writes until every byte is out: a disk that fills up, or a limit, takes part of a write without a word. */
export async function writeAll(disk: Disk, descriptor: number, bytes: Uint8Array, from = 0): Promise<void> {
  for (let offset = from; offset < bytes.length; ) {
    const written = await disk.write(descriptor, bytes, offset);
    if (written === 0) throw Object.assign(new Error('the disk took no byte'), {code: 'EIO'});
    offset += written;
  }
}

/** The code of a system error, or its message: `ENOSPC`. */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}

/** Whether the disk or the quota is used up, so that giving up a file helps. */
export function isFull(error: unknown): boolean {
  return FULL.has(errorCode(error));
}

/** The Problem of a run folder that cannot be written, exit 74. Says how much is free when that is the trouble. */
export async function unwritable(disk: Disk, path: string, error: unknown): Promise<Problem> {
  const folder = dirname(path);
  const {trouble, fix} = await troubleOf(disk, folder, errorCode(error));
  return new Problem(
    'JOURNAL_UNWRITABLE',
    `cannot be written (${trouble}); nothing more is sent`,
    `${fix}, then go on with: sluice resume ${folder}`,
    {at: {file: path}, exit: EXIT.disk},
  );
}

async function troubleOf(disk: Disk, folder: string, code: string): Promise<{trouble: string; fix: string}> {
  if (code === 'EFBIG')
    return {trouble: `${code}: the largest allowed size of a file`, fix: 'Raise it (ulimit -f unlimited)'};
  if (!FULL.has(code)) return {trouble: code, fix: 'Look after this disk'};
  const free = await disk.freeBytes(folder);
  return {trouble: free === undefined ? code : `${code}; ${free} bytes are free`, fix: 'Make room on this disk'};
}

/** Descriptors 0 to 2 belong to streams: a message meant for a closed stderr would land in the journal. */
async function openAboveStreams(path: string, flags: number): Promise<number> {
  const descriptor = await openFile(path, flags, 0o600);
  if (descriptor > 2) return descriptor;
  await closeFile(descriptor);
  await openFile(devNull, 'r');
  return openAboveStreams(path, flags & ~CREATE);
}

async function truncate(path: string, size: number): Promise<void> {
  const descriptor = await openFile(path, constants.O_RDWR | NO_LINK);
  try {
    await cutFile(descriptor, size);
    await syncAll(descriptor);
  } finally {
    await closeFile(descriptor);
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; its file system keeps the order by itself.
  if (process.platform === 'win32') return;
  const descriptor = await openFile(folder, 'r');
  try {
    await syncAll(descriptor);
  } finally {
    await closeFile(descriptor);
  }
}
