import {wallNow} from '../clock.js';
import {type Corrections, foldCorrection, noCorrections} from '../journal/corrections.js';
import type {Manifest} from '../journal/folder.js';
import {foldRecent, newRecent, recentOf} from '../journal/recent.js';
import type {FoundRecord, JournalRecord} from '../journal/record.js';
import {type Recovered, recover} from '../journal/replay.js';
import {fold, newStanding, type Standing} from '../journal/states.js';
import {foldTemplate, noTemplates, type Templates} from '../journal/templates.js';
import {applyLimits, type Overrides} from '../profiles/override.js';
import type {Order} from '../requests/asked.js';
import {endedAfter, type LastEnd} from './last-end.js';
import {controlled, type SessionOrder, said} from './order.js';
import {recallSpanMs} from './recall.js';

/** What the journal of a run says to whoever goes on with it. */
export type Replayed = {
  readonly standing: Standing;
  readonly recovered: Recovered;
  readonly past: ReturnType<typeof recentOf>;
  /** What was found out of limits that nobody told. */
  readonly found: readonly FoundRecord[];
  /** Rows whose cells are not those of the input any more. */
  readonly corrections: Corrections;
  /** Under which templates rows were sent. */
  readonly templates: Templates;
  readonly reached: boolean;
  readonly begunAt: number;
  /** Pending rows that an attempt may have executed: its answer did not say so, or somebody decided to send them again. */
  readonly mayHaveRun: ReadonlySet<number>;
  /** How the session before ended; undefined: it was killed. */
  readonly ended: LastEnd | undefined;
  /** What holds instead of the profile: said now, else set while it went on, else said at the beginning. */
  readonly overrides: Overrides;
};

/** Reads the journal of a run and makes it ready to be gone on with; the lock must be held, or `read` only look. Throws what `recover` throws. */
export async function replayRun(
  manifest: Manifest,
  {folder, overrides, options}: SessionOrder,
  order: Order & {overrides: SessionOrder['overrides']},
  read: typeof recover = recover,
): Promise<Replayed> {
  const standing = newStanding(manifest.input.rows);
  let inForce = order.overrides;
  const spanMs = () =>
    recallSpanMs(applyLimits(order.asked.profile, said(inForce, overrides)).limits, options.timeoutMs);
  const recent = newRecent(spanMs());
  const mayHaveRun = new Set<number>();
  const found: FoundRecord[] = [];
  const corrections = noCorrections();
  const templates = noTemplates();
  let reached = false;
  let ended: LastEnd | undefined;
  let begunAt = 0;
  const recovered = await read(folder, {
    run: manifest.run,
    now: wallNow(),
    visit: (record) => {
      fold(standing, record);
      foldCorrection(corrections, record);
      ended = endedAfter(ended, record);
      foldTemplate(templates, record);
      if (record.t === 'f') {
        found.push(record);
        recent.spanMs = Math.max(recent.spanMs, recallSpanMs([{windows: record.windows ?? []}], options.timeoutMs));
      }
      foldRecent(recent, record);
      if (record.t === 'o' && record.st !== undefined) reached = true;
      noteDoubt(mayHaveRun, record);
      if (record.t === 'O' && begunAt === 0) begunAt = record.at;
      if (record.t !== 's') return;
      inForce = controlled(inForce, record);
      recent.spanMs = Math.max(recent.spanMs, spanMs());
    },
  });
  return {
    standing,
    recovered,
    past: recentOf(recent),
    found,
    corrections,
    templates,
    reached,
    begunAt,
    mayHaveRun,
    ended,
    overrides: said(inForce, overrides),
  };
}

/** Until it is settled: that it was refused or never sent since takes nothing back. */
function noteDoubt(mayHaveRun: Set<number>, record: JournalRecord): void {
  if (record.t === 'd' && record.as === 'retry' && record.by !== 'user') mayHaveRun.add(record.op);
  if (record.t !== 'o') return;
  if (record.k === 'not' && record.e === 'backoff') mayHaveRun.add(record.op);
  else if (record.k !== 'not') mayHaveRun.delete(record.op);
}
