// Kills a job of four steps five times and asks the provider at the end: node --import tsx bench/job.ts [--file CITIES.csv] [--speed 20]
// The file has the columns of fixtures/world-cities-2000.csv: name, country, subcountry, geonameid.
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {readRows} from '../src/operations/read.js';
import {isBadRow} from '../src/operations/records.js';
import {openInput} from '../src/operations/source.js';
import {type Ended, serve, sluice} from './support/sluice.js';

const STEPS = ['users', 'communities', 'channels', 'members'] as const;
const BATCH = 100;
/** Sessions are registered with it. */
const KEYS = {AMITY_API_KEY: 'amity-key'};
const text = (value: string) => ({type: 'string', default: value}) as const;
const {values: words} = parseArgs({options: {file: text('fixtures/world-cities-2000.csv'), speed: text('20')}});

type Values = Readonly<Record<string, unknown>>;
type Counts = {readonly there: number; readonly made: number; readonly again: number; readonly refused: number};
type Stage = {readonly folder: string; readonly url: string; readonly log: string};

const folder = mkdtempSync(join(tmpdir(), 'sluice-job-'));
const members = await membersByCountry(resolve(words.file));
const rows = [...members.values()].reduce((sum, count) => sum + count, 0);
const job = readFileSync('fixtures/jobs/cities.yaml', 'utf8').replaceAll(
  '../world-cities-2000.csv',
  resolve(words.file),
);
writeFileSync(join(folder, 'job.yaml'), job);
const simulated = ['--state', '--speed', words.speed, '--latency', '20-80', '--save-profile', 'provider.yaml'];
const provider = await serve('amity:network', simulated, folder);
let faults: string[];
try {
  while (!existsSync(join(folder, 'provider.yaml'))) await sleep(50);
  const stage = {folder, url: provider.url, log: provider.log};
  const begunAt = performance.now();
  const kills = await killFiveTimes(stage);
  const {last, settled} = await goOnToTheEnd(stage);
  const seconds = (performance.now() - begunAt) / 1000;
  const account = await ask<Record<string, Counts>>(stage, '');
  faults = verdict(kills, last, account);
  console.log(
    '| rows | countries | kills | seconds | settled by looking | users | communities | channels | members | |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  const there = ['users', 'communities', 'channels', 'communityMembers'].map((kind) => account[kind]!.there);
  const cells = [rows, members.size, kills, seconds.toFixed(1), settled, ...there];
  console.log(`| ${cells.join(' | ')} | ${faults.length === 0 ? 'PASS' : `FAIL: ${faults.join(', ')}`} |`);
} finally {
  await provider.stop();
}
if (faults.length === 0) rmSync(folder, {recursive: true});
else console.error(`what it left behind is in ${folder}`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** Twice among the users, then in each of the other steps. */
async function killFiveTimes({folder: place, log}: Stage): Promise<number> {
  const countries = members.size;
  const goals = [rows / 3, (3 * rows) / 4, rows + countries / 2, rows + 1.5 * countries, rows + 2 * countries + 3];
  for (const goal of goals) {
    const {child, ended} = sluice(['run', 'job.yaml', '--or-resume', '--quiet'], place, 'run', KEYS);
    let over = false;
    void ended.then(() => {
      over = true;
    });
    while (!over && linesOf(log).length < goal) await sleep(50);
    child.kill('SIGKILL');
    await ended;
  }
  return goals.length;
}

/** Goes on, and does what a person would with what is in doubt: lets probes look, and looks where there are none. */
async function goOnToTheEnd(stage: Stage): Promise<{last: Ended; settled: number}> {
  let settled = 0;
  for (;;) {
    const last = await type(stage, 'resume', 'job.run', '--quiet');
    if (last.code !== 3) return {last, settled};
    settled += await settleByLooking(stage);
  }
}

async function settleByLooking(stage: Stage): Promise<number> {
  const list = async (kind: string) => (await ask<{there: Record<string, string>[]}>(stage, `?kind=${kind}`)).there;
  const communities = new Map((await list('communities')).map((each) => [each.displayName, each.communityId]));
  const joined = new Set((await list('communityMembers')).map(({communityId, userId}) => `${communityId} ${userId}`));
  const isThere: Partial<Record<string, (row: Values) => boolean>> = {
    communities: ({country}) => communities.has(country as string),
    members: ({communityId, rows: all}) =>
      (all as readonly Values[]).every(({geonameid}) => joined.has(`${communityId} city-${geonameid}`)),
  };
  let settled = 0;
  for (const step of STEPS) {
    const run = join('job.run/steps', `${step}.run`);
    await type(stage, 'settle', run, '--probe');
    for (const values of await inDoubt(join(stage.folder, run))) {
      const found = isThere[step]?.(values) ?? false;
      const captured =
        found && step === 'communities' ? [`communityId=${communities.get(String(values.country))}`] : [];
      const more = captured.flatMap((each) => ['--captured', each]);
      const {code} = await type(
        stage,
        'settle',
        run,
        '--row',
        String(values._row),
        '--as',
        found ? 'ok' : 'retry',
        ...more,
      );
      if (code !== 0) throw new Error(`settle of row ${values._row} of ${step} ended with ${code}`);
      settled += 1;
    }
  }
  return settled;
}

async function inDoubt(run: string): Promise<Values[]> {
  const path = ['csv', 'ndjson'].map((format) => join(run, `in-doubt.${format}`)).find(existsSync);
  return path === undefined ? [] : valuesOf(path);
}

async function valuesOf(path: string): Promise<Values[]> {
  const found: Values[] = [];
  for await (const row of readRows(await openInput(path))) {
    if (isBadRow(row)) throw row.problem;
    found.push(row.values);
  }
  return found;
}

async function membersByCountry(path: string): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const {country} of await valuesOf(path)) found.set(country as string, (found.get(country as string) ?? 0) + 1);
  return found;
}

function verdict(kills: number, last: Ended, account: Readonly<Record<string, Counts>>): string[] {
  const expected = {users: rows, communities: members.size, channels: members.size, communityMembers: rows};
  const batches = [...members.values()].reduce((sum, count) => sum + Math.ceil(count / BATCH), 0);
  const sent = linesOf(join(folder, 'job.run/steps/members.ndjson')).length;
  return [
    ...(last.code === 0 ? [] : [`exit ${last.code}, expected 0`]),
    ...(kills === 5 ? [] : [`${kills} kills`]),
    ...(sent === batches ? [] : [`${sent} batches, expected ${batches}`]),
    ...Object.entries(expected).flatMap(([kind, count]) => {
      const {there, made, again} = account[kind]!;
      // What may be sent again makes nothing twice; a community or a channel would be another one.
      const twice = kind === 'communities' || kind === 'channels' ? again : 0;
      return there === count && made === count && twice === 0
        ? []
        : [`${kind}: ${there} there, ${made} made, ${again} again, expected ${count}`];
    }),
  ];
}

function type({folder: place}: Stage, ...typed: string[]): Promise<Ended> {
  return sluice(typed, place, 'typed', KEYS).ended;
}

async function ask<T>({url}: Stage, query: string): Promise<T> {
  return (await (await fetch(`${url}/__sluice/state${query}`)).json()) as T;
}

function linesOf(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}
