import {assert} from 'chai';
import type {Problem} from '../../src/problem.js';
import {goOnJob} from '../../src/ui/job.js';

type Flags = Parameters<typeof goOnJob>[1];

/** What a job says to these flags before it looks at anything. */
function refusal(flags: Partial<Flags>): Promise<Problem> {
  return goOnJob('move.run', flags as Flags, '1.0.0').then(
    () => assert.fail('it was taken'),
    (error: unknown) => error as Problem,
  );
}

describe('goOnJob', () => {
  // They were passed over, and failed rows went out again as they had been.
  for (const [name, value] of [
    ['with', 'fixed.csv'],
    ['input', 'moved.csv'],
    ['rows', '1-3'],
    ['accept-appended', true],
    ['accept-template', true],
  ] as const)
    it(`refuses --${name}, which is for a run of its own, and does not lead to a step that refuses it too`, async () => {
      const problem = await refusal({[name]: value});
      assert.deepInclude(problem, {code: 'FLAG_UNWANTED', exit: 2});
      assert.include(problem.message, `--${name} is for a run of its own`);
      assert.include(problem.suggestions[0], 'Leave it out: sluice resume move.run');
    });

  it('refuses --in-doubt probe, and names the command that probes a step', async () => {
    const problem = await refusal({'in-doubt': 'probe'});
    assert.deepInclude(problem, {code: 'FLAG_UNWANTED', exit: 2});
    assert.include(problem.suggestions[0], 'sluice settle move.run/steps/STEP.run --probe');
  });
});
