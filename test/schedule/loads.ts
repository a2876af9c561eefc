import fc from 'fast-check';
import {openLedger} from '../../src/limits/ledger.js';
import {foresee} from '../../src/schedule/foresee.js';
import {Lanes} from '../../src/schedule/lanes.js';
import type {Load} from './least.js';

const AT_ONCE = 100_000;

export const limitsOf = ({own, shared}: Load) =>
  [shared, own].map(({requests, ms}, limit) => ({
    name: limit === 0 ? 'network' : 'user',
    windows: [{requests, seconds: ms / 1000, kind: 'rolling' as const}],
  }));

export function lanesOf(load: Load): Lanes {
  const lanes = new Lanes(limitsOf(load), [false, true]);
  for (const [user, rows] of load.users.entries()) {
    const refs = [
      {limit: 0, id: 1, label: ''},
      {limit: 1, id: 10 + user, label: ''},
    ];
    lanes.add(lanes.laneOf(refs, user + 1), rows);
  }
  return lanes;
}

export const ledgerOf = (load: Load) => openLedger(limitsOf(load), AT_ONCE);

export const foreseenMs = (load: Load) =>
  foresee(lanesOf(load), ledgerOf(load), {startAt: 0, latencyMs: load.latencyMs, fixedEnds: false}).ms;

/** Users of whom some are slow: a share of all rows is theirs. Of the shared window, several windows are needed. */
export const loads: fc.Arbitrary<Load> = fc
  .record({
    count: fc.integer({min: 3, max: 30}),
    slow: fc.integer({min: 1, max: 2}),
    skew: fc.integer({min: 5, max: 80}),
    weights: fc.array(fc.integer({min: 1, max: 9}), {minLength: 30, maxLength: 30}),
    ownRequests: fc.constantFrom(5, 10, 20),
    ownSeconds: fc.constantFrom(1, 2, 5),
    turns: fc.constantFrom(2, 3.5, 5, 10),
    crowd: fc.integer({min: 2, max: 12}),
    windows: fc.integer({min: 6, max: 14}),
    latencyMs: fc.constantFrom(20, 100, 300),
  })
  .map(({count, slow, skew, weights, ownRequests, ownSeconds, turns, crowd, windows, latencyMs}) => {
    const shared = {
      requests: Math.round((ownRequests * turns * Math.min(crowd, count)) / 2),
      ms: ownSeconds * turns * 1000,
    };
    const all = shared.requests * windows + 7;
    const theirs = Math.round((all * skew) / 100);
    const others = weights.slice(0, count - slow);
    const sum = others.reduce((total, weight) => total + weight, 0);
    const users = [
      ...Array.from({length: slow}, () => Math.max(1, Math.round(theirs / slow))),
      ...others.map((weight) => Math.max(1, Math.round(((all - theirs) * weight) / sum))),
    ];
    return {users, own: {requests: ownRequests, ms: ownSeconds * 1000}, shared, latencyMs};
  });
