import {readFileSync} from 'node:fs';
import type {Load, Span} from './least.js';

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
  /** What the windows make necessary for these rows. */
  readonly loads: (rows: readonly number[]) => readonly Load[];
  /** Everybody begins when a window of so many seconds is so many seconds old. */
  readonly beginAt?: {readonly windowSeconds: number; readonly second: number};
  readonly entrants: readonly Entrant[];
};

/** A tool and how it is set. `settings`: of `bench/rivals/`; JSON, or the delay of GNU parallel. Sluice has none. */
export type Entrant = {readonly tool: Tool; readonly set: 'advised' | 'tuned' | 'profile'; readonly settings: unknown};
export type Tool = 'sluice' | 'bottleneck' | 'p-queue' | 'p-throttle' | 'parallel';

const CITIES = new URL('../../fixtures/world-cities-2000.csv', import.meta.url);
const USERS = 12;
const SLUICE: Entrant = {tool: 'sluice', set: 'profile', settings: undefined};

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

/** `advised`: the vendor's own sample. `tuned`: the whole window, and as much longer as keeps its edge clear of 90 ms of jitter; a multiple of 250. */
const reservoir = (amount: number, interval: number) => ({
  reservoir: amount,
  reservoirRefreshAmount: amount,
  reservoirRefreshInterval: interval,
});

const one: Contest = {
  name: 'one',
  rows: 1000,
  provider: profile('one', [network(100)]),
  told: profile('one', [network(100)]),
  honest: true,
  loads: (rows) => [{requests: rows.length, spans: [HUNDRED]}],
  entrants: [
    SLUICE,
    {tool: 'bottleneck', set: 'advised', settings: {network: reservoir(80, 5000)}},
    {tool: 'bottleneck', set: 'tuned', settings: {network: reservoir(100, 5250)}},
    {tool: 'p-queue', set: 'advised', settings: {network: {intervalCap: 100, interval: 5000}}},
    {tool: 'p-queue', set: 'tuned', settings: {network: {intervalCap: 100, interval: 5100}}},
    {tool: 'p-throttle', set: 'advised', settings: {network: {limit: 100, interval: 5000}}},
    {tool: 'p-throttle', set: 'tuned', settings: {network: {limit: 100, interval: 5100}}},
    {tool: 'parallel', set: 'advised', settings: 0.05},
    {tool: 'parallel', set: 'tuned', settings: 0.052},
  ],
};

const user = '{name: user, per: [user], windows: [{requests: 10, seconds: 1}]}';
const busiest = (rows: readonly number[]) => rows.filter((row) => userOf(row) === 'agent-1').length;

const stacked: Contest = {
  name: 'stacked',
  rows: 800,
  provider: profile('stacked', [network(100), user]),
  told: profile('stacked', [network(100), user]),
  honest: true,
  scope: ['--scope', 'user=@user'],
  loads: (rows) => [
    {requests: rows.length, spans: [HUNDRED]},
    {requests: busiest(rows), spans: [{requests: 10, seconds: 1}]},
  ],
  entrants: [
    SLUICE,
    {tool: 'bottleneck', set: 'advised', settings: {network: reservoir(80, 5000), user: reservoir(10, 1000)}},
    {tool: 'bottleneck', set: 'tuned', settings: {network: {minTime: 55}, user: {minTime: 105}, userLast: true}},
    {
      tool: 'p-queue',
      set: 'advised',
      settings: {network: {intervalCap: 100, interval: 5000}, user: {intervalCap: 10, interval: 1000}},
    },
    {
      tool: 'p-queue',
      set: 'tuned',
      settings: {network: {intervalCap: 1, interval: 55}, user: {intervalCap: 10, interval: 1100}, userLast: true},
    },
    {
      tool: 'p-throttle',
      set: 'advised',
      settings: {network: {limit: 100, interval: 5000}, user: {limit: 10, interval: 1000}},
    },
    {
      tool: 'p-throttle',
      set: 'tuned',
      settings: {network: {limit: 1, interval: 55}, user: {limit: 10, interval: 1100}, userLast: true},
    },
    {tool: 'parallel', set: 'tuned', settings: 0.055},
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
  loads: (rows) => [{requests: rows.length, spans: [{requests: 120, seconds: 6, kind: 'fixed'}]}],
  beginAt: {windowSeconds: 6, second: 2},
  entrants: [
    SLUICE,
    {tool: 'bottleneck', set: 'advised', settings: {network: reservoir(120, 6000)}},
    {tool: 'p-queue', set: 'advised', settings: {network: {intervalCap: 120, interval: 6000}}},
    {tool: 'p-throttle', set: 'advised', settings: {network: {limit: 120, interval: 6000}}},
    {tool: 'parallel', set: 'advised', settings: 0.05},
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
    loads: (rows) => [{requests: rows.length, spans: [{requests: 50, seconds: 5}]}],
    entrants: [
      SLUICE,
      {tool: 'bottleneck', set: 'tuned', settings: {network: reservoir(100, 5250)}},
      {tool: 'p-queue', set: 'tuned', settings: {network: {intervalCap: 100, interval: 5100}}},
      {tool: 'p-throttle', set: 'tuned', settings: {network: {limit: 100, interval: 5100}}},
      {tool: 'parallel', set: 'tuned', settings: 0.052},
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
