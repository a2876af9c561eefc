import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {refuseExisting, writePage} from '../../src/ui/page-file.js';
import {assertProblem} from '../requests/sample.js';
import {inFolder} from '../support/program.js';

describe('the file of a page', () => {
  it("is its owner's alone", () =>
    inFolder({}, async (folder) => {
      const path = join(folder, 'plan.html');
      refuseExisting(path);
      writePage(path, 'a page', false);
      assert.equal(readFileSync(path, 'utf8'), 'a page');
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }));

  it('is written over only by force', () =>
    inFolder({'plan.html': 'mine'}, async (folder) => {
      const path = join(folder, 'plan.html');
      assertProblem(() => refuseExisting(path), 'PAGE_EXISTS', 73, path);
      assertProblem(() => writePage(path, 'a page', false), 'PAGE_EXISTS', 73, path);
      assert.equal(readFileSync(path, 'utf8'), 'mine');
      writePage(path, 'a page', true);
      assert.equal(readFileSync(path, 'utf8'), 'a page');
    }));

  it('says where it cannot be written', () =>
    inFolder({}, async (folder) => {
      for (const force of [true, false])
        assertProblem(() => writePage(join(folder, 'no', 'plan.html'), '', force), 'PAGE_UNWRITABLE', 74, 'plan.html');
    }));
});
