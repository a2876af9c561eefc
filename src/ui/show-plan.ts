import type {Interfaces} from '@oclif/core';
import {now, wallNow} from '../clock.js';
import {planOrder} from '../plan/prepare.js';
import type {ExitCode} from '../problem.js';
import {shellWord} from '../report/summary.js';
import {orderFrom, overridesFrom} from './ask.js';
import type {askFlags, paceFlags, sessionFlags} from './flags.js';
import {localZone} from './instant.js';
import {plain} from './plain.js';
import {planLines} from './plan.js';
import {terminalOf} from './terminal.js';
import {parseLatency, parseRows} from './words.js';

/** `sluice plan FILE` and `sluice run FILE --dry-run`, `words` being what was typed behind the command. Returns the exit code: 65 when a row cannot be sent. */
export async function showPlan(
  file: string,
  flags: Interfaces.InferredFlags<typeof askFlags & typeof paceFlags & Pick<typeof sessionFlags, 'on-key-failure'>>,
  words: readonly string[],
): Promise<ExitCode> {
  const {plan, bad, notes, exit} = await planOrder(orderFrom(file, flags), {
    overrides: overridesFrom(flags),
    credential: flags.credential,
    envFile: flags['env-file'],
    env: process.env,
    rows: flags.rows === undefined ? undefined : parseRows(flags.rows),
    stopKeys: flags['on-key-failure'] === 'stop',
    latency: parseLatency(flags.latency),
    startAt: now(),
  });
  for (const note of notes) process.stderr.write(`${plain(note)}\n`);
  if (flags.json) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
  else {
    const {color} = terminalOf(process.stdout, process.env);
    const run = ['sluice', 'run', ...words.filter((word) => word !== '--dry-run')].map(shellWord).join(' ');
    const next = exit === 0 ? run : `correct ${file}, or add --skip-invalid`;
    process.stdout.write(
      `${planLines(plan, {problems: bad.problems, color, now: wallNow(), zone: localZone(), next}).join('\n')}\n`,
    );
  }
  return exit;
}
