import {existsSync} from 'node:fs';
import {assert} from 'chai';
import {openPlace, type Place, rejection} from './real-run.js';

describe('beginRun', () => {
  let place: Place;
  afterEach(() => place.close());

  it('sends every row once, and writes a journal from its header to its end', async () => {
    place = await openPlace({rows: 5});
    const {ending, run} = await place.begin();
    assert.deepInclude(ending, {exit: 0, why: 'complete', stop: undefined});
    assert.deepInclude(ending.counts, {rows: 5, ok: 5, attempts: 5});
    assert.sameMembers(
      place.heard.map(({row}) => row),
      [1, 2, 3, 4, 5],
    );
    const journal = place.read('journal-000001.ndjson').trim().split('\n');
    assert.include(journal[0], run);
    assert.match(journal.at(-1)!, /"t":"E"/);
    assert.isFalse(existsSync(`${place.folder}/lock.json`));
  });

  it('writes no secret into its folder, though the provider echoes it', async () => {
    place = await openPlace();
    place.answer = ({token}) => ({status: 400, body: `{"message": "${token} is no good"}`});
    await place.begin({token: 'tok-s3cret-4711', options: {keepBodies: 'all'}});
    for (const name of ['journal-000001.ndjson', 'run.json']) assert.notInclude(place.read(name), 's3cret');
    assert.include(place.read('journal-000001.ndjson'), 'is no good');
  });

  it('refuses a file with bad rows, having sent nothing and leaving nothing behind', async () => {
    place = await openPlace({csv: 'n\n1\n2,3\n'});
    assert.deepInclude(await rejection(place.begin()), {exit: 65});
    assert.isEmpty(place.heard);
    assert.isFalse(existsSync(place.folder));
  });

  it('leaves bad rows out where that is asked, and counts them as failed', async () => {
    place = await openPlace({csv: 'n\n1\n2,3\n3\n'});
    const {ending} = await place.begin({skipInvalid: true});
    assert.deepInclude(ending.counts, {ok: 2, failed: 1, attempts: 2});
    assert.equal(ending.exit, 1);
    assert.include(place.read('journal-000001.ndjson'), 'ROW_INVALID');
  });

  it('refuses a folder that holds a run', async () => {
    place = await openPlace();
    await place.begin();
    assert.deepInclude(await rejection(place.begin()), {code: 'RUN_EXISTS', exit: 73});
    assert.lengthOf(place.heard, 3);
  });

  it('sends the rows that are asked for, and leaves the others pending', async () => {
    place = await openPlace({rows: 6});
    const {ending} = await place.begin({rows: [[2, 3]]});
    assert.sameMembers(
      place.heard.map(({row}) => row),
      [2, 3],
    );
    assert.deepInclude(ending.counts, {ok: 2, pending: 4});
    assert.equal(ending.why, 'rows');
  });

  it('stops at a stop rule, and the rows stay pending', async () => {
    place = await openPlace({profile: 'stop: [{status: 400, body: balance, why: no balance}]'});
    place.answer = () => ({status: 400, body: '{"message": "balance is 0"}'});
    const {ending} = await place.begin();
    assert.deepInclude(ending, {exit: 4, why: 'stop-rule'});
    assert.include(ending.stop!.message, 'no balance');
    assert.deepInclude(ending.counts, {pending: 3, failed: 0});
  });
});
