import {assert} from 'chai';
import fc from 'fast-check';
import {believe} from '../../src/limits/believe.js';
import {closeUntil, giveBack, type Ledger, openLedger, recall, roomIn, sweep, take} from '../../src/limits/ledger.js';
import type {BucketRef, WindowKind, WindowRule} from '../../src/limits/limit.js';
import {seeded} from '../simulation/random.js';

/** What the provider saw: one request that counted, in these buckets, at this instant. `answeredAt` is when we heard of it. */
type Arrival = {
  readonly at: number;
  readonly refs: readonly BucketRef[];
  readonly startedAt: number;
  answeredAt: number;
};
type Flight = {readonly endsAt: number; readonly end: (now: number) => void; readonly arrival: Arrival | undefined};
type World = {
  readonly rules: readonly (readonly WindowRule[])[];
  readonly random: () => number;
  readonly arrivals: Arrival[];
  readonly longestMs: number;
  ledger: Ledger;
  flights: Flight[];
  now: number;
  closed: Map<number, number>;
};

const begin = 1_770_000_000_000;
const lateMs = 500;

describe('the ledger, against a provider that counts arrivals', () => {
  const windows = (...kinds: WindowKind[]) =>
    fc.array(
      fc.record({
        requests: fc.integer({min: 1, max: 6}),
        seconds: fc.constantFrom(0.25, 1, 2.5, 10),
        kind: fc.constantFrom(...kinds),
        burst: fc.constantFrom(undefined, 1, 3),
      }),
      {minLength: 1, maxLength: 3},
    );
  const limits = (...kinds: WindowKind[]) => fc.array(windows(...kinds), {minLength: 1, maxLength: 3});

  it('never lets a rolling window hold more than its limit, whatever the network does', () => {
    fc.assert(
      fc.property(limits('rolling'), fc.integer(), (rules, seed) => {
        const world = openWorld(rules, seed);
        live(world, 150);
        judge(world);
        assert.isAbove(world.arrivals.length, 40);
      }),
      {numRuns: 150},
    );
  });

  it('never overdraws a token bucket', () => {
    fc.assert(
      fc.property(limits('rolling', 'bucket'), fc.integer(), (rules, seed) => {
        const world = openWorld(rules, seed);
        live(world, 150);
        judge(world);
      }),
      {numRuns: 150},
    );
  });

  it('never overfills a fixed window whose reset the provider announces, across resets too', () => {
    fc.assert(
      fc.property(limits('fixed'), fc.integer(), (rules, seed) => {
        const world = openWorld(rules, seed);
        live(world, 150);
        judge(world);
      }),
      {numRuns: 150},
    );
  });

  it('exceeds nothing when it is killed and begun again, however often', () => {
    fc.assert(
      fc.property(limits('rolling', 'bucket', 'fixed'), fc.integer(), (rules, seed) => {
        const world = openWorld(rules, seed);
        for (let session = 0; session < 6; session++) {
          live(world, 25, {drain: false});
          restart(world);
        }
        judge(world);
      }),
      {numRuns: 150},
    );
  });

  it('gives room at the instant it names, and not a moment later', () => {
    fc.assert(
      fc.property(limits('rolling', 'fixed', 'counter'), fc.integer(), (rules, seed) => {
        const world = openWorld(rules, seed);
        live(world, 60);
        const refs = ids(pick(world));
        const {at} = roomIn(world.ledger, refs, world.now);
        assert.isTrue(Number.isFinite(at), 'with nothing in flight, time alone gives room');
        assert.equal(roomIn(world.ledger, refs, at).at, at);
      }),
      {numRuns: 150},
    );
  });

  it('comes to room in a few steps where tokens of unanswered attempts have still to become debt', () => {
    fc.assert(
      fc.property(limits('bucket'), fc.integer(), (rules, seed) => {
        const world = openWorld(rules, seed);
        live(world, 60);
        const refs = ids(pick(world));
        let steps = 0;
        for (let now = world.now, at: number; steps < 50; now = at, steps++) {
          at = roomIn(world.ledger, refs, now).at;
          if (at <= now) break;
        }
        assert.isBelow(steps, 20);
      }),
      {numRuns: 150},
    );
  });

  it('forgets every bucket once it is whole', () => {
    fc.assert(
      fc.property(limits('rolling', 'bucket', 'fixed', 'counter'), fc.integer(), (rules, seed) => {
        const world = openWorld(rules, seed);
        live(world, 60);
        sweep(world.ledger, world.now + world.longestMs * 10 + 60_000);
        assert.equal(world.ledger.buckets.size, 0);
        assert.equal(world.ledger.running, 0);
      }),
      {numRuns: 50},
    );
  });

  it('starts no more than the provider said remain, however answers overtake each other', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 2, max: 30}),
        fc.integer({min: 1, max: 10}),
        fc.integer(),
        (allowed, others, seed) => {
          const random = seeded(seed);
          const ledger = openLedger([{name: 'all', windows: [{requests: 1000, seconds: 3600, kind: 'fixed'}]}], others);
          const refs = [{limit: 0, id: 1, label: 'all'}];
          const resetAt = begin + 3_600_000;
          const events: {at: number; act: (now: number) => void}[] = [];
          let counted = 0;
          const send = (startedAt: number) => {
            take(ledger, refs, startedAt);
            const arrivesAt = startedAt + 1 + random() * 100;
            const act = () => {
              counted += 1;
              const quota = {remaining: Math.max(0, allowed - counted), resetAt};
              const act = (now: number) => {
                giveBack(ledger, refs, now, {kind: 'answered', resetAt: () => resetAt});
                believe(ledger, refs, {limit: 0, seconds: 3600, quota, trust: 'down'}, {startedAt, now});
              };
              events.push({at: arrivesAt + 1 + random() * 100, act});
            };
            events.push({at: arrivesAt, act});
          };
          let now = begin;
          send(now);
          // One answer is in before the others start: without it nothing is known.
          for (let first = true; events.length > 0; first = false) {
            const next = events.sort((a, b) => a.at - b.at).shift()!;
            now = next.at;
            next.act(now);
            if (first) continue;
            for (; roomIn(ledger, [1], now).at <= now && counted < 100; now += 0.1) send(now);
          }
          assert.equal(counted, allowed);
        },
      ),
      {numRuns: 200},
    );
  });

  it('uses all that it may: without latency, a window is full at every turn', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 20}), fc.constantFrom(0.5, 1, 60), (requests, seconds) => {
        const ledger = openLedger([{name: 'all', windows: [{requests, seconds, kind: 'rolling'}]}], 100);
        const refs = [{limit: 0, id: 1, label: 'all'}];
        let now = begin;
        for (let sent = 0; sent < requests * 5; sent++) {
          now = roomIn(ledger, [1], now).at;
          take(ledger, refs, now);
          giveBack(ledger, refs, now, {kind: 'answered'});
        }
        assert.equal(now, begin + 4 * seconds * 1000);
      }),
    );
  });
});

