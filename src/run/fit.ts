import {createHash} from 'node:crypto';
import {createReadStream, existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {type Manifest, runFiles} from '../journal/folder.js';
import {measureInput} from '../operations/measure.js';
import {closeInput, type Input} from '../operations/source.js';
import {EXIT, Problem} from '../problem.js';
import {type Difference, inputChanged, reopenInput} from '../schedule/reopen.js';

/** What was said of the input of a run that is to go on. */
export type InputOrder = {
  /** Where the file is now. */
  readonly input?: string | undefined;
  /** Rows that were added at its end are sent too. */
  readonly acceptAppended?: boolean | undefined;
};

/** The input of a run that goes on, to be closed, and the manifest that speaks of it as it is now; not written yet. */
export type Fitting = {readonly manifest: Manifest; readonly input: Input};

/**
 * Opens the input of a run and sees, as far as its length and its header tell, that it is the one the run was begun with; what is within is seen
 * when it is read. Throws INPUT_MISSING (66), INPUT_CHANGED and INPUT_GREW (65), INPUT_KEPT (2).
 */
export async function fitInput(manifest: Manifest, folder: string, order: InputOrder): Promise<Fitting> {
  const placed = order.input === undefined ? manifest : placedAt(manifest, folder, order.input);
  const input = await reopenInput(placed, folder).catch((error: unknown) => {
    throw order.input !== undefined && error instanceof Problem && error.code === 'INPUT_MISSING'
      ? notThere(order.input, folder)
      : error;
  });
  try {
    const differs = headerDifference(manifest, input);
    if (differs) throw inputChanged(placed.name, manifest.input, differs);
    if (input.bytes === manifest.input.bytes) return {manifest: placed, input};
    if (!(await beginsWith(input, manifest.input)))
      throw inputChanged(placed.name, manifest.input, {bytes: input.bytes});
    const grown = {...manifest.input, ...(await measureInput(input))};
    if (!order.acceptAppended) throw inputGrew(placed.name, folder, grown.rows - manifest.input.rows);
    return {manifest: {...placed, input: grown}, input};
  } catch (error) {
    await closeInput(input);
    throw error;
  }
}

function placedAt(manifest: Manifest, folder: string, file: string): Manifest {
  if (!existsSync(runFiles(folder).spool) && file !== '-') return {...manifest, file: resolve(file), name: file};
  const message =
    file === '-'
      ? '--input is -, expected a file: what was piped once cannot be read again'
      : 'this run has a copy of its input in its folder, and reads no other';
  throw new Problem('INPUT_KEPT', message, `Leave it out: sluice resume ${folder}`, {exit: EXIT.usage});
}

function notThere(file: string, folder: string): Problem {
  return new Problem('INPUT_MISSING', 'there is no such file', `Check the path: sluice resume ${folder} --input FILE`, {
    at: {file},
    exit: EXIT.noInput,
  });
}

function headerDifference({input: {header = []}}: Manifest, {columns}: Input): Difference | undefined {
  const same = header.length === columns.length && header.every((name, place) => name === columns[place]);
  return same ? undefined : {header: [header.join(','), columns.join(',')]};
}

/** Whether the input is what it was, with whole rows behind it. A last row that was not ended may have been continued. */
async function beginsWith(input: Input, was: Manifest['input']): Promise<boolean> {
  if (input.bytes < was.bytes) return false;
  const hash = createHash('sha256');
  let read = 0;
  let [last, next] = [0, 0];
  for await (const chunk of createReadStream(input.path, {end: was.bytes}) as AsyncIterable<Buffer>) {
    const old = chunk.subarray(0, was.bytes - read);
    hash.update(old);
    read += chunk.length;
    last = old.at(-1) ?? last;
    next = chunk.at(old.length) ?? next;
  }
  const ended = [last, next].some((byte) => byte === 0x0a || byte === 0x0d);
  return ended && hash.digest('hex') === was.sha256;
}

function inputGrew(file: string, folder: string, rows: number): Problem {
  const more = rows === 0 ? 'blank lines' : rows === 1 ? '1 more row' : `${rows} more rows`;
  return new Problem(
    'INPUT_GREW',
    `has ${more} at its end since this run was begun`,
    `Accept them: sluice resume ${folder} --accept-appended; or take them away again.`,
    {at: {file}, exit: EXIT.misfit},
  );
}
