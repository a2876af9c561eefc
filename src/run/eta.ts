import type {Foreseen} from '../schedule/foresee.js';

/** The plan says little of the run before so much of it has passed. */
const TELLING_MS = 2000;
/** A run that differs more than this from its plan meets other limits than the profile's; its own pace tells more. */
const LIKE_THE_PLAN = 1.5;

/** Tells when a session will be done, as an instant of the clock its `at` is of; undefined while nobody can say. */
export type Eta = (done: number, at: number) => number | undefined;

/**
 * An ETA that knows what is still to come: a run that races through its first minute and then waits for the hour is not judged by its pace. The
 * plan of the session says how long the rest takes from where it is; what has passed so far says how far to believe it.
 */
export function openEta(
  foreseen: Pick<Foreseen, 'ms' | 'parts'> | undefined,
  {total, beganAt}: {readonly total: number; readonly beganAt: number},
): Eta {
  let known = 0;
  let knownAt = beganAt;
  return (done, at) => {
    if (done > known) [known, knownAt] = [done, at];
    if (total === 0 || known >= total) return undefined;
    // Of a wait between two answers the plan knows; so time is told at the answer, not in the middle of the wait.
    const passed = knownAt - beganAt;
    const rest =
      restOf(foreseen, known / total, passed) ?? (known > 0 ? (passed / known) * (total - known) : undefined);
    return rest === undefined ? undefined : Math.max(at, knownAt + rest);
  };
}

/** What the plan says is still to come behind this part of the way; undefined where the run is not like its plan. */
function restOf(
  foreseen: Pick<Foreseen, 'ms' | 'parts'> | undefined,
  part: number,
  passedMs: number,
): number | undefined {
  if (!foreseen) return undefined;
  const {ms, parts} = foreseen;
  const planned = parts[Math.floor((parts.length - 1) * part)]!;
  const factor = planned < TELLING_MS ? 1 : passedMs / planned;
  return factor <= LIKE_THE_PLAN && factor * LIKE_THE_PLAN >= 1 ? (ms - planned) * factor : undefined;
}
