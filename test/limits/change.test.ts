import {assert} from 'chai';
import fc from 'fast-check';
import {believe} from '../../src/limits/believe.js';
import {changeLedger} from '../../src/limits/change.js';
import {closeUntil, giveBack, type Ledger, openLedger, roomIn, take} from '../../src/limits/ledger.js';
import type {WindowRule} from '../../src/limits/limit.js';
import type {Pace} from '../../src/limits/pace.js';

const ref = {limit: 0, id: 1, label: 'network'};
const perFive: WindowRule = {requests: 100, seconds: 5, kind: 'rolling'};

function open(windows: readonly WindowRule[], pace: Pace = 'burst'): Ledger {
  return openLedger([{name: 'network', windows}], 1000, {pace, ramp: undefined});
}

function change(ledger: Ledger, windows: readonly WindowRule[], now: number, pace: Pace = 'burst'): void {
  changeLedger(ledger, {limits: [{name: 'network', windows}], concurrency: 1000, pace}, now);
}

/** So many that are answered at once, at `now`. */
function use(ledger: Ledger, count: number, now: number): void {
  for (let i = 0; i < count; i++) {
    take(ledger, [ref], now);
    giveBack(ledger, [ref], now, {kind: 'answered'});
  }
}

const roomAfter = (ledger: Ledger, now: number) => roomIn(ledger, [ref.id], now).at;

