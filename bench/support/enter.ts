import {spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {type Contest, csvOf, type Tool} from './contests.js';
import {hear, ndjson} from './judge.js';
import {footprint} from './memory.js';
import {PROGRAM, serve} from './sluice.js';

/** Milliseconds of an answer: half of them pass before the request counts. */
const LATENCY = '20-200';
/** Whoever has not ended by then is ended, and what is missing counts as lost. */
const MAX_SECONDS = '240';
const ENDED = 124;

/** What came of one tool. */
export type Entered = {
  /** The least for the rows that got through, from the first arrival on. */
  readonly least: number;
  /** From the first to the last arrival. */
  readonly sending: number;
  /** The whole process. */
  readonly seconds: number;
  /** Least to sending: the throughput as a part of what nobody can beat. */
  readonly part: number;
  /** The part that sluice has to reach with the mean round trip that it had; undefined for others, and where what is said is not true. */
  readonly bound: Bound | undefined;
  readonly refusals: number;
  /** Rows that were never executed, and rows that were more than once. */
  readonly lost: number;
  readonly twice: number;
  /** Of the processor, for each row. */
  readonly cpuMs: number | undefined;
  readonly peakMb: number;
  readonly code: number | null;
};

export type Bound = {readonly part: number; readonly roundTripMs: number};

/** What is not installed on this machine, of what a tool needs. */
export function missing(tool: Tool): readonly string[] {
  if (tool !== 'parallel') return [];
  return ['parallel', 'curl'].filter((program) => spawnSync(program, ['--version']).status !== 0);
}

/** Lets one tool send the rows of a contest, in `folder`, to a server of its own: nobody inherits a window. */
export async function enter(contest: Contest, tool: Tool, words: string, folder: string): Promise<Entered> {
  mkdirSync(folder, {recursive: true});
  const place = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const file = place('rows.csv', `${csvOf(contest.rows)}\n`);
  const served = ['--latency', LATENCY, '--seed', '1', '--scope', 'user=header:x-user'];
  const provider = await serve(place('provider.yaml', contest.provider), served, folder);
  try {
    await windowIs(contest.beginAt);
    const command = commandOf(tool, {
      words,
      ...contest,
      file,
      url: provider.url,
      told: place('told.yaml', contest.told),
    });
    const {cpuSeconds, ...took} = await footprint(['timeout', MAX_SECONDS, ...command], folder);
    const {firstAt, lastAt, refusals, executions} = hear(provider.log);
    const rows = Array.from({length: contest.rows}, (_, index) => index + 1);
    const through = rows.filter((row) => executions.has(String(row)));
    const least = contest.least(through, firstAt, 0);
    const sending = (lastAt - firstAt) / 1000;
    place('said', took.said);
    return {
      ...took,
      ...{
        least,
        sending,
        part: least / sending,
        bound: boundOf(contest, through, firstAt, join(folder, 'rows.run')),
        refusals,
      },
      lost: rows.length - through.length,
      twice: [...executions.values()].filter((times) => times > 1).length,
      // Of somebody who was ended, `time` knows nothing.
      cpuMs: cpuSeconds === undefined || took.code === ENDED ? undefined : (cpuSeconds * 1000) / contest.rows,
    };
  } finally {
    await provider.stop();
  }
}

type Given = Pick<Contest, 'told' | 'scope'> & {readonly words: string; readonly file: string; readonly url: string};

function commandOf(tool: Tool, {words, file, url, told, scope = []}: Given): string[] {
  const rival = (name: string) => fileURLToPath(new URL(`../rivals/${name}`, import.meta.url));
  switch (tool) {
    case 'sluice': {
      const asked = ['run', file, '--profile', told, '--base-url', url, ...scope, '--yes', '--json'];
      asked.push('--header', 'x-user: {{ user }}', '--header', 'x-row: {{ n }}');
      asked.push('--request', 'POST /communities', '--body', '{"displayName":"{{ name }}"}');
      return [process.execPath, PROGRAM, ...asked];
    }
    case 'parallel':
      return [rival('parallel.sh'), file, url, words];
    case 'bottleneck':
    case 'p-queue':
    case 'p-throttle':
      return [process.execPath, rival(`${tool}.mjs`), file, url, words];
  }
}

/** From the round trips in the run folder of sluice: from taking the slots to the answer. */
function boundOf(
  {honest, least, kept}: Contest,
  rows: readonly number[],
  beginsAt: number,
  runFolder: string,
): Bound | undefined {
  const results = ndjson<{ms: number | null}>(join(runFolder, 'results.ndjson'));
  const times = results.flatMap(({ms}) => ms ?? []);
  if (!honest || times.length === 0) return undefined;
  const roundTripMs = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const slow = least(rows, beginsAt, roundTripMs / 1000) / kept;
  return {part: least(rows, beginsAt, 0) / slow, roundTripMs};
}

async function windowIs(begin: Contest['beginAt']): Promise<void> {
  if (!begin) return;
  const windowMs = begin.windowSeconds * 1000;
  await sleep((begin.second * 1000 - (Date.now() % windowMs) + windowMs) % windowMs);
}
