import {existsSync, readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Interfaces} from '@oclif/core';
import {now, wallNow} from '../clock.js';
import {checkJob} from '../jobs/check.js';
import {createJobFolder, holdsJob, type JobManifest, jobFiles, readJobManifest} from '../jobs/folder.js';
import type {Job} from '../jobs/job.js';
import {parseJob} from '../jobs/parse.js';
import {planJob} from '../jobs/plan-job.js';
import {type JobEnded, runJob} from '../jobs/run-job.js';
import {defaultRunDir} from '../journal/folder.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';
import {checkEnvironment} from '../requests/environment.js';
import {overridesFrom, sessionFrom} from './ask.js';
import type {askFlags, folderFlags, paceFlags, sessionFlags} from './flags.js';
import {localZone} from './instant.js';
import {jobLines, jobPlanLines} from './job-lines.js';
import {plain} from './plain.js';
import {terminalOf} from './terminal.js';
import {openWorld} from './watch.js';
import {parseLatency} from './words.js';

type Session = Interfaces.InferredFlags<typeof paceFlags & typeof sessionFlags>;
type Asked = Interfaces.InferredFlags<typeof askFlags>;
type JobFlags = Session &
  Asked &
  Interfaces.InferredFlags<typeof folderFlags> & {
    readonly only?: string | undefined;
    readonly 'accept-template'?: boolean | undefined;
  };
type GoOnFlags = Session &
  Pick<Asked, 'credential' | 'env-file' | 'json'> & {
    readonly 'retry-failed': boolean;
    readonly 'accept-credential': boolean;
    readonly 'accept-copy'?: boolean | undefined;
    readonly with?: string | undefined;
    readonly input?: string | undefined;
    readonly rows?: string | undefined;
    readonly 'accept-appended'?: boolean | undefined;
    readonly 'accept-template'?: boolean | undefined;
    readonly only?: string | undefined;
  };

/** What a job says itself, in each of its steps. */
const SAID_BY_JOB = [
  'profile',
  'base-url',
  'region',
  'request',
  'operation',
  'openapi',
  'header',
  'body',
  'form',
  'files',
  'capture',
  'id',
  'key',
  'phase',
  'scope',
  'allow-origin',
  'delimiter',
  'rows',
] as const satisfies readonly (keyof Asked)[];

/** Whether a file is a job, and not rows. */
export function isJobFile(file: string): boolean {
  return /\.ya?ml$/i.test(file);
}

/** `sluice run JOB`: begins a job, or goes on with it where `--or-resume` allows. Returns the exit code. */
export async function sendJob(file: string, flags: JobFlags, tool: string): Promise<ExitCode> {
  const {text, job} = readJob(file, flags);
  const folder = flags['run-dir'] ?? defaultRunDir(file);
  refuseOfOneRun(flags, folder);
  if (flags['or-resume'] && holdsJob(folder)) {
    const begun = readJobManifest(folder);
    if (begun.text !== text) throw otherJob(folder);
    return carryOut(
      {folder, job, manifest: begun},
      {...flags, 'retry-failed': false, 'accept-credential': false},
      tool,
    );
  }
  await checkJob(job, resolve(file));
  const manifest = await createJobFolder(folder, {tool, file, text});
  return carryOut({folder, job, manifest}, {...flags, 'retry-failed': false, 'accept-credential': false}, tool);
}

/** `sluice resume` with the folder of a job. Returns the exit code. */
export async function goOnJob(folder: string, flags: GoOnFlags, tool: string): Promise<ExitCode> {
  refuseOfOneRun(flags, folder);
  const manifest = readJobManifest(folder);
  const job = parseJob(manifest.text, manifest.name);
  await checkJob(job, manifest.file);
  return carryOut({folder, job, manifest}, flags, tool);
}

/** What is said of the rows or the template of one run; a job makes those of its steps itself. */
const OF_ONE_RUN = ['with', 'input', 'rows', 'accept-appended', 'accept-template'] as const;

