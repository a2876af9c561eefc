import {assert} from 'chai';
import {keepAccount, showAccount} from '../../src/simulate/account.js';

describe('keepAccount', () => {
  it('tells creations that came again, and how many of them were different', () => {
    const keeper = keepAccount();
    keeper.made(3);
    keeper.again('a');
    keeper.again('a');
    keeper.again('b');
    keeper.removed();
    keeper.refused();
    assert.deepEqual(keeper.read(2), {there: 2, made: 3, again: 3, twice: 2, removed: 1, refused: 1});
    assert.deepEqual(keeper.twice(), ['a', 'b']);
  });
});

describe('showAccount', () => {
  it('has a line for each kind of which there was anything', () => {
    const keeper = keepAccount();
    keeper.made(2);
    keeper.again('a');
    assert.deepEqual(showAccount({users: keeper.read(2), channels: keepAccount().read(0)}), [
      'users: 2 there; 2 made, 1 again (1 more than once), 0 removed, 0 refused',
    ]);
  });
});
