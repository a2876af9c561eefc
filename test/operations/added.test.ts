import {assert} from 'chai';
import {isAdded} from '../../src/operations/added.js';

describe('isAdded', () => {
  it('knows the columns that a run adds, however a spreadsheet writes them', () => {
    assert.deepEqual(['_row', '_ERROR', ' _status ', '_sentAt', '_decision', '_note'].filter(isAdded), [
      ...['_row', '_ERROR', ' _status ', '_sentAt', '_decision', '_note'],
    ]);
  });

  it('leaves columns alone that only look like them', () => {
    assert.deepEqual(['row', '_rows', 'error', '__row', ''].filter(isAdded), []);
  });
});
