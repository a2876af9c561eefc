import type {Interfaces} from '@oclif/core';
import {jobAround} from '../jobs/folder.js';
import {defaultRunDir, holdsRun, type Manifest, readManifest} from '../journal/folder.js';
import {closeInput, digestInput, openInput} from '../operations/source.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';
import {askedOf, type Order} from '../requests/asked.js';
import {checkEnvironment} from '../requests/environment.js';
import {beginRun, type Ended, type World} from '../run/begin.js';
import {planDigest} from '../run/order.js';
import {resumeRun} from '../run/resume.js';
import {templateOf} from '../run/template.js';
import {inputChanged} from '../schedule/reopen.js';
import {orderFrom, sessionFrom} from './ask.js';
import {conclude} from './conclude.js';
import type {askFlags, paceFlags, sessionFlags} from './flags.js';
import {findRun} from './look.js';
import {probeFirst} from './probe.js';
import {openWorld} from './watch.js';

type Flags = Interfaces.InferredFlags<typeof askFlags & typeof paceFlags & typeof sessionFlags>;
type RunFlags = Flags & {
  readonly 'run-dir'?: string | undefined;
  readonly 'or-resume': boolean;
  readonly 'accept-template': boolean;
};
type ResumeFlags = Interfaces.InferredFlags<typeof paceFlags & typeof sessionFlags> &
  Pick<Flags, 'credential' | 'env-file' | 'rows' | 'json'> & {
    readonly 'retry-failed': boolean;
    readonly 'accept-credential': boolean;
    readonly 'accept-appended': boolean;
    readonly 'accept-copy': boolean;
    readonly input?: string | undefined;
    readonly with?: string | undefined;
  };

/** `sluice run FILE`: begins a run, or goes on with it where `--or-resume` allows. Returns the exit code. */
export async function sendFile(file: string, flags: RunFlags, tool: string): Promise<ExitCode> {
  const order = orderFrom(file, flags);
  const folder = flags['run-dir'] ?? defaultRunDir(file);
  const session = sessionFrom(folder, flags);
  const again = flags['or-resume'] && (await holdsRun(folder));
  const accepted = flags['accept-template'];
  if (again) await refuseOther(order, folder, accepted);
  const template = accepted ? templateOf(order.asked) : undefined;
  return withWorld(flags, tool, (world) =>
    again
      ? resumeRun({...session, retryFailed: false, acceptCredential: false, template}, world)
      : beginRun(order, session, world),
  );
}

/** `sluice resume RUN`. Returns the exit code. */
export async function goOn(run: string | undefined, flags: ResumeFlags, tool: string): Promise<ExitCode> {
  const folder = run ?? (await findRun('resume'));
  const job = jobAround(folder);
  if (job !== undefined) throw partOfJob(folder, job);
  const session = {
    ...sessionFrom(folder, flags),
    retryFailed: flags['retry-failed'],
    acceptCredential: flags['accept-credential'],
    acceptAppended: flags['accept-appended'],
    acceptCopy: flags['accept-copy'],
    input: flags.input,
    fixedFile: flags.with,
  };
  const probes = flags['in-doubt'] === 'probe';
  return withWorld(flags, tool, async (world) => {
    if (probes) await probeFirst(session, world);
    return resumeRun(session, world);
  });
}

/** By itself it would not know which of its rows went out in other requests since. */
function partOfJob(folder: string, job: string): Problem {
  return new Problem('RUN_OF_JOB', 'this run is a step of a job', `Go on with the job: sluice resume ${job}`, {
    at: {file: folder},
    exit: EXIT.usage,
  });
}

async function withWorld(
  {quiet, json}: {readonly quiet: boolean; readonly json: boolean},
  tool: string,
  carryOut: (world: World) => Promise<Ended>,
): Promise<ExitCode> {
  const {world, progress} = openWorld({tool, quiet});
  let ended: Ended;
  try {
    for (const note of checkEnvironment(process.env)) progress.note(note);
    ended = await carryOut(world);
  } finally {
    progress.close();
  }
  return conclude(ended.folder, {ending: ended.ending, json});
}

/** A cron line that was changed is another run: going on with the old one would send what nobody asks for any more. */
async function refuseOther({asked, file, delimiter}: Order, folder: string, accepted: boolean): Promise<void> {
  const manifest = await readManifest(folder);
  const plan = planDigest(asked);
  const begun = askedOf(manifest);
  // Without a template a file says other things by its columns than with one.
  const alike = !begun.template === !asked.template && planDigest({...begun, ...templateOf(asked)}) === plan;
  if (manifest.plan === plan || (alike && accepted)) return refuseOtherInput(file, delimiter, manifest);
  const same = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
  const differing = [
    ...(same(manifest.profile, asked.profile) ? [] : ['profile']),
    ...(same([begun.template, begun.headers], [asked.template, asked.headers]) ? [] : ['request, header or body']),
    ...(['id', 'key', 'phase', 'scope', 'capture'] as const).filter((part) => !same(begun[part], asked[part])),
    ...(manifest.baseUrl === asked.baseUrl ? [] : [`base URL (${manifest.baseUrl}, now ${asked.baseUrl})`]),
  ].join(', ');
  throw new Problem(
    'RUN_OTHER',
    `the run in this folder asks for something else: ${differing} differs`,
    `Go on with it as it was: sluice resume ${folder}; ${alike ? 'or send the rows that are not done as it is now: add --accept-template; ' : ''}or begin another with --run-dir.`,
    {at: {file: folder}, exit: EXIT.misfit},
  );
}

/** Also a run that is finished is of its own input only: of a file that has changed since, nothing new would be sent, and nobody told. */
async function refuseOtherInput(file: string, delimiter: string | undefined, manifest: Manifest): Promise<void> {
  const input = await openInput(file, {delimiter});
  try {
    const {sha256} = await digestInput(input);
    if (sha256 !== manifest.input.sha256) throw inputChanged(input.name, manifest.input, {sha256});
  } finally {
    await closeInput(input);
  }
}
