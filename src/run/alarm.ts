import type {Problem} from '../problem.js';

/** Tells a session of a fault outside it; what was rung before anybody listened is told to the first who does. */
export type Alarm = {readonly ring: (problem: Problem) => void; listen(hear: (problem: Problem) => void): void};

export function openAlarm(): Alarm {
  let rung: Problem | undefined;
  let hear: ((problem: Problem) => void) | undefined;
  return {
    ring: (problem) => {
      rung ??= problem;
      hear?.(problem);
    },
    listen: (listener) => {
      hear = listener;
      if (rung) hear(rung);
    },
  };
}
