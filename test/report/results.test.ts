import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {parse} from 'csv-parse/sync';
import type {JournalRecord} from '../../src/journal/record.js';
import {digestInput, openInput} from '../../src/operations/source.js';
import {type ResultsSource, writeResults} from '../../src/report/results.js';
import {NOT_BEGUN, summaryOf} from '../../src/report/summary.js';

type Kind = Extract<JournalRecord, {t: 'o'}>['k'];

const T = Date.UTC(2026, 7, 21, 12);
const COUNTS = {rows: 0, ok: 0, failed: 0, inDoubt: 0, skipped: 0, pending: 0, attempts: 0, refusals: 0};
const SUMMARY = summaryOf({run: 'r1', folder: 'users.run', counts: COUNTS, span: NOT_BEGUN, running: false});

/** A journal in which each row came out in its own way. */
function journalOf(...kinds: {k: Kind; m?: string; b?: string; st?: number}[]): JournalRecord[] {
  return kinds.flatMap((how, index): JournalRecord[] => [
    {t: 'i', op: index + 1, n: 1, l: 0, h: '00000000', at: T},
    {t: 'o', op: index + 1, n: 1, at: T + 50, ms: 50, ...how},
  ]);
}

describe('writeResults', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-results-'));
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  const path = (name: string) => join(folder, name);
  const read = (name: string) => readFileSync(path(name), 'utf8');

  async function write(
    name: string,
    text: string,
    records: Iterable<JournalRecord>,
    more: Partial<ResultsSource> = {},
  ) {
    writeFileSync(path(name), text);
    const input = await openInput(path(name));
    const idOf: ResultsSource['idOf'] = ({place, values}) => String(values.id ?? place.row);
    const checkOf: ResultsSource['checkOf'] = ({values}) => `POST /users?id=${values.id}`;
    const readRecords: ResultsSource['readRecords'] = async (visit) => {
      for (const record of records) visit(record);
    };
    const source = {
      folder,
      input,
      rows: 100,
      sha256: (await digestInput(input)).sha256,
      readRecords,
      running: false,
      captures: [],
      idOf,
      checkOf,
      format: 'ndjson' as const,
      summary: SUMMARY,
    };
    return writeResults({...source, ...more});
  }

  it('writes nothing from an input that has changed since the run was begun', async () => {
    const records = journalOf({k: 'failed', st: 400});
    await write('users.csv', 'id,name\na,Ann\n', records);
    const was = read('results.ndjson') + read('failed.csv');
    for (const text of ['id,name\nb,Bob\n', 'id,name\na,Ann\nb,Bob\n', 'id,name\n"a,Ann\n']) {
      const problem = await write('users.csv', text, records, {rows: 1, sha256: 'f00d'.repeat(16)}).catch(
        (error) => error,
      );
      assert.equal(problem.code, 'INPUT_CHANGED', problem.message);
      assert.equal(problem.exit, 65);
    }
    assert.equal(read('results.ndjson') + read('failed.csv'), was);
    assert.sameMembers(readdirSync(folder), ['users.csv', 'results.ndjson', 'failed.csv', 'summary.json']);
  });

  it('writes one line for each settled row, in the order of the rows', async () => {
    const [first, second, third] = [
      {k: 'ok', st: 201},
      {k: 'not', st: 429},
      {k: 'failed', st: 400},
    ] as const;
    const records = journalOf(first, second, third);
    const late = [...records.slice(4), ...records.slice(2, 4), ...records.slice(0, 2)];
    await write('users.csv', 'id,name\na,Ann\nb,Bob\nc,Cy\nd,Di\n', late);
    const lines = read('results.ndjson').trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)).map(({row, id, state}) => ({row, id, state})),
      [
        {row: 1, id: 'a', state: 'ok'},
        {row: 3, id: 'c', state: 'failed'},
      ],
    );
  });

  it('lists what was sent again on the word of the profile, however it ended', async () => {
    const again = {t: 'o', op: 1, n: 1, at: T + 50, k: 'not', e: 'backoff', st: 500, resent: true} as const;
    const records: JournalRecord[] = [
      {t: 'i', op: 1, n: 1, l: 0, h: '00000000', at: T},
      again,
      {t: 'i', op: 1, n: 2, l: 0, h: '00000000', at: T + 60},
      {t: 'o', op: 1, n: 2, k: 'ok', at: T + 70, st: 200},
    ];
    const {resent} = await write('users.csv', 'id,name\na,Ann\nb,Bob\n', records);
    assert.equal(resent, path('resent.csv'));
    assert.equal(read('resent.csv'), 'id,name,_error,_status,_attempts,_row\na,Ann,"",200,2,1\n');
  });

  it('has every key in every line', async () => {
    await write('users.csv', 'id\na\n', journalOf({k: 'ok', st: 201}));
    assert.equal(
      read('results.ndjson'),
      '{"row":1,"id":"a","state":"ok","status":201,"attempts":1,"at":"2026-08-21T12:00:00.050Z","ms":50,"error":null,"response":null,"captured":null,"note":null}\n',
    );
  });

  it('lets no spreadsheet compute what a server or a row says', async () => {
    const records = journalOf({k: 'failed', st: 400, m: '=HYPERLINK("http://a.example")', b: '@SUM(1)'});
    await write('users.csv', 'id\n-1+2\n', records, {format: 'csv'});
    const [row] = parse(read('results.csv'), {columns: true}) as Record<string, string>[];
    assert.deepInclude(row, {id: "'-1+2", error: `'=HYPERLINK("http://a.example")`, response: "'@SUM(1)"});
  });

  it('leaves a row out that is still in flight, and doubts it when nobody is left to tell', async () => {
    const [begun] = journalOf({k: 'ok'});
    await write('users.csv', 'id\na\n', [begun!], {running: true});
    assert.equal(read('results.ndjson'), '');
    await write('users.csv', 'id\na\n', [begun!], {running: false});
    assert.deepInclude(JSON.parse(read('results.ndjson')), {row: 1, state: 'in-doubt', attempts: 1});
  });

  it('says of each row in doubt when it left, why it is in doubt, and what to look for', async () => {
    const [left, came] = journalOf({k: 'unk', m: 'read ECONNRESET'});
    const killed: JournalRecord = {t: 'i', op: 2, n: 1, l: 0, h: '00000000', at: T + 7};
    const cut: JournalRecord = {t: 'o', op: 3, n: 0, k: 'unk', at: T + 900, e: 'JOURNAL_CUT', m: 'it was torn'};
    await write('users.csv', 'id\na\nb\nc\n', [left!, came!, killed, cut]);
    assert.deepEqual(parse(read('in-doubt.csv')), [
      ['id', '_status', '_attempts', '_row', '_sentAt', '_why', '_check', '_decision'],
      [
        'a',
        '',
        '1',
        '1',
        '2026-08-21T12:00:00.000Z',
        'no answer: the connection was reset (read ECONNRESET)',
        'POST /users?id=a',
        '',
      ],
      [
        'b',
        '',
        '1',
        '2',
        '2026-08-21T12:00:00.007Z',
        'no answer: the run was killed or cut off while it was under way',
        'POST /users?id=b',
        '',
      ],
      ['c', '', '0', '3', '', 'no answer: it was torn', 'POST /users?id=c', ''],
    ]);
  });

  it('lets no spreadsheet compute what is to be looked for', async () => {
    await write('users.csv', 'id\na\n', journalOf({k: 'unk', m: 'lost'}), {checkOf: () => '=1+1'});
    assert.include(read('in-doubt.csv'), `,"'=1+1",`);
  });

  it('removes the list of failed rows when none are left', async () => {
    await write('users.csv', 'id\na\n', journalOf({k: 'failed', m: 'no'}));
    assert.include(readdirSync(folder), 'failed.csv');
    const {failed} = await write('users.csv', 'id\na\n', journalOf({k: 'ok'}));
    assert.isUndefined(failed);
    assert.deepEqual(readdirSync(folder).sort(), ['results.ndjson', 'summary.json', 'users.csv']);
  });

  it('writes for the owner alone', async () => {
    await write('users.csv', 'id\na\nb\n', journalOf({k: 'failed'}, {k: 'unk'}));
    for (const name of ['results.ndjson', 'failed.csv', 'in-doubt.csv', 'summary.json'])
      assert.equal(statSync(path(name)).mode & 0o777, 0o600, name);
  });

  it('leaves what was there when the journal breaks in the middle', async () => {
    await write('users.csv', 'id\na\n', journalOf({k: 'ok'}));
    const before = read('results.ndjson');
    const broken = (function* (): Generator<JournalRecord> {
      yield* journalOf({k: 'failed'});
      throw new Error('line 812 fails its checksum');
    })();
    const error = await write('users.csv', 'id\na\n', broken).catch((thrown: Error) => thrown);
    assert.match((error as Error).message, /line 812/);
    assert.equal(read('results.ndjson'), before);
    assert.deepEqual(readdirSync(folder).sort(), ['results.ndjson', 'summary.json', 'users.csv']);
  });

  it('writes the summary as it was given', async () => {
    await write('users.csv', 'id\na\n', journalOf({k: 'ok'}));
    assert.deepEqual(JSON.parse(read('summary.json')), SUMMARY);
  });
});
