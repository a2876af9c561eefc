import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Case} from './cases.js';
import {type Judgement, judge} from './judge.js';
import {leastOfAll} from './least.js';
import {type Provider, serve, sluice} from './sluice.js';

/** What one case took and what came of it. `seconds` is the whole process, from its start to its exit. */
export type Measured = Judgement & {
  readonly least: number;
  readonly seconds: number;
  /** From the first to the last arrival. */
  readonly sending: number;
  readonly ratio: number;
  readonly code: number | null;
  /** How old the minute was when the process began. */
  readonly second: number;
  readonly passed: boolean;
};

/** Runs one case in `folder`, which is left as it is: the run folder, the provider's log and what both said. */
export async function measure(given: Case, folder: string): Promise<Measured> {
  const file = join(folder, 'rows.csv');
  writeFileSync(file, `${given.csv()}\n`);
  const {provider, profile} = await open(given, folder);
  try {
    if (given.beginAtSecond !== undefined) await secondOfMinute(given.beginAtSecond);
    const beginsAt = Date.now();
    const words = ['run', file, '--profile', profile, '--base-url', provider.url, '--json', ...given.run];
    const {code, seconds} = await sluice(words, folder, 'run').ended;
    const judgement = judge(given.rows, provider.log, join(folder, 'rows.run'));
    const least = leastOfAll(given.loads(judgement.arrivals), beginsAt);
    const ratio = seconds / least;
    const passed = code === 0 && judgement.refusals + judgement.lost + judgement.twice === 0 && ratio <= given.bound;
    const sending = (judgement.lastAt - judgement.firstAt) / 1000;
    return {...judgement, least, seconds, sending, ratio, code, second: (beginsAt / 1000) % 60, passed};
  } finally {
    await provider.stop();
  }
}

/** Both sides of a case: the provider, and the profile that the run is given. */
async function open(given: Case, folder: string): Promise<{provider: Provider; profile: string}> {
  const {profile, speed = 1, edit} = given;
  const words = ['--latency', '20-200', ...given.provider];
  if (speed === 1 && !edit) return {provider: await serve(profile, words, folder), profile};
  const saved = join(folder, 'profile.yaml');
  const fast = await serve(profile, [...words, '--speed', String(speed), '--save-profile', saved], folder);
  if (!edit) return {provider: fast, profile: saved};
  await fast.stop();
  const before = readFileSync(saved, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`${given.name}: nothing to edit in ${saved}`);
  writeFileSync(saved, after);
  return {provider: await serve(saved, words, folder), profile: saved};
}

/** Resolves when the minute is so many seconds old. */
export async function secondOfMinute(second: number): Promise<void> {
  const ageMs = Date.now() % 60_000;
  await sleep((second * 1000 - ageMs + 60_000) % 60_000);
}
