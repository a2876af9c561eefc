import {realpath, stat} from 'node:fs/promises';
import {hostname} from 'node:os';

/** Where a run folder is: its machine, its path, and what the file system calls it whatever its path. */
export type RunPlace = {readonly host: string; readonly path: string; readonly inode: string};

/** Whether the folder is the one that a run knows, was put back in its place, or may have a twin that somebody goes on with. */
export type Move = 'same' | 'restored' | 'copy';

/** Where a run folder is now. */
export async function placeOf(folder: string): Promise<RunPlace> {
  const {ino} = await stat(folder, {bigint: true});
  return {host: hostname(), path: await realpath(folder), inode: String(ino)};
}

/**
 * What became of the folder since the run last said where it is. A folder that was renamed keeps its inode, and so does one whose machine got another
 * name; a copy has another. Device numbers are left out: they may change when a machine is started again.
 */
export function moveOf(was: RunPlace, is: RunPlace): Move {
  if (was.inode === is.inode) return 'same';
  return was.path === is.path && was.host === is.host ? 'restored' : 'copy';
}