describe('changeLedger', () => {
  it('lets nothing more start where as much is held as is allowed from now on', () => {
    const ledger = open([perFive]);
    use(ledger, 50, 0);
    change(ledger, [{...perFive, requests: 50}], 1000);
    assert.equal(roomAfter(ledger, 1000), 5000);
  });

  it('makes room at once where more is allowed', () => {
    const ledger = open([{...perFive, requests: 10}]);
    use(ledger, 10, 0);
    change(ledger, [perFive], 1000);
    assert.equal(roomAfter(ledger, 1000), 1000);
  });

  it('knows what is in flight, and takes it back', () => {
    const ledger = open([perFive]);
    for (let i = 0; i < 60; i++) take(ledger, [ref], 0);
    change(ledger, [{...perFive, requests: 50}], 10);
    assert.equal(roomAfter(ledger, 10), Number.POSITIVE_INFINITY);
    for (let i = 0; i < 60; i++) giveBack(ledger, [ref], 100, {kind: 'answered'});
    assert.equal(roomAfter(ledger, 100), 5100);
    assert.equal(ledger.running, 0);
  });

  it('stretches what is held with the window, and back', () => {
    const perMinute: WindowRule = {requests: 6, seconds: 60, kind: 'rolling'};
    const ledger = open([perMinute]);
    use(ledger, 1, 0);
    change(ledger, [{requests: 1, seconds: 100, kind: 'rolling'}], 1000);
    assert.equal(roomAfter(ledger, 1000), 100_000);
    change(ledger, [perMinute], 2000);
    use(ledger, 5, 2000);
    assert.equal(roomAfter(ledger, 2000), 60_000);
  });

  it('holds what a fixed window held until its announced end, whatever its length is now', () => {
    const ledger = open([{requests: 2, seconds: 60, kind: 'fixed'}]);
    take(ledger, [ref], 50_000);
    giveBack(ledger, [ref], 50_100, {kind: 'answered', resetAt: () => 60_000});
    change(ledger, [{requests: 1, seconds: 5, kind: 'rolling'}], 51_000);
    assert.equal(roomAfter(ledger, 51_000), 60_000);
  });

  it('turns tokens into slots and back, and rather holds too much', () => {
    const bucket: WindowRule = {requests: 10, seconds: 1, kind: 'bucket', burst: 5};
    const ledger = open([bucket]);
    use(ledger, 5, 0);
    change(ledger, [{requests: 5, seconds: 2, kind: 'rolling'}], 0);
    assert.equal(roomAfter(ledger, 0), 2000);
    change(ledger, [bucket], 0);
    assert.closeTo(roomAfter(ledger, 0), 100, 1e-6);
  });

  it('does not lift what the server told', () => {
    const ledger = open([perFive]);
    use(ledger, 1, 0);
    const belief = {limit: 0, seconds: 5, trust: 'down' as const};
    believe(ledger, [ref], {...belief, quota: {limit: 40, remaining: 7, resetAt: 9000}}, {startedAt: 0, now: 0});
    closeUntil(ledger, [ref], 2000);
    for (const requests of [20, 100]) change(ledger, [{...perFive, requests}], 100);
    const window = ledger.buckets.get(1)!.windows[0]!;
    assert.deepInclude(window, {requests: 40, toldUntil: 9000});
    assert.equal(window.told?.remaining, 7);
    assert.equal(roomAfter(ledger, 100), 2000);
  });

  it('keeps further apart what refusals have spread', () => {
    const ledger = open([perFive]);
    use(ledger, 1, 0);
    ledger.buckets.get(1)!.windows[0]!.spacingMs = 100;
    change(ledger, [{...perFive, requests: 50}], 10);
    assert.equal(roomAfter(ledger, 10), 200);
  });

  it('spreads from now on, or no longer', () => {
    const ledger = open([perFive]);
    use(ledger, 1, 1000);
    change(ledger, [perFive], 1010, 'even');
    assert.equal(roomAfter(ledger, 1010), 1050);
    change(ledger, [perFive], 1010);
    assert.equal(roomAfter(ledger, 1010), 1010);
  });

  it('goes on with a ramp where it is', () => {
    const ramp = {beganAt: 1_000_000, ms: 10_000};
    const ledger = openLedger([{name: 'network', windows: [perFive]}], 10, {pace: 'even', ramp});
    use(ledger, 1, ramp.beganAt);
    change(ledger, [{...perFive, requests: 25}], ramp.beganAt + 1, 'even');
    assert.equal(roomAfter(ledger, ramp.beganAt + 1), ramp.beganAt + 2000);
  });

  it('counts a limit of other windows from what the old ones hold', () => {
    const ledger = open([perFive, {requests: 1000, seconds: 60, kind: 'rolling'}]);
    use(ledger, 30, 0);
    change(ledger, [{requests: 30, seconds: 10, kind: 'rolling'}], 8000);
    assert.equal(roomAfter(ledger, 8000), 10_000);
  });

  it('never lets more start than is allowed at that instant, however often it changes', () => {
    const rules = fc.record({
      requests: fc.integer({min: 1, max: 20}),
      seconds: fc.constantFrom(2, 5),
      kind: fc.constant('rolling' as const),
    });
    const begin = 1_770_000_000_000;
    fc.assert(
      fc.property(
        fc.array(rules, {minLength: 2, maxLength: 8}),
        fc.array(fc.nat(99), {minLength: 60, maxLength: 60}),
        (changes, chance) => {
          // Ever shorter ones: a longer one knows nothing of what the shorter one had forgotten.
          const [first, ...others] = changes.toSorted((one, other) => other.seconds - one.seconds);
          const ledger = open([first!]);
          let rule = first!;
          let now = begin;
          const arrivals: number[] = [];
          const flights: {arrivesAt: number; answeredAt: number}[] = [];
          for (const [i, each] of chance.entries()) {
            if (i % 8 === 7 && others.length > 0) {
              rule = others[Math.min((i - 7) / 8, others.length - 1)]!;
              change(ledger, [rule], now, each < 50 ? 'even' : 'burst');
            }
            for (let at = roomAfter(ledger, now); at > now; at = roomAfter(ledger, now)) {
              flights.sort((one, other) => one.answeredAt - other.answeredAt);
              now = Math.min(at, flights[0]?.answeredAt ?? at);
              while ((flights[0]?.answeredAt ?? Infinity) <= now) {
                giveBack(ledger, [ref], flights.shift()!.answeredAt, {kind: 'answered'});
              }
            }
            const counted = arrivals.filter((arrivesAt) => arrivesAt + rule.seconds * 1000 > now + 0.01);
            assert.isBelow(counted.length, rule.requests, 'counted by the provider within the window');
            take(ledger, [ref], now);
            const flight = {arrivesAt: now + each * 5, answeredAt: now + each * 10};
            flights.push(flight);
            arrivals.push(flight.arrivesAt);
          }
        },
      ),
      {numRuns: 150},
    );
  });
});
