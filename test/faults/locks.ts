import assert from 'node:assert/strict';
import type {Said} from '../support/program.js';
import type {Case, Stage} from './stage.js';

/** Eight resumes at the same instant: one works, and the others say who does. */
async function eight(stage: Stage): Promise<readonly Said[]> {
  const all = await Promise.all(Array.from({length: 8}, () => stage.resume('--limit', 'all=10/1s')));
  const busy = all.filter(({exit}) => exit === 75);
  for (const {stderr} of busy) assert.match(stderr, /process \d+ on \S+ since|another process works on this run/);
  return busy;
}

export const locks: readonly Case[] = [
  {
    ids: ['D01'],
    title: 'eight resumes at the same instant',
    run: async (stage) => {
      stage.rows(60);
      assert.equal((await stage.run('--rows', '1-3')).exit, 4);
      const busy = await eight(stage);
      stage.proof('eight were started at once, seven ended with 75', busy.length === 7);
      assert.equal(stage.provider.count(), 60);
      assert.equal((await stage.status()).ok, 60);
    },
  },
  {
    ids: ['D02'],
    title: 'killed, then eight resumes at once, three times over',
    run: async (stage) => {
      stage.rows(200);
      let kills = 0;
      for (let nth = 0; nth < 3; nth++) {
        const before = stage.provider.count();
        const {child, ended} = stage.start(
          nth === 0 ? stage.words('--rows', '1-20') : ['resume', 'rows.run', '--rows', `1-${20 * (nth + 1)}`],
        );
        await stage.until(() => stage.provider.count() > before, 'something has arrived');
        child.kill('SIGKILL');
        if ((await ended).signal === 'SIGKILL') kills += 1;
        const all = await Promise.all(
          Array.from({length: 8}, () => stage.resume('--limit', 'all=6/1s', '--rows', `1-${20 * (nth + 1)}`)),
        );
        assert.equal(all.filter(({exit}) => exit === 75).length, 7, all.map(({exit}) => exit).join());
      }
      stage.proof(`${kills} were killed while they held the lock`, kills === 3);
    },
  },
  {
    ids: ['D05'],
    title: 'status and results again and again while a run goes on',
    run: async (stage) => {
      stage.rows(150);
      const {ended} = stage.start(stage.words('--limit', 'all=25/1s'));
      let [looks, settled, over] = [0, 0, false];
      void ended.then(() => {
        over = true;
      });
      await stage.until(() => stage.provider.count() > 0, 'something has arrived');
      while (!over) {
        const {ok, inDoubt} = await stage.status();
        assert.ok(Number(ok) >= settled, `${ok} ok after ${settled}`);
        settled = Number(ok);
        assert.equal(inDoubt, 0);
        if (looks % 3 === 2) assert.equal((await stage.type(['results', 'rows.run'])).exit, 0);
        looks += 1;
      }
      stage.proof(`looked ${looks} times while it went on`, looks >= 3);
      assert.equal((await ended).exit, 0);
    },
  },
];
