import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type PlanOrder, planOrder} from '../plan/prepare.js';
import type {ExitCode} from '../problem.js';
import {EXIT} from '../problem.js';
import {groupLine} from '../schedule/bad-rows.js';
import {checkJob} from './check.js';
import {DerivedInput, SOURCE} from './derived-input.js';
import type {Job, Step} from './job.js';
import {fileOf, rowsOfFile} from './sources.js';
import type {StepRow} from './stand.js';
import {type Behind, deriveRows, isDerived} from './step-input.js';
import {ofStep, orderOf, overridesOf} from './step-order.js';

/** What is expected of one step. Durations are seconds. */
export type StepPlan = {
  readonly step: string;
  readonly rows: number;
  readonly requests: number;
  readonly seconds: number;
  /** How long it would take with one request for each row; null for a step without a batch. */
  readonly unbatchedSeconds: number | null;
  readonly invalid: number;
  /** What is wrong with rows that cannot be sent, by its cause, as sentences. */
  readonly problems: readonly string[];
};

/** What `plan JOB --json` prints. */
export type JobPlan = {
  readonly steps: readonly StepPlan[];
  readonly seconds: number;
  /** ISO 8601, in UTC. */
  readonly finishesAt: string;
  readonly exit: ExitCode;
};

/** So many causes are told of a step. */
const TOLD = 5;

/**
 * Plans the steps one after another as if all went well: what is captured is taken for a value that no other row has. Sends nothing. The windows of each
 * step are taken to be open when it starts.
 */
export async function planJob(job: Job, jobFile: string, asked: PlanOrder): Promise<JobPlan> {
  await checkJob(job, jobFile);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-plan-'));
  try {
    const inputs = new Map<string, string>();
    const behind: Behind = {job, jobFile, rowsOf: (name) => plannedRows(job, name, inputs.get(name)!)};
    const steps: StepPlan[] = [];
    let startAt = asked.startAt;
    for (const step of job.steps) {
      const {path, rows} = await ofStep(step, () => inputOf(step, join(folder, `${step.name}.ndjson`), behind));
      inputs.set(step.name, path);
      const planned = await ofStep(step, () =>
        planStep(step, {path, rows, behind, asked: {...asked, startAt}, folder}),
      );
      steps.push(planned);
      startAt += planned.seconds * 1000;
    }
    const exit = steps.some(({invalid}) => invalid > 0) ? EXIT.misfit : EXIT.ok;
    const seconds = Number(((startAt - asked.startAt) / 1000).toFixed(3));
    return {steps, seconds, finishesAt: new Date(Math.round(startAt)).toISOString(), exit};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** The input that a step would have, and of how many rows it is made. */
async function inputOf(step: Step, path: string, behind: Behind): Promise<{path: string; rows: number | undefined}> {
  if (!isDerived(step)) return {path: fileOf(step, behind.jobFile), rows: undefined};
  const input = new DerivedInput(path);
  let rows = 0;
  const emit = (derived: Parameters<typeof input.add>[0]) => {
    rows += derived.rows.length;
    input.add(derived);
  };
  const leftOut = await deriveRows(step, {emit, has: input.has}, behind);
  await input.save();
  return {path, rows: rows + leftOut.length};
}

type Planned = {
  readonly path: string;
  readonly rows: number | undefined;
  readonly behind: Behind;
  readonly asked: PlanOrder;
  readonly folder: string;
};

async function planStep(step: Step, {path, rows, behind, asked, folder}: Planned): Promise<StepPlan> {
  const of = (file: string) =>
    planOrder(orderOf(step, file, behind.jobFile), {
      ...asked,
      overrides: overridesOf(step, asked.overrides),
      credential: asked.credential ?? step.provider.credential,
      stopKeys: asked.stopKeys || step.onKeyFailure === 'stop',
    });
  const {plan, bad} = await of(path);
  let unbatchedSeconds: number | null = null;
  if (step.batch) {
    const single = join(folder, `${step.name}.single.ndjson`);
    await inputOf({...step, batch: {...step.batch, size: 1}}, single, behind);
    unbatchedSeconds = (await of(single)).plan.seconds;
  }
  return {
    step: step.name,
    rows: rows ?? plan.rows,
    requests: plan.requests,
    seconds: plan.seconds,
    unbatchedSeconds,
    invalid: plan.invalid,
    problems: bad.groups.list().slice(0, TOLD).map(groupLine),
  };
}

/** The rows of a step as if all had gone well. */
async function* plannedRows(job: Job, name: string, path: string): AsyncGenerator<StepRow> {
  const step = job.steps.find((each) => each.name === name)!;
  for await (const {row: request, values} of rowsOfFile(path)) {
    const sources = (values[SOURCE] as readonly number[] | undefined) ?? [request];
    const members = step.batch ? (values.rows as readonly StepRow['values'][]) : [values];
    for (const [place, row] of sources.entries()) {
      const captured = Object.fromEntries(Object.keys(step.capture).map((each) => [each, `${each}-${row}`]));
      yield {row: Number(row), values: members[place]!, state: 'ok', status: null, why: null, captured, request};
    }
  }
}
