import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {CASES} from './faults/cases.js';
import {claimFaults, readMatrix, resultOf, table} from './faults/matrix.js';
import {type Evidence, judge} from './faults/oracle.js';
import {actFor, type Heard} from './faults/server.js';
import {inFolder} from './support/program.js';

describe('the fault matrix', () => {
  const matrix = readMatrix();
  const page = readFileSync('docs/faults.md', 'utf8');

  it('has a row on the page for each of its cases, in their sequence', () => {
    const rows = [...page.matchAll(/^\| ([A-K]\d\d) \|/gm)].map(([, id]) => id);
    assert.deepEqual(
      rows,
      matrix.map(({id}) => id),
    );
    assert.lengthOf(rows, 158);
  });

  it('names tests that are there', () => assert.deepEqual(matrix.flatMap(claimFaults), []));

  it('says of every case what judges it, or why nothing does', () => {
    for (const entry of matrix) {
      const scripted = CASES.filter(({ids}) => ids.includes(entry.id)).map(({title}) => ({title, result: 'passes'}));
      assert.notEqual(resultOf(entry, scripted), 'GAP', entry.id);
      for (const {title} of scripted)
        assert.include(page, title, `${entry.id}: write the page with npm run test:faults -- --write`);
    }
  });

  it('has the cases that are played, and no other', () => {
    const ids = new Set(matrix.map(({id}) => id));
    for (const {ids: played, title} of CASES) for (const id of played) assert.isTrue(ids.has(id), `${id} ${title}`);
  });
});

describe('a claim of the fault matrix', () => {
  const entry = {id: 'A01', fault: 'x', expected: 'y'};

  it('is found out where file or title is not there', () => {
    assert.lengthOf(claimFaults({...entry, tests: ['test/gone.test.ts: was here']}), 1);
    assert.lengthOf(claimFaults({...entry, tests: ['test/house.test.ts: was never here']}), 1);
    assert.deepEqual(claimFaults({...entry, tests: ['test/house.test.ts: the rules of the house']}), []);
  });

  it('is a gap where nothing judges it, and fails where one of its cases does', () => {
    assert.equal(resultOf(entry, []), 'GAP');
    assert.equal(resultOf({...entry, cannot: 'no disk'}, []), 'not here: no disk');
    const played = ['passes', 'fails: lost'].map((result) => ({title: 't', result}));
    assert.equal(resultOf(entry, played), 'fails: lost');
    assert.equal(resultOf(entry, played.slice(0, 1)), 'passes');
    assert.include(table([{entry, scripted: played, result: 'fails: lost'}])[2]!, '| A01 | x | y |');
  });
});

describe('the provider that fails as told', () => {
  const act = {name: 'reset'};

  it('does what the first rule says that fits', () => {
    const rules = [
      {ops: ['3'], first: true, act},
      {from: 5, to: 6, act: {name: 'hang'}},
    ];
    const did = (op: string, n: number, again = false) => actFor(rules, {op, n, again}).name;
    assert.deepEqual(
      [did('3', 1), did('3', 2, true), did('1', 4), did('1', 5), did('1', 6), did('1', 7)],
      ['reset', 'ok', 'ok', 'hang', 'hang', 'ok'],
    );
  });
});

describe('the oracle of the fault matrix', () => {
  const status = {rows: 2, ok: 2, failed: 0, skipped: 0, inDoubt: 0, pending: 0, exit: 0};
  const sent = (op: string) => ({op, executed: true, did: 'ok'}) as Heard;
  const ended = {
    exit: 0,
    signal: null,
    stdout: '',
    stderr: '2 rows: 2 ok\n2 attempts in 1 s\nnext: sluice results rows.run\n',
  };
  const sound = {
    heard: [sent('1'), sent('2')],
    said: [ended],
    sessions: [ended],
    secret: 's3cret',
    status,
    repeatable: false,
  };
  const results = '{"row":1,"state":"ok"}\n{"row":2,"state":"ok"}\n';
  const found = (broken: Partial<Evidence>, files: Readonly<Record<string, string>> = {}) =>
    inFolder({'results.ndjson': results, ...files}, async (folder) =>
      judge({...sound, folder, ...broken}).map((fault) => fault.slice(0, 2)),
    );

  it('finds nothing where all is well', async () => assert.deepEqual(await found({}), []));

  for (const [promise, broken, files] of [
    ['O1', {status: {...status, rows: 3}}],
    ['O2', {heard: [sent('1'), sent('2'), sent('2')]}],
    ['O3', {heard: [sent('1')]}],
    ['O4', {status: {...status, exit: 1}}],
    ['O5', {said: [{...ended, stderr: 'it broke\n'}]}],
    ['O6', {}, {'summary.json': 'czNjcmV0'}],
    ['O6', {said: [{...ended, stdout: 's3cret'}]}],
  ] as const)
    it(`finds what breaks ${promise}: ${JSON.stringify(broken)}`, async () =>
      assert.deepEqual(await found(broken as Partial<Evidence>, files), [promise]));

  it('lets a row be executed twice that the journal lists', async () => {
    const journal = '{"t":"i","op":2}\n{"t":"O"}\n{"t":"d","op":2,"as":"retry"}\n';
    assert.deepEqual(await found({heard: [sent('1'), sent('2'), sent('2')]}, {'journal-000001.ndjson': journal}), []);
  });
});