/** A word that nobody heeds would let people believe that it was. Throws FLAG_UNWANTED (2). */
function refuseOfOneRun(flags: Pick<GoOnFlags, (typeof OF_ONE_RUN)[number] | 'in-doubt'>, folder: string): void {
  const said = OF_ONE_RUN.find((name) => flags[name] !== undefined && flags[name] !== false);
  const probes = flags['in-doubt'] === 'probe';
  if (said === undefined && !probes) return;
  throw new Problem(
    'FLAG_UNWANTED',
    `--${said ?? 'in-doubt probe'} is for a run of its own, and this is a job`,
    said === undefined
      ? `Probe its steps one by one: sluice settle ${jobFiles(folder).run('STEP')} --probe`
      : `Leave it out: sluice resume ${folder}; or begin another job with what is corrected, and --run-dir.`,
    {exit: EXIT.usage},
  );
}

type Begun = {readonly folder: string; readonly job: Job; readonly manifest: JobManifest};

async function carryOut({folder, job, manifest}: Begun, flags: GoOnFlags, tool: string): Promise<ExitCode> {
  const {world, progress} = openWorld({tool, quiet: flags.quiet});
  let ended: JobEnded;
  try {
    for (const note of checkEnvironment(process.env)) progress.note(note);
    const order = {
      folder,
      jobFile: manifest.file,
      session: sessionFrom(folder, flags),
      only: flags.only?.split(',').map((name) => name.trim()),
      retryFailed: flags['retry-failed'],
      acceptCredential: flags['accept-credential'],
      acceptCopy: flags['accept-copy'],
    };
    ended = await runJob(job, order, world);
  } finally {
    progress.close();
  }
  const {color} = terminalOf(process.stderr, process.env);
  if (flags.json)
    process.stdout.write(`${JSON.stringify({steps: ended.steps, exit: ended.exit, next: ended.next}, null, 2)}\n`);
  process.stderr.write(`${jobLines(ended, {folder, color, now: wallNow()}).join('\n')}\n`);
  return ended.exit;
}

/** `sluice plan JOB` and `sluice run JOB --dry-run`. Returns the exit code: 65 when a row cannot be sent. */
export async function showJobPlan(file: string, flags: JobFlags): Promise<ExitCode> {
  const {job} = readJob(file, flags);
  const plan = await planJob(job, resolve(file), {
    overrides: overridesFrom(flags),
    credential: flags.credential,
    envFile: flags['env-file'],
    env: process.env,
    rows: undefined,
    stopKeys: flags['on-key-failure'] === 'stop',
    latency: parseLatency(flags.latency),
    startAt: now(),
  });
  const {color} = terminalOf(process.stdout, process.env);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(plan, null, 2)}\n`
      : `${jobPlanLines(plan, {file, color, now: wallNow(), zone: localZone()}).join('\n')}\n`,
  );
  return plan.exit;
}

function readJob(file: string, flags: JobFlags): {readonly text: string; readonly job: Job} {
  const said = SAID_BY_JOB.find((name) => flags[name] !== undefined);
  if (said !== undefined)
    throw new Problem(
      'FLAG_UNWANTED',
      `--${said} is given, and a job says it itself`,
      `Write it into ${plain(file)}.`,
      {
        exit: EXIT.usage,
      },
    );
  if (!existsSync(file))
    throw new Problem('JOB_MISSING', 'there is no such file', 'Name the job file: sluice run job.yaml', {
      at: {file},
      exit: EXIT.noInput,
    });
  const text = readFileSync(file, 'utf8');
  return {text, job: parseJob(text, file)};
}

function otherJob(folder: string): Problem {
  return new Problem(
    'RUN_OTHER',
    'the job in this folder was begun with another job file, or this one has changed since',
    `Go on with it as it was: sluice resume ${folder}; or begin another with --run-dir.`,
    {at: {file: folder}, exit: EXIT.misfit},
  );
}
