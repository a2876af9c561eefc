import {now} from '../clock.js';
import type {Learned} from '../limits/believe.js';
import {type WindowRule, windowName} from '../limits/limit.js';
import type {Found} from '../limits/probed.js';
import type {Spread} from '../limits/refuse.js';
import {learnedKey} from './recall.js';
import type {Prepared, Tools} from './tools.js';

/**
 * A limit that turned out other than the profile says, on the screen and in the journal. Where every caller has a bucket of his own, one is enough
 * to say it; but what the journal says of a bucket stays true.
 */
export function noteLearned({operation, request}: Prepared, learned: Learned, tools: Tools): void {
  const {limit, label, seconds, profile, said, requests, was} = learned;
  const line = `${label}: profile ${windowName({requests: profile, seconds})}, server says ${said}; using ${requests}`;
  const news = once(`learned ${limit} ${seconds} ${said}`, line, tools);
  const bucket = learnedKey(request.buckets.find((ref) => ref.limit === limit)?.id, seconds);
  if (!news && !tools.learnedOf.has(bucket)) return;
  tools.learnedOf.add(bucket);
  const l = tools.rows.laneOf(operation.place.row);
  const {name} = tools.profile.limits[limit]!;
  const shown = tools.secrets.scrub(label);
  tools.record({t: 'l', l, at: Math.round(now()), limit: name, label: shown, seconds, was, said, requests});
}

/** A window whose starts are spread from now on; once for all buckets of its limit too. */
export function tellSpread({limit, label, used, ...window}: Spread, tools: Tools): void {
  const line = `${label}: refused although ${used} of ${windowName(window)} were used; spreading requests evenly from now on`;
  once(`spread ${limit} ${window.seconds}`, line, tools);
}

/** The windows that the server names of a limit that nobody knew. */
export function tellHeard(label: string, windows: readonly WindowRule[], tools: Tools): void {
  const said = windows.map(windowName).join(' and ');
  once(`heard ${label} ${said}`, `${label}: the server says ${said}; going by that`, tools);
}

/** The first refusal of a limit that nobody knew has told where it is. */
export function tellFound(label: string, {pace, ceiling = pace}: Found, tools: Tools): void {
  const [allowed, refused] = [pace, ceiling].map((each) => Number(each.toPrecision(3)));
  once(`found ${label}`, `${label}: refused at ${refused} per s; going on from ${allowed} per s`, tools);
}

function once(name: string, line: string, {said, say}: Tools): boolean {
  if (said.has(name)) return false;
  said.add(name);
  say(line);
  return true;
}
