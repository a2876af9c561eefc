import assert from 'node:assert/strict';
import {statSync} from 'node:fs';
import {status} from './provider.js';
import type {Case} from './stage.js';

export const scale: readonly Case[] = [
  {
    ids: ['A01'],
    title: '50,000 rows begun, killed in the middle 5 times; the resume is looked at, not sent to the end',
    run: async (stage) => {
      stage.rows(50_000);
      let [kills, slowest] = [0, 0];
      for (let nth = 0; nth < 5; nth++) {
        const words = nth === 0 ? stage.words('--limit', 'all=5000/1s', '--concurrency', '8') : ['resume', 'rows.run'];
        const [count, begunAt] = [stage.provider.count(), performance.now()];
        const {child, ended} = stage.start(words);
        await stage.until(() => stage.provider.count() > count, 'it sends');
        slowest = Math.max(slowest, performance.now() - begunAt);
        await new Promise((done) => setTimeout(done, 700));
        child.kill('SIGKILL');
        if ((await ended).signal === 'SIGKILL') kills += 1;
      }
      const {ok, inDoubt, pending} = await stage.status();
      stage.proof(
        `${kills} kills, the slowest start took ${(slowest / 1000).toFixed(1)} s, ${ok} ok, ${inDoubt} in doubt`,
        kills === 5,
      );
      assert.ok(Number(inDoubt) <= 5 * 8, `${inDoubt} in doubt`);
      assert.equal(Number(ok) + Number(inDoubt) + Number(pending), 50_000);
      // Every row that was executed is ok or in doubt: no session forgot one.
      assert.ok(stage.provider.executions() <= Number(ok) + Number(inDoubt));
    },
  },
  {
    ids: ['K02'],
    title: 'concurrency 512 where 192 files may be open',
    run: async (stage) => {
      stage.rows(600);
      await stage.provider.tell({latencyMs: [100, 300]});
      const {exit, stderr} = await stage.type(
        stage.words('--concurrency', '512', '--limit', 'all=1000/1s', '--deadline', '60s'),
        {
          bash: 'ulimit -n 192; exec "$@"',
        },
      );
      const unsent = stage.journal().filter(({t, k}) => t === 'o' && k === 'not').length;
      stage.proof(`${unsent} attempts could open no connection`, unsent > 0);
      const {ok, inDoubt, failed} = await stage.status();
      assert.deepEqual([failed, inDoubt], [0, 0], stderr);
      assert.ok([0, 4, 69, 74].includes(exit!), `${exit}: ${stderr}`);
      if (exit === 0) assert.equal(ok, 600);
      else {
        const again = await stage.resume('--concurrency', '8');
        assert.equal(again.exit, 0, again.stderr);
      }
    },
  },
  {
    ids: ['K02'],
    title: '64 files may be open: too few to begin, and it says so and ends',
    run: async (stage) => {
      const {exit, stderr} = await stage.type(stage.words(), {bash: 'ulimit -n 64; exec timeout -s KILL 60 "$@"'});
      stage.proof('it could not open a file', /EMFILE|Cannot find/.test(stderr));
      assert.equal(exit, 70, stderr);
      assert.equal(stage.provider.count(), 0);
      stage.said.length = 0; // Too little of it could be loaded to name a command.
    },
  },
  {
    ids: ['K08'],
    title: 'every row of 50,000 is refused with 404',
    rules: [{act: status(404)}],
    run: async (stage) => {
      stage.rows(50_000);
      const {exit, stderr} = await stage.run();
      const met = stage.provider.count();
      stage.proof(`the provider's log: ${met} requests met 404`, met >= 20);
      assert.equal(exit, 4, stderr);
      assert.ok(met <= 20 + 4, `${met} were sent`);
      assert.ok(statSync(stage.path('journal-000001.ndjson')).size < 64 * 1024);
    },
  },
];
