import type {RecentAttempt} from '../journal/recent.js';
import type {Ending} from '../limits/ledger.js';
import type {Latencies} from '../schedule/answers.js';

/** What a session has measured by now: how long answers take, with their variance in square ms, and how many attempts were paid for with slots. */
export type Measured = {latencyMs: number; variance: number; answers: number; paid: number};

/** So many answers are remembered: the older ones count for ever less. */
const REMEMBERED = 200;
/** As so many count those of earlier sessions, which may be long ago. */
const REMEMBERED_FROM_BEFORE = 10;
/** More digits are no news, and where round numbers meet the plan finds sooner that a run repeats itself. */
const DIGITS = 3;

/** What the answers to these attempts of earlier sessions tell. */
export function openMeasured(attempts: readonly Pick<RecentAttempt, 'at' | 'answeredAt'>[] = []): Measured {
  const measured = {latencyMs: 0, variance: 0, answers: 0, paid: 0};
  for (const {at, answeredAt} of attempts.slice(-REMEMBERED))
    if (answeredAt !== undefined) noteEnded(measured, answeredAt - at, {kind: 'answered'});
  return {...measured, answers: Math.min(measured.answers, REMEMBERED_FROM_BEFORE), paid: 0};
}

/** An attempt held its slots for so long, and ended in this way. */
export function noteEnded(measured: Measured, ms: number, {kind}: Pick<Ending, 'kind'>): void {
  if (kind !== 'uncounted') measured.paid += 1;
  if (kind !== 'answered') return;
  measured.answers += 1;
  const part = 1 / Math.min(measured.answers, REMEMBERED);
  const off = ms - measured.latencyMs;
  measured.latencyMs += off * part;
  measured.variance += (off * (ms - measured.latencyMs) - measured.variance) * part;
}

/** How long answers take, on average and by how much more or less, as if all between were equally likely; before the first, what is supposed. */
export function latenciesOf({answers, latencyMs, variance}: Measured, supposedMs: number): Required<Latencies> {
  if (answers === 0) return {latencyMs: supposedMs, spreadMs: 0};
  const mean = Math.max(0.1, Number(latencyMs.toPrecision(DIGITS)));
  return {latencyMs: mean, spreadMs: Math.min(mean, Number(Math.sqrt(3 * variance).toPrecision(DIGITS)))};
}

/** How many attempts a row takes beyond its first, when so many rows were settled by now and so many are under way. */
export function attemptsBeyond({paid}: Measured, settled: number): number {
  return settled === 0 ? 0 : Math.max(0, paid / settled - 1);
}
