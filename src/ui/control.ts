import type {Interfaces} from '@oclif/core';
import {now, sleepUntil, wallNow} from '../clock.js';
import {fetchAnswer, putControl, removeControl} from '../journal/control-files.js';
import {checkRunFolder, readManifest} from '../journal/folder.js';
import {findHolder} from '../journal/lock.js';
import type {Control} from '../journal/record.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';
import {applyLimits, type LimitFlag} from '../profiles/override.js';
import type {Profile} from '../profiles/profile.js';
import {shellWord} from '../report/summary.js';
import type {InForce} from '../run/controls.js';
import {orderOf} from '../run/order.js';
import type {ControlAnswer} from '../run/take-controls.js';
import {overridesFrom} from './ask.js';
import type {setFlags} from './flags.js';
import {findRun} from './look.js';
import {plain} from './plain.js';

type SetWords = Interfaces.InferredFlags<typeof setFlags>;
type Command = 'set' | 'pause' | 'go';

/** A run looks four times a second; a busy one, or one that plays its plan again, takes longer. */
const PATIENCE_MS = 5000;
const ASK_EVERY_MS = 50;

/** `sluice set RUN`: says how a run that goes on is to go from now on. Throws what the words throw (2), and what `tellRun` throws. */
export async function setRun(run: string | undefined, words: SetWords, json: boolean): Promise<void> {
  const folder = run ?? (await findRun('set'));
  const {limits, share, concurrency, pace} = overridesFrom({...words, ramp: undefined});
  const {profile} = orderOf(await readManifest(folder)).asked;
  checkNames(limits, profile, folder);
  const control: Control = {
    ...(share === undefined ? {} : {share}),
    ...(concurrency === undefined ? {} : {concurrency}),
    ...(limits.length === 0 ? {} : {limits: limits.map((limit) => named(limit, profile, folder))}),
    ...(pace === undefined ? {} : {pace}),
  };
  if (Object.keys(control).length === 0)
    throw new Problem(
      'CONTROL_EMPTY',
      'nothing says what to set, expected --share, --concurrency, --limit or --pace',
      `Write it as sluice set ${shellWord(folder)} --share 50%`,
      {exit: EXIT.usage},
    );
  await tellRun(folder, 'set', control, json);
}

/** `sluice pause RUN` and `sluice go RUN`. */
export async function pauseRun(run: string | undefined, command: 'pause' | 'go', json: boolean): Promise<void> {
  await tellRun(run ?? (await findRun(command)), command, {paused: command === 'pause'}, json);
}

/**
 * Hands a control to the process that works on a run, and says what it answered. Throws RUN_IDLE (65) where there is none, RUN_SILENT (75) where it
 * does not answer; nothing is changed then, now or later.
 */
async function tellRun(folder: string, command: Command, control: Control, json: boolean): Promise<void> {
  await checkRunFolder(folder);
  await readManifest(folder);
  if (!(await findHolder(folder))) throw idle(folder, command, control);
  const name = await putControl(folder, control, wallNow());
  const answer = await awaitAnswer(folder, name);
  if (!answer) throw (await findHolder(folder)) ? silent(folder, command, control) : idle(folder, command, control);
  if (answer.kind === 'refused')
    throw new Problem(answer.code, answer.message, `Look at what it goes by: sluice status ${shellWord(folder)}`, {
      at: {file: folder},
      exit: EXIT.usage,
    });
  process.stdout.write(
    json
      ? `${JSON.stringify(controlShown(answer.inForce), null, 2)}\n`
      : `${plain(`${folder}: ${answer.inForce.said}`)}\n`,
  );
}

/** What `set`, `pause` and `go` print with `--json`: how the run goes from now on. */
export function controlShown({at, share, concurrency, pace, limits, paused}: InForce) {
  return {at: new Date(at).toISOString(), share, concurrency, pace, limits, paused};
}

async function awaitAnswer(folder: string, name: string): Promise<ControlAnswer | undefined> {
  for (const until = now() + PATIENCE_MS; now() < until; await sleepUntil(now() + ASK_EVERY_MS)) {
    const answer = await fetchAnswer(folder, name);
    if (answer !== undefined) return answer as ControlAnswer;
  }
  // What was taken in this very moment is answered still.
  if (await removeControl(folder, name)) return undefined;
  await sleepUntil(now() + PATIENCE_MS);
  return (await fetchAnswer(folder, name)) as ControlAnswer | undefined;
}

/** As `run` checks them. Throws LIMIT_UNKNOWN (2). */
function checkNames(limits: readonly LimitFlag[], profile: Profile, folder: string): void {
  try {
    applyLimits(profile, {limits});
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const fix = `Name one of them, as in sluice set ${shellWord(folder)} --limit ${profile.limits[0]?.name ?? 'network'}=80/5s`;
    throw new Problem(error.code, error.message, fix, {exit: error.exit});
  }
}

function named({name, ...window}: LimitFlag, profile: Profile, folder: string) {
  if (name !== undefined) return {name, ...window};
  const known = profile.limits.map((limit) => limit.name);
  const said = `${window.requests}/${window.seconds}s`;
  throw new Problem(
    'LIMIT_UNNAMED',
    `--limit ${said} names no limit; in a run that goes on the limits it has can be changed (${known.join(', ') || 'it has none'}), and none be added`,
    `Name one, as in --limit ${known[0] ?? 'network'}=${said}; a further one is added on resume: sluice resume ${shellWord(folder)} --limit ${said}`,
    {exit: EXIT.usage},
  );
}

function idle(folder: string, command: Command, control: Control): Problem {
  const word = shellWord(folder);
  const fix = {
    set: `Say it as it goes on: sluice resume ${word} ${flagsOf(control)}`,
    pause: `There is nothing to pause: sluice status ${word}`,
    go: `Go on with it: sluice resume ${word}`,
  }[command];
  return problem('RUN_IDLE', 'no process works on this run', fix, folder, EXIT.misfit);
}

/** A control as the flags of `set` and `resume`. */
function flagsOf({share, concurrency, limits = [], pace}: Control): string {
  return [
    ...(share === undefined ? [] : [`--share ${Number((share * 100).toPrecision(6))}%`]),
    ...(concurrency === undefined ? [] : [`--concurrency ${concurrency}`]),
    ...limits.map(({name, requests, seconds}) => `--limit ${shellWord(`${name}=${requests}/${seconds}s`)}`),
    ...(pace === undefined ? [] : [`--pace ${pace}`]),
  ].join(' ');
}

function silent(folder: string, command: Command, control: Control): Problem {
  const says = 'the run did not answer, and nothing was changed; it may still be reading its input, or be stopped';
  return problem(
    'RUN_SILENT',
    says,
    `Try again: ${['sluice', command, shellWord(folder), flagsOf(control)].join(' ').trim()}`,
    folder,
    EXIT.busy,
  );
}

function problem(code: string, says: string, fix: string, folder: string, exit: ExitCode): Problem {
  return new Problem(code, says, fix, {at: {file: folder}, exit});
}
