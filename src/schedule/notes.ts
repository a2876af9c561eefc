import {placeName} from '../problem.js';
import {alikeNote} from './alike.js';
import type {Intake} from './intake.js';

/** What a person should know of the rows before they are sent, though nothing is wrong with any of them. */
export function notesOf(
  {alike, unlimited, places}: Intake,
  {name, profile}: {readonly name: string; readonly profile: string},
): string[] {
  const notes = alike ? [alikeNote(alike, name, places)] : [];
  if (!unlimited) return notes;
  const {rows, first, request} = unlimited;
  const place = placeName({file: name, line: places.at(first).line, row: first});
  const fall = rows === 1 ? '1 row falls' : `${rows} rows fall`;
  return [
    ...notes,
    `${fall} under no limit of profile ${profile}, so nothing but --concurrency holds them back: ${request} at ${place}; add one with --limit`,
  ];
}
