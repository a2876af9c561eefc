import {statfs} from 'node:fs/promises';
import {EXIT, Problem} from '../problem.js';

/** Two records of an operation take some 210 bytes in the journal, its result about as much (measured on 50,000 rows). */
const BYTES_PER_ROW = 420;

/** Refuses to begin where the journal would not fit on the disk. Throws SPACE_SHORT (74) unless `anyway`. */
export async function checkSpace(folder: string, rows: number, anyway: boolean): Promise<void> {
  const {bavail, bsize} = await statfs(folder);
  const free = bavail * bsize;
  const needed = rows * BYTES_PER_ROW + 2 * 1024 * 1024;
  if (anyway || free >= needed) return;
  throw new Problem(
    'SPACE_SHORT',
    `${rows} rows need about ${megabytes(needed)} for journal and results, and ${megabytes(free)} are free`,
    'Make room, name another disk with --run-dir, or go on all the same with --yes.',
    {at: {file: folder}, exit: EXIT.disk},
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}
