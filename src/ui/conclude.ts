import {wallNow} from '../clock.js';
import {deriveFiles} from '../report/stand.js';
import type {Stop} from '../run/stop.js';
import {summaryLines} from './summary.js';
import {terminalOf} from './terminal.js';

/** The end of a run for whoever waits for it: derived files on the disk, the summary on standard error or, as JSON, on standard output. */
export async function conclude(
  folder: string,
  {stop, json}: {readonly stop: Stop | undefined; readonly json: boolean},
): Promise<void> {
  const {summary, files} = await deriveFiles(folder, 'ndjson');
  const {color} = terminalOf(process.stderr, process.env);
  const lines = summaryLines({summary, files, message: stop?.message, resumeAt: stop?.resumeAt, color, now: wallNow()});
  if (json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  process.stderr.write(`${lines.join('\n')}\n`);
}
