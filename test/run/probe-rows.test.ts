import {appendFileSync, cpSync, writeFileSync} from 'node:fs';
import {assert} from 'chai';
import {openPlace, type Place, rejection} from './real-run.js';

const PROBES = `
operations: {CreateUser: {route: "POST /users/{user}"}}
probes:
  - operations: [CreateUser]
    request: GET /seen/{{ request.parameters.user }}
    happened: [{status: 200}]
    didNot: [{status: 404}]
`;
/** As long as an answer is waited for, and so a row in doubt may still be executed. */
const SOON = {timeoutMs: 60};

describe('probeRows', () => {
  let place: Place;
  afterEach(() => place.close());

  /** A run of three rows of which the first and the second were cut off. */
  async function doubtful(profile = PROBES): Promise<void> {
    place = await openPlace({profile});
    place.answer = ({row}) => (row < 3 ? undefined : {status: 201});
    assert.deepInclude((await place.begin()).ending.counts, {ok: 1, inDoubt: 2});
    place.heard.splice(0);
  }

  it('settles what was executed, and has the next resume send what was not', async () => {
    await doubtful();
    place.answer = ({method, row}) => ({status: method === 'POST' ? 201 : row === 1 ? 200 : 404});
    const {happened, didNot, left, stop} = await place.probe({options: SOON});
    assert.deepEqual([happened, didNot, left, stop], [[1], [2], [], undefined]);
    assert.deepEqual(place.heard.map(({method, row, token}) => [method, row, token]).sort(), [
      ['GET', 1, 't-1'],
      ['GET', 2, 't-1'],
    ]);
    const {ending} = await place.resume();
    assert.deepInclude(ending.counts, {ok: 3, inDoubt: 0, attempts: 4});
    assert.deepEqual(
      place.heard.slice(2).map(({method, row}) => [method, row]),
      [['POST', 2]],
    );
  });

  it('leaves the journal as it can be proven: neither sent nor settled twice', async () => {
    await doubtful();
    place.answer = ({row}) => ({status: row === 1 ? 200 : 501});
    assert.deepEqual((await place.probe({options: SOON})).left, [{row: 2, why: 'the probe was answered 501'}]);
    const records = place
      .read('journal-000001.ndjson')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const kinds = records.slice(records.findLastIndex(({t}) => t === 'O')).map(({t}) => t);
    assert.sameMembers(kinds, ['O', 'b', 'q', 'q', 'a', 'a', 'd', 'E']);
    assert.deepInclude(records.at(-1), {t: 'E', why: 'complete', exit: 3});
    assert.deepInclude(
      records.find(({t}) => t === 'd'),
      {op: 1, as: 'ok', by: 'probe', st: 200},
    );
  });

  it('asks nobody before the last request can no longer be executed, and says so', async () => {
    await doubtful();
    const lostAt = Date.now();
    place.answer = () => ({status: 200});
    await place.probe({options: {timeoutMs: 400}});
    assert.isAtLeast(Date.now() - lostAt, 380);
    assert.match(place.lines.at(-1)!, /^probing 2 rows in doubt at http:.* under example; first in 1 s, until when/);
  });

  it('asks nothing of a row that was sent by another template: the answer would tell of another request', async () => {
    await doubtful();
    appendFileSync(place.file, '4\n');
    const template = {request: 'POST /users/x{{ n }}', headers: [], body: undefined};
    await place.resume({template: {template, headers: []}, acceptAppended: true});
    place.heard.splice(0);
    const {left} = await place.probe({options: SOON});
    assert.deepEqual(
      left.map(({row}) => row),
      [1, 2],
    );
    assert.match(left[0]!.why, /sent by another template/);
    assert.isEmpty(place.heard);
  });

  it('sends nothing for rows without a probe, and writes nothing where there is none at all', async () => {
    await doubtful('');
    const before = place.read('journal-000001.ndjson');
    const {left} = await place.probe();
    assert.deepEqual(left, [
      {row: 1, why: 'the profile has no probe for it'},
      {row: 2, why: 'the profile has no probe for it'},
    ]);
    assert.isEmpty(place.heard);
    assert.equal(place.read('journal-000001.ndjson'), before);
  });

  it('refuses another input, and another credential, having sent nothing', async () => {
    await doubtful();
    assert.deepInclude(await rejection(place.probe({token: 'other'})), {code: 'CREDENTIAL_OTHER', exit: 77});
    writeFileSync(place.file, 'n\n1\n4\n3\n');
    assert.deepInclude(await rejection(place.probe({options: SOON})), {code: 'INPUT_CHANGED', exit: 65});
    appendFileSync(place.file, '5\n');
    assert.deepInclude(await rejection(place.probe({options: SOON})), {exit: 65});
    assert.isEmpty(place.heard);
  });

  it('refuses a copy of the run folder: who looks there settles what nobody goes on with', async () => {
    await doubtful();
    const copy = `${place.folder}-2`;
    cpSync(place.folder, copy, {recursive: true});
    assert.deepInclude(await rejection(place.probe({folder: copy})), {code: 'RUN_COPIED', exit: 65});
    assert.isEmpty(place.heard);
  });

  it('holds the limits over run, probes and resume: at no time more than two in a second', async () => {
    place = await openPlace({profile: PROBES});
    const arrivals: number[] = [];
    place.answer = ({method, row, n}) => {
      arrivals.push(performance.now());
      return row < 3 && n === 0 ? undefined : {status: method === 'GET' ? 404 : 201};
    };
    const {asked} = place.order;
    const limits = [{name: 'network', per: [], windows: [{requests: 2, seconds: 1, kind: 'rolling'}]}] as const;
    await place.begin({asked: {...asked, profile: {...asked.profile, limits}}, options: SOON});
    assert.lengthOf((await place.probe({options: SOON})).didNot, 2);
    assert.deepInclude((await place.resume({options: SOON})).ending.counts, {ok: 3});
    assert.lengthOf(arrivals, 7);
    for (let i = 2; i < arrivals.length; i++) assert.isAtLeast(arrivals[i]! - arrivals[i - 2]!, 990);
  }).timeout(20_000);
});
