import {now} from '../clock.js';
import {SKIPPED_FOR_KEY} from '../journal/states.js';
import {gatesOf} from '../schedule/sequence.js';
import {renewFailures} from './stop.js';
import type {Tools} from './tools.js';

/** How a row came out, as far as those behind it go. */
export type Settled = 'ok' | 'failed' | 'in-doubt';

/** Passes the turn on when a row is settled: to the next row of its key, and with the last row of a phase to the next phase. */
export function passOn(tools: Tools, row: number, settled: Settled): void {
  const {sequence, rows, schedule, options} = tools;
  if (!sequence) return;
  const gates = gatesOf(rows, schedule);
  if (settled === 'in-doubt') {
    sequence.doubt(row, gates);
    return;
  }
  const stops = settled === 'failed' && options.onKeyFailure === 'stop';
  const begins = stops ? sequence.stop(row, gates) : sequence.settle(row, gates);
  // What went wrong in one phase says nothing about the next.
  if (begins) renewFailures(tools.failures);
}

/** Writes down which rows are skipped, until all are or the run is to stop; a resumed run goes on with the rest. */
export async function skipStopped(tools: Tools): Promise<void> {
  while (!tools.stop) {
    await tools.journal.hasRoom();
    const next = tools.sequence?.nextStopped();
    if (!next) return;
    tools.record({
      t: 'o',
      op: next.row,
      n: 0,
      k: 'skipped',
      at: Math.round(now()),
      e: SKIPPED_FOR_KEY,
      m: `row ${next.after} of its key failed`,
    });
  }
}
