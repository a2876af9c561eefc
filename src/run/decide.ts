import {now, wallNow} from '../clock.js';
import {type Manifest, readManifest} from '../journal/folder.js';
import {Journal} from '../journal/journal.js';
import {acquireLock} from '../journal/lock.js';
import {cutOutcomes, readJournal, recover} from '../journal/replay.js';
import {counts, fold, newStanding, settleOpenAttempts, stateOf} from '../journal/states.js';
import {CAPTURED} from '../operations/added.js';
import {EXIT, Problem, placeName} from '../problem.js';
import {askedOf} from '../requests/asked.js';
import {openedRecord} from './begin.js';
import type {Decision} from './decisions.js';
import {endedAfter, endOf, type LastEnd} from './last-end.js';
import {recorder} from './ready.js';

/** Of a person's note so many characters are kept: records are short. */
const NOTE_LENGTH = 300;

/**
 * Writes what a person decided of rows in doubt into the journal: all of it or, where one row is not in doubt, nothing. Sends nothing. Throws
 * DECISION_MISFIT and CAPTURED_MISSING (65), RUN_BUSY (75) while the run goes on, and what journal and manifest throw.
 */
export async function decideRows(folder: string, decisions: readonly Decision[]): Promise<void> {
  const lock = await acquireLock(folder);
  try {
    const manifest = await readManifest(folder);
    // Looked at first, and only then made ready to be written: what does not fit leaves the journal as it is.
    await refuseMisfits(folder, manifest, decisions);
    if (decisions.length > 0) await write(folder, manifest, decisions);
  } finally {
    await lock.release();
  }
}

async function refuseMisfits(folder: string, manifest: Manifest, decisions: readonly Decision[]): Promise<void> {
  const standing = newStanding(manifest.input.rows);
  const {cutIntents} = await readJournal(folder, manifest.run, (record) => fold(standing, record), 'states');
  const doubtful = new Set([...settleOpenAttempts(standing), ...cutIntents]);
  const seen = new Set<number>();
  const captures = Object.keys(askedOf(manifest).capture ?? {});
  for (const {row, as, at, captured} of decisions) {
    const state = row <= standing.rows ? stateOf(standing, row) : 'not in this run';
    const inDoubt = state === 'in-doubt' || doubtful.has(row);
    const where = at ? placeName(at) : undefined;
    if (!inDoubt) throw misfit(folder, where, `row ${row} is ${state}, expected a row in doubt`);
    if (seen.has(row)) throw misfit(folder, where, `row ${row} is decided twice`);
    seen.add(row);
    const unsaid = as === 'ok' ? captures.find((name) => captured?.[name] === undefined) : undefined;
    if (unsaid !== undefined) throw uncaptured(folder, where, row, unsaid);
  }
}

async function write(folder: string, manifest: Manifest, decisions: readonly Decision[]): Promise<void> {
  const standing = newStanding(manifest.input.rows);
  let ended: LastEnd | undefined;
  const recovered = await recover(folder, {
    run: manifest.run,
    now: wallNow(),
    visit: (record) => {
      fold(standing, record);
      ended = endedAfter(ended, record);
    },
  });
  const at = Math.round(now());
  const left = settleOpenAttempts(standing);
  const journal = await Journal.open(folder, recovered);
  const record = recorder(journal, standing);
  record(openedRecord(at, {v: recovered.verdict, cut: recovered.cutBytes, amb: left.length}));
  for (const each of cutOutcomes(recovered, at)) record(each);
  for (const {row, as, why, captured} of decisions) {
    await journal.hasRoom();
    const said = why === undefined ? {} : {why: why.slice(0, NOTE_LENGTH)};
    record({t: 'd', op: row, as, by: 'user', at, ...said, ...(captured && as === 'ok' && {cap: valuesOf(captured)})});
  }
  record({t: 'E', at, ...endOf(standing, ended), counts: counts(standing)});
  await journal.close();
}

/** `-` is what nobody will need. */
function valuesOf(captured: Readonly<Record<string, string>>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(captured).map(([name, value]) => [name, value === '-' ? null : value]));
}

/** What later steps are made of would be missing for good: a row that is ok is not settled again. */
function uncaptured(folder: string, where: string | undefined, row: number, name: string): Problem {
  const message = `row ${row} is to be ok, and nothing says what its answer would have given for ${name}`;
  return new Problem(
    'CAPTURED_MISSING',
    where === undefined ? message : `${where}: ${message}`,
    `Nothing was settled. Say it with --captured ${name}=VALUE, or in the column ${CAPTURED}${name} of ${folder}/in-doubt.csv; - where nobody will need it.`,
    {exit: EXIT.misfit},
  );
}

function misfit(folder: string, where: string | undefined, message: string): Problem {
  return new Problem(
    'DECISION_MISFIT',
    where === undefined ? message : `${where}: ${message}`,
    `Nothing was settled. Rows in doubt are listed in ${folder}/in-doubt.csv; write it anew with: sluice results ${folder}`,
    {exit: EXIT.misfit},
  );
}
