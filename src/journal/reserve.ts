import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import {type Disk, unwritable, writeAll} from './disk.js';

/** So much is set aside for the last outcomes of a run whose disk has filled up. */
const FULL_BYTES = 1024 * 1024;
/** On a small disk a quarter of what is free, but with less than this a run does not begin. */
const LEAST_BYTES = 64 * 1024;

export function reservePath(folder: string): string {
  return join(folder, 'reserve');
}

/**
 * Sets real bytes aside in the run folder, which are given up when the disk is full. Throws JOURNAL_UNWRITABLE (exit 74) when there is
 * no room even for that: better before the first request than in the middle.
 */
export async function makeReserve(folder: string, disk: Disk): Promise<void> {
  const path = reservePath(folder);
  try {
    await disk.remove(path);
    const free = (await disk.freeBytes(folder)) ?? Number.POSITIVE_INFINITY;
    const descriptor = await disk.open(path, 'new');
    try {
      // A file system that compresses would set nothing aside for zeros.
      await writeAll(disk, descriptor, randomBytes(Math.min(FULL_BYTES, Math.max(LEAST_BYTES, Math.floor(free / 4)))));
      await disk.sync(descriptor);
    } finally {
      await disk.close(descriptor);
    }
  } catch (error) {
    const problem = await unwritable(disk, path, error);
    await disk.remove(path).catch(() => {});
    throw problem;
  }
}
