import {type Derivation, type LeftOut, openDerivation, type SourceRow} from './derive.js';
import type {Job, Step} from './job.js';
import {ParentIndex} from './parents.js';
import {fileOf, rowsOfFile} from './sources.js';
import type {StepRow} from './stand.js';

/** Whether the requests of a step are anything but the rows of its file. */
export function isDerived({input, join, batch, collapse}: Step): boolean {
  const isWhole = 'file' in input && input.distinct === undefined && Object.keys(join).length === 0;
  return !isWhole || batch !== undefined || collapse !== undefined;
}

/** What a step is made of: the rows of the steps before it, and the files beside the job. */
export type Behind = {
  readonly job: Job;
  readonly jobFile: string;
  readonly rowsOf: (step: string) => AsyncIterable<StepRow>;
};

/** Tells of all rows of a step that can be sent by now, and returns those that cannot. */
export async function deriveRows(
  step: Step,
  {emit, has}: Pick<Derivation, 'emit' | 'has'>,
  behind: Behind,
): Promise<readonly LeftOut[]> {
  const leftOut: LeftOut[] = [];
  const leaveOut = (row: LeftOut) => leftOut.push(row);
  const parents = new Map<string, ParentIndex>();
  for (const [name, by] of Object.entries(step.join)) parents.set(name, await indexOf(name, by, behind));
  const derivation = openDerivation(step, parents, {emit, leaveOut, has});
  if ('step' in step.input) await takeStep(step.input.step, behind, derivation.take, leaveOut);
  else for await (const row of rowsOfFile(fileOf(step, behind.jobFile), step.input.delimiter)) derivation.take(row);
  derivation.end();
  return leftOut;
}

/** The rows of a step by some of their columns, for a step that joins them. */
async function indexOf(name: string, by: readonly string[], {job, rowsOf}: Behind): Promise<ParentIndex> {
  const {capture} = job.steps.find((step) => step.name === name)!;
  const index = new ParentIndex(by, Object.keys(capture));
  for await (const {row, values, state, captured} of rowsOf(name)) index.add(values, {row, state, captured});
  return index;
}

const ENDED: Partial<Record<StepRow['state'], string>> = {failed: 'failed', skipped: 'was skipped'};

async function takeStep(
  name: string,
  {rowsOf}: Behind,
  take: (row: SourceRow) => void,
  leaveOut: (row: LeftOut) => void,
): Promise<void> {
  for await (const {row, values, state, captured} of rowsOf(name)) {
    if (state === 'ok') {
      take({row, values: {...values, ...captured}});
      continue;
    }
    const how = ENDED[state] ?? (state === 'in-doubt' ? 'is in doubt' : 'is not done yet');
    leaveOut({row, values, state: ENDED[state] ? 'skipped' : 'waiting', why: `row ${row} of ${name} ${how}`});
  }
}
