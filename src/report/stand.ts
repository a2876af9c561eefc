import {join} from 'node:path';
import {type Corrections, foldCorrection, noCorrections} from '../journal/corrections.js';
import {type Manifest, readManifest} from '../journal/folder.js';
import {findHolder} from '../journal/lock.js';
import {readJournal} from '../journal/replay.js';
import {counts, fold, newStanding, settleOpenAttempts} from '../journal/states.js';
import {changesBefore, foldTemplate, noTemplates, type Templates} from '../journal/templates.js';
import type {Row} from '../operations/operation.js';
import type {ScopeFlag} from '../operations/parse.js';
import {parseOperation, type Roles} from '../operations/parse.js';
import {closeInput, type Input} from '../operations/source.js';
import {Problem} from '../problem.js';
import {askedOf} from '../requests/asked.js';
import {correctedInput} from '../schedule/corrections.js';
import {reopenInput} from '../schedule/reopen.js';
import {checkReader} from './in-doubt.js';
import {type ResultFiles, writeResults} from './results.js';
import {foldSpan, NOT_BEGUN, type Summary, summaryOf} from './summary.js';

/** How a run stands, now or when it ended. */
export type Stand = {
  readonly manifest: Manifest;
  readonly summary: Summary;
  readonly running: boolean;
  readonly corrections: Corrections;
  readonly templates: Templates;
};

/**
 * Reads how a run stands from its journal alone, also while it goes on: no lock is taken, and an unfinished last line is left out. Throws RUN_MISSING
 * (66), MANIFEST_CORRUPT or JOURNAL_CORRUPT (65).
 */
export async function readStand(folder: string): Promise<Stand> {
  const manifest = await readManifest(folder);
  const running = (await findHolder(folder)) !== undefined;
  const standing = newStanding(manifest.input.rows);
  const corrections = noCorrections();
  const templates = noTemplates();
  let span = NOT_BEGUN;
  await readJournal(
    folder,
    manifest.run,
    (record) => {
      fold(standing, record);
      foldCorrection(corrections, record);
      foldTemplate(templates, record);
      span = foldSpan(span, record);
    },
    'states',
  );
  if (!running) settleOpenAttempts(standing);
  const summary = summaryOf({run: manifest.run, folder, counts: counts(standing), span, running});
  return {manifest, running, corrections, templates, summary};
}

/** Writes results, failed and in-doubt rows and summary.json again, from journal and input. Throws what `readStand` and the input throw, and 74. */
export async function deriveFiles(
  folder: string,
  format: 'ndjson' | 'csv',
): Promise<Stand & {readonly files: ResultFiles}> {
  const stand = await readStand(folder);
  const {manifest, summary, running, corrections, templates} = stand;
  const begun = await reopenInput(manifest, folder);
  let input = begun;
  try {
    input = await correctedInput(begun, manifest.input.rows, {...corrections, folder});
    const files = await writeResults({
      folder,
      input,
      rows: manifest.input.rows,
      sha256: manifest.input.sha256,
      readRecords: async (visit) => {
        await readJournal(folder, manifest.run, visit, 'full');
      },
      running,
      captures: Object.keys(askedOf(manifest).capture ?? {}),
      idOf: idReader(manifest, input),
      checkOf: await checkUnder(folder, {manifest, input, templates}),
      format,
      summary,
    });
    return {...stand, files};
  } finally {
    await closeInput(input);
  }
}

/** What to look for at the provider is what was sent: by the template of that time. */
async function checkUnder(
  folder: string,
  {manifest, input, templates}: Pick<Stand, 'manifest' | 'templates'> & {readonly input: Input},
): Promise<(row: Row) => string> {
  const earlier = await Promise.all(templates.changes.map(({file}) => readManifest(folder, join(folder, file))));
  const readers = [...earlier, manifest].map((each) => checkReader(each, input));
  return (row) => readers[changesBefore(templates, row.place.row)]!(row);
}

/** The id of a row as the run knew it; a row that could not be sent goes by its number. */
function idReader({template, roles}: Manifest, input: Input): (row: Row) => string {
  const {id, scope} = roles as {id: string | null; scope: Readonly<Record<string, ScopeFlag>>};
  const parts: Roles = template ? {kind: 'plain', id: id ?? undefined, scope} : {kind: 'operations', scope};
  return (row) => {
    try {
      return parseOperation(row, input, parts).id;
    } catch (error) {
      if (error instanceof Problem) return String(row.place.row);
      throw error;
    }
  };
}
