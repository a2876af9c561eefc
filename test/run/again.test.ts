import {assert} from 'chai';
import {fold, newStanding} from '../../src/journal/states.js';
import {mayBeSent, partOf, stateIn, whoSends} from '../../src/run/again.js';

describe('a row on resume', () => {
  const hold = {retryFailed: false, options: {inDoubt: 'hold' as const}};

  it('goes on where it is pending, and else only on somebody’s word', () => {
    assert.equal(whoSends('pending', hold, false), 'pending');
    assert.equal(whoSends('failed', {...hold, retryFailed: true}, false), 'user');
    assert.equal(whoSends('in-doubt', {...hold, options: {inDoubt: 'retry'}}, false), 'policy');
    assert.equal(whoSends('in-doubt', hold, true), 'recovery');
    for (const state of ['ok', 'failed', 'in-doubt', 'skipped'] as const)
      assert.isUndefined(whoSends(state, hold, false));
    assert.isFalse(mayBeSent('failed', hold));
  });

  it('counts as failed where it was skipped because a row of its key had failed', () => {
    const standing = newStanding(2);
    for (const [op, e] of [
      [1, 'KEY_STOPPED'],
      [2, 'OTHER'],
    ] as const)
      fold(standing, {t: 'o', op, n: 0, k: 'skipped', at: 1, e});
    assert.deepEqual([stateIn(standing, 1), stateIn(standing, 2)], ['failed', 'skipped']);
    fold(standing, {t: 'd', op: 1, as: 'retry', by: 'user', at: 2});
    assert.equal(stateIn(standing, 1), 'pending');
    fold(standing, {t: 'o', op: 1, n: 1, k: 'ok', at: 3});
    assert.equal(stateIn(standing, 1), 'ok');
  });

  it('that is not sent keeps those behind it, or is of no concern to them', () => {
    const states = ['pending', 'ok', 'failed', 'in-doubt', 'skipped'] as const;
    assert.deepEqual(states.map(partOf), ['outside', 'done', 'failed', 'doubt', 'done']);
  });
});
