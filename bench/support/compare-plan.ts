import {readFileSync, writeFileSync} from 'node:fs';
import {constants, setPriority} from 'node:os';
import {join} from 'node:path';
import type {Plan} from '../../src/plan/plan.js';
import {type Happened, happened} from './happened.js';
import {hear} from './judge.js';
import {secondOfMinute} from './measure.js';
import type {PlanCase} from './plan-cases.js';
import {type Ended, type Provider, serve, sluice} from './sluice.js';

/** What was planned and what it came to, in seconds. */
export type Compared = {
  readonly requests: number;
  readonly planned: number;
  readonly low: number;
  readonly high: number;
  /** From the first request to the last answer; where windows end with the clock, from the instant that the plan counts from. */
  readonly real: number;
  /** The whole process, from its start to its exit. */
  readonly process: number;
  readonly latencyMs: number;
  /** By plan and by journal: limit and window. */
  readonly plannedBy: string;
  readonly heldBy: string;
  /** Whether both name the same. */
  readonly named: boolean;
  /** Nothing was refused, nothing was sent twice, and all was ok. */
  readonly clean: boolean;
};

/** A case whose provider is up. What it leaves behind is in `folder`. */
export type Opened = {
  readonly given: PlanCase;
  readonly folder: string;
  readonly provider: Provider;
  /** For `plan` and `run` alike. */
  readonly words: readonly string[];
  /** Undefined where it has to be made when the run begins. */
  readonly plan: Plan | undefined;
};

/** What a response takes: half before a request counts, half after. */
const LATENCY = '20-200';

/** Does all that can be done before the run, so that the start of a process disturbs no other run. */
export async function openCase(given: PlanCase, folder: string): Promise<Opened> {
  const file = join(folder, 'rows.csv');
  writeFileSync(file, `${given.csv()}\n`);
  const saved = join(folder, 'saved.yaml');
  const {provider: more = [], speed = 1} = given;
  const simulated = ['--latency', LATENCY, ...more, '--speed', String(speed), '--save-profile', saved];
  const provider = await serve(profileOf(given, folder), simulated, folder);
  const words = [file, '--profile', saved, '--base-url', provider.url, '--latency', LATENCY, '--json', ...given.words];
  if (given.edit) writeFileSync(saved, given.edit(readFileSync(saved, 'utf8')));
  const opened = {given, folder, provider, words, plan: undefined};
  return given.onTheClock ? opened : {...opened, plan: await planned(given, words, folder)};
}

/** Runs a case, and plans it at the same time if that is to be. Stops its provider. */
export async function comparePlan(opened: Opened): Promise<Compared> {
  const {given, folder, provider} = opened;
  try {
    if (given.beginAtSecond !== undefined) await secondOfMinute(given.beginAtSecond);
    const {run, plan} = await (given.resumedAfter === undefined
      ? runWhole(opened)
      : runRest(opened, given.resumedAfter));
    if (run.code !== 0) throw failed(given, 'run', run, folder);
    const {arrivals, refusals} = hear(provider.log);
    const real = happened(join(folder, 'rows.run'));
    const clean = refusals === 0 && arrivals === real.before + plan.requests;
    return {...compared(given, plan, real), process: run.seconds, clean};
  } finally {
    await provider.stop();
  }
}

type Ran = {readonly run: Ended; readonly plan: Plan};

async function runWhole(opened: Opened): Promise<Ran> {
  const running = sluice(['run', ...opened.words], opened.folder, 'run').ended;
  const [run, plan] = await Promise.all([running, opened.plan ?? planned(opened.given, opened.words, opened.folder)]);
  return {run, plan};
}

/** The plan first: a run that goes on has less left. */
async function runRest({given, folder, words}: Opened, after: string): Promise<Ran> {
  const begun = await sluice(['run', ...words, '--deadline', after], folder, 'begun').ended;
  if (begun.code !== 4) throw failed(given, 'run', begun, folder);
  const plan = await planned(given, ['rows.run', '--json'], folder);
  return {plan, run: await sluice(['resume', 'rows.run', '--json'], folder, 'run').ended};
}

async function planned(given: PlanCase, words: readonly string[], folder: string): Promise<Plan> {
  const {child, ended} = sluice(['plan', ...words], folder, 'plan');
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const plan = await ended;
  if (plan.code !== 0) throw failed(given, 'plan', plan, folder);
  return JSON.parse(plan.stdout);
}

function failed({name}: PlanCase, command: string, {code}: Ended, folder: string): Error {
  return new Error(`${name}: ${command} ended with ${code}; what it said is in ${folder}`);
}

function compared({onTheClock}: PlanCase, plan: Plan, real: Happened): Omit<Compared, 'process' | 'clean'> {
  const plannedFrom = Date.parse(plan.finishesAt) - plan.seconds * 1000;
  const [most] = plan.binding;
  const {heldBy} = real;
  return {
    requests: plan.requests,
    planned: plan.seconds,
    low: plan.secondsLow,
    high: plan.secondsHigh,
    real: (real.lastAt - (onTheClock ? plannedFrom : real.firstAt)) / 1000,
    latencyMs: real.latencyMs,
    plannedBy: most ? said(most.limit, most.window, most.share) : 'nothing',
    heldBy: heldBy ? said(heldBy.limit, heldBy.window, heldBy.part) : 'nothing',
    named: most?.limit === heldBy?.limit && most?.window === heldBy?.window,
  };
}

function said(limit: string, window: string, part: number): string {
  return `${limit}, ${window}: ${Math.round(part * 100)} %`;
}

/** A built-in profile's name, or where the case's own is put. */
function profileOf({profile}: PlanCase, folder: string): string {
  if (typeof profile === 'string') return profile;
  const own = join(folder, 'own.yaml');
  writeFileSync(own, profile.yaml);
  return own;
}
