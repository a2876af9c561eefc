import {assert} from 'chai';
import {Problem} from '../../src/problem.js';
import {onDisk} from '../../src/report/on-disk.js';

describe('onDisk', () => {
  it('returns what the action returns', () =>
    assert.equal(
      onDisk('a', () => 7),
      7,
    ));

  it('makes a full disk a Problem that names the file and the way on', () => {
    const full = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'});
    };
    try {
      onDisk('users.run/results.ndjson', full);
      assert.fail('did not throw');
    } catch (error) {
      assert.instanceOf(error, Problem);
      assert.equal(
        error.message,
        'users.run/results.ndjson: the file cannot be written (ENOSPC: no space left on device, write)',
      );
      assert.deepInclude({exit: error.exit, code: error.code}, {exit: 74, code: 'DERIVED_UNWRITABLE'});
      assert.match(error.suggestions[0]!, /sluice results/);
    }
  });
});
