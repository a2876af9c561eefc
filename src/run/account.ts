import type {Exchange} from '../exchange.js';
import type {Learned} from '../limits/believe.js';
import {notePassed, type Used} from '../limits/blame.js';
import {admit, type Ending, giveBack} from '../limits/ledger.js';
import type {BucketRef} from '../limits/limit.js';
import {type Lesson, learn} from './learn.js';
import {noteEnded} from './measured.js';
import type {Tools} from './tools.js';

/** What it takes to keep the account of the limits. */
export type Accounts = Pick<Tools, 'ledger' | 'profile' | 'measured' | 'serverClock'> & {
  readonly options: Pick<Tools['options'], 'timeoutMs'>;
};

/** A request that came to its end: `refused` and `stop` are answers that refuse. */
type Spent = {
  readonly startedAt: number;
  readonly exchange: Exchange;
  readonly verdict: {readonly kind: string};
  readonly used?: Used | undefined;
};

/** Gives back the slots of one request, and takes in what its answer tells of the limits; returns which of them turned out other than the profile says. */
export function account(
  buckets: readonly BucketRef[],
  spent: Spent,
  tools: Accounts,
  at: number,
): {readonly lesson: Lesson | undefined; readonly learned: readonly Learned[]} {
  const {startedAt, exchange, verdict, used} = spent;
  const span = {startedAt, now: at};
  const lesson = learnFrom(buckets, spent, tools, at);
  // However long its body took, it had been counted when its head was there.
  const countedBy = exchange.kind === 'answered' ? (exchange.headAt ?? at) : at;
  const ending = endingOf(spent, lesson, tools);
  giveBack(tools.ledger, buckets, countedBy, ending);
  noteEnded(tools.measured, countedBy - startedAt, ending);
  const learned = lesson?.apply(tools.ledger, buckets, span) ?? [];
  if (exchange.kind === 'answered' && verdict.kind !== 'refused') {
    admit(tools.ledger, buckets, span);
    notePassed(tools.ledger, buckets, used, at);
  }
  return {lesson, learned};
}

function endingOf({verdict, exchange}: Spent, lesson: Lesson | undefined, {options, profile}: Accounts): Ending {
  if (exchange.kind === 'unsent' || exchange.kind === 'untrusted') return {kind: 'uncounted'};
  if (exchange.kind === 'unanswered') return {kind: 'unanswered', lateMs: options.timeoutMs};
  if (verdict.kind === 'refused' && !profile.countRefusals) return {kind: 'uncounted'};
  return {kind: 'answered', ...(lesson ? {resetAt: lesson.resetAt} : {})};
}

function learnFrom(
  buckets: readonly BucketRef[],
  {exchange, startedAt, verdict}: Spent,
  tools: Accounts,
  at: number,
): Lesson | undefined {
  if (exchange.kind !== 'answered') return undefined;
  const {limits, turning} = tools.ledger;
  const refuses = verdict.kind === 'refused' || verdict.kind === 'stop';
  const known = {limits, rule: tools.profile.headers, clock: tools.serverClock, turning, refuses};
  const lesson = learn(exchange.response, buckets, known, {startedAt, now: at});
  tools.serverClock = lesson.clock;
  return lesson;
}
