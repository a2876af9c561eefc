import {realpathSync, type Stats, statSync} from 'node:fs';
import {basename, extname, relative, resolve, sep} from 'node:path';
import type {UploadedFile} from '../exchange.js';
import {showValue} from './show.js';
import {UnfitValue} from './values.js';

/** What other endings mean is left to the provider, or said with `;type=`. */
const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
};

/**
 * The file that a row names, relative to `root`. Throws UnfitValue for a file that is not there, is no plain file, or lies outside of `root`,
 * be it by `..`, by an absolute path or by a symbolic link: a file of rows is often somebody else's, and must not choose what leaves this machine.
 */
export function findUpload(root: string, text: string, type: string | undefined): UploadedFile {
  if (text === '') throw new UnfitValue('it names no file ("| optional" would leave the field out)');
  if (text.includes('\0')) throw new UnfitValue(`${showValue(text)} holds a NUL character`);
  const asked = resolve(root, text);
  // Told before the disk is asked: what is there and what is not outside of it is nobody's business.
  if (isOutside(root, asked)) throw outside(root, text);
  const found = look(asked);
  if (!found) throw new UnfitValue(`there is no file ${showValue(text)} in ${showValue(root)} that can be read`);
  if (isOutside(realpathSync(root), found.path)) throw outside(root, text);
  if (!found.stats.isFile()) throw new UnfitValue(`${showValue(text)} is no file`);
  const ending = extname(asked).toLowerCase();
  return {
    path: found.path,
    filename: basename(asked),
    bytes: found.stats.size,
    type: type ?? TYPES[ending] ?? 'application/octet-stream',
  };
}

function look(path: string): {readonly path: string; readonly stats: Stats} | undefined {
  try {
    const real = realpathSync(path);
    return {path: real, stats: statSync(real)};
  } catch {
    return undefined;
  }
}

function isOutside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '..' || way.startsWith(`..${sep}`) || resolve(root, way) !== path;
}

function outside(root: string, text: string): UnfitValue {
  return new UnfitValue(
    `${showValue(text)} lies outside of ${showValue(root)}, where files are taken from; --files names another folder`,
  );
}
