import {type Corrections, foldCorrection, noCorrections} from '../journal/corrections.js';
import {readManifest} from '../journal/folder.js';
import {findHolder} from '../journal/lock.js';
import type {State} from '../journal/record.js';
import {readJournal} from '../journal/replay.js';
import {measureInput} from '../operations/measure.js';
import {closeInput, type Input} from '../operations/source.js';
import {Problem} from '../problem.js';
import {openCorrections} from '../schedule/corrections.js';
import {reopenInput} from '../schedule/reopen.js';
import {opened, openProof, type Proof, prove, tally} from './proof.js';

/** Whether the rows of a run add up, and on what evidence. */
export type Verified = {
  readonly name: string;
  readonly rows: number;
  readonly counts: Readonly<Record<State, number>>;
  /** Lines of the journal, each sealed and in its place. */
  readonly lines: number;
  /** Bytes that a crash left unfinished at the end of the journal; the next resume cuts them off. */
  readonly tornBytes: number;
  readonly attempts: number;
  readonly resent: Proof['resent'];
  /** Rows that are ok because somebody said so. */
  readonly byHand: number;
  /** Rows that were sent again with cells of a corrected file, of which the run folder has a copy. */
  readonly corrected: number;
  readonly running: boolean;
  /** What contradicts the proof, the first of it; empty where it holds. */
  readonly faults: readonly string[];
};

/**
 * Proves from journal and input alone that rows = ok + failed + in doubt + skipped + pending, each once. Takes no lock and writes nothing. Throws what
 * manifest, journal and input throw; what contradicts the proof is in `faults`.
 */
export async function verifyRun(folder: string): Promise<Verified> {
  const manifest = await readManifest(folder);
  const running = (await findHolder(folder)) !== undefined;
  const {rows, sha256} = manifest.input;
  const proof = openProof(rows);
  const corrections = noCorrections();
  let attempts = 0;
  const {lines, cutBytes, cutIntents} = await readJournal(
    folder,
    manifest.run,
    (record) => {
      if (record.t === 'i') attempts += 1;
      foldCorrection(corrections, record);
      prove(proof, record);
    },
    'states',
  );
  if (!running) {
    opened(proof);
    for (const row of cutIntents) prove(proof, {t: 'o', op: row, n: 0, k: 'unk', at: 0});
  }
  const counts = tally(proof);
  const input = await reopenInput(manifest, folder);
  try {
    const found = await measureInput(input);
    return {
      name: input.name,
      rows,
      counts,
      lines,
      tornBytes: running ? 0 : cutBytes,
      attempts,
      resent: proof.resent,
      byHand: proof.byHand.size,
      corrected: corrections.fileOf.size,
      running,
      faults: [
        ...inputFaults(found, {rows, sha256}, input.name),
        ...(await correctionFaults(input, rows, {...corrections, folder})),
        ...proof.faults,
        ...more(proof),
      ],
    };
  } finally {
    await closeInput(input);
  }
}

function inputFaults(
  found: {readonly rows: number; readonly sha256: string},
  begun: {readonly rows: number; readonly sha256: string},
  name: string,
): string[] {
  if (found.sha256 !== begun.sha256)
    return [`${name} is not the file this run was begun with: ${found.rows} rows now, ${begun.rows} then`];
  return found.rows === begun.rows ? [] : [`${name} has ${found.rows} rows, and the run was begun with ${begun.rows}`];
}

/** The journal says of each corrected row which file has its cells: that must be what it was, and have it. */
async function correctionFaults(
  input: Input,
  rows: number,
  corrections: Corrections & {readonly folder: string},
): Promise<string[]> {
  try {
    const files = await openCorrections(input, rows, corrections);
    for (const [row, n] of corrections.fileOf)
      if (!files.get(n)?.places.has(row))
        return [`row ${row}: its cells are said to stand in correction ${n}, and do not`];
    return [];
  } catch (error) {
    if (error instanceof Problem) return [error.message];
    throw error;
  }
}

function more({faults, faultCount}: Proof): string[] {
  return faultCount > faults.length ? [`and ${faultCount - faults.length} more`] : [];
}
