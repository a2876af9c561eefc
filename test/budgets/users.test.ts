import {mkdir, readdir, rm, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {assert} from 'chai';
import {type Asking, type BudgetUser, enrol, usedBy} from '../../src/budgets/users.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {
  bucketsOf,
  header,
  inFolder,
  intent,
  named,
  opened,
  outcome,
  sealAll,
  T,
  text,
  writeSegment,
} from '../journal/sample.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Two attempts, of which one was answered, and a pause. */
const SENT: readonly JournalRecord[] = [
  opened(T),
  named(3),
  intent(1, T + 10, 1, 3),
  outcome(1, T + 30, 'not', {st: 429, e: 'refused'}),
  {t: 'p', op: 1, l: 3, at: T + 30, until: T + 2 * HOUR, why: 'refused'},
  intent(2, T + 40, 1, 3),
];

type Scene = {
  readonly budget: string;
  /** Makes a run folder with a journal that was last written at `at`, and enrols its run. */
  user(run: string, parts?: Partial<BudgetUser> & {at?: number; records?: readonly JournalRecord[]}): Promise<string>;
  used(asking?: Partial<Asking>): Promise<{ops: (number | string)[]; pauses: number; lateMs: number; lost: string[]}>;
  enrolled(): Promise<string[]>;
};

function scene(use: (scene: Scene) => Promise<void>): Promise<void> {
  return inFolder(async (home) => {
    const budget = join(home, 'budget');
    await use({
      budget,
      user: async (run, {at = T + MINUTE, records = SENT, ...parts} = {}) => {
        const folder = join(home, `${run}.run`);
        await mkdir(folder, {recursive: true});
        await writeSegment(folder, text(sealAll([header(9, run), ...records], run)));
        await utimes(join(folder, 'journal-000001.ndjson'), at / 1000, at / 1000);
        await enrol(budget, {run, folder, spanMs: MINUTE, timeoutMs: 30_000, pausedUntil: 0, ...parts});
        return folder;
      },
      used: async (asking = {}) => {
        const lost: string[] = [];
        const {attempts, pauses, lateMs} = await usedBy([budget], {
          run: 'mine',
          spanMs: 10 * MINUTE,
          now: T + 2 * MINUTE,
          onLost: (folder, why) => lost.push(`${folder}: ${why}`),
          ...asking,
        });
        assert.isTrue(attempts.every(({buckets}) => buckets[1]![1] === bucketsOf(3)[1][1]));
        return {ops: attempts.map(({op}) => op), pauses: pauses.length, lateMs, lost};
      },
      enrolled: async () => (await readdir(join(budget, 'runs'))).sort(),
    });
  });
}

describe('usedBy', () => {
  it('tells what is in the journals of all other runs', () =>
    scene(async ({user, used}) => {
      await user('one');
      await user('two', {timeoutMs: 90_000});
      assert.deepEqual(await used(), {ops: [1, 2, 1, 2], pauses: 2, lateMs: 90_000, lost: []});
    }));

  it('leaves out the run that asks: it knows its own past', () =>
    scene(async ({user, used}) => {
      await user('mine');
      assert.deepEqual(await used(), {ops: [], pauses: 0, lateMs: 0, lost: []});
    }));

  it('counts a run once, whichever of its budgets it is found in', () =>
    scene(async ({user, budget}) => {
      await user('one');
      const onLost = () => assert.fail('nothing is lost');
      const used = await usedBy([budget, budget], {run: 'mine', spanMs: HOUR, now: T + MINUTE, onLost});
      assert.lengthOf(used.attempts, 2);
    }));

  it('is empty where no run was', () =>
    scene(async ({used}) => assert.deepEqual(await used(), {ops: [], pauses: 0, lateMs: 0, lost: []})));

  it('reads no journal that was last written before anything could count', () =>
    scene(async ({user, used, enrolled}) => {
      await user('old', {records: [], at: T});
      assert.deepEqual(await used({now: T + 3 * HOUR}), {ops: [], pauses: 0, lateMs: 0, lost: []});
      assert.deepEqual(await enrolled(), ['old.json']);
    }));

  it('reads it all the same for as long as its windows and pauses are', () =>
    scene(async ({user, used}) => {
      await user('old', {pausedUntil: T + 2 * HOUR});
      assert.equal((await used({now: T + 1.9 * HOUR, spanMs: 5000})).pauses, 1);
      assert.equal((await used({now: T + 2.1 * HOUR, spanMs: 5000})).pauses, 0);
      assert.lengthOf((await used({now: T + 3 * HOUR, spanMs: 4 * HOUR})).ops, 2);
    }));

  it('forgets a run after a day, or after its longest window', () =>
    scene(async ({user, used, enrolled}) => {
      await user('short');
      await user('long', {spanMs: 80 * HOUR});
      await used({now: T + 25 * HOUR});
      assert.deepEqual(await enrolled(), ['long.json']);
      await used({now: T + 81 * HOUR});
      assert.isEmpty(await enrolled());
    }));

  it('forgets nobody where it only looks', () =>
    scene(async ({user, used, enrolled}) => {
      await user('short');
      await used({now: T + 25 * HOUR, looksOnly: true});
      assert.deepEqual(await enrolled(), ['short.json']);
    }));

  it('says of a run folder that is gone that nobody knows, once', () =>
    scene(async ({user, used, enrolled, budget}) => {
      const folder = await user('gone');
      await rm(folder, {recursive: true});
      await utimes(join(budget, 'runs', 'gone.json'), T / 1000, T / 1000);
      const {ops, lost} = await used();
      assert.isEmpty(ops);
      assert.match(lost[0]!, /gone.run: .*(cannot be read|journal missing)/);
      assert.isEmpty(await enrolled());
      assert.isEmpty((await used()).lost);
    }));

  it('says nothing of one that is gone and would be too old', () =>
    scene(async ({user, used, budget}) => {
      await rm(await user('gone'), {recursive: true});
      await utimes(join(budget, 'runs', 'gone.json'), T / 1000, T / 1000);
      assert.isEmpty((await used({now: T + 5 * HOUR})).lost);
    }));

  it('knows nothing of another run in the same folder by the name of the first', () =>
    scene(async ({user, used}) => {
      const folder = await user('one');
      await writeSegment(folder, text(sealAll([header(9, 'two'), ...SENT], 'two')));
      const {ops, lost} = await used();
      assert.isEmpty(ops);
      assert.include(lost[0], 'is the journal of run "two", expected one');
    }));

  it('takes from a damaged journal what stands before the damage, and says so', () =>
    scene(async ({user, used}) => {
      const folder = await user('one');
      const lines = sealAll([header(9, 'one'), ...SENT, ...SENT, ...SENT], 'one');
      lines.splice(8, 1);
      await writeSegment(folder, text(lines));
      const {ops, lost} = await used();
      assert.deepEqual(ops, [1, 2]);
      assert.lengthOf(lost, 1);
    }));

  it('throws an entry away that cannot be read', () =>
    scene(async ({user, used, enrolled, budget}) => {
      await user('one');
      for (const [name, content] of Object.entries({'a.json': '{', 'b.json': 'null', 'c.json': '{"run":"c"}'}))
        await writeFile(join(budget, 'runs', name), content);
      assert.lengthOf((await used()).ops, 2);
      assert.deepEqual(await enrolled(), ['one.json']);
    }));
});
