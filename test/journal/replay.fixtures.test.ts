import {copyFile, readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {assert} from 'chai';
import {readJournal, recover} from '../../src/journal/replay.js';
import {counts, fold, newStanding, rowsIn, settleOpenAttempts} from '../../src/journal/states.js';
import {inFolder, NOTHING, refusal, T} from './sample.js';

const RUN = '01KAQZ0Z00EXAMPLE000000001';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const JOURNALS = join(ROOT, 'fixtures/journals');

describe('journals of format 3', () => {
  const verdicts: Record<string, 'clean' | 'torn' | string> = {
    'killed-in-the-middle': 'clean',
    corrected: 'clean',
    'half-last-line': 'torn',
    'nul-tail': 'torn',
    'hole-in-last-group': 'torn',
    'changed-byte': 'JOURNAL_CORRUPT',
    'missing-line': 'JOURNAL_CORRUPT',
    'doubled-line': 'JOURNAL_CORRUPT',
    'swapped-lines': 'JOURNAL_CORRUPT',
    crlf: 'JOURNAL_CORRUPT',
    'byte-order-mark': 'JOURNAL_CORRUPT',
    'other-run': 'JOURNAL_CORRUPT',
    empty: 'JOURNAL_CORRUPT',
    'older-format': 'JOURNAL_OLDER',
    'newer-format': 'JOURNAL_NEWER',
  };

  for (const [name, verdict] of Object.entries(verdicts))
    it(`${name}: ${verdict}`, () =>
      inFolder(async (folder) => {
        await copyFile(join(JOURNALS, `${name}.ndjson`), join(folder, 'journal-000001.ndjson'));
        if (verdict.startsWith('JOURNAL'))
          assert.equal((await refusal(recover(folder, {run: RUN, now: T}))).code, verdict);
        else assert.equal((await recover(folder, {run: RUN, now: T})).verdict, verdict);
      }));

  it('all have a verdict here', async () => {
    const names = (await readdir(JOURNALS)).filter((name) => name.endsWith('.ndjson'));
    assert.sameMembers(
      names,
      Object.keys(verdicts).map((name) => `${name}.ndjson`),
    );
  });

  it('put the rows that were in flight in doubt', () =>
    inFolder(async (folder) => {
      await copyFile(join(JOURNALS, 'killed-in-the-middle.ndjson'), join(folder, 'journal-000001.ndjson'));
      const standing = newStanding(4);
      await readJournal(folder, RUN, (record) => fold(standing, record));
      assert.deepEqual(settleOpenAttempts(standing), [2, 4]);
      assert.deepEqual([...rowsIn(standing, 'failed')], [3]);
      assert.deepEqual(counts(standing), {...NOTHING, rows: 4, ok: 1, failed: 1, inDoubt: 2, attempts: 6, refusals: 1});
    }));
});

describe('a journal of format 1', () => {
  it('is refused by the name of the version that can read it', () =>
    inFolder(async (folder) => {
      await copyFile(join(JOURNALS, 'older-format.ndjson'), join(folder, 'journal-000001.ndjson'));
      const {message, suggestions} = await refusal(readJournal(folder, RUN, () => {}));
      assert.include(message, 'journal-000001.ndjson:1: written by version 0.1.0 in format 1');
      assert.include(suggestions[0], 'Go on with version 0.1.0');
    }));
});

describe('docs/journal-format.md', () => {
  it('shows the journal that is a fixture, byte for byte', async () => {
    const page = await readFile(join(ROOT, 'docs/journal-format.md'), 'utf8');
    const example = /```ndjson\n(.*?)```/s.exec(page)?.[1];
    assert.equal(example, await readFile(join(JOURNALS, 'killed-in-the-middle.ndjson'), 'utf8'));
  });
});
