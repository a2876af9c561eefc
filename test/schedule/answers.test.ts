import {assert} from 'chai';
import fc from 'fast-check';
import {Answers} from '../../src/schedule/answers.js';

/** When so many come that were started at 0, each of them. */
function times(answers: Answers, count: number): number[] {
  for (let row = 1; row <= count; row++) answers.start(0, 0, row);
  return Array.from({length: count}, () => {
    const at = answers.nextAt;
    answers.shift();
    return at;
  });
}

describe('Answers', () => {
  it('come in the order of the starts where all take equally long', () => {
    const answers = new Answers(3, {latencyMs: 100});
    assert.equal(answers.nextAt, Number.POSITIVE_INFINITY);
    answers.start(0, 7, 1);
    answers.start(0, 8, 2);
    answers.start(5, 9, 3);
    assert.deepEqual([answers.count, answers.nextAt], [3, 100]);
    assert.deepEqual(
      [answers.shift(), answers.shift()],
      [
        {lane: 7, row: 1},
        {lane: 8, row: 2},
      ],
    );
    answers.start(50, 7, 4);
    assert.deepEqual([answers.nextAt, answers.shift()], [105, {lane: 9, row: 3}]);
    assert.deepEqual([answers.nextAt, answers.shift()], [150, {lane: 7, row: 4}]);
    assert.equal(answers.nextAt, Number.POSITIVE_INFINITY);
  });

  it('take anything of the spread, all of it equally likely, and the same each time', () => {
    const spread = {latencyMs: 110, spreadMs: 90};
    const drawn = times(new Answers(10_000, spread), 10_000);
    assert.deepEqual(times(new Answers(10_000, spread), 10_000), drawn);
    for (const part of [0, 0.25, 0.5, 0.75]) assert.closeTo(drawn[10_000 * part]!, 20 + 180 * part, 3);
    assert.isAtMost(drawn.at(-1)!, 200);
  });

  it('take the average in sum, also one after another', () => {
    const answers = new Answers(1, {latencyMs: 110, spreadMs: 90});
    for (const _ of Array(50)) {
      const sum = Array.from({length: 24}, () => times(answers, 1)[0]!).reduce((one, other) => one + other);
      assert.closeTo(sum, 24 * 110, 110);
    }
  });

  it('take the average once very many have come', () => {
    const answers = new Answers(1, {latencyMs: 110, spreadMs: 90});
    const drawn = Array.from({length: 30_000}, () => times(answers, 1)[0]!);
    assert.isTrue(drawn.slice(20_000).every((ms) => ms === 110));
    assert.isAbove(new Set(drawn.slice(0, 20_000)).size, 10_000);
  });

  it('come by time, each with the lane and the row it was started with', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 20}),
        fc.array(fc.record({waitMs: fc.integer({min: 0, max: 60}), takes: fc.boolean()}), {maxLength: 200}),
        (room, steps) => {
          const answers = new Answers(room, {latencyMs: 50, spreadMs: 50});
          const started = new Map<number, number>();
          let [now, row] = [0, 0];
          for (const {waitMs, takes} of steps) {
            now = Math.max(now, Math.min(now + waitMs, answers.nextAt));
            if (takes && answers.count < room) {
              started.set(++row, now);
              answers.start(now, row % 3, row);
              continue;
            }
            if (answers.count === 0) continue;
            assert.isAtLeast(answers.nextAt, now);
            now = answers.nextAt;
            const answered = answers.shift();
            assert.equal(answered.lane, answered.row % 3);
            assert.isAtMost(now - started.get(answered.row)!, 100);
            started.delete(answered.row);
            assert.equal(answers.count, started.size);
          }
        },
      ),
    );
  });
});
