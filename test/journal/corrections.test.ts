import {assert} from 'chai';
import {correctionName, foldCorrection, noCorrections} from '../../src/journal/corrections.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {intent, outcome, T} from './sample.js';

const file = (n: number): JournalRecord => ({
  t: 'w',
  at: T,
  n,
  file: correctionName(n),
  name: 'fixed.csv',
  sha256: 'ab',
  bytes: 3,
  delimiter: ',',
});
const again = (op: number, w?: number): JournalRecord => ({
  ...{t: 'd', op, as: 'retry', by: 'user', at: T},
  ...(w === undefined ? {} : {w}),
});

describe('foldCorrection', () => {
  it('keeps of each row the file that corrected it last, whatever becomes of it', () => {
    const corrections = noCorrections();
    const records = [file(1), again(2, 1), again(3, 1), intent(2, T), outcome(2, T, 'failed', {st: 422})];
    for (const record of [...records, again(2), file(2), again(3, 2)]) foldCorrection(corrections, record);
    assert.deepEqual(
      [...corrections.fileOf],
      [
        [2, 1],
        [3, 2],
      ],
    );
    assert.deepEqual(
      corrections.files.map((each) => each.n),
      [1, 2],
    );
  });
});
