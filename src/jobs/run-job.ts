import {exitOf} from '../journal/ending.js';
import {holdsRun} from '../journal/folder.js';
import {acquireLock} from '../journal/lock.js';
import {EXIT, type ExitCode} from '../problem.js';
import {writeDerived} from '../report/derived-file.js';
import {shellWord} from '../report/summary.js';
import {forgetSecrets, secretVariables} from '../requests/credentials.js';
import {beginRun, type Ended, type World} from '../run/begin.js';
import type {SessionOrder} from '../run/order.js';
import {resumeRun} from '../run/resume.js';
import type {Ending} from '../run/session.js';
import type {DerivedRow, LeftOut} from './derive.js';
import {DerivedInput, halves} from './derived-input.js';
import {jobFiles} from './folder.js';
import type {Job, Step} from './job.js';
import {fileOf, type SettledRow, settledRows} from './sources.js';
import {rowsOf, type StepStand, type StepTally, tallyOf} from './stand.js';
import {type Behind, deriveRows, isDerived} from './step-input.js';
import {ofStep, orderOf, sessionOf, unknownStep} from './step-order.js';

/** What the operator says of all steps. */
export type JobOrder = {
  readonly folder: string;
  /** Where the job file is, absolute. */
  readonly jobFile: string;
  readonly session: SessionOrder;
  /** These steps alone; undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly retryFailed: boolean;
  readonly acceptCredential: boolean;
  /** Nobody goes on with the folder that this one is a copy of. */
  readonly acceptCopy?: boolean | undefined;
};

/** How a job ended. */
export type JobEnded = {
  readonly steps: readonly StepTally[];
  readonly exit: ExitCode;
  /** The step that was stopped early, and why. */
  readonly stop: {readonly step: string; readonly ending: Ending} | undefined;
  /** The next command to type. */
  readonly next: string;
};

/**
 * Begins a job or goes on with it: its steps one after another, each a run with a journal of its own, made of the rows that can be sent by then.
 * A step whose rows have failed or are in doubt keeps back what depends on these rows, and nothing else. Throws STEP_UNKNOWN and STEP_NEEDS (2), and whatever
 * the runs throw.
 */
export async function runJob(job: Job, order: JobOrder, world: World): Promise<JobEnded> {
  for (const name of order.only ?? [])
    if (!job.steps.some((step) => step.name === name))
      throw unknownStep(name, 'which is no step of this job', job.steps);
  const lock = await acquireLock(order.folder);
  const lent = lendEnvironment(job, order, world);
  const stands = new Map<string, StepStand>();
  const tallies: StepTally[] = [];
  const behind = {job, jobFile: order.jobFile, rowsOf: (name: string) => rowsOf(stands.get(name)!)};
  let stop: JobEnded['stop'];
  try {
    for (const step of job.steps) {
      const files = jobFiles(order.folder);
      const wanted = order.only === undefined || order.only.includes(step.name);
      if (!wanted && !(await holdsRun(files.run(step.name)))) continue;
      const missing = step.needs.find((need) => !stands.has(need));
      if (missing !== undefined)
        throw unknownStep(step.name, `which needs ${missing}, and that was not run yet`, job.steps);
      const {stand, ending} = await ofStep(step, () =>
        wanted ? runStep(step, {order, behind, world: lent}) : lookAt(step, {order, behind}),
      );
      stands.set(step.name, stand);
      tallies.push(await tallyOf(stand, files));
      if (ending && isStopped(ending)) {
        stop = {step: step.name, ending};
        break;
      }
    }
    return conclude(order, tallies, stop);
  } finally {
    await lock.release();
  }
}

/** A world whose environment has the secrets, for steps to take them from; out of the process's own they are taken at once. */
function lendEnvironment(job: Job, {jobFile}: JobOrder, world: World): World {
  const env = {...world.env};
  for (const step of job.steps) {
    const {profile, headers} = orderOf(step, '', jobFile).asked;
    forgetSecrets(world, secretVariables(profile, headers));
  }
  return {...world, env};
}

/** What is pending behind a row in doubt waits for a person, and the steps behind it need not. */
function isStopped({stop, exit}: Ending): boolean {
  return stop !== undefined || exit === EXIT.stopped;
}

