import {readdirSync} from 'node:fs';
import {assert} from 'chai';
import {readManifest, replaceManifest} from '../../src/journal/folder.js';
import {noTemplates} from '../../src/journal/templates.js';
import {deriveFiles} from '../../src/report/stand.js';
import {verifyRun} from '../../src/report/verify.js';
import {askedOf} from '../../src/requests/asked.js';
import {decideRows} from '../../src/run/decide.js';
import {keepEarlier, templateOf, withTemplate} from '../../src/run/template.js';
import {openPlace, type Place, rejection} from './real-run.js';

const CSV = 'n,role,rank\n1,owner,first\n2,admin,admin\n3,guest,last\n';
const KEYED = 'idempotencyKey: {header: Idempotency-Key, hours: 24}\n';

/** A template that sends this column in a header. */
const by = (column: string, path = 'users') => ({
  template: {request: `POST /${path}/{{ n }}`, headers: [`x-role: {{ ${column} }}`], body: undefined},
  headers: [],
});

describe('a run that goes on with another template', () => {
  let place: Place;
  afterEach(() => place.close());

  const heard = () => place.heard.map(({row, headers}) => `${row} ${headers['x-role']}`);

  async function begin(profile = '', parts: Parameters<Place['begin']>[0] = {}) {
    place = await openPlace({csv: CSV, profile});
    return place.begin({asked: {...place.order.asked, ...by('role')}, ...parts});
  }

  /** Every file of the run folder with what is in it. */
  const contents = () => readdirSync(place.folder).map((name) => [name, place.read(name)]);

  it('leaves what is ok, and sends what is not done by the new one', async () => {
    await begin('', {rows: [[1, 1]]});
    const old = place.read('run.json');
    const {ending} = await place.resume({template: by('rank')});
    assert.deepInclude(ending.counts, {ok: 3, attempts: 3});
    assert.sameMembers(heard(), ['1 owner', '2 admin', '3 last']);
    assert.equal(place.read('run-000001.json'), old);
    assert.deepEqual(askedOf(await readManifest(place.folder)).template?.headers, by('rank').template.headers);
    const {faults, templates} = await verifyRun(place.folder);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      templates.map(({rows}) => rows),
      [1, 2],
    );
  });

  it('is the same run where the new one asks for the same', async () => {
    await begin('', {rows: [[1, 1]]});
    const old = place.read('run.json');
    await place.resume({template: by('role')});
    assert.equal(place.read('run.json'), old);
    assert.lengthOf((await verifyRun(place.folder)).templates, 1);
  });

  it('changes nothing where the new one cannot be used', async () => {
    await begin('', {rows: [[1, 1]]});
    const was = contents();
    assert.equal((await rejection(place.resume({template: by('none')}))).exit, 78);
    assert.deepEqual(contents(), was);
    assert.lengthOf(place.heard, 1);
  });

  it('holds rows in doubt that would ask for something else, in all later sessions, until a person has looked', async () => {
    await begin(KEYED, {rows: [[1, 1]]});
    place.answer = () => undefined;
    await place.resume({options: {maxAttempts: 1}});
    place.answer = () => ({status: 201});
    place.heard.length = 0;
    const retry = {options: {inDoubt: 'retry' as const}};
    const {ending} = await place.resume({template: by('rank'), ...retry});
    // Row 2 asks for the same by both.
    assert.deepEqual(heard(), ['2 admin']);
    assert.deepInclude(ending.counts, {ok: 2, inDoubt: 1});
    assert.match(
      place.lines.join('\n'),
      /^held, for it may have been executed as the template before asked.*: row 3; /m,
    );
    assert.deepInclude((await place.resume(retry)).ending.counts, {ok: 2, inDoubt: 1});
    await decideRows(place.folder, [{row: 3, as: 'retry', why: 'not there'}]);
    await place.resume();
    assert.deepEqual(heard(), ['2 admin', '3 last']);
    assert.deepEqual((await verifyRun(place.folder)).faults, []);
  });

  it('puts a pending row in doubt that may have been executed, and says what to look for', async () => {
    await begin(KEYED, {rows: [[1, 1]]});
    const seen = new Set<number>();
    place.answer = ({row}) => {
      if (seen.add(row).size === 2) process.emit('SIGHUP', 'SIGHUP');
      return {status: 503};
    };
    const stopped = await place.resume({options: {maxAttempts: 50}});
    assert.deepInclude(stopped.ending, {exit: 129});
    assert.deepInclude(stopped.ending.counts, {pending: 2, inDoubt: 0});
    const {ending} = await place.resume({template: by('rank', 'members'), options: {deadlineAt: 0}});
    assert.deepInclude(ending.counts, {ok: 1, inDoubt: 2, pending: 0});
    await deriveFiles(place.folder, 'ndjson');
    assert.match(
      place.read('in-doubt.csv'),
      /^3,guest,last,.*no answer tells whether it was executed as the template before.*POST \/users\/3/m,
    );
    assert.deepEqual((await verifyRun(place.folder)).faults, []);
  });

  it('records the change in the next session where a crash came before the record', async () => {
    await begin('', {rows: [[1, 1]]});
    const begun = await readManifest(place.folder);
    const is = withTemplate(begun, by('rank'));
    await keepEarlier(place.folder, begun, is, {...noTemplates(), begun: begun.plan});
    await replaceManifest(place.folder, is);
    await place.resume();
    assert.sameMembers(heard(), ['1 owner', '2 admin', '3 last']);
    const {faults, templates} = await verifyRun(place.folder);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      templates.map(({rows}) => rows),
      [1, 2],
    );
  });

  it('keeps each template, also where one was accepted and never used', async () => {
    await begin('', {rows: [[1, 1]]});
    const old = place.read('run.json');
    const begun = await readManifest(place.folder);
    const is = withTemplate(begun, by('n'));
    await keepEarlier(place.folder, begun, is, {...noTemplates(), begun: begun.plan});
    await replaceManifest(place.folder, is);
    await place.resume({template: by('rank'), rows: [[2, 2]]});
    await place.resume({template: by('role')});
    assert.sameMembers(heard(), ['1 owner', '2 admin', '3 guest']);
    assert.equal(place.read('run-000001.json'), old);
    const {faults, templates} = await verifyRun(place.folder);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      templates.map(({rows}) => rows),
      [1, 1, 1],
    );
  });
});

describe('templateOf', () => {
  it('takes nothing that other rows depend on', async () => {
    const place = await openPlace();
    assert.hasAllKeys(templateOf(place.order.asked), ['template', 'headers', 'filesRoot', 'capture']);
    place.close();
  });
});
