import {createReadStream} from 'node:fs';
import {dirname, resolve} from 'node:path';
import {createInterface} from 'node:readline';
import type {State} from '../journal/record.js';
import {readRows} from '../operations/read.js';
import {isBadRow} from '../operations/records.js';
import {closeInput, openInput} from '../operations/source.js';
import type {Result} from '../report/results.js';
import {deriveFiles} from '../report/stand.js';
import {reopenInput} from '../schedule/reopen.js';
import type {SourceRow} from './derive.js';
import {SOURCE} from './derived-input.js';
import type {Step} from './job.js';

/** A row of a step's source and what became of it. */
export type SettledRow = SourceRow & {
  readonly state: State;
  readonly status: number | null;
  readonly why: string | null;
  readonly captured: Readonly<Record<string, unknown>>;
  /** The request that it was part of: the row of the step's run. */
  readonly request: number;
};

/** The rows of a file, in order; those that cannot be read throw their Problem, for a step is made of all of its rows or does not begin. */
export async function* rowsOfFile(path: string, delimiter?: string): AsyncGenerator<SourceRow> {
  const input = await openInput(path, {delimiter});
  try {
    for await (const row of readRows(input)) {
      if (isBadRow(row)) throw row.problem;
      yield {row: row.place.row, values: row.values};
    }
  } finally {
    await closeInput(input);
  }
}

/** Where a file that a job names is. */
export function fileOf({input}: Step, jobFile: string): string {
  return resolve(dirname(jobFile), 'file' in input ? input.file : '');
}

/**
 * What became of each row of a step's source that was sent, by the journal of the step's run; of rows that went out in several requests one after
 * another, by the last of them. A row of several tells of itself, not of its batch.
 */
export async function* settledRows(folder: string, step: Step): AsyncGenerator<SettledRow> {
  const derived = await deriveFiles(folder, 'ndjson');
  const last = new Map<number, number>();
  if (step.batch)
    for await (const {row, values} of resultsOf(folder, derived))
      for (const source of listOf(values[SOURCE])) last.set(source, row);
  for await (const {row, values, result} of resultsOf(folder, derived)) {
    const sources = Object.hasOwn(values, SOURCE) ? listOf(values[SOURCE]) : [row];
    const members = step.batch ? (values.rows as readonly SourceRow['values'][]) : [withoutMark(values)];
    const outcome = {
      state: result?.state ?? ('pending' as const),
      status: result?.status ?? null,
      why: result?.error ?? result?.note ?? null,
      captured: result?.captured ?? {},
      request: row,
    };
    for (const [place, source] of sources.entries())
      if ((last.get(source) ?? row) === row) yield {row: source, values: members[place]!, ...outcome};
  }
}

function withoutMark({[SOURCE]: _, ...values}: SourceRow['values']): SourceRow['values'] {
  return values;
}

function listOf(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

type Sent = SourceRow & {readonly result: Result | undefined};

/** Each row of a run's input with its result, if it has one. */
async function* resultsOf(
  folder: string,
  {manifest, files}: Awaited<ReturnType<typeof deriveFiles>>,
): AsyncGenerator<Sent> {
  const input = await reopenInput(manifest, folder);
  const results = createInterface({input: createReadStream(files.results)});
  const lines = results[Symbol.asyncIterator]();
  const read = async () => {
    const {value, done} = await lines.next();
    return done ? undefined : (JSON.parse(value) as Result);
  };
  try {
    let next = await read();
    for await (const row of readRows(input)) {
      const result = next?.row === row.place.row ? next : undefined;
      if (result) next = await read();
      yield {row: row.place.row, values: isBadRow(row) ? {} : row.values, result};
    }
  } finally {
    results.close();
    await closeInput(input);
  }
}
