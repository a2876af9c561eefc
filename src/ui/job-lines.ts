import {Chalk} from 'chalk';
import {jobFiles} from '../jobs/folder.js';
import type {JobPlan} from '../jobs/plan-job.js';
import type {JobEnded} from '../jobs/run-job.js';
import type {StepTally} from '../jobs/stand.js';
import {sayInstant} from './instant.js';
import {count, plain, sayNumber} from './plain.js';
import {sayDuration} from './words.js';

type Look = {readonly color: boolean; readonly now: number};

/** How a job ended, for a person: a line for each step, and last the next command to type. */
export function jobLines({steps, stop, next}: JobEnded, {folder, color, now}: Look & {folder: string}): string[] {
  const chalk = new Chalk({level: color ? 1 : 0});
  const files = jobFiles(folder);
  const width = Math.max(0, ...steps.map(({step}) => step.length));
  return [
    ...steps.map((each) => `${chalk.bold(each.step.padEnd(width))}  ${states(each, chalk)}`),
    ...(stop?.ending.stop ? [chalk.yellow(`stopped in ${stop.step}: ${plain(stop.ending.stop.message)}`)] : []),
    ...(stop?.ending.stop?.resumeAt === undefined
      ? []
      : [`going on makes sense from ${sayInstant(stop.ending.stop.resumeAt, now)}`]),
    `what became of each row: ${plain(files.rows(steps.length === 1 ? steps[0]!.step : 'STEP'))}`,
    ...doubtLines(steps, files),
    `next: ${chalk.bold(plain(next))}`,
  ];
}

function doubtLines(steps: readonly StepTally[], files: ReturnType<typeof jobFiles>): string[] {
  return steps
    .filter(({inDoubt}) => inDoubt > 0)
    .map(
      ({step}) =>
        `rows in doubt may have been executed: look at them, then type sluice settle ${plain(files.run(step))}`,
    );
}

function states(tally: StepTally, chalk: InstanceType<typeof Chalk>): string {
  const parts = [
    [tally.ok, 'ok', chalk.green],
    [tally.failed, 'failed', chalk.red],
    [tally.inDoubt, 'in doubt', chalk.yellow],
    [tally.skipped, 'skipped', chalk.dim],
    [tally.waiting, 'waiting', chalk.cyan],
    [tally.pending, 'pending', chalk.cyan],
  ] as const;
  const told = parts.filter(([number, word]) => number > 0 || word === 'ok');
  const sent = tally.rows - tally.waiting - tally.skipped;
  const folded = tally.requests > 0 && tally.requests < sent ? `, in ${count(tally.requests, 'request')}` : '';
  return `${count(tally.rows, 'row')}: ${told.map(([number, word, paint]) => paint(`${sayNumber(number)} ${word}`)).join(', ')}${folded}`;
}

/** The plan of a job for a person: a line for each step, and last the next command to type. */
export function jobPlanLines(
  {steps, seconds, finishesAt, exit}: JobPlan,
  {file, color, now, zone}: Look & {readonly file: string; readonly zone: string},
): string[] {
  const chalk = new Chalk({level: color ? 1 : 0});
  const width = Math.max(0, ...steps.map(({step}) => step.length));
  return [
    ...steps.flatMap(({step, rows, requests, seconds: time, unbatchedSeconds, invalid, problems}) => [
      `${chalk.bold(step.padEnd(width))}  ${count(rows, 'row')} ${rows === 1 ? 'becomes' : 'become'} ${count(requests, 'request')}: ${chalk.bold(sayDuration(time * 1000))}${
        unbatchedSeconds === null ? '' : ` (one by one: ${sayDuration(unbatchedSeconds * 1000)})`
      }${invalid > 0 ? `, ${chalk.red(`${sayNumber(invalid)} cannot be sent`)}` : ''}`,
      ...problems.map((problem) => `  ${plain(problem)}`),
    ]),
    `in all ${chalk.bold(sayDuration(seconds * 1000))}; begun now, the job is done about ${sayInstant(Date.parse(finishesAt), now)} ${zone} (${finishesAt})`,
    `next: ${chalk.bold(exit === 0 ? `sluice run ${plain(file)}` : `correct what is told above, then: sluice plan ${plain(file)}`)}`,
  ];
}
