import {assert} from 'chai';
import fc from 'fast-check';
import {type Load, leastMs} from './least.js';
import {mayEndBy} from './relaxed.js';

const tiny: fc.Arbitrary<Load> = fc.record({
  users: fc.array(fc.integer({min: 1, max: 4}), {minLength: 1, maxLength: 3}),
  own: fc.record({requests: fc.integer({min: 1, max: 2}), ms: fc.constantFrom(200, 300, 500)}),
  shared: fc.record({requests: fc.integer({min: 1, max: 4}), ms: fc.constantFrom(300, 700, 1100)}),
  latencyMs: fc.constantFrom(10, 100),
});

/** Tries every order of the starts, each as soon as it may. Whoever goes first among users with equally many left is the same. */
function searchedMs({users, own, shared, latencyMs}: Load): number {
  const left = [...users];
  const starts: {readonly at: number; readonly user: number}[] = [];
  let best = Number.POSITIVE_INFINITY;
  const after = (some: readonly {readonly at: number}[], {requests, ms}: Load['own']) =>
    some.length < requests ? 0 : some[some.length - requests]!.at + ms + latencyMs;
  const visit = (last: number) => {
    if (last >= best) return;
    if (left.every((count) => count === 0)) best = last;
    for (const [user, count] of left.entries()) {
      if (count === 0) continue;
      const mine = starts.filter((start) => start.user === user);
      if (mine.length === 0 && users.findIndex((size, other) => size === users[user] && left[other] === count) < user)
        continue;
      const at = Math.max(last, after(starts, shared), after(mine, own));
      left[user] = count - 1;
      starts.push({at, user});
      visit(at);
      starts.pop();
      left[user] = count;
    }
  };
  visit(0);
  return best + latencyMs;
}

describe('what a schedule is measured by', () => {
  it('is never more than the best of all schedules takes, and as much for four of five', () => {
    const drawn = fc.sample(tiny, {seed: 1, numRuns: 150});
    let sharp = 0;
    for (const load of drawn) {
      const best = searchedMs(load);
      assert.isAtMost(leastMs(load), best + 1e-6, JSON.stringify(load));
      const stack = {...load, own: [load.own], shared: [load.shared]};
      assert.isTrue(mayEndBy(stack, best), JSON.stringify(load));
      if (!mayEndBy(stack, best - 1)) sharp += 1;
    }
    assert.isAtLeast(sharp, 120);
  });

  // At its own rate the largest has 20 of the 26 slots of some turns, and six are too few for the others: found by the program, not by counting.
  it('knows when one takes so much of some turns that the others cannot make up for it', () => {
    const load: Load = {
      users: [32, 32, 125],
      own: {requests: 5, ms: 5000},
      shared: {requests: 26, ms: 17_500},
      latencyMs: 100,
    };
    const stack = {...load, own: [load.own], shared: [load.shared]};
    assert.equal(leastMs(load), 123_300);
    assert.deepEqual(
      [124_799, 124_800].map((ms) => mayEndBy(stack, ms)),
      [false, true],
    );
  });
});
