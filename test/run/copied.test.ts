import {cpSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {readManifest, replaceManifest} from '../../src/journal/folder.js';
import {openPlace, type Place, rejection} from './real-run.js';

describe('fitPlace', () => {
  let place: Place;
  let copy: string;
  beforeEach(async () => {
    place = await openPlace({rows: 3});
    await place.begin({rows: [[1, 1]]});
    copy = join(place.folder, '../copy.run');
  });
  afterEach(() => place.close());

  const contents = (folder: string) =>
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  const heard = () => place.heard.map(({row}) => row);

  it('C23 refuses a copy, of which both would send the same rows, and lets the first one go on', async () => {
    cpSync(place.folder, copy, {recursive: true});
    const was = contents(copy);
    const problem = await rejection(place.resume({folder: copy}));
    assert.deepInclude(problem, {code: 'RUN_COPIED', exit: 65});
    assert.match(problem.message, /is a copy of .*users\.run on /);
    assert.deepEqual(contents(copy), was);
    assert.deepInclude((await place.resume()).ending.counts, {ok: 3});
    assert.sameMembers(heard(), [1, 2, 3]);
  });

  it('C23 goes on with a copy where nobody goes on with the first, and knows it from then on', async () => {
    cpSync(place.folder, copy, {recursive: true});
    rmSync(place.folder, {recursive: true});
    await place.resume({folder: copy, acceptCopy: true, rows: [[2, 2]]});
    assert.deepInclude((await place.resume({folder: copy})).ending.counts, {ok: 3});
    assert.sameMembers(heard(), [1, 2, 3]);
  });

  it('is content with a copy of a run that is done', async () => {
    await place.resume();
    cpSync(place.folder, copy, {recursive: true});
    assert.equal((await place.resume({folder: copy})).ending.exit, 0);
    assert.lengthOf(place.heard, 3);
  });

  it('goes on with a folder that was renamed', async () => {
    renameSync(place.folder, copy);
    assert.deepInclude((await place.resume({folder: copy})).ending.counts, {ok: 3});
    assert.lengthOf(place.heard, 3);
  });

  it('goes on with one that was put back in its place, and says what it cannot know', async () => {
    cpSync(place.folder, copy, {recursive: true});
    renameSync(place.folder, `${place.folder}.old`);
    renameSync(copy, place.folder);
    assert.deepInclude((await place.resume()).ending.counts, {ok: 3});
    assert.match(place.lines.join('\n'), /users\.run was put back in its place: rows that were sent after/);
  });

  it('goes on with a run that was begun before runs said where they are', async () => {
    const {place: _, ...older} = await readManifest(place.folder);
    await replaceManifest(place.folder, older);
    cpSync(place.folder, copy, {recursive: true});
    assert.deepInclude((await place.resume({folder: copy})).ending.counts, {ok: 3});
  });
});
