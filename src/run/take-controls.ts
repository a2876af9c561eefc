import {stat} from 'node:fs/promises';
import {wallNow} from '../clock.js';
import {findControls, putAnswer, removeControl} from '../journal/control-files.js';
import type {Control} from '../journal/record.js';
import {Problem} from '../problem.js';
import type {InForce} from './controls.js';

/** What a control is answered with: how the run goes from now on, or why it was not carried out. */
export type ControlAnswer =
  | {readonly kind: 'done'; readonly inForce: InForce}
  | {readonly kind: 'refused'; readonly code: string; readonly message: string};

/** A folder whose clock is coarse may not show that a file came soon after another. */
const RESTLESS_MS = 3000;

/** Looks for controls in the folder of a run. */
export type ControlWatch = {
  /** Carries out what is there; at once when nothing is. Never rejects, and never works twice at a time. */
  look(): Promise<void>;
};

/**
 * Carries out the controls that are put into a run folder, in their order, each answered once it is durable in the journal. What cannot be
 * understood, and what nobody waits for any more, is removed and said: a control of yesterday is not what somebody wants today.
 */
export function watchControls(
  folder: string,
  {
    carryOut,
    commit,
    say,
  }: {
    readonly carryOut: (control: Control) => InForce;
    readonly commit: () => Promise<void>;
    readonly say: (line: string) => void;
  },
): ControlWatch {
  let seen: bigint | undefined;
  let restlessUntil = 0;
  let looking: Promise<void> | undefined;
  let faulty = false;

  const hasChanged = async () => {
    const {mtimeNs} = await stat(folder, {bigint: true});
    if (mtimeNs !== seen) restlessUntil = wallNow() + RESTLESS_MS;
    seen = mtimeNs;
    return wallNow() < restlessUntil;
  };
  const take = async () => {
    for (const {name, control, stale} of await findControls(folder, wallNow())) {
      if (control && !stale) await putAnswer(folder, name, await answerTo(control));
      else
        say(`${name} ${stale ? 'is of before' : 'says nothing that can be set'}; it was removed and not carried out`);
      await removeControl(folder, name);
    }
  };
  const answerTo = async (control: Control): Promise<ControlAnswer> => {
    try {
      const inForce = carryOut(control);
      await commit();
      say(`sluice ${control.paused === undefined ? 'set' : control.paused ? 'pause' : 'go'}: ${inForce.said}`);
      return {kind: 'done', inForce};
    } catch (error) {
      if (error instanceof Problem) return {kind: 'refused', code: error.code, message: error.message};
      throw error;
    }
  };
  const look = async () => {
    try {
      if (await hasChanged()) await take();
      faulty = false;
    } catch (error) {
      if (!faulty) say(`sluice set and pause do not reach this run: ${(error as Error).message}`);
      faulty = true;
    }
  };
  return {
    look: () =>
      (looking ??= look().finally(() => {
        looking = undefined;
      })),
  };
}
