import {Chalk, type ChalkInstance} from 'chalk';
import type {Plan} from '../plan/plan.js';
import type {BadGroup} from '../schedule/bad-groups.js';
import {groupLine} from '../schedule/bad-rows.js';
import {holdingLines} from './holding.js';
import {sayInstant} from './instant.js';
import {count, plain, sayNumber} from './plain.js';
import {sayDuration} from './words.js';

/** So many causes and lanes are listed. */
const LISTED = 10;

/** The least and the most that an answer is taken to need, and what the run has measured. */
export type Assumed = {readonly lowMs: number; readonly highMs: number; readonly measuredMs?: number | undefined};

/** A plan for a person, line by line. `zone` is what the local time is called; the last line is the next command to type. */
export function planLines(
  plan: Plan,
  {
    groups,
    counted,
    chart,
    stands,
    assumed,
    color,
    now,
    zone,
    next,
  }: {
    readonly groups: readonly BadGroup[];
    /** No row was read. */
    readonly counted: boolean;
    /** Requests over time, line by line. */
    readonly chart: readonly string[];
    /** How a run stands of which this is the rest: in place of what a plan says of its rows. */
    readonly stands?: {readonly lines: readonly string[]; readonly begun: string};
    /** What the plan takes answers to need. */
    readonly assumed: Assumed;
    readonly color: boolean;
    readonly now: number;
    readonly zone: string;
    readonly next: string;
  },
): string[] {
  const chalk = new Chalk({level: color ? 1 : 0});
  const {requests} = plan;
  return [
    ...(stands?.lines ?? (counted ? [] : rowLines(plan, groups, chalk))),
    ...previewLines(plan),
    `${count(requests, 'request')} ${requests === 1 ? 'takes' : 'take'} ${chalk.bold(sayDuration(plan.seconds * 1000))} (${sayDuration(plan.secondsLow * 1000)} to ${sayDuration(plan.secondsHigh * 1000)}, ${sayAssumed(assumed)})`,
    `${stands?.begun ?? 'begun now, the run is done'} about ${sayInstant(Date.parse(plan.finishesAt), now)} ${zone} (${plan.finishesAt})`,
    ...holdingLines(plan).map((line) => `  ${line}`),
    ...laneLines(plan),
    ...chart,
    `next: ${chalk.bold(plain(next))}`,
  ];
}

/** `with answers in 50 to 150 ms`. */
function sayAssumed({lowMs, highMs, measuredMs}: Assumed): string {
  return `with answers in ${lowMs} to ${highMs} ms${measuredMs === undefined ? '' : `, for ${measuredMs} ms were measured`}`;
}

function rowLines({rows, valid, invalid}: Plan, groups: readonly BadGroup[], chalk: ChalkInstance): string[] {
  const listed = groups.slice(0, LISTED);
  const others = invalid - listed.reduce((sum, group) => sum + group.rows, 0);
  return [
    `${chalk.bold(count(rows, 'row'))}: ${sayNumber(valid)} can be sent${invalid > 0 ? `, ${chalk.red(`${sayNumber(invalid)} cannot`)}` : ''}`,
    ...listed.map((group) => `  ${plain(groupLine(group))}`),
    ...(others > 0 ? [`  and ${count(others, 'row')} for other causes`] : []),
  ];
}

function previewLines({preview}: Plan): string[] {
  return preview.flatMap(({method, url, headers, body}) => [
    `  ${method} ${plain(url)}`,
    ...Object.entries(headers).map(([name, value]) => `    ${name}: ${plain(value)}`),
    ...(body === undefined ? [] : [`    ${plain(body.length > 300 ? `${body.slice(0, 300)}…` : body)}`]),
  ]);
}

function laneLines({lanes}: Plan): string[] {
  if (lanes.length < 2) return [];
  const listed = lanes
    .slice(0, LISTED)
    .map(
      ({name, requests, seconds}) => `  ${plain(name)}: ${count(requests, 'request')}, ${sayDuration(seconds * 1000)}`,
    );
  return [
    'the lanes that end last:',
    ...listed,
    ...(lanes.length > LISTED ? [`  and ${sayNumber(lanes.length - LISTED)} more`] : []),
  ];
}
