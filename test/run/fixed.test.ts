import {existsSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {deriveFiles} from '../../src/report/stand.js';
import {verifyRun} from '../../src/report/verify.js';
import {openPlace, type Place, rejection} from './real-run.js';

const CSV = 'n,role,group\n1,owner,a\n2,ownr,b\n3,admn,b\n4,ownr,c\n';
const KEYED = 'idempotencyKey: {header: Idempotency-Key, hours: 24}\n';

describe('takeFixed', () => {
  let place: Place;
  afterEach(() => place.close());

  /** What the provider heard, row by row: the role of each request. */
  const heard = () => place.heard.map(({row, headers}) => `${row} ${headers['x-role']}`);

  /** A run whose rows fail unless their role is a word that the provider knows. */
  async function begin({csv = CSV, ...parts}: Parameters<typeof openPlace>[0] & {key?: string; id?: string} = {}) {
    const {key, id, ...others} = parts;
    place = await openPlace({csv, ...others});
    const request = parts.request ?? 'POST /users/{{ n }}';
    const template = {request, headers: ['x-role: {{ role }}'], body: undefined};
    place.answer = ({headers}) => ({status: ['owner', 'admin'].includes(String(headers['x-role'])) ? 201 : 422});
    const asked = {...place.order.asked, template, ...(key && {key}), ...(id && {id})};
    const options = key ? ({onKeyFailure: 'stop'} as const) : {};
    const ended = await place.begin({asked, options});
    return {ended, fixed: join(place.folder, '../fixed.csv')};
  }

  function fix(path: string, text: string): string {
    writeFileSync(path, text);
    return path;
  }

  it('sends the failed rows that are in the file, with its cells, and no others', async () => {
    const {ended, fixed} = await begin();
    assert.deepInclude(ended.ending.counts, {ok: 1, failed: 3});
    place.heard.length = 0;
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n3,admin,b,3\n');
    const {ending} = await place.resume({retryFailed: true, fixedFile: fixed});
    assert.deepInclude(ending.counts, {ok: 3, failed: 1});
    assert.sameMembers(heard(), ['2 owner', '3 admin']);
    const {faults, corrected} = await verifyRun(place.folder);
    assert.deepEqual([faults, corrected], [[], 2]);
  });

  it('keeps the cells for later sessions, though the file is gone', async () => {
    const {fixed} = await begin();
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n3,admin,b,3\n');
    place.answer = () => ({status: 400});
    await place.resume({retryFailed: true, fixedFile: fixed});
    rmSync(fixed);
    const {files} = await deriveFiles(place.folder, 'ndjson');
    assert.match(place.read('failed.csv'), /^2,owner,b,"[^"]*",400,2,2\n3,admin,b,"[^"]*",400,2,3\n4,ownr,c,/m);
    assert.isDefined(files.failed);
    place.answer = () => ({status: 201});
    place.heard.length = 0;
    const {ending} = await place.resume({retryFailed: true});
    assert.deepInclude(ending.counts, {ok: 4, failed: 0});
    assert.sameMembers(heard(), ['2 owner', '3 admin', '4 ownr']);
  });

  it('goes on with the cells where the session that took them was cut short', async () => {
    const {fixed} = await begin();
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n3,admin,b,3\n');
    await place.resume({retryFailed: true, fixedFile: fixed, options: {deadlineAt: 0}});
    place.heard.length = 0;
    const {ending} = await place.resume();
    assert.deepInclude(ending.counts, {ok: 3, failed: 1});
    assert.sameMembers(heard(), ['2 owner', '3 admin']);
  });

  it('leaves rows alone that it took before, whatever became of them, and says so', async () => {
    const {fixed} = await begin();
    place.heard.length = 0;
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n3,nobody,b,3\n');
    await place.resume({retryFailed: true, fixedFile: fixed});
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n3,admin,b,3\n');
    await place.resume({retryFailed: true, fixedFile: fixed});
    assert.sameMembers(heard().slice(0, 2), ['2 owner', '3 nobody']);
    assert.deepEqual(heard().slice(2), ['3 admin']);
    assert.include(place.lines, `1 row of ${fixed} taken before and not failed, left alone`);
  });

  for (const {name, text, message} of [
    {
      name: 'a row that did not fail',
      text: 'n,role,group,_row\n1,admin,a,1\n2,owner,b,2\n',
      message: /:2: row 1 is ok, expected one that failed$/,
    },
    {
      name: 'another key, which would put it behind other rows',
      text: 'n,role,group,_row\n2,owner,c,2\n',
      message: /:2: column "group" of row 2 is "c", and was "b": it decides/,
    },
    {
      name: 'an id that another row has',
      text: 'n,role,group,_row\n3,owner,b,2\n',
      message: /"n" is "3" already in row|already/,
    },
    {name: 'other columns', text: 'n,rolle,group,_row\n2,owner,b,2\n', message: /:1: has no column "role"/},
  ])
    it(`refuses ${name}, having sent and kept nothing`, async () => {
      const {fixed} = await begin({key: 'group', id: 'n'});
      place.heard.length = 0;
      const before = readdirSync(place.folder).map((file) => [file, place.read(file)]);
      const problem = await rejection(place.resume({retryFailed: true, fixedFile: fix(fixed, text)}));
      assert.equal(problem.exit, 65);
      assert.match(problem.message, message);
      assert.isEmpty(heard());
      const after = readdirSync(place.folder).map((file) => [file, place.read(file)]);
      assert.deepEqual(after, before);
    });

  it('takes no notice of a copy that a crash left before it was recorded', async () => {
    const {fixed} = await begin();
    writeFileSync(join(place.folder, 'corrected-000001'), 'n,role,group,_row\n4,owner,c,4\n');
    place.heard.length = 0;
    await place.resume({retryFailed: true});
    assert.sameMembers(heard(), ['2 ownr', '3 admn', '4 ownr']);
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n');
    const {ending} = await place.resume({retryFailed: true, fixedFile: fixed});
    assert.deepInclude(ending.counts, {ok: 2, failed: 2});
    assert.equal(place.read('corrected-000001'), 'n,role,group,_row\n2,owner,b,2\n');
    assert.deepEqual((await verifyRun(place.folder)).faults, []);
  });

  it('sends again the rows that were skipped for one that is corrected, and skips those behind the others', async () => {
    const csv = 'n,role,group\n1,ownr,a\n2,owner,a\n3,ownr,b\n4,owner,b\n';
    const {ended, fixed} = await begin({csv, key: 'group'});
    assert.deepInclude(ended.ending.counts, {failed: 2, skipped: 2});
    place.heard.length = 0;
    fix(fixed, 'n,role,group,_row\n1,admin,a,1\n');
    const {ending} = await place.resume({retryFailed: true, fixedFile: fixed, options: {onKeyFailure: 'stop'}});
    assert.deepInclude(ending.counts, {ok: 2, failed: 1, skipped: 1});
    assert.deepEqual(heard(), ['1 admin', '2 owner']);
    assert.deepEqual((await verifyRun(place.folder)).faults, []);
  });

  it('takes a row that was left out as invalid once it is none', async () => {
    place = await openPlace({csv: 'n,role\n1,owner\n2,a,b\n'});
    await place.begin({skipInvalid: true});
    const fixed = fix(join(place.folder, '../fixed.csv'), 'n,role,_row\n2,owner,2\n');
    const {ending} = await place.resume({retryFailed: true, fixedFile: fixed});
    assert.deepInclude(ending.counts, {ok: 2, failed: 0});
    assert.deepEqual(
      place.heard.map(({row}) => row),
      [1, 2],
    );
  });

  it('refuses a row that still cannot be sent, having sent and kept nothing', async () => {
    const {fixed} = await begin();
    place.heard.length = 0;
    const before = readdirSync(place.folder).map((name) => [name, place.read(name)]);
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n,admin,b,3\n');
    const problem = await rejection(place.resume({retryFailed: true, fixedFile: fixed}));
    assert.equal(problem.exit, 65);
    assert.include(problem.message, `row 3 (${fixed}:3): `);
    assert.isEmpty(heard());
    const after = readdirSync(place.folder).map((name) => [name, place.read(name)]);
    assert.deepEqual(after, before);
  });

  /** The failed rows are sent once more, hear nothing, and are refused when they are sent on. */
  async function refusedAfterSilence() {
    place.answer = () => undefined;
    await place.resume({retryFailed: true, options: {maxAttempts: 1}});
    place.answer = () => ({status: 422});
    const {ending} = await place.resume({retryFailed: true, options: {inDoubt: 'retry'}});
    assert.deepInclude(ending.counts, {ok: 1, failed: 3});
    place.answer = () => ({status: 201});
    place.heard.length = 0;
  }

  it('leaves a row failed that may have been executed with other cells, unless it asks for the same', async () => {
    const {fixed} = await begin();
    await refusedAfterSilence();
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n3,admn,b,3\n');
    const {ending} = await place.resume({retryFailed: true, fixedFile: fixed});
    assert.deepInclude(ending.counts, {ok: 2, failed: 2});
    assert.deepEqual(heard(), ['3 admn']);
    assert.match(place.lines.join('\n'), /left as failed, for an attempt may have been executed.*: row 2$/m);
  });

  it('takes it where the request may be repeated', async () => {
    const {fixed} = await begin({request: 'PUT /users/{{ n }}'});
    await refusedAfterSilence();
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n');
    const {ending} = await place.resume({retryFailed: true, fixedFile: fixed});
    assert.deepInclude(ending.counts, {ok: 2, failed: 2});
  });

  it('refuses to go on where the copy was changed', async () => {
    const {fixed} = await begin();
    fix(fixed, 'n,role,group,_row\n2,ownr,b,2\n');
    await place.resume({retryFailed: true, fixedFile: fixed});
    const copy = join(place.folder, 'corrected-000001');
    assert.isTrue(existsSync(copy));
    writeFileSync(copy, 'n,role,group,_row\n2,owner,b,2\n');
    assert.deepInclude(await rejection(place.resume({retryFailed: true})), {code: 'CORRECTION_CHANGED', exit: 65});
    assert.match((await verifyRun(place.folder)).faults.join(), /its copy here has changed since/);
  });

  it('sends another idempotency key with other cells', async () => {
    const {fixed} = await begin({profile: KEYED});
    fix(fixed, 'n,role,group,_row\n2,owner,b,2\n');
    await place.resume({retryFailed: true, fixedFile: fixed});
    const keys = place.heard.filter(({row}) => row === 2).map(({headers}) => headers['idempotency-key']);
    assert.lengthOf(new Set(keys), 2);
  });
});
