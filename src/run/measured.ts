import type {RecentAttempt} from '../journal/recent.js';
import type {Ending} from '../limits/ledger.js';

/** What a session has measured by now: how long answers take, and how many attempts were paid for with slots. */
export type Measured = {latencyMs: number; answers: number; paid: number};

/** So many answers are remembered: the older ones count for ever less. */
const REMEMBERED = 200;
/** As so many count those of earlier sessions, which may be long ago. */
const REMEMBERED_FROM_BEFORE = 10;
/** More digits are no news, and where round numbers meet the plan finds sooner that a run repeats itself. */
const DIGITS = 3;

/** What the answers to these attempts of earlier sessions tell. */
export function openMeasured(attempts: readonly Pick<RecentAttempt, 'at' | 'answeredAt'>[] = []): Measured {
  const measured = {latencyMs: 0, answers: 0, paid: 0};
  for (const {at, answeredAt} of attempts.slice(-REMEMBERED))
    if (answeredAt !== undefined) noteEnded(measured, answeredAt - at, {kind: 'answered'});
  return {...measured, answers: Math.min(measured.answers, REMEMBERED_FROM_BEFORE), paid: 0};
}

/** An attempt held its slots for so long, and ended in this way. */
export function noteEnded(measured: Measured, ms: number, {kind}: Pick<Ending, 'kind'>): void {
  if (kind !== 'uncounted') measured.paid += 1;
  if (kind !== 'answered') return;
  measured.answers += 1;
  measured.latencyMs += (ms - measured.latencyMs) / Math.min(measured.answers, REMEMBERED);
}

/** How long an answer takes on average; before the first, what is supposed. */
export function latencyOf({answers, latencyMs}: Measured, supposedMs: number): number {
  return answers === 0 ? supposedMs : Math.max(0.1, Number(latencyMs.toPrecision(DIGITS)));
}

/** How many attempts a row takes beyond its first, when so many rows were settled by now and so many are under way. */
export function attemptsBeyond({paid}: Measured, settled: number): number {
  return settled === 0 ? 0 : Math.max(0, paid / settled - 1);
}
