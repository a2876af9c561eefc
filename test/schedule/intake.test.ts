import {createHash} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {closeInput, openInput} from '../../src/operations/source.js';
import type {Limit} from '../../src/profiles/profile.js';
import {type Asked, rolesOf, settingOf} from '../../src/requests/asked.js';
import {type Intake, inRanges, type Reading, takeIn} from '../../src/schedule/intake.js';
import {sampleProfile} from '../requests/sample.js';

const minute = [{requests: 60, seconds: 60, kind: 'rolling'}] as const;
const limits: readonly Limit[] = [
  {name: 'network', per: [], windows: minute},
  {name: 'bot', per: ['bot'], windows: minute},
];
const profile = sampleProfile({limits, scopes: {bot: {from: [{kind: 'row'}], absent: 'skip'}}});

type Taken = Intake & {readonly problems: readonly string[]};

/** The intake of a file of plain rows with columns n and bot. */
async function taken(text: string, parts: Partial<Reading> = {}, id?: string): Promise<Taken> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-intake-'));
  const file = join(folder, 'users.csv');
  writeFileSync(file, text);
  const input = await openInput(file, {delimiter: undefined});
  try {
    const columns = input.format === 'csv' ? input.columns : undefined;
    const asked: Asked = {
      profile,
      baseUrl: 'https://api.example.com',
      template: {request: 'POST /users/{{ n }}', headers: [], body: undefined},
      id,
      scope: {bot: {column: 'bot'}},
      headers: [],
      allowedOrigins: [],
    };
    const roles = rolesOf(asked, input.name, columns);
    const setting = settingOf(asked, {overrides: {limits: []}, columns, credential: 'key'});
    const problems: string[] = [];
    const onBad: Reading['onBad'] = ({row}, {code}) => problems.push(`${row} ${code}`);
    const reading: Reading = {
      ...{input, roles, setting, onBad},
      wanted: () => true,
      accept: () => true,
      partOf: () => 'outside',
      stopKeys: false,
      checked: false,
      ...parts,
    };
    return {...(await takeIn(reading)), problems};
  } finally {
    await closeInput(input);
    rmSync(folder, {recursive: true, force: true});
  }
}

/** The rows of each lane, in the order in which they stand in line. */
function lined({lanes, lined}: Intake): Record<string, number[]> {
  const rowsOf = (lane: number) => {
    const rows: number[] = [];
    for (let row = lined.shift(lane); row !== undefined; row = lined.shift(lane)) rows.push(row);
    return rows;
  };
  return Object.fromEntries(Array.from({length: lanes.count}, (_, lane) => [lanes.name(lane), rowsOf(lane)]));
}

const TEXT = 'n,bot\n1,a\n2,b\n3,a\n4,\n5,b\n';

describe('takeIn', () => {
  it('puts every row in line in the lane of its buckets, in the order of the file', async () => {
    const intake = await taken(TEXT);
    assert.deepEqual(lined(intake), {'bot bot=a': [1, 3], 'bot bot=b': [2, 5], network: [4]});
    assert.deepInclude(intake, {rows: 5, bad: 0, bytes: TEXT.length});
  });

  it('tells the digest of the plain bytes', async () => {
    const {sha256} = await taken(TEXT);
    assert.equal(sha256, createHash('sha256').update(TEXT).digest('hex'));
  });

  it('checks the rows that are not wanted too, and puts them in no line', async () => {
    const intake = await taken('n,bot\n1,a\n2,a,x\n3,a\n', {wanted: (row) => row === 3});
    assert.deepEqual(intake.problems.length, 1);
    assert.deepEqual(lined(intake), {'bot bot=a': [3]});
  });

  it('keeps no more than how many rows a lane has, where nothing is sent', async () => {
    const intake = await taken('n,bot\n1,a\n2,a\n3,b\n', {onlyCounted: true});
    assert.deepEqual([...intake.lanes.counts()], [2, 1]);
    assert.deepEqual(Object.values(lined(intake)).flat(), []);
  });

  it('does not look again at what was checked and is not wanted', async () => {
    const {problems, rows} = await taken('n,bot\n1,a\n2,a,x\n3,a\n', {wanted: (row) => row === 3, checked: true});
    assert.isEmpty(problems);
    assert.equal(rows, 3);
  });

  it('puts in line what is accepted once its request is known', async () => {
    const intake = await taken(TEXT, {accept: (_, {url}) => url.endsWith('/2')});
    assert.deepEqual(lined(intake), {'bot bot=b': [2]});
  });

  it('tells of rows that cannot be sent, and goes on with the others', async () => {
    const intake = await taken('n,bot\n1,a\n2,a,x\n3,a\n');
    assert.equal(intake.bad, 1);
    assert.match(intake.problems.join(), /^2 /);
    assert.deepEqual(lined(intake), {'bot bot=a': [1, 3]});
  });

  it('tells of ids that occur twice', async () => {
    const {problems} = await taken('n,bot\n1,a\n2,a\n1,b\n', {}, 'n');
    assert.lengthOf(problems, 1);
    assert.match(problems[0]!, /^3 /);
  });

  it('tells of rows without an id that ask for the same, and of none that have one', async () => {
    const text = 'n,bot\n1,a\n1,a\n2,a\n';
    assert.isDefined((await taken(text)).alike);
    assert.isUndefined((await taken('n,bot\n1,a\n3,a\n2,a\n')).alike);
  });

  it('shows the first three requests', async () => {
    const {preview} = await taken(TEXT);
    assert.deepEqual(
      preview.map(({url}) => url),
      [1, 2, 3].map((n) => `https://api.example.com/users/${n}`),
    );
  });
});

describe('inRanges', () => {
  it('holds for both ends of each range, and for every row where there are none', () => {
    const held = [1, 2, 3, 4, 5, 6].filter((row) =>
      inRanges(row, [
        [2, 3],
        [5, 5],
      ]),
    );
    assert.deepEqual(held, [2, 3, 5]);
    assert.isTrue(inRanges(99, undefined));
  });
});
