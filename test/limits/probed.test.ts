import {assert} from 'chai';
import {foundBy, openProbe} from '../../src/limits/probed.js';

describe('what a probe has found', () => {
  it('is nothing more than where it began, at the beginning', () => {
    assert.deepInclude(foundBy(openProbe(1)), {pace: 1, ceiling: undefined, atOnce: undefined});
  });

  it('is half of what is being tried, while nothing was refused', () => {
    assert.equal(foundBy({...openProbe(1), pace: 8}).pace, 4);
  });

  it('is where another probe goes on from', () => {
    const found = {pace: 9.5, ceiling: 10.2, atOnce: 4, sent: 900, refused: 3};
    assert.deepEqual(foundBy(openProbe(found.pace, found)), found);
  });
});
