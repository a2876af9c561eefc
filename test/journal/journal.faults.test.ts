import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {assert} from 'chai';
import type {Disk} from '../../src/journal/disk.js';
import {Journal} from '../../src/journal/journal.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {readJournal, recover} from '../../src/journal/replay.js';
import {EXIT, type Problem} from '../../src/problem.js';
import {faultyDisk, systemError} from './faulty-disk.js';
import {header, inFolder, intent, outcome, RUN, refusal, T} from './sample.js';

const FILE = 'journal-000001.ndjson';

/** A journal whose disk is sound until `fail` is called: from then on the operation on the journal's file fails, `times` times. */
async function sickJournal(folder: string) {
  let sickness: {operation: keyof Disk; code: string; left: number} | undefined;
  const {disk, log, losePower} = faultyDisk(({operation, file}) => {
    if (!sickness || operation !== sickness.operation || !file.startsWith('journal-') || sickness.left-- <= 0)
      return undefined;
    throw systemError(sickness.code);
  });
  const failures: Problem[] = [];
  const journal = await Journal.create(folder, header(50), {disk, onFailure: (problem) => failures.push(problem)});
  const fail = (operation: keyof Disk, code: string, left = Number.POSITIVE_INFINITY) => {
    log.length = 0;
    sickness = {operation, code, left};
  };
  return {journal, log, failures, fail, losePower};
}

describe('Journal on a failing disk', () => {
  for (const {operation, code} of [
    {operation: 'sync', code: 'EIO'},
    {operation: 'sync', code: 'ENOSPC'},
    {operation: 'write', code: 'EIO'},
    {operation: 'write', code: 'EFBIG'},
  ] as const)
    for (const left of [1, Number.POSITIVE_INFINITY])
      it(`stops at ${code} from ${operation} ${left === 1 ? 'once' : 'for ever'}, and asks the disk nothing more`, () =>
        inFolder(async (folder) => {
          const {journal, log, failures, fail} = await sickJournal(folder);
          fail(operation, code, left);
          journal.append(intent(1, T));
          const problem = await refusal(journal.commit());
          assert.deepInclude({code: problem.code, exit: problem.exit}, {code: 'JOURNAL_UNWRITABLE', exit: EXIT.disk});
          assert.include(problem.message, join(folder, FILE));
          assert.include(problem.message, code);
          assert.deepEqual(failures, [problem]);
          assert.equal(journal.failure, problem);
          assert.throws(() => journal.append(outcome(1, T, 'ok')), problem.message);
          assert.equal(await refusal(journal.commit()), problem);
          assert.equal(await refusal(journal.close()), problem);
          const touched = log.filter(({file}) => file === FILE).map((asked) => asked.operation);
          assert.deepEqual(touched, operation === 'sync' ? ['write', 'sync', 'close'] : ['write', 'close']);
        }));

  it('fails everybody who waits, also those of the next group', () =>
    inFolder(async (folder) => {
      const {journal, fail} = await sickJournal(folder);
      fail('sync', 'EIO');
      const waiting = [1, 2, 3].map((op) => {
        journal.append(intent(op, T));
        return refusal(journal.commit());
      });
      await Promise.resolve();
      await Promise.resolve();
      journal.append(intent(4, T));
      waiting.push(refusal(journal.commit()));
      for (const problem of await Promise.all(waiting)) assert.equal(problem.code, 'JOURNAL_UNWRITABLE');
      await refusal(journal.close());
    }));

  it('gives up its reserve on a full disk: what is pending and the last outcomes are saved, and the run stops', () =>
    inFolder(async (folder) => {
      const {journal, failures, fail} = await sickJournal(folder);
      journal.append(intent(1, T));
      await journal.commit();
      assert.include(await readdir(folder), 'reserve');
      fail('write', 'ENOSPC', 1);
      journal.append(intent(2, T));
      await journal.commit();
      assert.notInclude(await readdir(folder), 'reserve');
      assert.lengthOf(failures, 1);
      assert.match(failures[0]!.message, /ENOSPC.*12345678 bytes are free/);
      assert.throws(() => journal.append(intent(3, T)), /ENOSPC/);
      journal.append(outcome(1, T, 'ok'));
      journal.append(outcome(2, T, 'ok'));
      assert.equal(await refusal(journal.commit()), failures[0]);
      await journal.close();
      const records: JournalRecord[] = [];
      await readJournal(folder, RUN, (record) => records.push(record));
      assert.deepEqual(records.slice(1), [intent(1, T), intent(2, T), outcome(1, T, 'ok'), outcome(2, T, 'ok')]);
    }));

  it('fails for good when the disk stays full', () =>
    inFolder(async (folder) => {
      const {journal, failures, fail} = await sickJournal(folder);
      fail('write', 'ENOSPC');
      journal.append(intent(1, T));
      assert.equal((await refusal(journal.commit())).exit, EXIT.disk);
      assert.lengthOf(failures, 1);
      assert.throws(() => journal.append(outcome(1, T, 'ok')));
      await refusal(journal.close());
    }));

  it('stays in the old file when the disk is full as the next is begun', () =>
    inFolder(async (folder) => {
      let full = false;
      const {disk} = faultyDisk(({operation, file}) => {
        if (full && operation === 'open' && file.startsWith('journal-')) throw systemError('ENOSPC');
        return undefined;
      });
      const journal = await Journal.create(folder, header(50), {disk, segmentBytes: 1});
      full = true;
      for (let op = 1; op <= 3; op++) journal.append(outcome(op, T, 'ok'));
      await journal.close();
      assert.equal(journal.failure?.exit, EXIT.disk);
      assert.deepEqual(await readdir(folder), [FILE]);
      assert.equal((await recover(folder, {run: RUN, now: T})).lines, 4);
    }));

  it('does not begin a run for which nothing can be set aside', () =>
    inFolder(async (folder) => {
      const {disk} = faultyDisk(({operation, file}) => {
        if (operation === 'write' && file === 'reserve') throw systemError('ENOSPC');
        return undefined;
      });
      const problem = await refusal(Journal.create(folder, header(5), {disk}));
      assert.deepInclude({code: problem.code, exit: problem.exit}, {code: 'JOURNAL_UNWRITABLE', exit: EXIT.disk});
      assert.isEmpty(await readdir(folder));
    }));

  it('does not begin a run whose header cannot be written', () =>
    inFolder(async (folder) => {
      const {disk} = faultyDisk(({operation, file}) => {
        if (operation === 'sync' && file.startsWith('journal-')) throw systemError('EIO');
        return undefined;
      });
      assert.equal((await refusal(Journal.create(folder, header(5), {disk}))).exit, EXIT.disk);
    }));
});

