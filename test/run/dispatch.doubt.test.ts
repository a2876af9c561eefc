import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import type {Exchange} from '../../src/exchange.js';
import {counts} from '../../src/journal/states.js';
import {dispatch} from '../../src/run/dispatch.js';
import {answered, fakeTime, later, openScene, passing, UNANSWERED} from './scene.js';

const CONCURRENCY = 30;

describe('dispatch, while a server dies', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  /** Plays 5,000 rows that may not be repeated, at a server that answers after 100 ms, as `answer` says by the time since the start. */
  async function play(answer: (ms: number, row: number) => Exchange) {
    const startedAt = now();
    const opened = openScene({
      rows: 5000,
      profile: {limits: [], concurrency: CONCURRENCY},
      refsOf: () => [],
      answer: (row) => later(100, answer(now() - startedAt, row)),
    });
    await passing(clock, dispatch(opened.tools));
    return {counts: counts(opened.standing), stop: opened.tools.stop, ms: now() - startedAt};
  }

  // With every slot used all the same, thousands of rows came into doubt before anybody could look.
  it('puts no more rows in doubt than were under way, and five that went ahead alone', async () => {
    for (const dead of [UNANSWERED, answered(503), answered(500)]) {
      const {counts: all, stop} = await play((ms) => (ms < 1000 ? answered(201) : dead));
      assert.deepInclude(stop, {why: 'doubt', exit: 4});
      assert.isAtLeast(all.inDoubt, 6);
      assert.isAtMost(all.inDoubt, CONCURRENCY + 5);
      assert.equal(all.ok + all.inDoubt + all.pending, 5000);
    }
  });

  it('goes on at full speed once something is answered', async () => {
    const {
      counts: all,
      stop,
      ms,
    } = await play((passed) => (passed > 1000 && passed < 1300 ? UNANSWERED : answered(201)));
    assert.isUndefined(stop);
    assert.isAtMost(all.inDoubt, CONCURRENCY + 3);
    assert.equal(all.ok + all.inDoubt, 5000);
    assert.isAtMost(ms, (5000 / CONCURRENCY) * 100 + 1000);
  });

  it('is not held up by a row in a hundred whose connection is reset', async () => {
    const {counts: all, stop, ms} = await play((_, row) => (row % 100 === 0 ? UNANSWERED : answered(201)));
    assert.isUndefined(stop);
    assert.deepInclude(all, {ok: 4950, inDoubt: 50});
    assert.isAtMost(ms, (5000 / CONCURRENCY) * 100 * 1.1);
  });
});
