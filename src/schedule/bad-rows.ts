import type {RecordPlace} from '../operations/operation.js';
import {EXIT, Problem} from '../problem.js';

/** So many rows keep what is wrong with them; of more than these only the number is kept. */
const EXPLAINED = 10_000;
/** So many are named in the message that refuses a file. */
const NAMED = 5;

/** The rows of an input that cannot be sent, in file order. */
export type BadRows = {
  readonly add: (place: RecordPlace, problem: Problem, fatal: boolean) => void;
  readonly count: () => number;
  /** The first of what is wrong, for people. */
  readonly problems: readonly Problem[];
  /** Each row with what is wrong with it. */
  readonly listed: () => Iterable<{readonly row: number; readonly message: string}>;
  /** Whether the others can be sent: after a fatal row nothing could be read any more. */
  readonly mayBeLeftOut: (skipInvalid: boolean) => boolean;
  /** Throws what is wrong, with file and line, unless such rows may be left out. */
  readonly refuseUnless: (skipInvalid: boolean) => void;
};

/** An empty list for the input called `name`. */
export function openBadRows(name: string): BadRows {
  const rows: number[] = [];
  const problems: Problem[] = [];
  let fatalProblem: Problem | undefined;
  const mayBeLeftOut = (skipInvalid: boolean) => skipInvalid && fatalProblem === undefined;
  return {
    add({row}, problem, fatal) {
      rows.push(row);
      if (problems.length < EXPLAINED) problems.push(problem);
      if (fatal) fatalProblem ??= problem;
    },
    count: () => rows.length,
    problems,
    *listed() {
      for (const [index, row] of rows.entries()) {
        yield {row, message: (problems[index]?.message ?? 'cannot be sent').slice(0, 500)};
      }
    },
    mayBeLeftOut,
    refuseUnless(skipInvalid) {
      if (rows.length === 0 || mayBeLeftOut(skipInvalid)) return;
      if (skipInvalid && fatalProblem) throw fatalProblem;
      throw rows.length === 1 ? problems[0]! : manyBad(name, rows.length, problems);
    },
  };
}

function manyBad(name: string, count: number, problems: readonly Problem[]): Problem {
  const named = problems.slice(0, NAMED).map(({message}) => message);
  const more = count > NAMED ? [`and ${count - NAMED} more rows`] : [];
  return new Problem(
    'ROWS_INVALID',
    `${count} rows of ${name} cannot be sent:\n${[...named, ...more].join('\n')}`,
    'Correct them, or leave them out with --skip-invalid; nothing was sent.',
    {exit: EXIT.misfit},
  );
}
