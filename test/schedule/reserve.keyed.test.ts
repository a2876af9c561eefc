import {assert} from 'chai';
import fc from 'fast-check';
import {openLedger} from '../../src/limits/ledger.js';
import {foresee} from '../../src/schedule/foresee.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {leastMs} from './least.js';
import {mayEndBy} from './relaxed.js';

type Window = {readonly requests: number; readonly ms: number};

/** Operations of channels and users, so many of each pair, under limits for each channel and each user; and for all together, where there is one. */
type Crossed = {
  readonly rows: readonly {readonly channel: number; readonly user: number; readonly count: number}[];
  readonly network: Window | undefined;
  readonly channel: Window;
  readonly user: Window;
  readonly latencyMs: number;
};

const NO_NETWORK = {requests: 1_000_000, ms: 1};

function foreseenMs({rows, network = NO_NETWORK, channel, user, latencyMs}: Crossed): number {
  const limits = [network, channel, user].map(({requests, ms}, limit) => ({
    name: `limit ${limit}`,
    windows: [{requests, seconds: ms / 1000, kind: 'rolling' as const}],
  }));
  const lanes = new Lanes(limits, [false, true, true]);
  for (const [row, each] of rows.entries()) {
    const refs = [
      {limit: 0, id: 1, label: ''},
      {limit: 1, id: 100 + each.channel, label: ''},
      {limit: 2, id: 10_000 + each.user, label: ''},
    ];
    lanes.add(lanes.laneOf(refs, row + 1), each.count);
  }
  return foresee(lanes, openLedger(limits, 100_000), {startAt: 0, latencyMs, fixedEnds: false}).ms;
}

/** Of each channel, or of each user, how many rows there are. */
function sizesBy(rows: Crossed['rows'], key: 'channel' | 'user'): number[] {
  const sizes = new Map<number, number>();
  for (const row of rows) sizes.set(row[key], (sizes.get(row[key]) ?? 0) + row.count);
  return [...sizes.values()];
}

/** Whether no schedule is done so much sooner that `ms` is more than 1.06 of it: already channels alone, or users alone, keep it from that. */
function isPrompt({rows, network = NO_NETWORK, channel, user, latencyMs}: Crossed, ms: number): boolean {
  const loads = [
    {users: sizesBy(rows, 'channel'), own: channel, shared: network, latencyMs},
    {users: sizesBy(rows, 'user'), own: user, shared: network, latencyMs},
  ];
  if (loads.some((load) => ms <= 1.06 * leastMs(load))) return true;
  return loads.some((load) => !mayEndBy({...load, own: [load.own], shared: [load.shared]}, ms / 1.06));
}

/** Channels of which some are slow: a share of all rows is theirs. Each row is of one of the users, who are as many again. */
const crossings: fc.Arbitrary<Crossed> = fc
  .record({
    channels: fc.integer({min: 3, max: 20}),
    users: fc.integer({min: 2, max: 40}),
    slow: fc.integer({min: 1, max: 2}),
    skew: fc.integer({min: 5, max: 80}),
    weights: fc.array(fc.integer({min: 1, max: 9}), {minLength: 30, maxLength: 30}),
    picks: fc.array(fc.nat(1000), {minLength: 300, maxLength: 300}),
    ownRequests: fc.constantFrom(5, 10),
    userRequests: fc.constantFrom(5, 20, 1000),
    turns: fc.constantFrom(2, 3.5, 5),
    crowd: fc.integer({min: 2, max: 8}),
    windows: fc.integer({min: 6, max: 12}),
    latencyMs: fc.constantFrom(20, 100, 300),
  })
  .map(({channels, users, slow, skew, weights, picks, ownRequests, userRequests, turns, crowd, windows, latencyMs}) => {
    const network = {requests: Math.round((ownRequests * turns * Math.min(crowd, channels)) / 2), ms: turns * 1000};
    const all = network.requests * windows + 7;
    const theirs = Math.round((all * skew) / 100);
    const others = weights.slice(0, channels - slow);
    const sum = others.reduce((total, weight) => total + weight, 0);
    const sizes = [
      ...Array.from({length: slow}, () => Math.max(1, Math.round(theirs / slow))),
      ...others.map((weight) => Math.max(1, Math.round(((all - theirs) * weight) / sum))),
    ];
    const counts = new Map<string, number>();
    let pick = 0;
    for (const [channel, size] of sizes.entries())
      for (let n = 0; n < size; n++) {
        const pair = `${channel} ${picks[pick++ % picks.length]! % users}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    const rows = [...counts].map(([pair, count]) => {
      const [channel, user] = pair.split(' ').map(Number) as [number, number];
      return {channel, user, count};
    });
    const [channel, user] = [ownRequests, userRequests].map((requests) => ({requests, ms: 1000})) as [Window, Window];
    return {rows, network, channel, user, latencyMs};
  });

describe('A bucket with a key that several lanes share', () => {
  // It kept nothing, since only those without a key did: 35.5 s.
  it('is left to the slow one of twelve users, in each of three channels', () => {
    const sizes = [180, 39, 39, 38, 38, 38, 38, 38, 38, 38, 38, 38];
    const rows = [0, 1, 2].flatMap((channel) =>
      sizes.map((count, place) => ({channel, user: channel * sizes.length + place, count})),
    );
    const [channel, user] = [
      {requests: 100, ms: 5000},
      {requests: 10, ms: 1000},
    ];
    assert.isAtMost(foreseenMs({rows, network: undefined, channel, user, latencyMs: 100}), 1.06 * 27_800);
  });

  // The rows of a slow channel are of many users, each of whom looked quick: up to 1.31 of the least time.
  it('counts as a whole among others, and ends in 1.06 of the least time', () => {
    const ends = fc.sample(crossings, {seed: 1, numRuns: 100}).map((crossed) => isPrompt(crossed, foreseenMs(crossed)));
    assert.equal(ends.filter((prompt) => !prompt).length, 0);
  });
});
