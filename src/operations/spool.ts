import {type FileHandle, mkdtemp, open, rename, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGunzip} from 'node:zlib';
import {EXIT, Problem} from '../problem.js';

/** A copy of what cannot be read twice. `folder` is ours alone and goes with it; absent when the caller said where to put it. */
export type Spool = {readonly path: string; readonly folder: string | undefined};

/**
 * Writes a stream to a file that only its owner can read, unpacked when it is gzip. The file has its name only once it is whole and on the
 * disk: what is there after a crash is complete. Without `spoolPath` it is in a new private folder. Throws a Problem: exit 65 when
 * the gzip data are damaged, 66 when the stream cannot be read, 74 when the disk cannot take it.
 */
export async function spool(
  source: AsyncIterable<unknown>,
  name: string,
  spoolPath: string | undefined,
): Promise<Spool> {
  const folder = spoolPath === undefined ? await mkdtemp(join(tmpdir(), 'sluice-')) : undefined;
  const path = spoolPath ?? join(folder!, 'input.spool');
  const part = `${path}.part`;
  try {
    await rm(part, {force: true});
    const file = await onDisk(part, open(part, 'wx', 0o600));
    try {
      await copy(source, name, file, part);
      await onDisk(part, file.sync());
    } finally {
      await file.close();
    }
    await onDisk(
      path,
      rename(part, path).then(() => syncFolder(dirname(path))),
    );
    return {path, folder};
  } catch (error) {
    await rm(part, {force: true});
    if (folder) await rm(folder, {recursive: true, force: true});
    throw error;
  }
}

async function copy(source: AsyncIterable<unknown>, name: string, file: FileHandle, part: string): Promise<void> {
  const {packed, chunks} = await peek(buffersOf(source, name));
  const write = async (plain: AsyncIterable<Buffer>) => {
    for await (const chunk of plain) await onDisk(part, writeWhole(file, chunk));
  };
  try {
    await (packed ? pipeline(chunks, createGunzip(), write) : pipeline(chunks, write));
  } catch (error) {
    if (error instanceof Problem) throw error;
    const found = `the gzip data cannot be unpacked (${(error as Error).message})`;
    const fix = `Copy ${name} anew, or unpack it by hand: gzip -t says what is wrong with it.`;
    throw new Problem('INPUT_DAMAGED', found, fix, {at: {file: name}, exit: EXIT.misfit});
  }
}

/** Looks whether gzip follows, and takes nothing away. The first bytes may come one by one. */
async function peek(source: AsyncGenerator<Buffer>): Promise<{packed: boolean; chunks: AsyncGenerator<Buffer>}> {
  let first = Buffer.alloc(0);
  for (let done = false; first.length < 2 && !done; ) {
    const next = await source.next();
    done = next.done === true;
    if (!next.done) first = Buffer.concat([first, next.value]);
  }
  const chunks = (async function* () {
    yield first;
    yield* source;
  })();
  return {packed: isGzip(first), chunks};
}

/** The two bytes that every gzip file begins with (RFC 1952, 2.3.1). */
export function isGzip(first: Uint8Array): boolean {
  return first[0] === 0x1f && first[1] === 0x8b;
}

async function* buffersOf(source: AsyncIterable<unknown>, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as string);
  } catch (error) {
    throw unreadable(error, name);
  }
}

/** Why a file or stream could not be read. */
export function unreadable(error: unknown, name: string): Problem {
  const {code, message} = error as NodeJS.ErrnoException;
  const at = {file: name};
  const exit = EXIT.noInput;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new Problem('INPUT_MISSING', 'there is no such file', 'Check the path; - reads standard input.', {
        at,
        exit,
      });
    case 'EISDIR':
      return new Problem('INPUT_DIRECTORY', 'this is a directory, expected a file', 'Name the file within it.', {
        at,
        exit,
      });
    case 'EACCES':
    case 'EPERM':
      return new Problem('INPUT_FORBIDDEN', 'you may not read this file', `Get the right to read it: ls -l ${name}.`, {
        at,
        exit,
      });
    default:
      return new Problem(
        'INPUT_UNREADABLE',
        `reading failed (${message})`,
        'Copy the file to a local disk, and try again.',
        {at, exit},
      );
  }
}

async function writeWhole(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let from = 0; from < chunk.length; ) from += (await file.write(chunk, from)).bytesWritten;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  // Some file systems do not sync folders; the name is then as safe as they make it.
  await handle.sync().catch(() => undefined);
  await handle.close();
}

async function onDisk<T>(path: string, written: Promise<T>): Promise<T> {
  try {
    return await written;
  } catch (error) {
    const found = `the copy of the input cannot be written (${(error as Error).message})`;
    const fix = 'Make room, or name another place with --run-dir.';
    throw new Problem('SPOOL_UNWRITABLE', found, fix, {at: {file: path}, exit: EXIT.disk});
  }
}
