import {cpSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {acquireLock} from '../../src/journal/lock.js';
import {openPlace, type Place} from './real-run.js';

describe('notesOfBeside', () => {
  let place: Place;
  beforeEach(async () => {
    place = await openPlace({rows: 3});
  });
  afterEach(() => place.close());

  /** What is said when the same rows are begun in another folder beside, and how many requests that sent. */
  async function beginBeside(parts: Parameters<Place['begin']>[0] = {}): Promise<{said: string[]; sent: number}> {
    place.lines.length = 0;
    const before = place.heard.length;
    await place.begin({...parts, folder: join(place.folder, '../again.run')});
    return {said: place.lines.filter((line) => /users\.run.* the same/.test(line)), sent: place.heard.length - before};
  }

  it('D07 names a run of the same rows that is not done, and how to go on with it, and refuses nothing', async () => {
    await place.begin({rows: [[1, 1]]});
    const {said, sent} = await beginBeside();
    assert.lengthOf(said, 1);
    assert.match(
      said[0]!,
      /users\.run has sent 1 of the same 3 rows and is not done, and this run sends all again; .*: sluice resume .*users\.run$/,
    );
    assert.equal(sent, 3);
  });

  it('D07 names the run, and not a copy of its folder', async () => {
    await place.begin({rows: [[1, 1]]});
    cpSync(place.folder, join(place.folder, '../copy.run'), {recursive: true});
    await beginBeside();
    const named = place.lines.filter((line) => / the same /.test(line));
    assert.lengthOf(named, 1);
    assert.match(named[0]!, /users\.run$/);
  });

  it('D07 names one that is done', async () => {
    await place.begin();
    assert.match(
      (await beginBeside()).said[0]!,
      /users\.run has sent the same rows already, and this run sends them again$/,
    );
  });

  it('D07 names one that is going on', async () => {
    await place.begin({rows: [[1, 1]]});
    const lock = await acquireLock(place.folder);
    assert.match((await beginBeside()).said[0]!, /users\.run is sending the same rows at this moment/);
    await lock.release();
  });

  it('says nothing of another request for the same rows: a later step of a migration', async () => {
    await place.begin();
    const template = {request: 'PUT /users/{{ n }}', headers: [], body: undefined};
    assert.isEmpty((await beginBeside({asked: {...place.order.asked, template}})).said);
  });

  it('says nothing of other rows, and of a folder that cannot be read', async () => {
    await place.begin();
    writeFileSync(join(place.folder, 'journal-000001.ndjson'), 'no journal\n');
    assert.isEmpty((await beginBeside()).said);
    const other = join(place.folder, '../other.csv');
    writeFileSync(other, 'n\n7\n');
    place.lines.length = 0;
    await place.begin({file: other, folder: join(place.folder, '../other.run')});
    assert.isEmpty(place.lines.filter((line) => /again\.run/.test(line)));
  });
});
