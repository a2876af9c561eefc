import {Chalk} from 'chalk';
import type {ResultFiles} from '../report/results.js';
import type {Summary} from '../report/summary.js';
import {causeLines} from './causes.js';
import {sayInstant} from './instant.js';
import {count, plain, sayNumber} from './plain.js';
import {sayDuration} from './words.js';

/** What the last lines of a run are made of. */
export type Told = {
  readonly summary: Summary;
  /** Absent where none were written. */
  readonly files?: ResultFiles | undefined;
  /** Why the run stopped early, as a sentence. */
  readonly message?: string | undefined;
  /** Which rows stay pending behind rows in doubt, as a sentence. */
  readonly kept?: string | undefined;
  /** When going on makes sense. */
  readonly resumeAt?: number | undefined;
  /** The profile can look for rows in doubt. */
  readonly probes?: boolean | undefined;
  readonly color: boolean;
  /** The wall clock. */
  readonly now: number;
};

/** The summary of a run for a person, line by line. The last one is the next command to type. */
export function summaryLines({summary, files, message, kept, resumeAt, probes, color, now}: Told): string[] {
  const chalk = new Chalk({level: color ? 1 : 0});
  const {rows, attempts, refusals, next} = summary;
  const refused = refusals > 0 ? `, ${sayNumber(refusals)} refused` : '';
  const named = [
    ['results', files?.results],
    ['failed', files?.failed],
    ['in doubt', files?.inDoubt],
    ['resent', files?.resent],
  ] as const;
  return [
    `${chalk.bold(count(rows, 'row'))}: ${states(summary, chalk)}`,
    `${count(attempts, 'attempt')}${pace(summary)}${refused}`,
    ...causeLines(files?.causes ?? []),
    ...(message === undefined ? [] : [chalk.yellow(`stopped: ${plain(message)}`)]),
    ...(resumeAt === undefined ? [] : [`going on makes sense from ${sayInstant(resumeAt, now)}`]),
    ...keptLines(summary, kept),
    ...named.flatMap(([name, path]) => (path === undefined ? [] : [`${name.padEnd(8)} ${plain(path)}`])),
    ...(summary.inDoubt > 0
      ? [
          `rows in doubt may have been executed: look at each before you send it again, and say what you found with sluice settle${
            probes ? '; sluice settle --probe looks by itself' : ''
          }`,
        ]
      : []),
    `next: ${chalk.bold(plain(next))}`,
  ];
}

/** Without a session that could name them, their number has to do. */
function keptLines({why, pending}: Summary, kept: string | undefined): string[] {
  if (kept !== undefined) return [plain(kept)];
  if (why !== 'in-doubt') return [];
  return [`${count(pending, 'row')} ${pending === 1 ? 'stays' : 'stay'} pending behind rows in doubt`];
}

/** `492 ok, 5 failed, 3 in doubt`: what is of no row is left out. */
export function states(
  {ok, failed, inDoubt, skipped, pending}: Pick<Summary, 'ok' | 'failed' | 'inDoubt' | 'skipped' | 'pending'>,
  chalk: InstanceType<typeof Chalk>,
): string {
  const parts = [
    [ok, 'ok', chalk.green],
    [failed, 'failed', chalk.red],
    [inDoubt, 'in doubt', chalk.yellow],
    [skipped, 'skipped', chalk.dim],
    [pending, 'pending', chalk.cyan],
  ] as const;
  const told = parts.filter(([number, word]) => number > 0 || word === 'ok');
  return told.map(([number, word, paint]) => paint(`${sayNumber(number)} ${word}`)).join(', ');
}

/** The time from the first session's beginning to the last one's end, idle time between sessions included. */
function pace({startedAt, endedAt}: Summary): string {
  if (startedAt === null || endedAt === null) return '';
  return ` in ${sayDuration(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)))}`;
}
