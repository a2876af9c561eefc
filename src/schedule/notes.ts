import type {Places} from '../operations/places.js';
import {placeName} from '../problem.js';
import {alikeNote} from './alike.js';
import type {Intake} from './intake.js';
import type {KeptRows} from './parts.js';
import type {Sequence} from './sequence.js';

/** What a person should know of the rows before they are sent, though nothing is wrong with any of them. */
export function notesOf(
  {alike, unlimited, places, sequence}: Pick<Intake, 'alike' | 'unlimited' | 'places' | 'sequence'>,
  {name, profile}: {readonly name: string; readonly profile: string},
): string[] {
  const notes = alike ? [alikeNote(alike, name, places)] : [];
  if (sequence) notes.push(...sequenceNotes(sequence, {name, places}));
  if (!unlimited) return notes;
  const {rows, first, request} = unlimited;
  const place = placeName({file: name, line: places.at(first).line, row: first});
  const fall = rows === 1 ? '1 row falls' : `${rows} rows fall`;
  return [
    ...notes,
    `${fall} under no limit of profile ${profile}, so nothing but --concurrency holds them back: ${request} at ${place}; add one with --limit`,
  ];
}

/** So many phases are named. */
const NAMED_PHASES = 10;

/** The phases as they will run, and the rows that stay behind because the rows before them are not sent. */
export function sequenceNotes({phases, outside}: Pick<Sequence, 'phases' | 'outside'>, file: InFile): string[] {
  const named = phases
    .slice(0, NAMED_PHASES)
    .map(({name, rows}) => `${phaseName(name)} (${rows === 1 ? '1 row' : `${rows} rows`})`);
  const more = phases.length > NAMED_PHASES ? [`and ${phases.length - NAMED_PHASES} more`] : [];
  return [
    ...(phases.length > 1 ? [`${phases.length} phases, one after another: ${[...named, ...more].join(', ')}`] : []),
    ...(outside.rows === 0
      ? []
      : [
          `${waiting(outside.rows, 'pending')}, for a row before ${outside.rows === 1 ? 'it' : 'them'} with the same key is not among --rows: ${keptNames(outside, file)}`,
        ]),
  ];
}

/** Who waits for rows in doubt, for the end of a run; undefined where nobody does. */
export function doubtNote({inDoubt}: Pick<Sequence, 'inDoubt'>, file: InFile): string | undefined {
  if (inDoubt.rows === 0) return undefined;
  return `${waiting(inDoubt.rows, 'pending')} behind rows in doubt: ${keptNames(inDoubt, file)}`;
}

/** `phase "users"`, or the rows that name none. */
export function phaseName(name: string): string {
  return name === '' ? 'rows without a phase' : JSON.stringify(name);
}

/** The input's name, and where its rows stand. */
type InFile = {readonly name: string; readonly places: Pick<Places, 'at'>};

function waiting(rows: number, state: string): string {
  return rows === 1 ? `1 row stays ${state}` : `${rows} rows stay ${state}`;
}

/** `row 9 (users.csv:10) waits for row 8 of its key`, for the first few. */
function keptNames({rows, first}: KeptRows, {name, places}: InFile): string {
  const named = first.map(({row, after, by}) => {
    const place = placeName({file: name, line: places.at(row).line, row});
    return `${place} waits for row ${after} ${by === 'key' ? 'of its key' : 'of an earlier phase'}`;
  });
  return [...named, ...(rows > first.length ? [`and ${rows - first.length} more`] : [])].join(', ');
}
