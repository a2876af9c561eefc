import {createReadStream} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {correctionName} from '../journal/corrections.js';
import type {Manifest} from '../journal/folder.js';
import type {JournalRecord, State} from '../journal/record.js';
import {skippedForKey, stateOf} from '../journal/states.js';
import {type CorrectedFile, inCorrection, misfit, readCorrected, withCorrected} from '../operations/corrected.js';
import {type Input, openInput} from '../operations/source.js';
import {spool} from '../operations/spool.js';
import {type Problem, withFix} from '../problem.js';
import type {Asked} from '../requests/asked.js';
import {requestDigest} from '../requests/digest.js';
import type {Request} from '../requests/request.js';
import {type CorrectedFiles, openCorrections} from '../schedule/corrections.js';
import {readSent, type SentBefore} from './executed.js';
import type {Replayed} from './replayed.js';

/** So many rows are named in a sentence. */
const NAMED = 5;

/** Which failed rows are sent again, and with which cells. Close it: a copy that was not recorded is removed. */
export type Fixed = {
  /** The input with the cells of its rows as they are now. */
  readonly input: Input;
  /** Whether a row may be sent, as far as the file tells that was named; a row that is not failed always may. */
  names(row: number): boolean;
  /** Asked of each failed row once its request is known: whether that may be sent. */
  takes(row: number, request: Request): boolean;
  /** A problem of a row as it reads here: its cells may stand in the file, and no row can be left out any more. */
  asTold(row: number, problem: Problem): Problem;
  /** Says which rows of the file are left as they are. */
  tell(say: (line: string) => void): void;
  /** Journals where the cells stand. Nothing may be sent with them before this. */
  record(record: (record: JournalRecord) => void, at: number): void;
  /** What the decision to send a row again says of its cells. */
  said(row: number): {readonly why?: string; readonly w?: number};
  close(): Promise<void>;
};

type Taking = {
  readonly manifest: Manifest;
  readonly session: {readonly folder: string; readonly fixedFile?: string | undefined};
  readonly replayed: Pick<Replayed, 'standing' | 'corrections'>;
  readonly asked: Pick<Asked, 'profile' | 'template' | 'key' | 'phase'>;
};

/**
 * Reads the cells that earlier sessions corrected, and the file that was named now, which is copied into the run folder. Throws CORRECTION_MISFIT
 * and CORRECTION_CHANGED (65), and what an input throws.
 */
export async function takeFixed(input: Input, {manifest, session, replayed, asked}: Taking): Promise<Fixed> {
  const {folder, fixedFile} = session;
  const {standing, corrections} = replayed;
  const {rows} = standing;
  const {files, fileOf} = corrections;
  const before = await openCorrections(input, rows, {folder, files});
  if (fixedFile === undefined) return withoutFile(input, before, fileOf);
  const n = (files.at(-1)?.n ?? 0) + 1;
  const path = join(folder, correctionName(n));
  try {
    const name = fixedFile === '-' ? '<stdin>' : fixedFile;
    await spool(fixedFile === '-' ? process.stdin : bytesOf(fixedFile), name, path);
    const copy = {...(await openInput(path)), name};
    const file = {...(await readCorrected(copy, input, rows)), keeps: keptColumns(asked)};
    const {retry, resend} = asked.profile;
    const sent = await readSent(folder, manifest.run, {rows, retry, resend});
    return withFile(input, {before, file, n, path, sent, corrections, standing});
  } catch (error) {
    await rm(path, {force: true});
    throw error;
  }
}

/** Opened when it is read, by whoever hears what goes wrong then. */
async function* bytesOf(file: string): AsyncGenerator<unknown> {
  yield* createReadStream(file);
}

function withoutFile(input: Input, before: CorrectedFiles, fileOf: ReadonlyMap<number, number>): Fixed {
  const corrected = before.size > 0 ? withCorrected(input, (row) => before.get(fileOf.get(row) ?? 0)) : input;
  return {
    input: corrected,
    names: () => true,
    takes: () => true,
    asTold: (_, problem) => unskippable(problem),
    tell: () => {},
    record: () => {},
    said: () => ({}),
    close: async () => {},
  };
}

type Named = Pick<Replayed, 'standing' | 'corrections'> & {
  readonly before: CorrectedFiles;
  readonly file: CorrectedFile;
  readonly n: number;
  readonly path: string;
  readonly sent: SentBefore;
};

function withFile(input: Input, {before, file, n, path, sent, corrections, standing}: Named): Fixed {
  // As it was before this session began: who is sent again is pending soon.
  const failed = new Set([...file.places.keys()].filter((row) => stateOf(standing, row) === 'failed'));
  const others = [...file.places.keys()].filter((row) => !failed.has(row));
  for (const row of others) if (!corrections.fileOf.has(row)) throw notFailed(row, stateOf(standing, row), file);
  const taken = new Set<number>();
  const held: number[] = [];
  let recorded = false;
  const corrected = withCorrected(input, (row) =>
    failed.has(row) ? file : before.get(corrections.fileOf.get(row) ?? 0),
  );
  const isFailed = (row: number) => stateOf(standing, row) === 'failed';
  return {
    input: corrected,
    names: (row) => failed.has(row) || !isFailed(row),
    takes(row, request) {
      if (!failed.has(row)) return skippedForKey(standing, row);
      const unsafe = !request.repeatable && sent.mayHaveRun(row) && sent.differs(row, requestDigest(request));
      if (unsafe) held.push(row);
      else taken.add(row);
      return !unsafe;
    },
    asTold(row, problem) {
      if (problem.code === 'ID_DUPLICATE') return inCorrection(problem, {file: file.input.name});
      return failed.has(row) ? inCorrection(problem, problem.at ?? {file: file.input.name}) : unskippable(problem);
    },
    tell(say) {
      if (others.length > 0)
        say(`${rowsOf(others.length)} of ${file.input.name} taken before and not failed, left alone`);
      if (held.length > 0) say(heldNote(held, file.input.name));
    },
    record(record, at) {
      if (taken.size === 0) return;
      const {sha256, bytes, input: copy} = file;
      const {name, delimiter} = copy;
      record({t: 'w', at: Math.round(at), n, file: correctionName(n), name, sha256, bytes, delimiter});
      recorded = true;
    },
    said: (row) => (taken.has(row) ? {why: `with the cells of ${file.input.name}`.slice(0, 300), w: n} : {}),
    async close() {
      if (!recorded) await rm(path, {force: true});
    },
  };
}

/** The columns that tell which rows wait for which. */
function keptColumns({template, key, phase}: Taking['asked']): string[] {
  return template ? [key, phase].filter((column) => column !== undefined) : ['key', 'phase'];
}

/** A row that an earlier correction took may be ok since; any other is a mistake in the file. */
function notFailed(row: number, state: State, {input, places}: CorrectedFile): Problem {
  const fix = state === 'in-doubt' ? 'Settle it first (sluice settle), or take' : 'Take';
  const line = places.get(row)!.line;
  return misfit(`row ${row} is ${state}, expected one that failed`, `${fix} line ${line} out of the file.`, {
    file: input.name,
    line,
  });
}

function unskippable(problem: Problem): Problem {
  return withFix(problem, problem.suggestions[0]!.replace(', or leave bad rows out with --skip-invalid', ''));
}

function rowsOf(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

function heldNote(held: readonly number[], name: string): string {
  const named = held.slice(0, NAMED).map((row) => `row ${row}`);
  const more = held.length > NAMED ? ` and ${held.length - NAMED} more` : '';
  return `left as failed, for an attempt may have been executed and ${name} asks for something else: ${named.join(', ')}${more}`;
}
