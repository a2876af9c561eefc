import {CAPTURED} from '../operations/added.js';
import type {Row} from '../operations/operation.js';
import {isBadRow, readRows} from '../operations/read.js';
import {closeInput, type Input, openInput} from '../operations/source.js';
import {EXIT, type Place, Problem} from '../problem.js';

/** What a person may find a row in doubt to be. */
export const DECISIONS = ['ok', 'failed', 'retry', 'skip'] as const;

/** What was decided of one row, and where it stands written, if in a file. */
export type Decision = {
  readonly row: number;
  readonly as: (typeof DECISIONS)[number];
  readonly why?: string | undefined;
  /** What the answer that was lost would have given. */
  readonly captured?: Readonly<Record<string, string>> | undefined;
  readonly at?: Place | undefined;
};

/**
 * The decisions of a file such as in-doubt.csv, with the columns `_row` and `_decision`, `_note` where somebody says why, and `_captured.NAME` for what
 * the answer would have given. Rows without a decision are left as they are. Throws DECISION_INVALID (65), naming file and line, and what an input throws.
 */
export async function readDecisions(file: string): Promise<Decision[]> {
  const input = await openInput(file);
  const decisions: Decision[] = [];
  try {
    for await (const row of readRows(input)) {
      if (isBadRow(row)) throw row.problem;
      const decision = decisionOf(row, input);
      if (decision) decisions.push(decision);
    }
  } finally {
    await closeInput(input);
  }
  return decisions;
}

function decisionOf({place, values}: Row, {name}: Input): Decision | undefined {
  const at = {file: name, line: place.line};
  for (const column of ['_row', '_decision'])
    if (!Object.hasOwn(values, column))
      throw invalid(at, `has no column "${column}"`, 'Fill in in-doubt.csv as the run wrote it, and name that file.');
  const as = textOf(values._decision).toLowerCase();
  if (as === '') return undefined;
  const row = Number(textOf(values._row));
  if (!Number.isSafeInteger(row) || row < 1)
    throw invalid(
      at,
      `"_row" is ${JSON.stringify(values._row)}, expected the number of a row`,
      'Leave the column _row as the run wrote it.',
    );
  if (!isDecision(as))
    throw invalid(
      at,
      `"_decision" is ${JSON.stringify(as)}, expected one of ${DECISIONS.join(', ')}, or nothing`,
      'Correct that line; no row of the file was settled.',
    );
  const note = textOf(values._note);
  const captured = capturedOf(values);
  return {row, as, at, ...(note === '' ? {} : {why: note}), ...(captured && {captured})};
}

function capturedOf(values: Row['values']): Record<string, string> | undefined {
  const found = Object.entries(values)
    .filter(([column, value]) => column.startsWith(CAPTURED) && textOf(value) !== '')
    .map(([column, value]) => [column.slice(CAPTURED.length), textOf(value)]);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function isDecision(text: string): text is Decision['as'] {
  return (DECISIONS as readonly string[]).includes(text);
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).trim();
}

function invalid(at: Place, message: string, fix: string): Problem {
  return new Problem('DECISION_INVALID', message, fix, {at, exit: EXIT.misfit});
}
