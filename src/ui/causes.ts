import {placeName} from '../problem.js';
import type {Cause} from '../report/causes.js';
import {shellWord} from '../report/summary.js';
import {plain, sayNumber} from './plain.js';

/** So many kinds stand in the summary; results.ndjson has them all. */
const MOST_LINES = 8;
const LONGEST = 60;

/** Statuses that mean that what was asked for is so already. Not 404: of a creation it says that something is missing, and nothing is done. */
const SO_ALREADY: readonly (number | null)[] = [409, 410];

/**
 * Why rows failed, are in doubt, or are ok although their status says otherwise: how many, the first of them, and the rule that would take them
 * differently.
 */
export function causeLines(causes: readonly Cause[]): string[] {
  const shown = causes.slice(0, MOST_LINES);
  const texts = shown.map((cause) => ({cause, what: whatOf(cause), rows: rowsOf(cause)}));
  const [widest, longest] = [
    Math.max(0, ...texts.map(({what}) => what.length)),
    Math.max(0, ...texts.map(({rows}) => rows.length)),
  ];
  const lines = texts.map(({cause, what, rows}) => {
    const rule = otherRule(cause, causes);
    const first = `first at ${plain(placeName(cause.first))}`;
    return `  ${what.padEnd(widest)}   ${rows.padStart(longest)}   ${first}${rule === undefined ? '' : ` · ${rule}`}`;
  });
  const more = causes.length - shown.length;
  return more > 0 ? [...lines, `  and ${sayNumber(more)} more kinds`] : lines;
}

function whatOf({status, says}: Cause): string {
  const text = plain(says);
  return `${status ?? '-'} ${text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text}`;
}

function rowsOf({rows, state}: Cause): string {
  return `${sayNumber(rows)} ${state === 'in-doubt' ? 'in doubt' : state}`;
}

function otherRule({state, status, says}: Cause, causes: readonly Cause[]): string | undefined {
  if (state !== 'failed' || !SO_ALREADY.includes(status)) return undefined;
  const alone = causes.filter((cause) => cause.state === 'failed' && cause.status === status).length === 1;
  if (alone) return `treat as ok with --ok ${status}`;
  const [text = ''] = says.split('…').sort((one, other) => other.length - one.length);
  const words = text.trim();
  return words === '' ? undefined : `treat as ok with --ok ${shellWord(`${status}:${plain(words)}`)}`;
}
