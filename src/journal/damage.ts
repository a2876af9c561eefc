import {open} from 'node:fs/promises';
import {join} from 'node:path';
import {EXIT, type Place, Problem} from '../problem.js';
import {errorCode} from './disk.js';
import {FORMAT} from './seal.js';

const HEADER_BYTES = 64 * 1024;

/** The Problem of a journal that cannot be trusted, exit 65. Nothing is changed by whoever throws it. */
export function corrupt(at: Place, what: string): Problem {
  return new Problem('JOURNAL_CORRUPT', what, 'Nothing was changed. Restore the run folder from a backup.', {
    at,
    exit: EXIT.misfit,
  });
}

/** The Problem of a run folder whose journal, or a part of it, is gone. */
export function missing(folder: string, name: string): Problem {
  return new Problem(
    'JOURNAL_MISSING',
    `journal missing (no ${name}); rows may have been sent`,
    'Restore the run folder from a backup; begin anew only if no row was sent.',
    {at: {file: folder}, exit: EXIT.misfit},
  );
}

/** The Problem of a journal that the system does not let us read. */
export function unreadable(folder: string, error: unknown): Problem {
  return new Problem(
    'JOURNAL_UNREADABLE',
    `journal cannot be read (${errorCode(error)})`,
    'Check the run folder and its permissions.',
    {
      at: {file: folder},
      exit: EXIT.noInput,
    },
  );
}

/** Refuses a format that this version does not know: it is never guessed. `tool` is the version that the header says has written it. */
export function checkFormat({fmt: format, tool}: {readonly fmt?: unknown; readonly tool?: unknown}, at: Place): void {
  if (format === FORMAT) return;
  if (typeof format === 'number' && format >= 1 && format < FORMAT)
    throw new Problem(
      'JOURNAL_OLDER',
      `written by version ${tool} in format ${format}; this version reads format ${FORMAT}`,
      `Go on with version ${tool}, which can read it; or begin another run, with the rows that are not done.`,
      {at, exit: EXIT.misfit},
    );
  const newer = typeof format === 'number' && format > FORMAT;
  throw new Problem(
    newer ? 'JOURNAL_NEWER' : 'JOURNAL_CORRUPT',
    newer
      ? `written by a newer version (format ${format}; this version reads ${FORMAT})`
      : `has format ${JSON.stringify(format)}, expected ${FORMAT}`,
    newer ? 'Go on with the version that wrote it, or a newer one.' : 'Restore the run folder from a backup.',
    {at, exit: EXIT.misfit},
  );
}

/** Says why not even the first line of a journal can be read as that of `run`. */
export async function explainHeader(folder: string, name: string, run: string): Promise<Problem> {
  const at = {file: join(folder, name), line: 1};
  const text = await readStart(at.file);
  if (text === '') return corrupt({file: at.file}, 'is empty; rows may have been sent');
  const line = text.split('\n', 1)[0] ?? '';
  if (text.startsWith('\uFEFF')) return corrupt(at, 'was changed by another program: it begins with a byte order mark');
  if (line.endsWith('\r')) return corrupt(at, 'was changed by another program: its lines end in CRLF');
  const header = parse(line);
  if (header?.t !== 'H') return corrupt(at, 'no line of it can be read; another program may have changed it');
  if (header.run !== run) return corrupt(at, `is the journal of run ${JSON.stringify(header.run)}, expected ${run}`);
  try {
    checkFormat(header, at);
  } catch (problem) {
    return problem as Problem;
  }
  return corrupt(at, 'the header fails its checksum (byte 0); another program may have changed it');
}

async function readStart(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
