import {assert} from 'chai';
import {inFolder, sluice} from '../support/program.js';

describe('a command that is not there', () => {
  for (const {words, says, fix} of [
    {words: ['rnu', 'users.csv'], says: '"rnu" is not a command, did you mean "run"?', fix: 'Type: sluice help'},
    {words: ['frobnicate'], says: '"frobnicate" is not a command', fix: 'Type: sluice help'},
    {
      words: ['profiles', 'shwo', 'amity'],
      says: '"profiles shwo" is not a command, did you mean "profiles show"?',
      fix: 'Type: sluice profiles --help',
    },
  ])
    it(`is told with the one that was probably meant: ${words.join(' ')}`, async () => {
      const {exit, stdout, stderr} = await inFolder({}, (cwd) => sluice(words, {cwd}));
      assert.deepEqual({exit, stdout}, {exit: 2, stdout: ''});
      const lines = stderr.split('\n').map((line) => line.trim());
      assert.deepEqual(lines, [`Problem: ${says}`, 'Code: COMMAND_UNKNOWN', `Try this: ${fix}`, '']);
    });
});
