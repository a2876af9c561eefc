import {existsSync} from 'node:fs';
import {DerivedFile} from '../report/derived-file.js';
import type {LeftOut} from './derive.js';
import type {jobFiles} from './folder.js';
import type {Step} from './job.js';
import {type SettledRow, settledRows} from './sources.js';

/** How the rows of a step stand. `waiting`: not sent yet, because of a row of an earlier step that is in doubt or not done. */
export type StepTally = {
  readonly step: string;
  readonly rows: number;
  readonly ok: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly skipped: number;
  readonly waiting: number;
  readonly pending: number;
  /** So many requests the rows became. */
  readonly requests: number;
};

/** A step that was run, as far as it came: its rows, those that were not sent among them. */
export type StepStand = {readonly step: Step; readonly run: string; readonly leftOut: readonly LeftOut[]};

/** A row of a step as later steps and `STEP.ndjson` see it. */
export type StepRow = Omit<SettledRow, 'state' | 'request'> & {
  readonly state: SettledRow['state'] | 'waiting';
  readonly request: number | null;
};

/** All rows of a step: those that were sent by request, then those that were not. */
export async function* rowsOf({step, run, leftOut}: StepStand): AsyncGenerator<StepRow> {
  if (existsSync(run)) yield* settledRows(run, step);
  for (const row of leftOut) yield {...row, status: null, captured: {}, request: null};
}

/** Counts the rows of a step, and writes what became of each into `STEP.ndjson`. */
export async function tallyOf(stand: StepStand, files: ReturnType<typeof jobFiles>): Promise<StepTally> {
  const states: Record<StepRow['state'], number> = {
    ok: 0,
    failed: 0,
    'in-doubt': 0,
    skipped: 0,
    waiting: 0,
    pending: 0,
  };
  const requests = new Set<number>();
  const file = new DerivedFile(files.rows(stand.step.name));
  let rows = 0;
  try {
    for await (const {row, state, status, why, captured, request} of rowsOf(stand)) {
      rows += 1;
      states[state] += 1;
      if (request !== null) requests.add(request);
      file.write(`${JSON.stringify({row, state, status, why, captured, request})}\n`);
    }
    file.commit();
  } finally {
    file.discard();
  }
  const {ok, failed, 'in-doubt': inDoubt, skipped, waiting, pending} = states;
  return {step: stand.step.name, rows, ok, failed, inDoubt, skipped, waiting, pending, requests: requests.size};
}