function openWorld(rules: readonly (readonly WindowRule[])[], seed: number): World {
  const random = seeded(seed);
  return {
    rules,
    random,
    arrivals: [],
    longestMs: Math.max(...rules.flat().map(({seconds}) => seconds * 1000)),
    ledger: open(rules, 1 + Math.floor(random() * 12)),
    flights: [],
    now: begin + random() * 10_000,
    closed: new Map(),
  };
}

function open(rules: readonly (readonly WindowRule[])[], concurrency: number): Ledger {
  return openLedger(
    rules.map((windows, limit) => ({name: `limit ${limit}`, windows})),
    concurrency,
  );
}

/** So many starts: each as soon as the ledger lets it, or a little later, with random endings, closings and sweeps between. */
function live(world: World, starts: number, {drain = true} = {}): void {
  for (let started = 0; started < starts; ) {
    if (world.random() < 0.05) close(world);
    if (world.random() < 0.1) sweep(world.ledger, world.now);
    const refs = pick(world);
    const {at} = roomIn(world.ledger, ids(refs), world.now);
    if (at <= world.now) {
      for (const {id} of refs) assert.isAtLeast(world.now, world.closed.get(id) ?? 0, 'starts in a closed bucket');
      start(world, refs);
      started += 1;
    } else advance(world, world.random() < 0.1 ? at + world.random() * 2000 : at);
  }
  while (drain && world.flights.length > 0) advance(world, Number.POSITIVE_INFINITY);
}

/** Goes to `until`, or to the next ending if that is earlier. */
function advance(world: World, until: number): void {
  world.flights.sort((a, b) => a.endsAt - b.endsAt);
  const next = world.flights[0];
  assert.isTrue(next !== undefined || Number.isFinite(until), 'nothing in flight, and no room ever');
  if (!next || next.endsAt > until) {
    world.now = until;
    return;
  }
  world.flights.shift();
  world.now = next.endsAt;
  next.end(world.now);
}

