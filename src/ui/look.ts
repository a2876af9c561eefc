import {readdir} from 'node:fs/promises';
import {wallNow} from '../clock.js';
import {holdsRun} from '../journal/folder.js';
import {EXIT, Problem} from '../problem.js';
import {deriveFiles, readStand} from '../report/stand.js';
import type {Summary} from '../report/summary.js';
import {summaryLines} from './summary.js';
import {terminalOf} from './terminal.js';

/** The only run folder here, for the command that names none. Throws RUN_UNNAMED (2) when there are several, or none. */
export async function findRun(
  command: 'resume' | 'set' | 'pause' | 'go' | 'status' | 'results' | 'settle' | 'verify',
): Promise<string> {
  const names = (await readdir('.')).filter((name) => name.endsWith('.run')).sort();
  const runs: string[] = [];
  for (const name of names) if (await holdsRun(name)) runs.push(name);
  if (runs.length === 1) return runs[0]!;
  throw new Problem(
    'RUN_UNNAMED',
    runs.length === 0
      ? 'there is no run folder here'
      : `there are several run folders here: ${runs.slice(0, 10).join(', ')}`,
    runs.length === 0
      ? `Name one, such as sluice ${command} path/to/users.run; sluice run FILE makes one.`
      : `Name one: sluice ${command} ${runs[0]}`,
    {exit: EXIT.usage},
  );
}

/** Of a run that goes on with no more than this, the input is read too, for what is still to come. `plan RUN` reads any. */
const QUICK_ROWS = 100_000;
const QUICK_BYTES = 50_000_000;

/** `sluice status`: reads the journal and writes nothing. */
export async function showStatus(run: string | undefined, json: boolean): Promise<void> {
  const folder = run ?? (await findRun('status'));
  const {summary, running, manifest} = await readStand(folder);
  if (json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else {
    const {color} = terminalOf(process.stdout, process.env);
    const lines = summaryLines({summary, color, now: wallNow()});
    if (running && summary.rows <= QUICK_ROWS && manifest.input.bytes <= QUICK_BYTES) {
      const {outlookLines} = await import('./show-remains.js');
      lines.splice(-1, 0, ...(await outlookLines(folder)));
    }
    process.stdout.write(
      `${[`${wayOf(summary, folder)}${summary.exit === null ? '' : `, exit ${summary.exit}`}`, ...lines].join('\n')}\n`,
    );
  }
}

function wayOf({why, endedAt}: Summary, folder: string): string {
  const paused = why === 'paused' && endedAt === null;
  return paused ? `paused with sluice pause; go on with: sluice go ${folder}` : why;
}

/** `sluice results`: writes the derived files again and says where they are. */
export async function writeAgain(
  run: string | undefined,
  {format, json}: {readonly format: 'ndjson' | 'csv'; readonly json: boolean},
): Promise<void> {
  const {summary, files} = await deriveFiles(run ?? (await findRun('results')), format);
  if (json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else {
    const {color} = terminalOf(process.stderr, process.env);
    process.stderr.write(`${summaryLines({summary, files, color, now: wallNow()}).join('\n')}\n`);
  }
}
