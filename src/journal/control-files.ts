import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {errorCode, realDisk, unwritable, writeDurably} from './disk.js';
import type {Control} from './record.js';

/** `control-<ms of the wall clock>-<pid>.json`: sorts by time, and no two processes write the same one. */
const NAME = /^control-(\d{13,})-\d+\.json$/;
/** What else this leaves in a folder when somebody is killed: half a control, or an answer that nobody fetched. */
const LEFT = /^control-(\d{13,})-\d+\.(json\.tmp|answer|answer\.tmp)$/;
/** Whoever wrote a control waits for its answer for less than this, and takes it back. Older ones are of nobody any more. */
export const CONTROL_LASTS_MS = 10_000;
const MOST_BYTES = 65_536;

/** A control as it was found: what it says, or undefined where it cannot be understood. `stale`: nobody waits for its answer. */
export type FoundControl = {readonly name: string; readonly control: Control | undefined; readonly stale: boolean};

/** Puts a control into the folder of a run, whole, 0600. Returns its name. Throws JOURNAL_UNWRITABLE (74). */
export async function putControl(folder: string, control: Control, wallNow: number): Promise<string> {
  const name = `control-${Math.round(wallNow)}-${process.pid}.json`;
  try {
    await writeDurably(join(folder, name), `${JSON.stringify(control)}\n`);
  } catch (error) {
    throw await unwritable(realDisk, join(folder, name), error);
  }
  return name;
}

/** Takes a control away: the run has carried it out, or whoever wrote it waits no longer. Says whether it was still there. */
export async function removeControl(folder: string, name: string): Promise<boolean> {
  try {
    await rm(join(folder, name));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** The controls that lie in a folder, oldest first. What was left behind beside them is removed. */
export async function findControls(folder: string, wallNow: number): Promise<FoundControl[]> {
  const found: FoundControl[] = [];
  for (const name of (await readdir(folder)).filter((each) => each.startsWith('control-')).sort()) {
    const at = Number(NAME.exec(name)?.[1] ?? LEFT.exec(name)?.[1]);
    const stale = Math.abs(wallNow - at) > CONTROL_LASTS_MS;
    if (NAME.test(name)) found.push({name, control: await readControl(join(folder, name)), stale});
    else if (LEFT.test(name) && stale) await rm(join(folder, name), {force: true});
  }
  return found;
}

/** Answers the control of this name; whoever wrote it fetches the answer. */
export async function putAnswer(folder: string, name: string, answer: object): Promise<void> {
  await writeDurably(join(folder, answerName(name)), JSON.stringify(answer));
}

/** The answer to the control of this name, if it is there; it is taken away. */
export async function fetchAnswer(folder: string, name: string): Promise<unknown> {
  const path = join(folder, answerName(name));
  try {
    const answer: unknown = JSON.parse(await readFile(path, 'utf8'));
    await rm(path, {force: true});
    return answer;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function answerName(name: string): string {
  return name.replace(/\.json$/, '.answer');
}

async function readControl(path: string): Promise<Control | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const value: unknown = text.length > MOST_BYTES ? undefined : JSON.parse(text);
    return isControl(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const MEMBERS = new Map<string, (value: unknown) => boolean>(
  Object.entries({
    share: (value) => isPositive(value) && value <= 1,
    concurrency: (value) => isPositive(value) && Number.isSafeInteger(value),
    limits: (value) => Array.isArray(value) && value.every(isLimit),
    pace: (value) => value === 'even' || value === 'burst',
    paused: (value) => typeof value === 'boolean',
  } satisfies Record<keyof Control, (value: unknown) => boolean>),
);

function isControl(value: unknown): value is Control {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length > 0 && entries.every(([name, each]) => MEMBERS.get(name)?.(each) ?? false);
}

function isLimit(value: unknown): boolean {
  const {name, requests, seconds} = (value ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && isPositive(requests) && Number.isSafeInteger(requests) && isPositive(seconds);
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
