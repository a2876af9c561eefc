import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {Problem} from '../../src/problem.js';
import {readStand} from '../../src/report/stand.js';
import {verifyRun} from '../../src/report/verify.js';
import {decideRows} from '../../src/run/decide.js';
import {openPlace, type Place} from './real-run.js';

describe('decideRows', () => {
  let place: Place;
  beforeEach(async () => {
    place = await openPlace({rows: 4});
    place.answer = ({row}) => (row < 3 ? {status: 201} : undefined);
    assert.equal((await place.begin()).ending.exit, 3);
  });
  afterEach(() => place.close());

  const journal = () => readFileSync(join(place.folder, 'journal-000001.ndjson'), 'utf8');
  const summary = async () => (await readStand(place.folder)).summary;

  it('ends a run with the exit code of its rows, when nothing is left in doubt', async () => {
    await decideRows(place.folder, [
      {row: 3, as: 'ok'},
      {row: 4, as: 'failed', why: 'not found'},
    ]);
    assert.deepInclude(await summary(), {ok: 3, failed: 1, inDoubt: 0, pending: 0, exit: 1, why: 'complete'});
    assert.deepEqual((await verifyRun(place.folder)).faults, []);
  });

  it('leaves a run that has rows to send again resumable, and sends nothing itself', async () => {
    const heard = place.heard.length;
    await decideRows(place.folder, [
      {row: 3, as: 'retry'},
      {row: 4, as: 'skip'},
    ]);
    assert.equal(place.heard.length, heard);
    assert.deepInclude(await summary(), {ok: 2, skipped: 1, pending: 1, exit: 4, why: 'rows'});
    place.answer = () => ({status: 201});
    assert.equal((await place.resume()).ending.exit, 0);
    assert.equal(place.heard.length, heard + 1);
  });

  it('settles what stands in the torn end of a journal, and cuts that end off as a resume does', async () => {
    const whole = journal();
    const lines = whole.trimEnd().split('\n');
    const outcome = lines.findLastIndex((line) => line.includes('"t":"o","op":4'));
    writeFileSync(join(place.folder, 'journal-000001.ndjson'), `${lines.slice(0, outcome).join('\n')}\n{"s":9`);
    await decideRows(place.folder, [{row: 4, as: 'ok'}]);
    const {faults, tornBytes, counts} = await verifyRun(place.folder);
    assert.deepEqual([faults, tornBytes, counts.ok], [[], 0, 3]);
  });

  it('writes nothing where one of several does not fit, and takes no torn end away either', async () => {
    appendFileSync(join(place.folder, 'journal-000001.ndjson'), '{"s":99');
    const before = journal();
    const refused = decideRows(place.folder, [
      {row: 3, as: 'ok'},
      {row: 1, as: 'ok', at: {file: 'decided.csv', line: 7}},
    ]);
    const problem = await refused.catch((error: unknown) => error);
    assert.instanceOf(problem, Problem);
    assert.equal((problem as Problem).message, 'decided.csv:7: row 1 is ok, expected a row in doubt');
    assert.equal(journal(), before);
  });
});
