import {closeInput, columnsOf, openInput} from '../operations/source.js';
import {unknownColumn} from '../requests/asked.js';
import {compileCaptures} from '../requests/capture.js';
import {compileTemplate} from '../requests/template.js';
import type {Job, Step} from './job.js';
import {fileOf} from './sources.js';
import {ofStep, orderOf} from './step-order.js';

type Columns = readonly string[] | undefined;

/**
 * Checks what can be known of a job before anything is sent: its files, profiles, templates, and that every column that is named is there. Throws
 * the Problem of the first step that does not fit, under its name.
 */
export async function checkJob(job: Job, jobFile: string): Promise<void> {
  const made = new Map<string, Columns>();
  for (const step of job.steps) {
    const columns = await ofStep(step, async () => {
      const source = await sourceColumns(step, {job, jobFile, made});
      return checkStep(step, job, jobFile, source, made);
    });
    made.set(step.name, columns);
  }
}

type Known = {readonly job: Job; readonly jobFile: string; readonly made: ReadonlyMap<string, Columns>};

/** The columns of the rows that a step begins with; undefined where each row has its own. */
async function sourceColumns(step: Step, {job, jobFile, made}: Known): Promise<Columns> {
  if ('step' in step.input) {
    const columns = made.get(step.input.step);
    return columns && [...columns, ...capturesOf(step.input.step, job)];
  }
  const input = await openInput(fileOf(step, jobFile), {delimiter: step.input.delimiter});
  await closeInput(input);
  return columnsOf(input);
}

/** Returns the columns that the rows of a step have for later ones. */
function checkStep(step: Step, job: Job, jobFile: string, source: Columns, made: Known['made']): Columns {
  const {distinct} = step.input;
  need('distinct: ', distinct ?? [], source);
  const own = distinct ?? source;
  need('collapse by ', step.collapse?.by ?? [], own);
  for (const [name, by] of Object.entries(step.join)) {
    need(`join ${name} by `, by, own);
    need(`join ${name} by `, by, made.get(name));
  }
  const joined = own && [...own, ...Object.keys(step.join).flatMap((name) => capturesOf(name, job))];
  need('batch by ', step.batch?.by ?? [], joined);
  const filled = step.batch ? [...step.batch.by, 'rows'] : joined;
  const {asked} = orderOf(step, '', jobFile);
  if (asked.template) compileTemplate(asked.template, asked.profile, filled);
  compileCaptures(step.capture);
  for (const column of [step.id, step.key, step.phase]) if (column !== undefined) need('', [column], filled);
  return joined;
}

function capturesOf(name: string, job: Job): readonly string[] {
  return Object.keys(job.steps.find((step) => step.name === name)!.capture);
}

function need(says: string, names: readonly string[], columns: Columns): void {
  const missing = names.find((name) => columns !== undefined && !columns.includes(name));
  if (missing !== undefined) throw unknownColumn(says, missing, columns!);
}
