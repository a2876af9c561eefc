import type {Operation} from '../operations/operation.js';
import {EXIT, Problem} from '../problem.js';

/** A row that cannot be sent as it stands: exit 65, with its place, and the two ways on. */
export function misfit(operation: Operation, code: string, message: string, fix?: string): Problem {
  const {file, line} = operation.place;
  return new Problem(
    code,
    message,
    fix ?? `Correct line ${line} of ${file}, or leave bad rows out with --skip-invalid.`,
    {
      at: operation.place,
      exit: EXIT.misfit,
    },
  );
}