function start(world: World, refs: readonly BucketRef[]): void {
  const {now: startedAt, random, ledger} = world;
  take(ledger, refs, startedAt);
  const slow = random() < 0.2 ? 3000 : 60;
  const fate = random();
  const arrivesAt = startedAt + random() * slow;
  if (fate < 0.1) {
    const end = (now: number) => giveBack(ledger, refs, now, {kind: 'uncounted'});
    world.flights.push({endsAt: arrivesAt, end, arrival: undefined});
    return;
  }
  if (fate < 0.25) {
    // Given up, and counted by the provider as late as that.
    const endsAt = startedAt + random() * slow;
    const arrival = {at: startedAt + random() * (endsAt - startedAt + lateMs), refs, startedAt, answeredAt: Infinity};
    world.arrivals.push(arrival);
    const end = (now: number) => giveBack(ledger, refs, now, {kind: 'unanswered', lateMs});
    world.flights.push({endsAt, end, arrival});
    return;
  }
  const arrival = {at: arrivesAt, refs, startedAt, answeredAt: Infinity};
  world.arrivals.push(arrival);
  const end = (now: number) => {
    arrival.answeredAt = now;
    const resetAt = (_limit: number, seconds: number) =>
      (Math.floor(arrivesAt / (seconds * 1000)) + 1) * seconds * 1000;
    giveBack(ledger, refs, now, {kind: 'answered', resetAt});
  };
  world.flights.push({endsAt: arrivesAt + random() * slow, end, arrival});
}

/** The process ends here, and another begins: what it knows is when each attempt was answered, if it was. */
function restart(world: World): void {
  for (const flight of world.flights) {
    // What is on the wire arrives before the next session is up, or it never does.
    if (flight.arrival) flight.arrival.answeredAt = Infinity;
  }
  const wire = world.flights.map(({endsAt}) => endsAt + lateMs);
  world.now = Math.max(world.now, ...wire) + world.random() * 3000;
  world.flights = [];
  world.closed = new Map();
  world.ledger = open(world.rules, world.ledger.concurrency);
  for (const {refs, answeredAt} of world.arrivals) {
    recall(world.ledger, refs, Number.isFinite(answeredAt) ? answeredAt : world.now);
  }
}

function close(world: World): void {
  const refs = pick(world);
  const until = world.now + world.random() * 4000;
  closeUntil(world.ledger, refs, until);
  for (const {id} of refs) world.closed.set(id, Math.max(until, world.closed.get(id) ?? 0));
}

/** A bucket of each of some of the limits, of two that every limit has. */
function pick({rules, random}: World): BucketRef[] {
  const refs = rules.flatMap((_, limit) => {
    const id = limit * 10 + Math.floor(random() * 2);
    return random() < 0.7 ? [{limit, id, label: `bucket ${id}`}] : [];
  });
  return refs.length > 0 ? refs : [{limit: 0, id: 0, label: 'bucket 0'}];
}

function ids(refs: readonly BucketRef[]): number[] {
  return refs.map(({id}) => id);
}

/** Counts every window of every bucket from nothing but the instants of arrival. */
function judge({arrivals, rules}: World): void {
  const instantsOf = new Map<number, number[]>();
  for (const {at, refs} of arrivals) {
    for (const {id} of refs) instantsOf.set(id, [...(instantsOf.get(id) ?? []), at]);
  }
  for (const [id, instants] of instantsOf) {
    instants.sort((a, b) => a - b);
    for (const rule of rules[Math.floor(id / 10)]!) judgeWindow(rule, instants);
  }
}

function judgeWindow({kind, requests, seconds, burst = requests}: WindowRule, instants: readonly number[]): void {
  const windowMs = seconds * 1000;
  const said = `${requests} per ${seconds} s, ${kind}`;
  if (kind === 'bucket') {
    let tokens = burst;
    for (const [i, at] of instants.entries()) {
      if (i > 0) tokens = Math.min(burst, tokens + ((at - instants[i - 1]!) * requests) / windowMs);
      assert.isAtLeast(tokens, 1 - 1e-5, said);
      tokens -= 1;
    }
    return;
  }
  for (const [i, at] of instants.entries()) {
    const before = instants[i - requests];
    if (before === undefined) continue;
    // A sliding log holds what came less than a window ago; a fixed window what came since its turn.
    if (kind === 'rolling') assert.isAtLeast(at - before, windowMs - 0.001, said);
    else assert.isAbove(Math.floor(at / windowMs), Math.floor(before / windowMs), said);
  }
}
