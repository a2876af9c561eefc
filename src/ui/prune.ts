import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {wallNow} from '../clock.js';
import {holdsJob, jobFiles, readJobManifest} from '../jobs/folder.js';
import {parseJob} from '../jobs/parse.js';
import {checkRunFolder, holdsRun} from '../journal/folder.js';
import {acquireLock} from '../journal/lock.js';
import {Problem} from '../problem.js';
import {readStand} from '../report/stand.js';
import type {Summary} from '../report/summary.js';
import {count, plain} from './plain.js';

/** What `prune` found: the folders it removed, or would, and those it left, with why. */
export type Pruned = {
  readonly removed: readonly {readonly folder: string; readonly endedAt: string; readonly rows: number}[];
  readonly kept: readonly {readonly folder: string; readonly why: string}[];
};

/** `sluice prune`: removes the folders of finished runs and jobs in `place` that ended before so long. With `dry` it only says which. */
export async function prune(
  place: string,
  {olderMs, dry, json}: {readonly olderMs: number; readonly dry: boolean; readonly json: boolean},
): Promise<void> {
  const before = wallNow() - olderMs;
  const removed: Pruned['removed'][number][] = [];
  const kept: Pruned['kept'][number][] = [];
  const names = (await readdir(place, {withFileTypes: true}))
    .filter((each) => each.isDirectory())
    .map(({name}) => name);
  for (const name of names.sort()) {
    const folder = join(place, name);
    if (!holdsJob(folder) && !(await holdsRun(folder))) continue;
    try {
      const found = await removeIf(folder, before, dry);
      if ('why' in found) kept.push({folder, why: found.why});
      else removed.push({folder, ...found});
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      kept.push({folder, why: error.message});
    }
  }
  process.stdout.write(
    json
      ? `${JSON.stringify({removed, kept} satisfies Pruned, null, 2)}\n`
      : `${prunedLines({removed, kept}, dry).map(plain).join('\n')}\n`,
  );
}

type Finished = {readonly endedAt: string; readonly rows: number};

/** Nobody goes on with it meanwhile: whoever removes a folder has its lock. */
async function removeIf(folder: string, before: number, dry: boolean): Promise<Finished | {readonly why: string}> {
  await checkRunFolder(folder);
  const lock = await acquireLock(folder);
  try {
    const found = finishedOf(await summariesOf(folder), before);
    if (!('why' in found) && !dry) await rm(folder, {recursive: true});
    return found;
  } finally {
    await lock.release();
  }
}

async function summariesOf(folder: string): Promise<readonly (Summary | undefined)[]> {
  if (!holdsJob(folder)) return [(await readStand(folder)).summary];
  const {name, text} = readJobManifest(folder);
  const files = jobFiles(folder);
  const found: (Summary | undefined)[] = [];
  for (const step of parseJob(text, name).steps)
    found.push((await holdsRun(files.run(step.name))) ? (await readStand(files.run(step.name))).summary : undefined);
  return found;
}

/** Rows that are pending or in doubt are still somebody's work; what is not known to have ended may be going on. */
function finishedOf(summaries: readonly (Summary | undefined)[], before: number): Finished | {readonly why: string} {
  let rows = 0;
  let endedAt = '';
  for (const summary of summaries) {
    if (!summary) return {why: 'a step has not begun'};
    if (summary.pending > 0) return {why: `${count(summary.pending, 'row')} pending`};
    if (summary.inDoubt > 0) return {why: `${count(summary.inDoubt, 'row')} in doubt`};
    if (summary.endedAt === null) return {why: 'its last session did not end'};
    rows += summary.rows;
    if (summary.endedAt > endedAt) endedAt = summary.endedAt;
  }
  return Date.parse(endedAt) < before ? {endedAt, rows} : {why: `ended ${endedAt}`};
}

function prunedLines({removed, kept}: Pruned, dry: boolean): string[] {
  return [
    ...removed.map(
      ({folder, endedAt, rows}) =>
        `${dry ? 'would remove' : 'removed'} ${folder}: ${count(rows, 'row')}, ended ${endedAt}`,
    ),
    ...kept.map(({folder, why}) => `kept ${folder}: ${why}`),
    `${count(removed.length, 'folder')} ${dry ? 'to remove' : 'removed'}, ${kept.length} kept`,
  ];
}
