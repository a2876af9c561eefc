import type {Case, Kind} from './case.js';
import {promiseOf} from './cases.js';
import {earliestStarts, type Span} from './optimum.js';
import type {Attempt, Played} from './play.js';
import type {ServerWindow} from './servers.js';

/** What is asserted of one case and what is told of it. `ratio`: of the optimum's time to the time it took; 1 is as fast as can be. */
export type Verdict = {readonly faults: readonly string[]; readonly ratio: number | undefined};

/** The least part of the optimum that a run without losses and restarts has to reach. */
export const LEAST_RATIO = 0.99;

/** Where buckets have keys, lanes get into each other's way: what is best for all of them together is not computed, only what each can do alone. */
const LEAST_RATIO_KEYED = 0.85;

/** Of a sliding counter that is paced. */
const MOST_REFUSED = 0.1;

function leastRatio({provider}: Case): number {
  return provider.limits.some(({keyed}) => keyed) ? LEAST_RATIO_KEYED : LEAST_RATIO;
}

/** A kill, an answer that is waited for till the timeout, and a slow start cost time that no optimum knows. */
function isSmooth({restarts, wire, pacing}: Case): boolean {
  return (pacing?.rampSeconds ?? 0) === 0 && restarts === 0 && wire.lostAnswers === 0 && wire.lostRequests === 0;
}

export function judgeCase(each: Case, played: Played): Verdict {
  const {seen, unsettled, stopped} = played;
  const faults: string[] = [];
  const promise = promiseOf(each);
  if (stopped !== undefined) faults.push(`stopped: ${stopped}`);
  if (unsettled > 0) faults.push(`${unsettled} operations are unsettled`);
  if (promise === 'fits' && seen.fullest > 1)
    faults.push(`a window held ${(seen.fullest * 100).toFixed(1)} % of its limit, ${seen.refused} refused`);
  if (promise === 'paced' && seen.refused > seen.arrivals * MOST_REFUSED)
    faults.push(`${seen.refused} of ${seen.arrivals} were refused by a counter`);
  const ratio = isSmooth(each) ? ratioOf(each, played) : undefined;
  if (promise === 'fits' && ratio !== undefined && ratio < leastRatio(each))
    faults.push(`took ${(100 / ratio).toFixed(1)} % of the optimum's time`);
  return {faults, ratio};
}

/**
 * The optimum's time over the time taken, of whoever takes longest: all requests under the windows that they share, or those of one key under all of
 * theirs. Where nothing has a key, a time is that of the middle of the last window's starts: a single slow answer at the end says nothing of a rate.
 */
export function ratioOf(each: Case, {attempts, beganAt}: Played): number {
  const {provider} = each;
  const gate: Span = {kind: 'slots', requests: each.concurrency, windowMs: 0};
  const spans = provider.limits.map(({windows}, limit) => {
    const alone = windows.flatMap((window, place) => spansOf(window, each.kinds[limit]![place]!));
    const everyMs = Math.max(...windows.map(({requests, ms}) => ms / requests));
    return each.pacing?.pace === 'even' ? [...alone, {kind: 'pace', everyMs} as const] : alone;
  });
  const shared = spans.filter((_, limit) => !provider.limits[limit]!.keyed).flat();
  const optimumOf = (some: readonly Attempt[], under: readonly Span[], last: number) =>
    middleOfLast(
      earliestStarts(
        some.map(({heldMs}) => heldMs),
        [gate, ...under],
      ),
      last,
    );
  const keyed = shared.length < spans.flat().length;
  const last = keyed ? 1 : Math.max(...shared.map((span) => (span.kind === 'slots' ? span.requests : 1)));
  const optima = [optimumOf(attempts, shared, last)];
  if (keyed) for (const some of byKey(attempts)) optima.push(optimumOf(some, spans.flat(), last));
  const taken =
    middleOfLast(
      attempts.map(({startedAt}) => startedAt),
      last,
    ) - beganAt;
  return taken <= 0 ? 1 : Math.max(...optima) / taken;
}

/**
 * For one window without a key: the starts per ms that were reached, over requests / (window + mean round trip), both between the middle of the first
 * window's starts and that of the last.
 */
export function plainRatio({provider}: Case, {attempts}: Played): number {
  const {requests, ms} = provider.limits[0]!.windows[0]!;
  const starts = attempts.map(({startedAt}) => startedAt);
  const taken = mean(starts.slice(-requests)) - mean(starts.slice(0, requests));
  const holdsMs = mean(attempts.slice(0, -requests).map(({heldMs}) => heldMs));
  return ((attempts.length - requests) * (ms + holdsMs)) / requests / taken;
}

function spansOf({requests, ms, burst}: ServerWindow, kind: Kind): readonly Span[] {
  if (kind === 'bucket') return [{kind: 'tokens', burst, tokenMs: ms / requests}];
  const slots: Span = {kind: 'slots', requests, windowMs: ms};
  return kind === 'counter' ? [slots, {kind: 'pace', everyMs: ms / Math.max(0.5, requests - 1)}] : [slots];
}

function byKey(attempts: readonly Attempt[]): readonly (readonly Attempt[])[] {
  const byKey = new Map<number, Attempt[]>();
  for (const attempt of attempts) {
    const same = byKey.get(attempt.key) ?? [];
    same.push(attempt);
    byKey.set(attempt.key, same);
  }
  return [...byKey.values()];
}

function middleOfLast(starts: readonly number[], count: number): number {
  return mean(starts.slice(-count));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
