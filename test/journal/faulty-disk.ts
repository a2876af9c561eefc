import {truncate} from 'node:fs/promises';
import {basename} from 'node:path';
import {type Disk, realDisk} from '../../src/journal/disk.js';

/** One thing the disk was asked for: `write journal-000001.ndjson`. */
export type Asked = {readonly operation: keyof Disk; readonly file: string; readonly bytes: number};

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: told to fail`), {code});
}

/**
 * A real disk with a log of what it was asked for, and a say in it: `before` may throw, or wait, or name how many bytes of a write are
 * taken. `losePower` leaves of every file what was synced.
 */
export function faultyDisk(
  before: (asked: Asked, count: number) => undefined | number | Promise<void> = () => undefined,
) {
  const log: Asked[] = [];
  const pathOf = new Map<number, string>();
  const sizes = new Map<string, {written: number; synced: number}>();
  const sizeOf = (path: string) => sizes.get(path) ?? sizes.set(path, {written: 0, synced: 0}).get(path)!;
  const ask = async (operation: keyof Disk, path: string, bytes = 0) => {
    const asked = {operation, file: basename(path), bytes};
    log.push(asked);
    return await before(asked, log.length);
  };
  const disk: Disk = {
    open: async (path, how) => {
      await ask('open', path);
      const descriptor = await realDisk.open(path, how);
      pathOf.set(descriptor, path);
      return descriptor;
    },
    write: async (descriptor, bytes, offset) => {
      const path = pathOf.get(descriptor)!;
      const taken = (await ask('write', path, bytes.length - offset)) ?? bytes.length - offset;
      const written = taken === 0 ? 0 : await realDisk.write(descriptor, bytes.subarray(0, offset + taken), offset);
      sizeOf(path).written += written;
      return written;
    },
    sync: async (descriptor) => {
      const path = pathOf.get(descriptor)!;
      await ask('sync', path);
      await realDisk.sync(descriptor);
      sizeOf(path).synced = sizeOf(path).written;
    },
    close: async (descriptor) => {
      await ask('close', pathOf.get(descriptor)!);
      await realDisk.close(descriptor);
    },
    makeFolder: async (path) => {
      await ask('makeFolder', path);
      await realDisk.makeFolder(path);
    },
    rename: async (from, to) => {
      await ask('rename', to);
      await realDisk.rename(from, to);
      sizes.set(to, sizeOf(from));
    },
    truncate: async (path, size) => {
      await ask('truncate', path);
      await realDisk.truncate(path, size);
      sizes.set(path, {written: size, synced: size});
    },
    remove: async (path) => {
      await ask('remove', path);
      await realDisk.remove(path);
      sizes.delete(path);
    },
    syncFolder: async (folder) => {
      await ask('syncFolder', folder);
      await realDisk.syncFolder(folder);
    },
    freeBytes: async () => 12_345_678,
  };
  const losePower = async () => {
    for (const [path, {synced}] of sizes) if (path.endsWith('.ndjson')) await truncate(path, synced).catch(() => {});
  };
  return {disk, log, losePower};
}
