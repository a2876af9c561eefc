import {readFileSync} from 'node:fs';
import {leastMs} from '../../test/schedule/least.js';
import {type Load, leastOfAll, type Span, withRoundTrip} from './least.js';

/** One server and one file, for sluice and for what people use instead. */
export type Contest = {
  readonly name: string;
  readonly rows: number;
  /** What the provider enforces, as a profile. */
  readonly provider: string;
  /** What its users are told: the profile that sluice is given. */
  readonly told: string;
  /** Whether the told limits are the true ones: then sluice may not be refused, and has a pace to keep. */
  readonly honest: boolean;
  /** For sluice: where the scopes of the told limits come from. */
  readonly scope?: readonly string[];
  /** The seconds that nobody can beat for these rows, first start to last, from `beginsAt` on, who is told a round trip later what came of each. */
  readonly least: (rows: readonly number[], beginsAt: number, roundTripSeconds: number) => number;
  /** The part of it, with its own mean round trip, that sluice has to reach. */
  readonly kept: number;
  /** Everybody begins when a window of so many seconds is so many seconds old. */
  readonly beginAt?: {readonly windowSeconds: number; readonly second: number};
  readonly entrants: readonly Entrant[];
};

/**
 * A tool and how it is set. `advised`: as its README or the vendor has it. `tuned`: the first of the settings, fastest first, that is not
 * refused; what nobody who sends to a real provider can find out like this.
 */
export type Entrant = {
  readonly tool: Tool;
  readonly set: 'profile' | 'advised' | 'tuned';
  readonly settings: readonly [Setting, ...Setting[]];
};
/** `words`: what `bench/rivals/` takes as its last argument, beside the told profile that is all that sluice needs. */
export type Setting = {readonly said: string; readonly words: string};
export type Tool = 'sluice' | 'bottleneck' | 'p-queue' | 'p-throttle' | 'parallel';

/** Of requests / (window + mean round trip). */
const KEPT = 0.99;
/** Where users and a shared window stand in each other's way: 1.06 of the least time, which is a sharp one there. */
const KEPT_STACKED = 1 / 1.06;

const CITIES = new URL('../../fixtures/world-cities-2000.csv', import.meta.url);
const USERS = 12;
const SLUICE: Entrant = {tool: 'sluice', set: 'profile', settings: [{said: '', words: ''}]};

/** The user of a row: three in ten are the first one's, the others' are spread, in an order that is the same each time. */
export function userOf(row: number): string {
  const roll = (Math.imul(row, 2654435761) >>> 0) / 2 ** 32;
  return roll < 0.3 ? 'agent-1' : `agent-${2 + Math.floor(((roll - 0.3) / 0.7) * (USERS - 1))}`;
}

/** `n,user,name`: no cell needs quotes, for not everybody reads them. */
export function csvOf(rows: number): string {
  const names = readFileSync(CITIES, 'utf8')
    .split('\n')
    .slice(1, rows + 1)
    .map((line) => line.replaceAll('"', '').split(',')[0]);
  return ['n,user,name', ...names.map((name, place) => `${place + 1},${userOf(place + 1)},${name}`)].join('\n');
}

/** 100 under way at once: nobody is held back by that. What is refused does not count unless `counted`: the milder server, for all. */
function profile(name: string, limits: readonly string[], {counted = false, headers = ''} = {}): string {
  const lines = [`name: ${name}`, 'limits:', ...limits.map((limit) => `  - ${limit}`), headers];
  return [...lines, 'concurrency: 100', `countRefusals: ${counted}`, ''].join('\n');
}

const network = (requests: number) => `{name: network, windows: [{requests: ${requests}, seconds: 5}]}`;
const HUNDRED: Span = {requests: 100, seconds: 5};

function under(...spans: readonly Span[]): Pick<Contest, 'least' | 'kept'> {
  const loads = (rows: readonly number[]): readonly Load[] => [{requests: rows.length, spans}];
  return {
    least: (rows, beginsAt, roundTripSeconds) =>
      roundTripSeconds === 0
        ? leastOfAll(loads(rows), beginsAt)
        : withRoundTrip(loads(rows), beginsAt, roundTripSeconds),
    kept: KEPT,
  };
}

type Window = {readonly requests: number; readonly ms: number};
type Windows = {readonly network: Window; readonly user?: Window; readonly userLast?: boolean};

/** How each tool is told a window; GNU parallel knows of a delay alone. */
const WRITTEN: Readonly<Record<Exclude<Tool, 'sluice'>, (window: Window) => unknown>> = {
  bottleneck: ({requests, ms}) =>
    requests === 1
      ? {minTime: ms}
      : {reservoir: requests, reservoirRefreshAmount: requests, reservoirRefreshInterval: ms},
  'p-queue': ({requests, ms}) => ({intervalCap: requests, interval: ms}),
  'p-throttle': ({requests, ms}) => ({limit: requests, interval: ms}),
  parallel: ({requests, ms}) => ms / requests / 1000,
};

function rival(tool: keyof typeof WRITTEN, set: Entrant['set'], ...all: readonly [Windows, ...Windows[]]): Entrant {
  const setting = ({network, user, userLast}: Windows): Setting => {
    const write = WRITTEN[tool];
    const said = [network, ...(user ? [user] : [])].map(({requests, ms}) => `${requests} per ${ms} ms`).join(' and ');
    if (tool === 'parallel') return {said, words: String(write(network))};
    const words = JSON.stringify({network: write(network), user: user && write(user), userLast});
    return {said: `${said}${userLast ? ', user last' : ''}`, words};
  };
  const [first, ...others] = all;
  return {tool, set, settings: [setting(first), ...others.map(setting)]};
}

