import type {Interfaces} from '@oclif/core';
import type {Plan} from '../plan/plan.js';
import type {Drawn} from '../schedule/picture.js';
import type {askFlags, paceFlags} from './flags.js';
import {writePage} from './page-file.js';
import {planPage} from './plan-page.js';
import {parseLatency} from './words.js';

type Words = Interfaces.InferredFlags<typeof askFlags & typeof paceFlags> & {
  readonly html?: string | undefined;
  readonly force?: boolean;
};

/** Writes the page that `--html` asks for. `what` was planned: a file, or counts. */
export function writePlanPage(
  what: string,
  {plan, drawn, notes}: {readonly plan: Plan; readonly drawn: Drawn; readonly notes: readonly string[]},
  flags: Words & {readonly html: string},
  at: {readonly now: number; readonly zone: string},
): void {
  const title = `Plan: ${what} with profile ${flags.profile}`;
  const assumptions = assumptionsOf(flags, notes);
  writePage(flags.html, planPage(plan, {drawn, title, assumptions, ...at}), flags.force ?? false);
}

/** What the plan takes for granted. Only words that hold no secret: headers, bodies and columns are not among them. */
function assumptionsOf(flags: Words, notes: readonly string[]): string[] {
  const {lowMs, highMs} = parseLatency(flags.latency);
  const said = [
    ...(flags.limit ?? []).map((limit) => `--limit ${limit}`),
    ...(flags.share === undefined ? [] : [`--share ${flags.share}`]),
    ...(flags.concurrency === undefined ? [] : [`--concurrency ${flags.concurrency}`]),
    ...(flags.pace === undefined ? [] : [`--pace ${flags.pace}`]),
    ...(flags.ramp === undefined ? [] : [`--ramp ${flags.ramp}`]),
  ];
  return [
    `Answers take ${Math.round(lowMs)} to ${Math.round(highMs)} ms.`,
    'Every request is sent once and succeeds; nobody else uses the limits meanwhile.',
    said.length === 0
      ? `The limits are those of profile ${flags.profile}.`
      : `The limits are those of profile ${flags.profile}, changed by ${said.join(' ')}.`,
    ...notes,
  ];
}
