import {join} from 'node:path';
import {type Corrections, foldCorrection, noCorrections} from '../journal/corrections.js';
import {readManifest} from '../journal/folder.js';
import {findHolder} from '../journal/lock.js';
import type {State} from '../journal/record.js';
import {readJournal} from '../journal/replay.js';
import {foldTemplate, noTemplates, type Templates} from '../journal/templates.js';
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
  /** The templates it was sent by, the newest last: what each asked for, and how many rows were last sent by it. */
  readonly templates: readonly {readonly plan: string; readonly rows: number}[];
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
  const templates = noTemplates();
  let attempts = 0;
  const {lines, cutBytes, cutIntents} = await readJournal(
    folder,
    manifest.run,
    (record) => {
      if (record.t === 'i') attempts += 1;
      foldCorrection(corrections, record);
      foldTemplate(templates, record);
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
      templates: templatesUsed(templates, proof),
      running,
      faults: [
        ...inputFaults(found, {rows, sha256}, input.name),
        ...(await correctionFaults(input, rows, {...corrections, folder})),
        ...(await templateFaults(folder, templates)),
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

function templatesUsed({begun, changes, after}: Templates, {attempts}: Proof): Verified['templates'] {
  const rows = new Array(changes.length + 1).fill(0);
  for (let row = 1; row < attempts.length; row++) if (attempts[row]! > 0) rows[after[row] ?? 0] += 1;
  return [begun, ...changes.map(({plan}) => plan)].map((plan, index) => ({plan, rows: rows[index]}));
}

/** Each change follows the one before, and what was asked until then is kept. */
async function templateFaults(folder: string, {begun, changes}: Templates): Promise<string[]> {
  const faults: string[] = [];
  let plan = begun;
  for (const {n, was, file, plan: next} of changes) {
    if (was !== plan) faults.push(`template ${n} is said to follow ${was}, and follows ${plan}`);
    const kept = await readManifest(folder, join(folder, file)).catch(() => undefined);
    if (kept?.plan !== was) faults.push(`${file} does not hold what was asked before template ${n} was accepted`);
    plan = next;
  }
  return faults;
}

function more({faults, faultCount}: Proof): string[] {
  return faultCount > faults.length ? [`and ${faultCount - faults.length} more`] : [];
}
