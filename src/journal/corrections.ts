import type {CorrectionRecord, JournalRecord} from './record.js';

/** Which rows of a run have other cells than the input has, and the files that these stand in. */
export type Corrections = {
  readonly files: readonly CorrectionRecord[];
  /** By row the number of its file. */
  readonly fileOf: ReadonlyMap<number, number>;
};

/** Moved on by `foldCorrection`. */
export type OpenCorrections = {readonly files: CorrectionRecord[]; readonly fileOf: Map<number, number>};

/** All cells are those of the input. */
export function noCorrections(): OpenCorrections {
  return {files: [], fileOf: new Map()};
}

/** What one record changes: the last correction of a row counts, and stays when the row is sent again. */
export function foldCorrection({files, fileOf}: OpenCorrections, record: JournalRecord): void {
  if (record.t === 'w') files.push(record);
  else if (record.t === 'd' && record.w !== undefined) fileOf.set(record.op, record.w);
}

/** What the copy of the corrections with this number is called in the run folder. */
export function correctionName(n: number): string {
  return `corrected-${String(n).padStart(6, '0')}`;
}
