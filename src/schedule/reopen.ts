import {existsSync} from 'node:fs';
import {type Manifest, runFiles} from '../journal/folder.js';
import {type Input, openInput} from '../operations/source.js';
import {EXIT, Problem} from '../problem.js';

/**
 * The input of a run that was begun, to be closed again. What was copied or unpacked at the beginning is read from the run folder, under the name of
 * the file it came from. Throws INPUT_MISSING (66) when the file is gone.
 */
export async function reopenInput(manifest: Manifest, folder: string): Promise<Input> {
  const {spool} = runFiles(folder);
  const copied = existsSync(spool);
  const {delimiter, format} = manifest.input;
  // The copy is called otherwise, and its first row may look like the other format: read so, every row after it would be another.
  const input = await openInput(copied ? spool : manifest.file, {delimiter, format: format as Input['format']});
  return {...input, name: manifest.name};
}

/** No row can be told apart from another any more: the input is not the one the run was begun with. */
export function inputChanged(
  file: string,
  was: {readonly sha256: string; readonly rows: number},
  is: {readonly sha256: string; readonly rows?: number},
): Problem {
  const digest = (sha256: string) => `digest ${sha256.slice(0, 12)}…`;
  const now =
    is.rows === undefined ? `have become ${digest(is.sha256)}` : `are now ${is.rows} rows with ${digest(is.sha256)}`;
  return new Problem(
    'INPUT_CHANGED',
    `has changed since this run was begun: ${was.rows} rows with ${digest(was.sha256)} ${now}`,
    'Restore the file and resume, or begin another run with --run-dir.',
    {at: {file}, exit: EXIT.misfit},
  );
}