const per = (requests: number, ms: number): Windows => ({network: {requests, ms}});

const one: Contest = {
  name: 'one',
  rows: 1000,
  provider: profile('one', [network(100)]),
  told: profile('one', [network(100)]),
  honest: true,
  ...under(HUNDRED),
  entrants: [
    SLUICE,
    rival('bottleneck', 'advised', per(80, 5000)),
    // Its interval has to be a multiple of 250 ms.
    rival('bottleneck', 'tuned', per(100, 5250), per(100, 5500), per(100, 5750)),
    rival('p-queue', 'advised', per(100, 5000)),
    rival('p-queue', 'tuned', per(100, 5100), per(100, 5200), per(100, 5400)),
    rival('p-throttle', 'advised', per(100, 5000)),
    rival('p-throttle', 'tuned', per(100, 5100), per(100, 5200), per(100, 5400)),
    rival('parallel', 'advised', per(1, 50)),
    rival('parallel', 'tuned', per(1, 51), per(1, 52), per(1, 54)),
  ],
};

const user = '{name: user, per: [user], windows: [{requests: 10, seconds: 1}]}';

function rowsOfEach(rows: readonly number[]): readonly number[] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(userOf(row), (counts.get(userOf(row)) ?? 0) + 1);
  return [...counts.values()];
}

/** As the READMEs chain limiters: the narrow one first, then the one that all share. */
const both = (network: Window, user: Window): Windows => ({network, user});
/**
 * The other order and an even pace: what waits for its user has spent its slot of the network, so a burst that is held up there runs into the next
 * one, and in the READMEs' order a queue before the network forgets what was paced for the user.
 */
const paced = (ms: number): Windows => ({network: {requests: 1, ms}, user: {requests: 1, ms: 115}, userLast: true});

const stacked: Contest = {
  name: 'stacked',
  rows: 800,
  provider: profile('stacked', [network(100), user]),
  told: profile('stacked', [network(100), user]),
  honest: true,
  scope: ['--scope', 'user=@user'],
  least: (rows, _beginsAt, roundTripSeconds) => {
    const latencyMs = roundTripSeconds * 1000;
    const windows = {own: {requests: 10, ms: 1000}, shared: {requests: 100, ms: 5000}};
    return (leastMs({users: rowsOfEach(rows), ...windows, latencyMs}) - latencyMs) / 1000;
  },
  kept: KEPT_STACKED,
  entrants: [
    SLUICE,
    rival('bottleneck', 'advised', both({requests: 80, ms: 5000}, {requests: 8, ms: 1000})),
    rival('bottleneck', 'tuned', paced(53), paced(57), paced(62)),
    rival('p-queue', 'advised', both({requests: 100, ms: 5000}, {requests: 10, ms: 1000})),
    rival('p-queue', 'tuned', paced(53), paced(57), paced(62)),
    rival('p-throttle', 'advised', both({requests: 100, ms: 5000}, {requests: 10, ms: 1000})),
    rival('p-throttle', 'tuned', paced(53), paced(57), paced(62)),
    rival('parallel', 'tuned', per(1, 53), per(1, 57), per(1, 62)),
  ],
};

const minute = '{name: minute, windows: [{requests: 120, seconds: 6, kind: fixed}]}';
const headers =
  'headers: {limit: x-ratelimit-limit, remaining: x-ratelimit-remaining, reset: x-ratelimit-reset, format: epoch-seconds}';

/** 120 per minute in fixed minutes of which the headers tell, ten times as fast. */
const fixed: Contest = {
  name: 'fixed',
  rows: 800,
  provider: profile('fixed', [minute], {headers}),
  told: profile('fixed', [minute], {headers}),
  honest: true,
  ...under({requests: 120, seconds: 6, kind: 'fixed'}),
  beginAt: {windowSeconds: 6, second: 2},
  entrants: [
    SLUICE,
    rival('bottleneck', 'advised', per(120, 6000)),
    rival('p-queue', 'advised', per(120, 6000)),
    rival('p-throttle', 'advised', per(120, 6000)),
    rival('parallel', 'tuned', per(1, 50), per(1, 51), per(1, 52)),
  ],
};

/** Half of what is said. `counted`: what is refused uses up the window as well. */
function refusing(name: string, counted: boolean): Contest {
  return {
    name,
    rows: 300,
    provider: profile(name, [network(50)], {counted}),
    told: profile(name, [network(100)], {counted}),
    honest: false,
    ...under({requests: 50, seconds: 5}),
    entrants: [
      SLUICE,
      rival('bottleneck', 'advised', per(80, 5000)),
      rival('p-queue', 'advised', per(100, 5000)),
      rival('p-throttle', 'advised', per(100, 5000)),
      rival('parallel', 'advised', per(1, 50)),
    ],
  };
}

/** All of them, in the order in which they are run. */
export const CONTESTS: readonly Contest[] = [
  one,
  stacked,
  fixed,
  refusing('refusing', false),
  refusing('refusing-counted', true),
];
