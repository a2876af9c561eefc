import {existsSync} from 'node:fs';
import {type Manifest, runFiles} from '../journal/folder.js';
import {type Input, openInput} from '../operations/source.js';

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
