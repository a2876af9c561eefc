import {now} from '../../src/clock.js';

/** The beginning of every simulation: a Thursday in 2026, at half past a second. */
export const BEGIN = 1_780_000_000_500;

/**
 * Puts `now()` under the control of the simulation: exactly the instant that was set last, where that is one of the simulation's.
 * Whoever takes it gives it back.
 */
export function takeTime(): {set(at: number): void; giveBack(): void} {
  const real = performance.now;
  let shown = 0;
  performance.now = () => shown;
  const zero = now();
  return {
    set: (at) => {
      shown = at - zero;
    },
    giveBack: () => {
      performance.now = real;
    },
  };
}
