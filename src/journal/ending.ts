import {EXIT, type ExitCode} from '../problem.js';
import type {Counts} from './record.js';

/**
 * The exit code of a run that ended. `stop` is the exit code of what ended it early, the most urgent if several did; it outranks the
 * rows, unless it is a mere "stopped early" of a run in which nothing is left to do. Without one: 3 some in doubt, 4 some never sent, 1 some
 * failed, 0 every row ok or skipped.
 */
export function exitOf({failed, inDoubt, pending}: Counts, stop?: ExitCode): ExitCode {
  if (stop !== undefined && (stop !== EXIT.stopped || pending > 0)) return stop;
  // Rows that wait for one in doubt are pending too; it is the doubt that a person has to settle.
  if (inDoubt > 0) return EXIT.inDoubt;
  if (pending > 0) return EXIT.stopped;
  return failed > 0 ? EXIT.rowsFailed : EXIT.ok;
}
