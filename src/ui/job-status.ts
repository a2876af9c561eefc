import {Chalk} from 'chalk';
import {jobFiles, readJobManifest} from '../jobs/folder.js';
import {parseJob} from '../jobs/parse.js';
import {holdsRun} from '../journal/folder.js';
import {EXIT, type ExitCode} from '../problem.js';
import {readStand} from '../report/stand.js';
import {type Summary, shellWord} from '../report/summary.js';
import {count, plain, sayNumber} from './plain.js';
import {terminalOf} from './terminal.js';
import {showProof} from './verify.js';

/** What `status JOB --json` prints: how the run of each step stands; null for a step that has not begun. */
export type JobStatus = {
  readonly steps: readonly {readonly step: string; readonly run: Summary | null}[];
  readonly next: string;
};

/** `sluice status` with the folder of a job: reads the journals of its steps, also while it goes on, and writes nothing. */
export async function showJobStatus(folder: string, json: boolean): Promise<void> {
  const status = await readJobStatus(folder);
  const {color} = terminalOf(process.stdout, process.env);
  process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : `${statusLines(status, color).join('\n')}\n`);
}

/** How each step of a job stands. */
export async function readJobStatus(folder: string): Promise<JobStatus> {
  const {name, text} = readJobManifest(folder);
  const files = jobFiles(folder);
  const steps: {step: string; run: Summary | null}[] = [];
  for (const {name: step} of parseJob(text, name).steps)
    steps.push({step, run: (await holdsRun(files.run(step))) ? (await readStand(files.run(step))).summary : null});
  const runs = steps.map(({run}) => run);
  const running = runs.some((run) => run?.why === 'running' || run?.why === 'paused');
  const settled = runs.every((run) => run && run.pending + run.inDoubt + run.failed === 0);
  return {steps, next: `sluice ${running ? 'status' : settled ? 'verify' : 'resume'} ${shellWord(folder)}`};
}

function statusLines({steps, next}: JobStatus, color: boolean): string[] {
  const chalk = new Chalk({level: color ? 1 : 0});
  const width = Math.max(0, ...steps.map(({step}) => step.length));
  return [
    ...steps.map(({step, run}) => `${chalk.bold(step.padEnd(width))}  ${run ? stateOf(run) : 'has not begun'}`),
    `next: ${chalk.bold(plain(next))}`,
  ];
}

function stateOf({rows, ok, failed, inDoubt, skipped, pending, why}: Summary): string {
  const counted = [
    [ok, 'ok'],
    [failed, 'failed'],
    [inDoubt, 'in doubt'],
    [skipped, 'skipped'],
    [pending, 'pending'],
  ] as const;
  const told = counted
    .filter(([number, word]) => number > 0 || word === 'ok')
    .map(([number, word]) => `${sayNumber(number)} ${word}`);
  return `${count(rows, 'request')}: ${told.join(', ')} (${why})`;
}

/** `sluice verify` with the folder of a job: the proof of each step that has begun. Returns the exit code: 65 where one does not hold. */
export async function proveJob(folder: string, json: boolean): Promise<ExitCode> {
  const {name, text} = readJobManifest(folder);
  const files = jobFiles(folder);
  let exit: ExitCode = EXIT.ok;
  for (const {name: step} of parseJob(text, name).steps) {
    if (!(await holdsRun(files.run(step)))) continue;
    if (!json) process.stdout.write(`step ${step}\n`);
    const proved = await showProof(files.run(step), json);
    if (proved !== EXIT.ok) exit = proved;
  }
  return exit;
}