/**
 * A run of twelve rows over several files, whose process is killed at the disk's n-th operation, or whose machine loses power there.
 * Resolves with the rows that were told to be durable, and whether the end was reached before.
 */
async function runUntil(folder: string, n: number, power: boolean): Promise<{committed: number[]; finished: boolean}> {
  const {disk, losePower} = faultyDisk((_, count) => {
    if (count >= n) throw systemError('KILLED');
    return undefined;
  });
  const committed: number[] = [];
  let finished = false;
  const journal = await Journal.create(folder, header(12), {disk, segmentBytes: 400}).catch(() => undefined);
  try {
    for (let op = 1; journal && op <= 12; op += 2) {
      journal.append(intent(op, T));
      journal.append(intent(op + 1, T));
      await journal.commit();
      committed.push(op, op + 1);
      journal.append(outcome(op, T, 'ok'));
    }
    finished = journal !== undefined;
  } catch {
    // Killed.
  }
  await journal?.close().catch(() => {});
  if (power) await losePower();
  return {committed, finished};
}

describe('recovery after a kill at every operation of the disk', () => {
  for (const power of [false, true])
    it(`keeps every attempt that may have left${power ? ', when the power fails too' : ''}`, async () => {
      let [n, finished, unbegun] = [1, false, 0];
      for (; !finished; n++)
        await inFolder(async (folder) => {
          const run = await runUntil(folder, n, power);
          finished = run.finished;
          if (run.committed.length === 0) return;
          const found: number[] = [];
          const recovered = await recover(folder, {
            run: RUN,
            now: T,
            visit: (record) => void (record.t === 'i' && found.push(record.op)),
          });
          if (recovered.unbegun) unbegun++;
          const rows = Array.from({length: 12}, (_, index) => index + 1);
          assert.deepEqual(found, rows.slice(0, found.length), `n = ${n}`);
          assert.isAtLeast(found.length, run.committed.length, `n = ${n}`);
          const journal = await Journal.open(folder, recovered, {segmentBytes: 400});
          journal.append(outcome(12, T, 'ok'));
          await journal.close();
          const again = await recover(folder, {run: RUN, now: T});
          assert.deepEqual([again.verdict, again.cutIntents], ['clean', []]);
        });
      assert.isAbove(n, 40);
      assert.isAbove(unbegun, 2, 'no file was begun and left');
    });
});
