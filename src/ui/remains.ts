import {Chalk} from 'chalk';
import {wallNow} from '../clock.js';
import {copyLedger} from '../limits/copy.js';
import {type Plan, planRun} from '../plan/plan.js';
import {previewsOf} from '../plan/prepare.js';
import {nextCommand, shellWord} from '../report/summary.js';
import {orderOf} from '../run/order.js';
import type {Remains} from '../run/remains.js';
import type {Picture} from '../schedule/picture.js';
import {count, plain, sayNumber} from './plain.js';
import type {Assumed} from './plan.js';
import {states} from './summary.js';
import type {parseLatency} from './words.js';

type Latency = ReturnType<typeof parseLatency>;

/** What `plan RUN --json` prints: the plan of what remains, and how the run stands. */
export type RestPlan = Plan & {
  readonly run: string;
  readonly state: Remains['state'] | 'finished';
  readonly done: {
    readonly ok: number;
    readonly failed: number;
    readonly inDoubt: number;
    readonly skipped: number;
  };
  /** Sent, and not answered yet. */
  readonly underWay: number;
  /** Pending, and not sent with the rest: they wait for rows in doubt, or are not among `--rows`. */
  readonly kept: number;
  /** What an answer is taken to need: as said, or as this run has measured. */
  readonly latencySeconds: {readonly low: number; readonly expected: number; readonly high: number};
};

/** The plan of what remains, with answers as they are assumed to be; played into `picture`, where one is to be drawn. */
export function planRest(
  {rest, manifest, counts, state, underWay}: Remains,
  latency: Latency,
  picture?: Picture,
): RestPlan {
  const {ok, failed, inDoubt, skipped, pending} = counts;
  const {asked} = orderOf(manifest);
  const plan = rest
    ? planRun({
        rows: manifest.input.rows,
        invalid: rest.intake.bad,
        lanes: rest.intake.lanes,
        line: rest.intake,
        profile: rest.profile,
        latency,
        startAt: rest.at,
        openLedger: () => copyLedger(rest.ledger),
        preview: previewsOf(rest.preview, asked, rest.secrets),
        picture,
      })
    : nothingLeft(manifest.input.rows);
  return {
    ...plan,
    run: manifest.run,
    state: pending === 0 ? 'finished' : state,
    done: {ok, failed, inDoubt, skipped},
    underWay,
    kept: Math.max(0, pending - underWay - plan.requests),
    latencySeconds: {
      low: latency.lowMs / 1000,
      expected: latency.expectedMs / 1000,
      high: latency.highMs / 1000,
    },
  };
}

/** How the run stands of which a plan is the rest, in place of what a plan says of its rows. */
export function standLines(
  {counts, underWay, inDoubt: {rows, first}}: Remains,
  {kept}: Pick<RestPlan, 'kept'>,
  color: boolean,
): string[] {
  const chalk = new Chalk({level: color ? 1 : 0});
  const named = [...first.map(plain), ...(rows > first.length ? [`and ${sayNumber(rows - first.length)} more`] : [])];
  const them = rows === 1 ? 'it' : 'each';
  return [
    `${chalk.bold(count(counts.rows, 'row'))}: ${states(counts, chalk)}${underWay > 0 ? ` (${sayNumber(underWay)} under way)` : ''}`,
    ...(rows > 0
      ? [
          `${count(rows, 'row')} in doubt ${rows === 1 ? 'is' : 'are'} not sent${first.length > 0 ? `: ${named.join(', ')}` : ''}; look at ${them} and say what you found with sluice settle, or add --in-doubt retry`,
        ]
      : []),
    ...(kept > 0 ? [`${count(kept, 'pending row')} ${kept === 1 ? 'is' : 'are'} not sent with the rest`] : []),
  ];
}

/** What the end of the rest is told after. */
export function begunWords(state: Remains['state']): string {
  switch (state) {
    case 'running':
      return 'it goes on, and is done';
    case 'paused':
      return 'it is paused; gone on with now, it is done';
    case 'stopped':
      return 'gone on with now, the run is done';
  }
}

/** The next command to type. `words` are those behind `plan`. */
export function nextOf({state, counts, rest}: Remains, folder: string, words: readonly string[]): string {
  if (state === 'running') return `sluice status ${shellWord(folder)}`;
  if (state === 'paused') return `sluice go ${shellWord(folder)}`;
  if (!rest) return nextCommand(folder, counts, undefined);
  return ['sluice', 'resume', ...words.map(shellWord)].join(' ');
}

/** What is assumed of answers: what was said, else what the run has measured, else what is supposed. */
export function latencyOf(
  {rest}: Remains,
  {said, supposed}: {readonly said: Latency | undefined; readonly supposed: Latency},
): Latency & Assumed {
  if (said || !rest?.latencies) return said ?? supposed;
  // As of a figure that is said: of answers some are slow, but a whole run of slow ones is not to be expected.
  const {latencyMs, spreadMs} = rest.latencies;
  const eachMs = Math.min(spreadMs, latencyMs / 2);
  return {
    lowMs: round(latencyMs - eachMs),
    expectedMs: round(latencyMs),
    highMs: round(latencyMs + eachMs),
    measuredMs: round(latencyMs),
  };
}

function round(ms: number): number {
  return Number(ms.toPrecision(3));
}

function nothingLeft(rows: number): Plan {
  return {
    ...{rows, valid: rows, invalid: 0, requests: 0, seconds: 0, secondsLow: 0, secondsHigh: 0},
    ...{finishesAt: new Date(wallNow()).toISOString(), binding: [], lanes: [], preview: [], problems: []},
  };
}
