import {existsSync} from 'node:fs';
import {type Manifest, runFiles} from '../journal/folder.js';
import type {RecordPlace} from '../operations/operation.js';
import {type Input, openInput} from '../operations/source.js';
import {EXIT, Problem} from '../problem.js';

/**
 * The input of a run that was begun, to be closed again. What was copied or unpacked at the beginning is read from the run folder, under the name of
 * the file it came from. Throws INPUT_MISSING (66) when the file is gone, naming the way on.
 */
export async function reopenInput(manifest: Manifest, folder: string): Promise<Input> {
  const {spool} = runFiles(folder);
  const copied = existsSync(spool);
  const {delimiter, format} = manifest.input;
  // The copy is called otherwise, and its first row may look like the other format: read so, every row after it would be another.
  const options = {delimiter, format: format as Input['format']};
  const input = await openInput(copied ? spool : manifest.file, options).catch((error: unknown) => {
    throw error instanceof Problem && error.code === 'INPUT_MISSING' ? inputGone(manifest, folder) : error;
  });
  return {...input, name: manifest.name};
}

function inputGone({file}: Manifest, folder: string): Problem {
  return new Problem(
    'INPUT_MISSING',
    'the file this run was begun with is not there any more',
    `Put it back, or say where it is now: sluice resume ${folder} --input FILE`,
    {at: {file}, exit: EXIT.noInput},
  );
}

type Begun = Pick<Manifest['input'], 'sha256' | 'rows'>;

/** In what an input differs from the one a run was begun with, as far as was looked. */
export type Difference =
  | {readonly sha256: string; readonly rows?: number; readonly first?: RecordPlace | undefined}
  | {readonly bytes: number}
  | {readonly header: readonly [was: string, is: string]};

/** No row can be told apart from another any more: the input is not the one the run was begun with. */
export function inputChanged(file: string, was: Begun, is: Difference): Problem {
  return new Problem(
    'INPUT_CHANGED',
    `has changed since this run was begun: ${differenceOf(was, is)}`,
    'Restore the file and resume, or begin another run with --run-dir.',
    {at: {file, line: 'sha256' in is ? is.first?.line : undefined}, exit: EXIT.misfit},
  );
}

function differenceOf(was: Begun, is: Difference): string {
  if ('header' in is) return `its header was ${is.header[0]} and is ${is.header[1]}`;
  if ('bytes' in is) return `${was.rows} rows have become ${is.bytes} bytes that do not begin with them`;
  const digest = (sha256: string) => `digest ${sha256.slice(0, 12)}…`;
  const first = is.first === undefined ? '' : `; row ${is.first.row} is the first of those sent that is another`;
  const now = is.rows === undefined ? 'have become' : `are now ${is.rows} rows with`;
  return `${was.rows} rows with ${digest(was.sha256)} ${now} ${digest(is.sha256)}${first}`;
}
