import type {RecordPlace} from '../operations/operation.js';
import {EXIT, Problem, placeName} from '../problem.js';
import {type BadGroup, type BadGroups, openBadGroups, withoutPlace} from './bad-groups.js';

/** So many rows keep what is wrong with them; of more than these only the number is kept. */
const EXPLAINED = 10_000;
/** So many causes are named in the message that refuses a file. */
const NAMED = 5;

/** The rows of an input that cannot be sent, in file order. */
export type BadRows = {
  readonly add: (place: RecordPlace, problem: Problem, fatal: boolean) => void;
  readonly count: () => number;
  /** What is wrong, by its cause. */
  readonly groups: Pick<BadGroups, 'list' | 'others'>;
  /** Each row with what is wrong with it. */
  readonly listed: () => Iterable<{readonly row: number; readonly message: string}>;
  /** Whether the others can be sent: after a fatal row nothing could be read any more. */
  readonly mayBeLeftOut: (skipInvalid: boolean) => boolean;
  /** Throws what is wrong, with file and line, unless such rows may be left out. */
  readonly refuseUnless: (skipInvalid: boolean) => void;
};

/** An empty list for the input called `name`, with these columns. */
export function openBadRows(name: string, columns: readonly string[] = []): BadRows {
  const rows: number[] = [];
  const groups = openBadGroups(columns);
  const problems: Problem[] = [];
  let fatalProblem: Problem | undefined;
  const mayBeLeftOut = (skipInvalid: boolean) => skipInvalid && fatalProblem === undefined;
  return {
    add({row}, problem, fatal) {
      rows.push(row);
      groups.add(problem);
      if (problems.length < EXPLAINED) problems.push(problem);
      if (fatal) fatalProblem ??= problem;
    },
    count: () => rows.length,
    groups,
    *listed() {
      for (const [index, row] of rows.entries()) {
        yield {row, message: (problems[index]?.message ?? 'cannot be sent').slice(0, 500)};
      }
    },
    mayBeLeftOut,
    refuseUnless(skipInvalid) {
      if (rows.length === 0 || mayBeLeftOut(skipInvalid)) return;
      if (skipInvalid && fatalProblem) throw fatalProblem;
      throw rows.length === 1 ? problems[0]! : manyBad(name, rows.length, groups.list());
    },
  };
}

/** `1,204 rows: "email" is empty; first at users.csv:17`. */
export function groupLine({rows, first}: BadGroup): string {
  const at = first.at ? `; ${rows === 1 ? '' : 'first '}at ${placeName({...first.at, row: undefined})}` : '';
  return `${rows === 1 ? '1 row' : `${rows.toLocaleString('en')} rows`}: ${withoutPlace(first)}${at}`;
}

function manyBad(name: string, count: number, groups: readonly BadGroup[]): Problem {
  const named = groups.slice(0, NAMED);
  const others = count - named.reduce((sum, {rows}) => sum + rows, 0);
  const more = others > 0 ? [`and ${others} more rows`] : [];
  return new Problem(
    'ROWS_INVALID',
    `${count} rows of ${name} cannot be sent:\n${[...named.map(groupLine), ...more].join('\n')}`,
    'Correct them, or leave them out with --skip-invalid; nothing was sent.',
    {exit: EXIT.misfit},
  );
}
