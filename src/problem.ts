/** Where something was found. `line` counts from 1, as editors do; `row` counts the records of an input from 1. */
export type Place = {readonly file: string; readonly line?: number | undefined; readonly row?: number | undefined};

/** The exit codes of the program. Scripts branch on them: a code never changes its meaning. */
export const EXIT = {
  ok: 0,
  rowsFailed: 1,
  usage: 2,
  inDoubt: 3,
  stopped: 4,
  misfit: 65,
  noInput: 66,
  unreachable: 69,
  internal: 70,
  exists: 73,
  disk: 74,
  busy: 75,
  credentials: 77,
  badProfile: 78,
  sighup: 129,
  sigint: 130,
  sigterm: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * Something that only a person can mend: what is wrong, where, and what to type or edit next.
 * oclif prints any error with `code` and `suggestions` and leaves with `oclif.exit`; nothing has to be imported for it.
 */
export class Problem extends Error {
  readonly code: string;
  readonly suggestions: string[];
  readonly oclif: {readonly exit: ExitCode};
  readonly at: Place | undefined;

  /** `code` is NOUN_STATE; `message` shows the value and what was expected; `fix` is the next command or edit. */
  constructor(code: string, message: string, fix: string, {at, exit}: {at?: Place | undefined; exit: ExitCode}) {
    super(at ? `${placeName(at)}: ${message}` : message);
    this.name = 'Problem';
    this.code = code;
    this.suggestions = [fix];
    this.oclif = {exit};
    this.at = at;
  }

  get exit(): ExitCode {
    return this.oclif.exit;
  }
}

/** The same problem, with another way on. */
export function withFix(problem: Problem, fix: string): Problem {
  const {code, message, at, exit} = problem;
  const found = at ? message.slice(placeName(at).length + 2) : message;
  return new Problem(code, found, fix, {at, exit});
}

/** `row 88 (users.csv:92)`, or `users.csv:3`, or `users.csv`: how every message names a place. */
export function placeName({file, line, row}: Place): string {
  const where = line === undefined ? file : `${file}:${line}`;
  return row === undefined ? where : `row ${row} (${where})`;
}
