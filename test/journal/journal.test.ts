import {readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {install} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {Journal, MAX_UNSYNCED_BYTES} from '../../src/journal/journal.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {readJournal, recover} from '../../src/journal/replay.js';
import {faultyDisk} from './faulty-disk.js';
import {header, inFolder, intent, outcome, RUN, refusal, T} from './sample.js';

const FILE = 'journal-000001.ndjson';

async function read(folder: string): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  const {verdict} = await readJournal(folder, RUN, (record) => records.push(record));
  assert.equal(verdict, 'clean');
  return records;
}

describe('Journal', () => {
  it('begins with a durable header in a file nobody else may read, and some room set aside', () =>
    inFolder(async (folder) => {
      const journal = await Journal.create(folder, header(5));
      assert.deepEqual(await read(folder), [header(5)]);
      assert.equal((await stat(join(folder, FILE))).mode & 0o777, 0o600);
      assert.equal((await stat(join(folder, 'reserve'))).size, 1024 * 1024);
      await journal.close();
      assert.deepEqual(await readdir(folder), [FILE]);
    }));

  it('goes on where recovery left it', () =>
    inFolder(async (folder) => {
      const first = await Journal.create(folder, header(5));
      first.append(intent(1, T));
      await first.close();
      const second = await Journal.open(folder, await recover(folder, {run: RUN, now: T}));
      second.append(outcome(1, T, 'ok'));
      await second.close();
      assert.deepEqual(await read(folder), [header(5), intent(1, T), outcome(1, T, 'ok')]);
    }));

  it('refuses a folder that holds a run', () =>
    inFolder(async (folder) => {
      await (await Journal.create(folder, header(5))).close();
      await writeFile(join(folder, 'run.json'), '{}');
      assert.equal((await refusal(Journal.create(folder, header(9)))).code, 'RUN_EXISTS');
      assert.deepEqual(await read(folder), [header(5)]);
    }));

  it('begins anew in a folder whose run never began', () =>
    inFolder(async (folder) => {
      await (await Journal.create(folder, header(5))).close();
      await (await Journal.create(folder, header(9))).close();
      assert.deepEqual(await read(folder), [header(9)]);
    }));

  it('commits when the records are on the disk, and not before', () =>
    inFolder(async (folder) => {
      let release = () => {};
      const gate = new Promise<void>((resolve) => (release = resolve));
      let armed = false;
      const {disk, log} = faultyDisk(({operation}) => (armed && operation === 'sync' ? gate : undefined));
      const journal = await Journal.create(folder, header(5), {disk});
      armed = true;
      let committed = false;
      journal.append(intent(1, T));
      const commit = journal.commit().then(() => (committed = true));
      while (log.at(-1)!.operation !== 'sync') await new Promise(setImmediate);
      await new Promise(setImmediate);
      assert.isFalse(committed);
      release();
      await commit;
      await journal.close();
    }));

  it('writes together what came in one turn, and what came while the last group was on its way', () =>
    inFolder(async (folder) => {
      const {disk, log} = faultyDisk();
      const journal = await Journal.create(folder, header(50), {disk});
      log.length = 0;
      const send = async (op: number) => {
        for (let n = 1; n <= 3; n++) {
          journal.append(intent(op, T, n));
          await journal.commit();
        }
      };
      await Promise.all(Array.from({length: 50}, (_, index) => send(index + 1)));
      assert.deepEqual(
        log.map(({operation}) => operation),
        ['write', 'sync', 'write', 'sync', 'write', 'sync'],
      );
      await journal.close();
    }));

  // The next group was begun by the idle timer: 200 senders got 20 groups a second, whatever the disk could do.
  it('begins the next group without waiting for a timer', () =>
    inFolder(async (folder) => {
      const clock = install({toFake: ['setTimeout', 'clearTimeout', 'performance']});
      try {
        const journal = await Journal.create(folder, header(50));
        for (let n = 1; n <= 20; n++) {
          journal.append(intent(1, T, n));
          await journal.commit();
          journal.append(outcome(1, T, 'not', {n}));
        }
        await journal.close();
      } finally {
        clock.uninstall();
      }
    }));

  it('makes what nobody waits for durable 50 ms later', () =>
    inFolder(async (folder) => {
      const clock = install({toFake: ['setTimeout', 'clearTimeout', 'performance']});
      try {
        const {disk, log} = faultyDisk();
        const journal = await Journal.create(folder, header(50), {disk});
        log.length = 0;
        journal.append(outcome(1, T, 'ok'));
        clock.tick(49);
        await new Promise(setImmediate);
        assert.isEmpty(log);
        clock.tick(2);
        while (log.at(-1)?.operation !== 'sync') await new Promise(setImmediate);
        await journal.close();
        assert.lengthOf(await read(folder), 2);
      } finally {
        clock.uninstall();
      }
    }));

  it('finishes writes that the disk takes in pieces', () =>
    inFolder(async (folder) => {
      const {disk, log} = faultyDisk(({operation, file}) => (operation === 'write' && file === FILE ? 7 : undefined));
      const journal = await Journal.create(folder, header(5), {disk});
      for (let op = 1; op <= 5; op++) journal.append(intent(op, T));
      await journal.commit();
      await journal.close();
      assert.lengthOf(await read(folder), 6);
      assert.isAbove(log.filter(({operation, file}) => operation === 'write' && file === FILE).length, 50);
    }));

  it('never has more than 1 MiB on its way, and tells when there is room', () =>
    inFolder(async (folder) => {
      const {disk, log} = faultyDisk();
      const journal = await Journal.create(folder, header(5000), {disk});
      log.length = 0;
      const body = 'x'.repeat(4096);
      let waits = 0;
      for (let op = 1; op <= 1000; op++) {
        journal.append(outcome(op, T, 'failed', {b: body}));
        const before = log.length;
        await journal.hasRoom();
        if (log.length > before) waits++;
      }
      await journal.close();
      const written = log.filter(({operation}) => operation === 'write').map(({bytes}) => bytes);
      assert.isAtMost(Math.max(...written), MAX_UNSYNCED_BYTES);
      assert.isAbove(waits, 2);
      assert.lengthOf(await read(folder), 1001);
    }));

  it('refuses a record too long to be recovered, and goes on', () =>
    inFolder(async (folder) => {
      const journal = await Journal.create(folder, header(5));
      assert.throws(() => journal.append(outcome(1, T, 'failed', {b: 'x'.repeat(MAX_UNSYNCED_BYTES)})), /longer than/);
      journal.append(outcome(1, T, 'ok'));
      await journal.close();
      assert.lengthOf(await read(folder), 2);
    }));

  it('goes on in the next file when one is long enough', () =>
    inFolder(async (folder) => {
      const journal = await Journal.create(folder, header(200), {segmentBytes: 1000});
      for (let op = 1; op <= 100; op++) {
        journal.append(intent(op, T));
        await journal.commit();
      }
      await journal.close();
      assert.isAbove((await readdir(folder)).length, 6);
      assert.deepEqual(await read(folder), [
        header(200),
        ...Array.from({length: 100}, (_, index) => intent(index + 1, T)),
      ]);
      const [last] = (await readFile(join(folder, FILE), 'utf8')).trimEnd().split('\n').slice(-1);
      assert.include(last!, '"t":"next","file":"journal-000002.ndjson"');
      const again = await Journal.open(folder, await recover(folder, {run: RUN, now: T}), {segmentBytes: 1000});
      for (let op = 101; op <= 150; op++) again.append(intent(op, T));
      await again.close();
      assert.lengthOf(await read(folder), 151);
    }));

  it('takes nothing once it is closed', () =>
    inFolder(async (folder) => {
      const journal = await Journal.create(folder, header(5));
      await journal.close();
      await journal.close();
      assert.throws(() => journal.append(intent(1, T)), /closed/);
    }));
});
