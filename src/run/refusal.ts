import {refusingSince} from '../limits/ledger.js';
import type {BucketRef} from '../limits/limit.js';
import {refuse} from '../limits/refuse.js';
import {renewalAt} from '../limits/renewal.js';
import type {ServerClock} from '../limits/server-clock.js';
import {sameName} from '../limits/spoken-of.js';
import type {Profile} from '../profiles/profile.js';
import type {Lesson} from './learn.js';
import {outcome} from './outcome.js';
import {type Stop, waitTooLong} from './stop.js';
import {tellSpread} from './tell.js';
import type {Ended, History, Prepared, Tools} from './tools.js';

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
  const {buckets} = request;
  const closedUntil = Math.max(0, ...buckets.map(({id}) => tools.ledger.buckets.get(id)?.closedUntil ?? 0));
  const {until, closed, fresh, spread, opened} = refuse(tools.ledger, buckets, {
    startedAt,
    now: at,
    until: lesson?.until,
    rule: tools.profile.retry,
    random: tools.random(),
    explained: lesson?.told ?? false,
    named: namedLimits(ended, tools.profile),
    used: ended.used,
  });
  for (const each of spread) tellSpread(each, tools);
  if (opened.length > 0) tools.schedule.touch(opened, at);
  if (isItsOwn(history, buckets, closed, tools)) {
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
      ...(closed.length < buckets.length ? {of: closed.map(({limit}) => tools.profile.limits[limit]!.name)} : {}),
    });
  const since = refusingSince(tools.ledger, request.buckets) ?? at;
  const tooLong = until - at > tools.options.maxWaitMs || at - since > tools.options.maxWaitMs;
  return {kind: 'again', stop: tooLong ? waitTooLong(until) : undefined};
}

/** The limits that the answer names: in its body, as the profile knows to read it, else in its headers. By their place in the profile. */
export function namedLimits(
  {verdict, lesson}: Pick<Settling, 'verdict' | 'lesson'>,
  {limits}: Pick<Profile, 'limits'>,
): readonly number[] {
  const named = verdict.kind === 'refused' ? (verdict.limits ?? []) : [];
  const places = limits.flatMap(({name}, place) => (named.some((each) => sameName(name, each)) ? place : []));
  return places.length > 0 ? places : (lesson?.used ?? []);
}

/** Counts a refusal while the buckets that are to blame let others through; so many of them, and the row is refused for what it is. */
function isItsOwn(
  history: History,
  buckets: readonly BucketRef[],
  closed: readonly BucketRef[],
  {ledger}: Tools,
): boolean {
  const before = history.admitted;
  history.admitted = buckets.map(({id}) => ledger.buckets.get(id)?.admitted ?? 0);
  if (closed.every((ref) => (history.admitted[buckets.indexOf(ref)] ?? 0) > (before[buckets.indexOf(ref)] ?? 0))) {
    history.refusals += 1;
  }
  return history.refusals >= REFUSALS_OF_ITS_OWN;
}

/** When going on makes sense after an answer that ended the run: when the answer says, else when the profile says that it renews. */
export function resumableAt(
  {lesson, at}: Settling,
  renews: string | undefined,
  clock: ServerClock,
): number | undefined {
  if (lesson?.until !== undefined && lesson.until > at) return lesson.until;
  return renews === undefined ? undefined : renewalAt(renews, at, clock);
}
