import {wallNow} from '../clock.js';
import {readManifest} from '../journal/folder.js';
import {findHolder} from '../journal/lock.js';
import type {OutcomeRecord} from '../journal/record.js';
import {readJournal} from '../journal/replay.js';
import {isBadRow, readRows} from '../operations/read.js';
import {closeInput} from '../operations/source.js';
import {EXIT, Problem, placeName} from '../problem.js';
import {applyLimits} from '../profiles/override.js';
import {type Happening, openStory} from '../report/story.js';
import {controlled, orderOf} from '../run/order.js';
import {reopenInput} from '../schedule/reopen.js';
import {sayInstant} from './instant.js';
import {plain} from './plain.js';
import {sayDuration} from './words.js';

/** After this long an attempt that was never answered is no longer counted; the run's own figure is not kept. */
const LATE_MS = 30_000;

/** `sluice explain RUN ROW`: the story of one row, told from the journal. Throws ROW_UNKNOWN (65). */
export async function explainRow(folder: string, row: number, json: boolean): Promise<void> {
  const manifest = await readManifest(folder);
  if (row > manifest.input.rows)
    throw new Problem(
      'ROW_UNKNOWN',
      `there is no row ${row}: ${manifest.name} has ${manifest.input.rows} rows`,
      `Rows count from 1: sluice explain ${folder} ${manifest.input.rows}`,
      {at: {file: folder}, exit: EXIT.misfit},
    );
  const order = orderOf(manifest);
  let {overrides} = order;
  const limits = () => applyLimits(order.asked.profile, overrides).limits;
  const story = openStory(row, limits(), LATE_MS, (control) => {
    overrides = controlled(overrides, control);
    return limits();
  });
  await readJournal(folder, manifest.run, story.note, 'full');
  const running = (await findHolder(folder)) !== undefined;
  const place = await placeOf(folder, row);
  if (json) {
    process.stdout.write(
      `${JSON.stringify({row, line: place.line, running, happenings: story.happenings}, null, 2)}\n`,
    );
    return;
  }
  const lines = storyLines(story.happenings, running, wallNow());
  process.stdout.write(`${[`${placeName({...place, row})}`, ...lines].map(plain).join('\n')}\n`);
}

/** Where the row stands in the input, as far as that is still there. */
async function placeOf(folder: string, row: number): Promise<{file: string; line: number | undefined}> {
  const manifest = await readManifest(folder);
  try {
    const input = await reopenInput(manifest, folder);
    try {
      for await (const each of readRows(input)) {
        if (each.place.row === row) return {file: input.name, line: each.place.line};
        if (isBadRow(each) && each.fatal) break;
      }
    } finally {
      await closeInput(input);
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  return {file: manifest.name, line: undefined};
}

/** The story for a person, a line for each thing that happened; the last one says where the row stands. */
export function storyLines(happenings: readonly Happening[], running: boolean, now: number): string[] {
  if (happenings.length === 0) return ['pending: no attempt was made yet'];
  const told = happenings.map(
    (each) => `${sayInstant(each.at, now, 'seconds')}.${milliseconds(each.at)}  ${tell(each, now)}`,
  );
  return [...told, standOf(happenings.at(-1)!, running)];
}

function tell(happening: Happening, now: number): string {
  switch (happening.kind) {
    case 'sent': {
      const {n, waited} = happening;
      const wait = waited
        ? `, behind ${waited.behind} until ${sayInstant(waited.until, now, 'seconds')}`
        : ', without a wait for a limit';
      return `attempt ${n} sent${wait}`;
    }
    case 'ended':
      return tellOutcome(happening.outcome);
    case 'lost':
      return 'the process ended before an answer was journaled';
    case 'closed':
      return `${happening.limits.join(', ') || 'all requests'} closed until ${sayInstant(happening.until, now, 'seconds')}`;
    case 'probed': {
      const answer = happening.status === undefined ? 'not answered' : `answered ${happening.status}`;
      return `probed: ${answer}${happening.why === undefined ? '' : `: in doubt still: ${happening.why}`}`;
    }
    case 'decided':
      return `decided by ${happening.by}: ${happening.as}${happening.why === undefined ? '' : ` (${happening.why})`}`;
  }
}

function tellOutcome({k, st, ms, e, m, n}: OutcomeRecord): string {
  const answer =
    st === undefined ? 'not answered' : `answered ${st}${ms === undefined ? '' : ` after ${sayDuration(ms)}`}`;
  const why = m ?? e;
  const because = why === undefined ? '' : `: ${why}`;
  if (n === 0) return `${k === 'unk' ? 'in doubt' : k} without an attempt${because}`;
  switch (k) {
    case 'ok':
      return `${answer}: ok${because}`;
    case 'failed':
      return `${answer}: failed${because}`;
    case 'skipped':
      return `skipped${because}`;
    case 'unk':
      return `${answer}: in doubt${because}`;
    case 'not':
      return `${e === 'unsent' ? 'did not leave' : answer}: ${AGAIN[e ?? ''] ?? 'to be sent again'}${m === undefined ? '' : ` (${m})`}`;
  }
}

const AGAIN: Readonly<Record<string, string>> = {
  refused: 'refused, to be sent again',
  backoff: 'to be sent again after a backoff',
  unsent: 'to be sent when the network is back',
  stop: 'the run was stopped by this answer',
  unauthorized: 'the credential was not accepted',
};

function standOf(last: Happening, running: boolean): string {
  switch (last.kind) {
    case 'sent':
      return running ? 'under way' : 'in doubt: nothing tells what became of it';
    case 'lost':
    case 'probed':
      return 'in doubt: it may have been executed';
    case 'closed':
      return 'pending';
    case 'decided':
      return last.as === 'retry' ? 'pending' : last.as;
    case 'ended':
      return {ok: 'ok', failed: 'failed', skipped: 'skipped', unk: 'in doubt', not: 'pending'}[last.outcome.k];
  }
}

function milliseconds(at: number): string {
  return String(Math.floor(at) % 1000).padStart(3, '0');
}
