import {readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {assert} from 'chai';
import {Journal} from '../../src/journal/journal.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {cutOutcomes, recover} from '../../src/journal/replay.js';
import {sealLine, seedOf} from '../../src/journal/seal.js';
import {segmentName} from '../../src/journal/segments.js';
import {faultyDisk, systemError} from './faulty-disk.js';
import {header, inFolder, intent, RUN, refusal, sampleJournal, T, text, writeSegment} from './sample.js';

const NAME = 'journal-000001.ndjson';
const {records, lines, whole} = sampleJournal(30);

describe('recover', () => {
  const torn = Buffer.from(`${text(lines)}${sealLine(intent(7, T, 2), 63, 62, seedOf(RUN)).slice(0, 33)}`);

  it('saves what it cuts, under its time and the last good line', () =>
    inFolder(async (folder) => {
      await writeSegment(folder, torn);
      const found = await recover(folder, {run: RUN, now: T});
      assert.deepInclude(found, {verdict: 'torn', lastSeq: lines.length, cutBytes: 33, cutIntents: []});
      assert.equal(await readFile(join(folder, NAME), 'utf8'), text(lines));
      const kept = `journal-000001.torn-20251122T025320000Z-s${lines.length}`;
      assert.deepEqual((await readdir(folder)).sort(), [NAME, kept]);
      assert.deepEqual(await readFile(join(folder, kept)), torn.subarray(whole.length));
    }));

  it('changes nothing in a journal that it refuses', () =>
    inFolder(async (folder) => {
      const damaged = Buffer.from(whole);
      damaged[1000]! ^= 1;
      await writeSegment(folder, damaged);
      assert.equal((await refusal(recover(folder, {run: RUN, now: T}))).code, 'JOURNAL_CORRUPT');
      assert.deepEqual(await readFile(join(folder, NAME)), damaged);
      assert.deepEqual(await readdir(folder), [NAME]);
    }));

  it('names the rows whose attempt stands in good lines behind a hole', () =>
    inFolder(async (folder) => {
      const seed = seedOf(RUN);
      const group = [intent(5, T), intent(6, T), intent(5, T)].map((record, index) =>
        sealLine(record, 63 + index, 62, seed),
      );
      const hole = Buffer.concat([whole, Buffer.alloc(60), Buffer.from(`\n${text(group)}`)]);
      await writeSegment(folder, hole);
      const found = await recover(folder, {run: RUN, now: T});
      assert.deepEqual(found.cutIntents, [5, 6]);
      assert.deepEqual(
        cutOutcomes(found, T).map((record) => record.t === 'o' && [record.op, record.k]),
        [
          [5, 'unk'],
          [6, 'unk'],
        ],
      );
    }));

  it('syncs a clean journal too, for a killed writer may not have', () =>
    inFolder(async (folder) => {
      const {disk, log} = faultyDisk();
      await writeSegment(folder, whole);
      await recover(folder, {run: RUN, now: T, disk});
      assert.deepEqual(
        log.map(({operation}) => operation),
        ['truncate', 'syncFolder'],
      );
      assert.equal((await stat(join(folder, NAME))).size, whole.length);
    }));

  // Killed with the line in memory alone, the journal was gone on with in the next file; then the power went, and nothing led there any more.
  it('syncs the line that leads to the last file, for a killed writer may not have', () =>
    inFolder(async (folder) => {
      const journal = await Journal.create(folder, header(9), {segmentBytes: 300});
      for (let op = 1; op <= 4; op++) {
        journal.append(intent(op, T));
        await journal.commit();
      }
      await journal.close();
      const {disk, log} = faultyDisk();
      const {segment} = await recover(folder, {run: RUN, now: T, disk});
      assert.isAbove(segment, 1);
      assert.deepEqual(
        log.slice(0, 4).map(({operation, file}) => `${operation} ${file}`),
        [
          `open ${segmentName(segment - 1)}`,
          `sync ${segmentName(segment - 1)}`,
          `close ${segmentName(segment - 1)}`,
          `truncate ${segmentName(segment)}`,
        ],
      );
    }));

  it('finds the same again when it was killed at any of its steps', async () => {
    const cut = Buffer.from(`${sealLine(intent(9, T), 65, 62, seedOf(RUN))}\n`);
    let [finished, n] = [false, 1];
    for (; !finished; n++)
      await inFolder(async (folder) => {
        const {disk} = faultyDisk((_, count) => {
          if (count >= n) throw systemError('KILLED');
          return undefined;
        });
        await writeSegment(folder, Buffer.concat([whole, Buffer.from('half a line\n'), cut]));
        finished = await recover(folder, {run: RUN, now: T, disk}).then(
          () => true,
          () => false,
        );
        const seen: JournalRecord[] = [];
        const found = await recover(folder, {run: RUN, now: T + 1000, visit: (record) => seen.push(record)});
        assert.lengthOf(seen, records.length);
        assert.deepInclude(found, {lastSeq: 62, cutIntents: [9], size: whole.length}, `killed at ${n}`);
      });
    assert.isAbove(n, 7);
  });

  it('forgets what was cut once the journal has gone on', () =>
    inFolder(async (folder) => {
      const seed = seedOf(RUN);
      await writeSegment(folder, Buffer.concat([whole, Buffer.from(`\n${sealLine(intent(9, T), 63, 62, seed)}\n`)]));
      await recover(folder, {run: RUN, now: T});
      await writeFile(join(folder, NAME), `${sealLine(intent(8, T), 63, 62, seed)}\n`, {flag: 'a'});
      assert.deepEqual((await recover(folder, {run: RUN, now: T})).cutIntents, []);
    }));
});
