import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {writeDurably} from '../journal/disk.js';
import {createRunFolder} from '../journal/folder.js';
import {EXIT, Problem} from '../problem.js';

/** The version of `job.json`. */
const FORMAT = 1;

/** `job.json`: which job this is the folder of, as it was when it began. Holds no secret. */
export type JobManifest = {
  readonly fmt: number;
  readonly tool: string;
  /** The absolute path of the job file: files that it names are found from there. */
  readonly file: string;
  /** The job file as the operator wrote it: how messages call it. */
  readonly name: string;
  readonly text: string;
};

/** Where everything in the folder of a job lies. */
export function jobFiles(folder: string) {
  const steps = join(folder, 'steps');
  return {
    manifest: join(folder, 'job.json'),
    summary: join(folder, 'summary.json'),
    steps,
    /** The run folder of a step, the requests it was made into, and what became of each of its rows. */
    run: (step: string) => join(steps, `${step}.run`),
    input: (step: string) => join(steps, `${step}.ndjson`),
    rows: (step: string) => join(folder, `${step}.ndjson`),
  };
}

export function holdsJob(folder: string): boolean {
  return existsSync(jobFiles(folder).manifest);
}

/** The folder of the job that a run is a step of; undefined for a run of its own. */
export function jobAround(run: string): string | undefined {
  const folder = dirname(dirname(resolve(run)));
  return dirname(resolve(run)).endsWith('steps') && holdsJob(folder) ? folder : undefined;
}

/** Makes the folder of a job. Throws what `createRunFolder` throws. */
export async function createJobFolder(
  folder: string,
  {tool, file, text}: {readonly tool: string; readonly file: string; readonly text: string},
): Promise<JobManifest> {
  await createRunFolder(folder);
  const {manifest: path, steps} = jobFiles(folder);
  const manifest = {fmt: FORMAT, tool, file: resolve(file), name: file, text};
  await writeDurably(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  mkdirSync(steps, {mode: 0o700});
  return manifest;
}

/** Throws JOB_CORRUPT (65) when it is none that this version reads. */
export function readJobManifest(folder: string): JobManifest {
  const {manifest: path} = jobFiles(folder);
  const manifest = parse(readFileSync(path, 'utf8'));
  if (manifest?.fmt === FORMAT && typeof manifest.text === 'string' && typeof manifest.file === 'string')
    return manifest as JobManifest;
  const newer = typeof manifest?.fmt === 'number' && manifest.fmt > FORMAT;
  throw new Problem(
    'JOB_CORRUPT',
    newer ? `written by a newer version (format ${manifest.fmt})` : 'is no manifest of a job',
    newer ? 'Go on with the version that wrote it.' : 'Restore the folder from a backup.',
    {at: {file: path}, exit: EXIT.misfit},
  );
}

function parse(text: string): Partial<JobManifest> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
