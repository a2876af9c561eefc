import {exitOf} from '../journal/ending.js';
import type {JournalRecord} from '../journal/record.js';
import {counts, type Standing} from '../journal/states.js';

/** How the last session before this one ended. */
export type LastEnd = {readonly why: string; readonly exit: number};

/** How it had ended after one more record. */
export function endedAfter(ended: LastEnd | undefined, record: JournalRecord): LastEnd | undefined {
  if (record.t === 'E') return {why: record.why, exit: record.exit};
  return record.t === 'O' ? undefined : ended;
}

/** Of a session that sent no row, so the run is as far as it was: why it ended stays, unless nothing is left to do. */
export function endOf(standing: Standing, ended: LastEnd | undefined): LastEnd {
  const all = counts(standing);
  if (all.pending === 0) return {why: 'complete', exit: exitOf(all)};
  return ended && ended.why !== 'complete' ? ended : {why: 'rows', exit: exitOf(all)};
}
