import {existsSync} from 'node:fs';
import {basename, dirname} from 'node:path';
import {assert} from 'chai';
import {acquireLock} from '../../src/journal/lock.js';
import type {Pruned} from '../../src/ui/prune.js';
import {openPlace, type Place} from '../run/real-run.js';
import {sluice} from '../support/program.js';

describe('sluice prune', () => {
  let place: Place;
  beforeEach(async () => {
    place = await openPlace({rows: 2});
  });
  afterEach(() => place.close());

  const prune = async (...words: string[]): Promise<Pruned> => {
    const {exit, stdout, stderr} = await sluice(['prune', dirname(place.folder), '--json', ...words], {cwd: '.'});
    assert.equal(exit, 0, stderr);
    return JSON.parse(stdout);
  };

  it('removes a run that is finished and old, and says beforehand which', async () => {
    place.answer = ({row}) => ({status: row === 1 ? 201 : 400});
    await place.begin();
    const dry = await prune('--older', '1ms', '--dry-run');
    assert.deepEqual(
      dry.removed.map(({folder, rows}) => [basename(folder), rows]),
      [[basename(place.folder), 2]],
    );
    assert.isTrue(existsSync(place.folder));
    assert.lengthOf((await prune('--older', '1ms')).removed, 1);
    assert.isFalse(existsSync(place.folder));
  });

  it('keeps what is not old enough', async () => {
    place.answer = () => ({status: 201});
    await place.begin();
    const {removed, kept} = await prune();
    assert.isEmpty(removed);
    assert.match(kept[0]!.why, /^ended 20/);
  });

  for (const [what, answer, why] of [
    ['in doubt', () => undefined, '2 rows in doubt'],
    ['pending', undefined, '1 row pending'],
  ] as const)
    it(`keeps a run with a row that is ${what}`, async () => {
      place.answer = answer ?? (() => ({status: 201}));
      await place.begin(answer ? {} : {rows: [[1, 1]]});
      const {removed, kept} = await prune('--older', '1ms');
      assert.isEmpty(removed);
      assert.deepEqual(
        kept.map((each) => each.why),
        [why],
      );
      assert.isTrue(existsSync(place.folder));
    });

  it('keeps a run that somebody holds', async () => {
    place.answer = () => ({status: 201});
    await place.begin();
    const lock = await acquireLock(place.folder);
    const {removed, kept} = await prune('--older', '1ms');
    await lock.release();
    assert.isEmpty(removed);
    assert.include(kept[0]!.why, String(process.pid));
  });
});
