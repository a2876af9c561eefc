import {assert} from 'chai';
import type {Problem} from '../../src/problem.js';
import {goOnJob} from '../../src/ui/job.js';

describe('goOnJob', () => {
  // It was passed over, and the failed rows went out again as they had been.
  it('takes no corrected file, for rows have their numbers within a step, and names the folder of one', async () => {
    const flags = {with: 'fixed.csv'} as Parameters<typeof goOnJob>[1];
    const problem: Problem = await goOnJob('move.run', flags, '1.0.0').then(
      () => assert.fail('it was taken'),
      (error: unknown) => error as Problem,
    );
    assert.deepInclude(problem, {code: 'WITH_UNWANTED', exit: 2});
    assert.include(problem.suggestions[0], 'sluice resume move.run/steps/STEP.run --retry-failed --with FILE');
  });
});
