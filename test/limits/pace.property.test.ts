import {assert} from 'chai';
import fc from 'fast-check';
import {giveBack, openLedger, roomIn, take} from '../../src/limits/ledger.js';
import type {WindowRule} from '../../src/limits/limit.js';
import type {Pacing} from '../../src/limits/pace.js';
import {seeded} from '../simulation/random.js';

const begin = 1_770_000_000_000;
const ref = {limit: 0, id: 1, label: 'all'};

type Sent = {readonly startedAt: number; readonly arrivedAt: number; readonly roundTripMs: number};
type Network = {
  readonly leastMs: number;
  readonly mostMs: number;
  /** A timer is so late, at most. */
  readonly lateMs?: number;
  /** The chance of a rest before a start, with nothing to send. */
  readonly rests?: number;
  readonly concurrency?: number;
};

describe('pace, against a provider that counts arrivals', () => {
  const windows = fc.array(
    fc.record({
      requests: fc.integer({min: 1, max: 40}),
      seconds: fc.constantFrom(1, 2.5, 10, 60),
      kind: fc.constant('rolling' as const),
    }),
    {minLength: 1, maxLength: 3},
  );
  const pacing = fc.record({
    pace: fc.constantFrom('even' as const, 'burst' as const),
    ramp: fc.constantFrom(undefined, {beganAt: begin, ms: 5000}, {beganAt: begin, ms: 60_000}),
  });
  const networks = fc.constantFrom<Network>(
    {leastMs: 0, mostMs: 0},
    {leastMs: 20, mostMs: 200},
    {leastMs: 20, mostMs: 200, rests: 0.1},
    {leastMs: 50, mostMs: 1500, lateMs: 2, concurrency: 5},
  );

  it('never lets a window hold more than its limit, however it is paced', () => {
    fc.assert(
      fc.property(windows, pacing, networks, fc.integer(), (rules, paced, network, seed) => {
        const arrivals = send(200, rules, paced, network, seed)
          .map(({arrivedAt}) => arrivedAt)
          .sort((one, other) => one - other);
        for (const {requests, seconds} of rules)
          for (const [i, at] of arrivals.entries()) {
            const before = arrivals[i - requests];
            if (before !== undefined) assert.isAtLeast(at - before, seconds * 1000 - 0.001);
          }
      }),
      {numRuns: 100},
    );
  });

  it('sends one request for each spacing of the tightest window, less what a timer was late, also after a rest', () => {
    fc.assert(
      fc.property(windows, networks, fc.integer(), (rules, network, seed) => {
        const spacing = spacingOf(rules);
        const exact = network.lateMs === undefined && network.rests === undefined;
        const late = exact ? 0 : Math.max(2, spacing / 4);
        const sent = send(150, rules, {pace: 'even', ramp: undefined}, {...network, leastMs: network.mostMs}, seed);
        for (const [i, {arrivedAt}] of sent.entries())
          for (const back of [1, 2, 10])
            if (i >= back) assert.isAtLeast(arrivedAt - sent[i - back]!.arrivedAt, back * spacing - late - 0.01);
      }),
      {numRuns: 100},
    );
  });

  it('reaches the full rate of the tightest window and the mean round trip, evenly', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 100}),
        fc.constantFrom(5, 10, 60),
        fc.constantFrom<Network>({leastMs: 100, mostMs: 100}, {leastMs: 0, mostMs: 5}, {leastMs: 50, mostMs: 110}),
        fc.integer(),
        (requests, seconds, network, seed) => {
          const rule = {requests, seconds, kind: 'rolling' as const};
          const sent = send(requests * 11, [rule], {pace: 'even', ramp: undefined}, network, seed);
          const [first, last] = [sent[requests]!, sent.at(-1)!];
          const meanMs = sent.reduce((sum, {roundTripMs}) => sum + roundTripMs, 0) / sent.length;
          const rate = (sent.length - 1 - requests) / (last.startedAt - first.startedAt);
          assert.isAtLeast((rate * (seconds * 1000 + meanMs)) / requests, 0.99);
        },
      ),
      {numRuns: 40},
    );
  });

  it('has started no more at any time of a ramp than its rising rate allows', () => {
    fc.assert(
      fc.property(windows, networks, fc.constantFrom(5000, 60_000), fc.integer(), (rules, network, ms, seed) => {
        const sent = send(100, rules, {pace: 'even', ramp: {beganAt: begin, ms}}, network, seed);
        for (const [i, {startedAt}] of sent.entries()) {
          const elapsed = startedAt - begin;
          if (elapsed > ms) break;
          assert.isAtMost(i, elapsed ** 2 / (2 * ms * spacingOf(rules)) + 0.001);
        }
      }),
      {numRuns: 100},
    );
  });

  it('gives room at the instant it names, and not a moment later', () => {
    fc.assert(
      fc.property(windows, pacing, networks, fc.integer(), (rules, paced, network, seed) => {
        send(60, rules, paced, network, seed, (ledger, now) => {
          const {at} = roomIn(ledger, [ref.id], now);
          if (!Number.isFinite(at)) return;
          assert.isAtLeast(at, now);
          assert.equal(roomIn(ledger, [ref.id], at).at, at);
        });
      }),
      {numRuns: 100},
    );
  });
});

function spacingOf(rules: readonly WindowRule[]): number {
  return Math.max(...rules.map(({requests, seconds}) => (seconds * 1000) / requests));
}

/** Sends so many through one bucket, each as soon as it may. `look` is shown the ledger before each step. */
function send(
  count: number,
  rules: readonly WindowRule[],
  pacing: Pacing,
  {leastMs, mostMs, lateMs = 0, rests = 0, concurrency = 1000}: Network,
  seed: number,
  look: (ledger: ReturnType<typeof openLedger>, now: number) => void = () => {},
): Sent[] {
  const random = seeded(seed);
  const ledger = openLedger([{name: 'all', windows: rules}], concurrency, pacing);
  const answers: number[] = [];
  const sent: Sent[] = [];
  let now = begin;
  while (sent.length < count) {
    answers.sort((one, other) => one - other);
    while (answers[0]! <= now) giveBack(ledger, [ref], answers.shift()!, {kind: 'answered'});
    look(ledger, now);
    const {at} = roomIn(ledger, [ref.id], now);
    if (at > now) {
      now = Math.min(at + random() * lateMs, answers[0] ?? Number.POSITIVE_INFINITY);
      continue;
    }
    if (random() < rests) {
      now += random() * 20_000;
      continue;
    }
    take(ledger, [ref], now);
    const roundTripMs = leastMs + random() * (mostMs - leastMs);
    answers.push(now + roundTripMs);
    const onTheWay = leastMs === mostMs ? leastMs / 2 : random() * roundTripMs;
    sent.push({startedAt: now, arrivedAt: now + onTheWay, roundTripMs});
  }
  return sent;
}
