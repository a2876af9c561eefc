import {createHash} from 'node:crypto';
import {EXIT, type Place, Problem, withFix} from '../problem.js';
import {isAdded} from './added.js';
import {writeJson} from './json.js';
import type {RecordPlace, Row} from './operation.js';
import {isBadRow, readRows} from './read.js';
import {openRowFile, type RowFile} from './row-file.js';
import {shown} from './shown.js';
import type {Input} from './source.js';

/** A file of rows as failed.csv has them, corrected: where each row of the input stands in it, and what it is known by. */
export type CorrectedFile = {
  readonly input: Input;
  readonly places: ReadonlyMap<number, RecordPlace>;
  readonly sha256: string;
  readonly bytes: number;
  /** Columns whose cells have to be those of the input. */
  readonly keeps?: readonly string[];
};

/**
 * Reads a corrected copy of failed.csv or failed.ndjson of a run over `input` with so many `rows`, and remembers where each row stands. Throws
 * CORRECTION_MISFIT (65), naming file and line: another format, a column that is missing, a `_row` that is none or comes twice; and the problem
 * of a record that cannot be read.
 */
export async function readCorrected(file: Input, input: Input, rows: number): Promise<CorrectedFile> {
  checkHeader(file, input);
  const places = new Map<number, RecordPlace>();
  const hash = createHash('sha256');
  let bytes = 0;
  const tap = (chunk: Uint8Array) => {
    hash.update(chunk);
    bytes += chunk.length;
  };
  for await (const found of readRows(file, tap)) {
    if (isBadRow(found)) throw inCorrection(found.problem, {file: file.name, line: found.place.line});
    const at = {file: file.name, line: found.place.line};
    const row = rowNumber(found.values._row, at, rows);
    const before = places.get(row);
    if (before) throw misfit(`row ${row} stands on line ${before.line} already`, 'Keep one of the two lines.', at);
    places.set(row, found.place);
  }
  return {input: file, places, sha256: hash.digest('hex'), bytes};
}

/**
 * The same input, with the cells of some rows as they were corrected; whoever reads it gets those. `fileOf` tells of a row which file has them, if
 * any. To be closed with `closeInput`: it holds files open. Reading throws CORRECTION_MISFIT (65) where a cell is another that has to stay.
 */
export function withCorrected(input: Input, fileOf: (row: number) => CorrectedFile | undefined): Input {
  const open = new Map<CorrectedFile, RowFile>();
  const own = input.format === 'csv' ? input.columns.filter((column) => !isAdded(column)) : undefined;
  return {
    ...input,
    corrected: {
      over({place, values, problem}) {
        const file = fileOf(place.row);
        const found = file?.places.get(place.row);
        if (!file || !found) return undefined;
        const rowFile = open.get(file) ?? openRowFile(file.input);
        open.set(file, rowFile);
        const cells = rowFile.at(found).values;
        const from = {file: file.input.name, line: found.line};
        if (values && !problem) checkKept(file.keeps ?? [], {row: place.row, was: values, is: cells, from});
        // Columns that are ours may have come with the input too, and those are data of the row.
        const kept = Object.entries(values ?? {}).filter(([name]) => isAdded(name));
        const names = own ?? Object.keys(cells).filter((name) => !isAdded(name));
        const merged = Object.assign(Object.create(null), Object.fromEntries(kept));
        for (const name of names) merged[name] = cells[name];
        return {place, values: merged, from};
      },
      close() {
        for (const rowFile of open.values()) rowFile.close();
        open.clear();
      },
    },
  };
}

/** The same problem, for a row that need not be in the file at all. */
export function inCorrection(problem: Problem, {file, line}: Place): Problem {
  if (problem.code === 'ID_DUPLICATE')
    return withFix(problem, `Give the rows of ${file} ids that no row of the run has, or take them out.`);
  const placed = problem.at
    ? problem
    : new Problem(problem.code, problem.message, '', {at: {file, line}, exit: EXIT.misfit});
  return withFix(placed, `Correct line ${line} of ${file}, or take it out: its row stays failed then.`);
}

function checkHeader(file: Input, input: Input): void {
  const at = {file: file.name, line: 1};
  const call = (format: Input['format']) => (format === 'csv' ? 'CSV' : 'NDJSON');
  if (file.format !== input.format)
    throw misfit(
      `this is ${call(file.format)}, expected ${call(input.format)} as ${input.name} is`,
      `Correct the rows in failed.${input.format} of the run folder, and name a copy of it.`,
      at,
    );
  if (file.format === 'ndjson') return;
  const wanted = [...input.columns.filter((column) => !isAdded(column)), '_row'];
  const missing = wanted.find((column) => !file.columns.includes(column));
  if (missing === undefined) return;
  const why = missing === '_row' ? 'it tells which row of the input a line is' : `${input.name} has it`;
  throw misfit(`has no column ${shown(missing)}: ${why}`, 'Keep the columns of failed.csv as the run wrote them.', at);
}

type Cells = Row['values'];

/** Rows that are done already may have been sent before or after this one because of such a cell. */
function checkKept(
  columns: readonly string[],
  {row, was, is, from}: {readonly row: number; readonly was: Cells; readonly is: Cells; readonly from: Place},
): void {
  for (const column of columns) {
    const [before, after] = [was[column], is[column]].map((cell) => writeJson(cell ?? null));
    if (before === after) continue;
    throw misfit(
      `column ${shown(column)} of row ${row} is ${after}, and was ${before}: it decides which rows are sent before this one`,
      'Put back what it was, and send the row in a run of its own if it belongs elsewhere.',
      from,
    );
  }
}

function rowNumber(value: unknown, at: Place, rows: number): number {
  const row = /^[1-9]\d*$/.test(String(value ?? '').trim()) ? Number(value) : undefined;
  if (row !== undefined && row <= rows) return row;
  throw misfit(
    `"_row" is ${value === undefined ? 'missing' : shown(value)}, expected the number of a row from 1 to ${rows}`,
    'Leave _row as the run wrote it.',
    at,
  );
}

/** A corrected file that cannot be taken as it is. */
export function misfit(message: string, fix: string, at: Place): Problem {
  return new Problem('CORRECTION_MISFIT', message, fix, {at, exit: EXIT.misfit});
}
