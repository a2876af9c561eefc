import {aQuarterMore, type Holding, type Plan} from '../plan/plan.js';
import {CAP, TURNS} from '../schedule/course.js';
import {plain, sayNumber} from './plain.js';
import {sayDuration} from './words.js';

/** So many are told of; what holds for a smaller part of the time is no matter. */
const TOLD = 3;
const LEAST_SHARE = 0.01;
/** A window that holds from so far on is told of as what comes second. */
const SECOND_SECONDS = 20;
const SECOND_PART = 0.1;
/** Less than this part of the run is nothing. */
const NOTHING_PART = 0.005;

const PERIODS: Readonly<Record<string, string>> = {
  '1 s': 'second',
  '60 s': 'minute',
  '1 h': 'hour',
  '24 h': 'day',
};

/** What holds a run back, and what raising it would save, in whole sentences. */
export function holdingLines(plan: Plan): string[] {
  const {binding, seconds, requests} = plan;
  const told = binding.filter(({share}) => share >= LEAST_SHARE).slice(0, TOLD);
  if (requests === 0) return [];
  if (told.length === 0) return ['No window holds the run back; it takes as long as its answers.'];
  const second = told.find((each) => isSecond(each, seconds));
  const others = told.filter((each) => each !== second && !(second && each.window === second.before));
  return [
    ...(second ? [`${secondLine(second)}.`] : []),
    ...others.map((each) => `${named(each, binding)} ${verb(each)} for ${percent(each.share)} % of the time.`),
    ...told.flatMap((each) => savingLine(each, seconds)),
  ];
}

/** `60 per minute`, `1,800 per hour`, `80 per 5 s`, `30 at once`. */
export function sayWindow(window: string): string {
  const [, requests, length] = /^(\d+) per (.+)$/.exec(window) ?? [];
  if (requests !== undefined) return `${sayNumber(Number(requests))} per ${PERIODS[length!] ?? length}`;
  return plain(window);
}

function isSecond({window, before, fromSeconds, idleSeconds}: Holding, seconds: number): boolean {
  const beforeIsWindow = before !== null && / per /.test(before) && / per /.test(window);
  return beforeIsWindow && fromSeconds >= Math.min(SECOND_SECONDS, seconds * SECOND_PART) && idleSeconds >= 1;
}

function secondLine({window, before, fromSeconds, idleSeconds, everySeconds}: Holding): string {
  const first = `The first ${about(fromSeconds)} go at ${sayWindow(before!)}`;
  const then = `then ${sayWindow(window)} holds you back`;
  if (everySeconds === null) return `${first}; ${then} for ${about(idleSeconds)}`;
  return `${first}; ${then}, ${ofEvery(idleSeconds, everySeconds)} idle`;
}

function savingLine({limit, window, savesSeconds}: Holding, seconds: number): string[] {
  if (savesSeconds === null) return [];
  const [, requests, rest] = /^(\d+)( .+)$/.exec(window) ?? [];
  const wider = requests === undefined ? '' : ` to ${sayNumber(aQuarterMore(Number(requests)))}`;
  const what = limit === CAP ? `${window.replace(/ at once$/, '')} requests at once` : sayWindow(window);
  if (savesSeconds < Math.max(0.1, seconds * NOTHING_PART)) return [`Raising ${what} would save nothing.`];
  return rest === undefined ? [] : [`Raising ${what}${wider} would save ${sayDuration(savesSeconds * 1000)}.`];
}

function named({limit, window}: Holding, all: Plan['binding']): string {
  if (limit === TURNS.limit) return 'The order of keys and phases';
  if (limit === CAP) return sayWindow(window).replace(/ at once$/, ' requests at once');
  const several = new Set(all.map((each) => each.limit)).size > 1;
  return several ? `${sayWindow(window)} (${plain(limit)})` : sayWindow(window);
}

function verb({limit}: Holding): string {
  return limit === CAP ? 'hold you back' : 'holds you back';
}

function percent(share: number): number {
  return Math.round(share * 100);
}

/** `30 of every 60 minutes`. */
function ofEvery(idleSeconds: number, everySeconds: number): string {
  const [size, unit] = unitOf(everySeconds);
  const of = (seconds: number) => Number((seconds / size).toPrecision(2));
  return `${of(idleSeconds)} of every ${of(everySeconds)} ${unit}s`;
}

/** `30 minutes`: a length nobody wants to the second. */
function about(seconds: number): string {
  const [size, unit] = unitOf(seconds);
  const amount = Number((seconds / size).toPrecision(2));
  return `${sayNumber(amount)} ${unit}${amount === 1 ? '' : 's'}`;
}

function unitOf(seconds: number): readonly [number, string] {
  if (seconds < 120) return [1, 'second'];
  return seconds < 2 * 3600 ? [60, 'minute'] : [3600, 'hour'];
}
