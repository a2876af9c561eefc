import {createHash} from 'node:crypto';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import type {JournalRecord} from '../journal/record.js';
import type {Row} from '../operations/operation.js';
import {readRows} from '../operations/read.js';
import {isBadRow} from '../operations/records.js';
import type {Input} from '../operations/source.js';
import {inputChanged} from '../schedule/reopen.js';
import {type Cause, Causes} from './causes.js';
import {safeCells} from './cells.js';
import {Copies} from './copies.js';
import {DerivedFile, writeDerived} from './derived-file.js';
import {makeOutcomes, type Outcome, type Outcomes} from './outcomes.js';
import {Scratch} from './scratch.js';
import type {Summary} from './summary.js';

/** One line of results.ndjson: how one settled operation came out. */
export type Result = {
  readonly row: number;
  readonly id: string;
  readonly state: Outcome['state'];
  /** The HTTP status of the answer that settled it. */
  readonly status: number | null;
  /** How often a request was sent for it, refused ones included. */
  readonly attempts: number;
  /** When it was settled, ISO 8601 in UTC. */
  readonly at: string;
  readonly ms: number | null;
  readonly error: string | null;
  /** The scrubbed start of the body, where one was kept. */
  readonly response: string | null;
  readonly captured: Readonly<Record<string, unknown>> | null;
  /** Why it is ok, where the status alone does not tell: `already there`. */
  readonly note: string | null;
};

/** What the derived files of a run are made from. */
export type ResultsSource = {
  /** The run folder. */
  readonly folder: string;
  readonly input: Input;
  /** How many records the input had when the run began, and the SHA-256 of its plain bytes. */
  readonly rows: number;
  readonly sha256: string;
  /** Tells `visit` of all records of the journal, in order and in full: `readJournal`. */
  readonly readRecords: (visit: (record: JournalRecord) => void) => Promise<unknown>;
  /** Whether a process holds the run now. If none does, attempts without an outcome are in doubt. */
  readonly running: boolean;
  /** The operation's id. A row that could not be read goes by its number. */
  readonly idOf: (row: Row) => string;
  /** What the run captures of answers, by name. */
  readonly captures: readonly string[];
  /** What to look for at the provider where the row is in doubt. */
  readonly checkOf: (row: Row) => string;
  readonly format: 'ndjson' | 'csv';
  readonly summary: Summary;
};

/** Where the derived files are; `undefined` for a file that would have no rows, and so is not there. */
export type ResultFiles = {
  readonly results: string;
  readonly failed: string | undefined;
  readonly inDoubt: string | undefined;
  /** Rows that were sent again on the profile's word (`resend`), though that may have done them twice. */
  readonly resent: string | undefined;
  /** Why rows came out as they did, counted. */
  readonly causes: readonly Cause[];
};

/**
 * Writes results, failed, in-doubt and resent rows and summary.json into the run folder, each whole or not at all. Reads the journal once and
 * the input once, in row order. A million rows take less than 100 MB. Throws INPUT_CHANGED (65) when these are not the rows that were sent, and
 * a Problem with exit 74 when the disk cannot take them.
 */
export async function writeResults(source: ResultsSource): Promise<ResultFiles> {
  const scratch = new Scratch(source.folder);
  try {
    const outcomes = makeOutcomes(source.rows, scratch);
    await source.readRecords(outcomes.note);
    if (!source.running) outcomes.settleOpen();
    const files = await writeRows(source, outcomes);
    writeSummary(source.folder, source.summary);
    return files;
  } finally {
    scratch.close();
  }
}

/** Writes summary.json alone. */
export function writeSummary(folder: string, summary: Summary): void {
  writeDerived(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}

async function writeRows(
  {folder, input, rows, sha256, captures, idOf, checkOf, format}: ResultsSource,
  outcomes: Outcomes,
): Promise<ResultFiles> {
  const path = join(folder, `results.${format}`);
  const hash = createHash('sha256');
  const line = format === 'csv' ? csvLine : ndjsonLine;
  const results = new DerivedFile(path);
  const failed = new Copies(join(folder, `failed.${input.format}`), input);
  const inDoubt = new Copies(join(folder, `in-doubt.${input.format}`), input, {toSettle: captures});
  const causes = new Causes(input.name);
  const resent = new Copies(join(folder, `resent.${input.format}`), input);
  try {
    if (format === 'csv') results.write(`${safeCells(COLUMNS)}\n`);
    for await (const row of readRows(input, (bytes) => hash.update(bytes))) {
      const outcome = row.place.row <= rows ? outcomes.at(row.place.row) : undefined;
      if (!outcome) continue;
      const id = isBadRow(row) ? String(row.place.row) : idOf(row);
      results.write(line(resultOf(row.place.row, id, outcome)));
      causes.note(row.place.line, outcome);
      if (outcome.state === 'failed') failed.write(row, outcome);
      if (outcome.state === 'in-doubt') inDoubt.write(row, outcome, isBadRow(row) ? '' : checkOf(row));
      if (outcome.resent) resent.write(row, outcome);
    }
    const found = hash.digest('hex');
    if (found !== sha256) throw inputChanged(input.name, {rows, sha256}, {sha256: found});
    results.commit();
    return {
      results: path,
      failed: replace(failed, folder, 'failed'),
      inDoubt: replace(inDoubt, folder, 'in-doubt'),
      resent: replace(resent, folder, 'resent'),
      causes: causes.list(),
    };
  } finally {
    results.discard();
    failed.close();
    inDoubt.close();
    resent.close();
  }
}

/** The new file, or none: an old one would name rows that have been settled since. */
function replace(copies: Copies, folder: string, name: string): string | undefined {
  const path = copies.commit();
  if (!path) for (const format of ['csv', 'ndjson']) rmSync(join(folder, `${name}.${format}`), {force: true});
  return path;
}

/** One result, with every key in its place. */
export function resultOf(row: number, id: string, outcome: Outcome): Result {
  const {state, status, attempts, at, ms, error, response, captured, note} = outcome;
  return {row, id, state, status, attempts, at: new Date(at).toISOString(), ms, error, response, captured, note};
}

const COLUMNS = [
  'row',
  'id',
  'state',
  'status',
  'attempts',
  'at',
  'ms',
  'error',
  'response',
  'captured',
  'note',
] as const satisfies readonly (keyof Result)[];

function ndjsonLine(result: Result): string {
  return `${JSON.stringify(result)}\n`;
}

function csvLine(result: Result): string {
  const cells = COLUMNS.map((column) => {
    const value = result[column];
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  });
  return `${safeCells(cells)}\n`;
}
