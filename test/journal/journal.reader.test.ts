import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {correctionName, foldCorrection, noCorrections} from '../../src/journal/corrections.js';
import {readJournal} from '../../src/journal/replay.js';
import {fold, newStanding, settleOpenAttempts, stateOf} from '../../src/journal/states.js';
import {Problem} from '../../src/problem.js';
import {readRun} from '../support/journal-reader.js';
import {RUN, sampleJournal} from './sample.js';

const FIXTURES = 'fixtures/journals';
const ROWS = 40;

/** What the program makes of a journal: its verdict, and the states that are not pending. */
async function readAsProgram(folder: string, run: string): Promise<{verdict: string; states?: Record<number, string>}> {
  const standing = newStanding(ROWS);
  try {
    const {verdict} = await readJournal(folder, run, (record) => fold(standing, record));
    settleOpenAttempts(standing);
    return {verdict, states: settled((row) => stateOf(standing, row))};
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return {verdict: /format/.test(error.message) ? 'unknown format' : 'corrupt'};
  }
}

function readAsForeigner(folder: string, run: string): {verdict: string; states?: Record<number, string>} {
  const {verdict, states} = readRun(folder, run);
  const known = verdict === 'clean' || verdict === 'torn';
  return known ? {verdict, states: settled((row) => states.get(row) ?? 'pending')} : {verdict};
}

function settled(stateAt: (row: number) => string): Record<number, string> {
  const all = Array.from({length: ROWS}, (_, index) => [index + 1, stateAt(index + 1)] as const);
  return Object.fromEntries(all.filter(([, state]) => state !== 'pending'));
}

describe('a journal, read by somebody who knows its description alone', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-reader-'));
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  it('is described well enough for forty-five lines', () => {
    const lines = readFileSync('test/support/journal-reader.ts', 'utf8').split('\n');
    assert.isAtMost(lines.filter((line) => /\w/.test(line) && !/^(\/|import )/.test(line)).length, 45);
  });

  const run = JSON.parse(readFileSync(`${FIXTURES}/killed-in-the-middle.ndjson`, 'utf8').split('\n')[0]!).run;
  for (const name of readdirSync(FIXTURES).filter((each) => each.endsWith('.ndjson')))
    it(`is judged alike: ${name}`, async () => {
      writeFileSync(join(folder, 'journal-000001.ndjson'), readFileSync(join(FIXTURES, name)));
      assert.deepEqual(readAsForeigner(folder, run), await readAsProgram(folder, run));
    });

  it('tells alike where the cells of corrected rows stand', async () => {
    writeFileSync(join(folder, 'journal-000001.ndjson'), readFileSync(join(FIXTURES, 'corrected.ndjson')));
    const corrections = noCorrections();
    await readJournal(folder, run, (record) => foldCorrection(corrections, record));
    const files = [...corrections.fileOf].map(([row, n]) => [row, correctionName(n)] as const);
    assert.deepEqual([...readRun(folder, run).cells], files);
    assert.deepEqual(
      files.map(([row]) => row),
      [2, 3],
    );
  });

  it('is judged alike wherever it was cut', async () => {
    const {whole} = sampleJournal(6);
    for (let end = 1; end <= whole.length; end += 7) {
      const cut = join(folder, String(end));
      mkdirSync(cut);
      writeFileSync(join(cut, 'journal-000001.ndjson'), whole.subarray(0, end));
      assert.deepEqual(readAsForeigner(cut, RUN), await readAsProgram(cut, RUN), `cut at ${end}`);
    }
  });
});
