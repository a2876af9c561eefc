import {cpSync, mkdirSync, renameSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {moveOf, placeOf} from '../../src/journal/place.js';
import {inFolder} from '../support/program.js';

describe('placeOf', () => {
  it('knows a folder that was renamed, and tells a copy from it', () =>
    inFolder({}, async (cwd) => {
      const [first, second, third] = ['first', 'second', 'third'].map((name) => join(cwd, name));
      mkdirSync(first!);
      const was = await placeOf(first!);
      cpSync(first!, second!, {recursive: true});
      assert.equal(moveOf(was, await placeOf(second!)), 'copy');
      renameSync(first!, third!);
      assert.equal(moveOf(was, await placeOf(third!)), 'same');
    }));
});

describe('moveOf', () => {
  const was = {host: 'here', path: '/data/users.run', inode: '7'};
  for (const {name, is, move} of [
    {name: 'the machine got another name', is: {...was, host: 'laptop-2'}, move: 'same'},
    {name: 'it was renamed', is: {...was, path: '/data/old.run'}, move: 'same'},
    {name: 'it was put back from a backup', is: {...was, inode: '8'}, move: 'restored'},
    {name: 'it was copied beside itself', is: {...was, path: '/data/copy.run', inode: '8'}, move: 'copy'},
    {name: 'it was copied to the same place of another machine', is: {...was, host: 'there', inode: '8'}, move: 'copy'},
  ])
    it(`says ${move} where ${name}`, () => assert.equal(moveOf(was, is), move));
});
