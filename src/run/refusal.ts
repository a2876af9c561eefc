import {refusingSince} from '../limits/ledger.js';
import {refuse} from '../limits/refuse.js';
import type {Lesson} from './learn.js';
import {outcome} from './outcome.js';
import {type Stop, waitTooLong} from './stop.js';
import {tellSpread} from './tell.js';
import type {Ended, Prepared, Tools} from './tools.js';

/** A row that is refused so often while others of its buckets pass is refused for what it is. */
const REFUSALS_OF_ITS_OWN = 5;

/** Refusals that were in flight together tell the same wait, each from its own arrival on. */
const SAME_WAIT_MS = 1000;

/** An attempt that ended at `at`, with what its response told. */
export type Settling = Ended & {readonly at: number; readonly lesson: Lesson | undefined};

/** What a refusal means for its row: it has failed for what it is, or waits in its lane again; with `stop` the whole run ends. */
export type Consequence =
  | {readonly kind: 'failed'; readonly why: string}
  | {readonly kind: 'again'; readonly stop: Stop | undefined};

/** Closes the buckets of a row that was refused, and journals how long; says what becomes of the row. It costs the row no attempt. */
export function followRefusal(prepared: Prepared, ended: Settling, tools: Tools): Consequence {
  const {request, operation} = prepared;
  const {row} = operation.place;
  const {history, startedAt, at, lesson} = ended;
  history.counted -= 1;
  const closedUntil = Math.max(0, ...request.buckets.map(({id}) => tools.ledger.buckets.get(id)?.closedUntil ?? 0));
  const {until, fresh, spread} = refuse(tools.ledger, request.buckets, {
    startedAt,
    now: at,
    until: lesson?.until,
    rule: tools.profile.retry,
    random: tools.random(),
    explained: lesson?.told ?? false,
  });
  for (const each of spread) tellSpread(each, tools);
  const admitted = request.buckets.reduce((sum, {id}) => sum + (tools.ledger.buckets.get(id)?.admitted ?? 0), 0);
  if (admitted > history.admitted) history.refusals += 1;
  history.admitted = admitted;
  if (history.refusals >= REFUSALS_OF_ITS_OWN) {
    return {kind: 'failed', why: `refused ${history.refusals} times while other rows passed`};
  }
  tools.record(outcome(prepared, ended, tools, 'not', {e: 'refused', ra: Math.ceil(until)}));
  // One that was in flight with the first may name a longer wait, which has to be known on resume.
  if (fresh || until > closedUntil + SAME_WAIT_MS)
    tools.record({
      t: 'p',
      op: row,
      l: tools.rows.laneOf(row),
      at: Math.round(at),
      until: Math.ceil(until),
      why: 'refused',
    });
  const since = refusingSince(tools.ledger, request.buckets) ?? at;
  const tooLong = until - at > tools.options.maxWaitMs || at - since > tools.options.maxWaitMs;
  return {kind: 'again', stop: tooLong ? waitTooLong(until) : undefined};
}
