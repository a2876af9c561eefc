import {join} from 'node:path';
import type {Corrections} from '../journal/corrections.js';
import type {CorrectionRecord} from '../journal/record.js';
import {type CorrectedFile, readCorrected, withCorrected} from '../operations/corrected.js';
import {type Input, openInput} from '../operations/source.js';
import {EXIT, Problem} from '../problem.js';

/** The corrected files of a run by their numbers. */
export type CorrectedFiles = ReadonlyMap<number, CorrectedFile>;

/**
 * Opens what the journal says of corrected rows: each file is in the run folder, and is what it was when its rows were sent. Throws
 * CORRECTION_CHANGED (65).
 */
export async function openCorrections(
  input: Input,
  rows: number,
  {folder, files}: Pick<Corrections, 'files'> & {readonly folder: string},
): Promise<CorrectedFiles> {
  const opened = new Map<number, CorrectedFile>();
  for (const record of files) opened.set(record.n, await openCorrection(input, rows, folder, record));
  return opened;
}

/** The input of a run with the cells of its rows as they were corrected last. Throws CORRECTION_CHANGED (65). */
export async function correctedInput(
  input: Input,
  rows: number,
  corrections: Corrections & {readonly folder: string},
): Promise<Input> {
  if (corrections.files.length === 0) return input;
  const opened = await openCorrections(input, rows, corrections);
  return withCorrected(input, (row) => opened.get(corrections.fileOf.get(row) ?? 0));
}

async function openCorrection(
  input: Input,
  rows: number,
  folder: string,
  {file, name, sha256, delimiter}: CorrectionRecord,
): Promise<CorrectedFile> {
  const path = join(folder, file);
  try {
    const opened = await openInput(path, {format: input.format, delimiter});
    const read = await readCorrected({...opened, name}, input, rows);
    if (read.sha256 === sha256) return read;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.exit === EXIT.noInput) throw changed(path, name, 'cannot be read any more');
  }
  throw changed(path, name, 'has changed since');
}

function changed(file: string, name: string, what: string): Problem {
  return new Problem(
    'CORRECTION_CHANGED',
    `rows of this run were sent with the cells of ${name}, and its copy here ${what}`,
    'Restore the run folder from a backup.',
    {at: {file}, exit: EXIT.misfit},
  );
}
