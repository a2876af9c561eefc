import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Interfaces} from '@oclif/core';
import {wallNow} from '../clock.js';
import {holdsJob, jobFiles} from '../jobs/folder.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';
import {readRemains} from '../run/remains.js';
import {Picture} from '../schedule/picture.js';
import {sessionFrom} from './ask.js';
import {type askFlags, paceFlags, sessionFlags} from './flags.js';
import {localZone} from './instant.js';
import {plain} from './plain.js';
import {planLines} from './plan.js';
import {restFlags} from './plan-flags.js';
import {begunWords, latencyOf, nextOf, planRest, standLines} from './remains.js';
import {canvasOf, sparkLines} from './sparkline.js';
import {terminalOf} from './terminal.js';
import {sayEnd} from './view.js';
import {parseLatency} from './words.js';

type Words = Interfaces.InferredFlags<typeof paceFlags & typeof sessionFlags & typeof restFlags> &
  Pick<Interfaces.InferredFlags<typeof askFlags>, 'credential' | 'env-file' | 'rows' | 'json' | 'latency'>;

/**
 * `sluice plan RUN`: what remains of a run and how long it takes, as `sluice resume` with the same words would find it. `typed` are the flags that were
 * typed, `words` all that stands behind the command. Throws PLAN_WORD_UNWANTED (2) for what a run has said itself.
 */
export async function showRemains(
  folder: string,
  flags: Words,
  {typed, words}: {readonly typed: readonly string[]; readonly words: readonly string[]},
): Promise<ExitCode> {
  refuseUnwanted(folder, typed);
  if (holdsJob(folder)) throw ofJob(folder);
  const say = (line: string) => void process.stderr.write(`${plain(line)}\n`);
  const session = {
    ...sessionFrom(folder, flags),
    retryFailed: flags['retry-failed'],
    acceptCredential: false,
    input: flags.input,
  };
  const world = {env: process.env, tool: '', watcher: {show: () => {}, say}};
  const remains = await readRemains(session, world);
  const supposed = parseLatency(flags.latency);
  const said = typed.includes('latency') ? supposed : undefined;
  const assumed = latencyOf(remains, {said, supposed});
  const picture = remains.rest && new Picture(remains.rest.intake.lanes);
  const plan = planRest(remains, assumed, picture);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
    return EXIT.ok;
  }
  const {color} = terminalOf(process.stdout, process.env);
  const stands = {lines: standLines(remains, plan, color), begun: begunWords(remains.state)};
  const drawn = picture?.drawn(plan.seconds * 1000);
  const chart = drawn ? sparkLines(drawn, plan.seconds * 1000, canvasOf(process.stdout, process.env)) : [];
  const next = nextOf(remains, folder, words);
  const lines = remains.rest
    ? planLines(plan, {
        groups: [],
        counted: false,
        stands,
        assumed,
        chart,
        color,
        now: wallNow(),
        zone: localZone(),
        next,
      })
    : [...stands.lines, 'nothing remains to be sent', `next: ${plain(next)}`];
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

const OF_RUNS = new Set([
  ...Object.keys({...paceFlags, ...sessionFlags, ...restFlags}),
  ...['credential', 'env-file', 'rows', 'json', 'latency'],
]);

/** A run knows what it sends, and to whom; what is said of that besides would not hold. */
function refuseUnwanted(folder: string, typed: readonly string[]): void {
  const unwanted = typed.filter((name) => !OF_RUNS.has(name));
  if (unwanted.length === 0) return;
  throw new Problem(
    'PLAN_WORD_UNWANTED',
    `--${unwanted[0]} is given, and ${folder} is a run: of that a plan takes the flags of resume, and --latency`,
    `Leave it out: sluice plan ${folder}; or plan a file.`,
    {exit: EXIT.usage},
  );
}

/** Steps begin with what came of others, so the rest of a job cannot be played; that of a step can. */
function ofJob(folder: string): Problem {
  const {steps} = jobFiles(folder);
  const [step] = existsSync(steps) ? readdirSync(steps).filter((name) => name.endsWith('.run')) : [];
  const ways = [
    ...(step === undefined ? [] : [`plan one of its steps: sluice plan ${join(steps, step)}`]),
    `see how it stands: sluice status ${folder}`,
  ];
  return new Problem(
    'PLAN_OF_JOB',
    `${folder} is a job of several steps, expected a run`,
    `${ways.join('; or ').replace(/^./, (first) => first.toUpperCase())}`,
    {exit: EXIT.usage},
  );
}

/** What a run that goes on waits for, and when it will be done, from what remains of it; nothing where that cannot be read. */
export async function outlookLines(folder: string): Promise<string[]> {
  const words = defaultsOf({...paceFlags, ...sessionFlags, ...restFlags});
  const session = {...sessionFrom(folder, words), retryFailed: false, acceptCredential: false};
  const world = {env: process.env, tool: '', watcher: {show: () => {}, say: () => {}}};
  const remains = await readRemains(session, world).catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });
  if (!remains?.rest || remains.state !== 'running') return [];
  const plan = planRest(remains, latencyOf(remains, {said: undefined, supposed: parseLatency('100ms')}));
  const {waits} = remains.rest;
  return [...(waits === undefined ? [] : [plain(waits)]), sayEnd(Date.parse(plan.finishesAt), wallNow())];
}

/** The words of flags of which none was typed. */
function defaultsOf(flags: typeof paceFlags & typeof sessionFlags & typeof restFlags) {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, (flag as {default?: unknown}).default]),
  ) as unknown as Interfaces.InferredFlags<typeof flags>;
}