function conclude({folder}: JobOrder, steps: readonly StepTally[], stop: JobEnded['stop']): JobEnded {
  const sum = (name: 'failed' | 'inDoubt' | 'pending' | 'waiting') =>
    steps.reduce((total, each) => total + each[name], 0);
  const [failed, inDoubt, waiting] = [sum('failed'), sum('inDoubt'), sum('waiting')];
  const left = {
    rows: 0,
    ok: 0,
    skipped: 0,
    attempts: 0,
    refusals: 0,
    failed,
    inDoubt,
    pending: sum('pending') + waiting,
  };
  const exit = stop?.ending.exit ?? exitOf(left);
  const word = shellWord(folder);
  const again = failed > 0 && exit === EXIT.rowsFailed ? ' --retry-failed' : '';
  const next = exit === EXIT.ok ? `sluice verify ${word}` : `sluice resume ${word}${again}`;
  writeDerived(jobFiles(folder).summary, `${JSON.stringify({steps, exit, next}, undefined, 2)}\n`);
  return {steps, exit, stop, next};
}

type Going = {readonly order: JobOrder; readonly behind: Behind};
type Looked = {readonly stand: StepStand; readonly ending?: Ending};

/** A step that is not to be run, as it stands. */
async function lookAt(step: Step, {order, behind}: Going): Promise<Looked> {
  const files = jobFiles(order.folder);
  const run = files.run(step.name);
  if (!isDerived(step)) return {stand: {step, run, leftOut: []}};
  const unsent: LeftOut[] = [];
  const emit = ({rows}: DerivedRow) => {
    for (const row of rows) unsent.push({row, values: {}, state: 'waiting', why: 'its step was not gone on with'});
  };
  const {has} = new DerivedInput(files.input(step.name));
  return {stand: {step, run, leftOut: [...(await deriveRows(step, {emit, has}, behind)), ...unsent]}};
}

async function runStep(step: Step, {order, behind, world}: Going & {readonly world: World}): Promise<Looked> {
  const files = jobFiles(order.folder);
  const run = files.run(step.name);
  if (!isDerived(step)) {
    world.watcher.say(`step ${step.name}`);
    const {ending} = await send(step, run, fileOf(step, order.jobFile), {order, world});
    return {stand: {step, run, leftOut: []}, ending};
  }
  const input = new DerivedInput(files.input(step.name));
  if (order.retryFailed && step.batch && (await holdsRun(run))) input.forget(await failedRows(run, step));
  const leftOut = await deriveRows(step, {emit: input.add, has: input.has}, behind);
  const stand = {step, run, leftOut};
  if (input.isEmpty) {
    world.watcher.say(`step ${step.name}: none of its rows can be sent`);
    return {stand};
  }
  world.watcher.say(`step ${step.name}`);
  await input.save();
  const {ending} = await send(step, run, input.path, {order, world});
  return {stand, ending: step.batch && !isStopped(ending) ? await halve(step, ending, {order, world}) : ending};
}

/** Requests that failed for one bad row among many are halved until it stands alone. */
async function halve(step: Step, first: Ending, going: {order: JobOrder; world: World}): Promise<Ending> {
  const files = jobFiles(going.order.folder);
  let ending = first;
  for (;;) {
    const input = new DerivedInput(files.input(step.name));
    for (const rows of await spoiledBatches(files.run(step.name), step))
      for (const half of halves(rows, step.batch!.by)) input.add(half);
    if (input.added === 0) return ending;
    await input.save();
    ({ending} = await send(step, files.run(step.name), input.path, going));
    if (isStopped(ending)) return ending;
  }
}

/** The rows of each request of several rows that was turned down for what it holds. */
async function spoiledBatches(run: string, step: Step): Promise<readonly (readonly SettledRow[])[]> {
  const requests = new Map<number, SettledRow[]>();
  for await (const row of settledRows(run, step))
    if (row.state === 'failed' && isOfItsRows(row.status))
      requests.set(row.request, [...(requests.get(row.request) ?? []), row]);
  return [...requests.values()].filter((rows) => rows.length > 1);
}

/** A credential that is not accepted, or a limit, has nothing to do with the rows of a request. */
function isOfItsRows(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && status !== 401 && status !== 429;
}

async function failedRows(run: string, step: Step): Promise<readonly number[]> {
  const failed: number[] = [];
  for await (const {row, state} of settledRows(run, step)) if (state === 'failed') failed.push(row);
  return failed;
}

async function send(
  step: Step,
  run: string,
  file: string,
  {order, world}: {readonly order: JobOrder; readonly world: World},
): Promise<Ended> {
  const session = sessionOf(step, run, order.jobFile, order.session);
  const own = {...world, env: {...world.env}};
  if (!(await holdsRun(run))) return beginRun(orderOf(step, file, order.jobFile), session, own);
  return resumeRun(
    {
      ...session,
      // A batch that failed was halved since: its rows go out in requests of their own.
      retryFailed: order.retryFailed && !step.batch,
      acceptCredential: order.acceptCredential,
      acceptCopy: order.acceptCopy,
      acceptAppended: isDerived(step),
      // The folder of a job may have been moved.
      input: isDerived(step) ? file : undefined,
    },
    own,
  );
}
