import assert from 'node:assert/strict';
import {existsSync, readFileSync, statSync, truncateSync} from 'node:fs';
import type {Case, Stage} from './stage.js';
import {underStrace} from './strace.js';

const ROWS = 60;

/** Kills each session at the `when`-th of some calls on a file of the run, from the beginning and through every resume, then lets it end. */
async function killedAt(stage: Stage, calls: string, file: string, whens: readonly number[]): Promise<void> {
  stage.rows(ROWS);
  let hits = 0;
  for (const when of whens) {
    const words = existsSync(stage.path('run.json')) ? ['resume', 'rows.run'] : stage.words();
    const {log} = await underStrace(stage, words, {
      path: stage.path(file),
      calls,
      inject: `${calls}:signal=KILL:when=${when}`,
    });
    if (log.includes('killed by SIGKILL')) hits += 1;
  }
  stage.proof(`${hits} of ${whens.length} sessions were killed at ${calls} by strace's log`, hits >= whens.length / 2);
  await endOf(stage);
}

/** Goes on until nothing is left to do. Nothing is lost: every row is ok, or in doubt. */
async function endOf(stage: Stage): Promise<void> {
  const words = existsSync(stage.path('run.json')) ? ['resume', 'rows.run'] : stage.words();
  const {exit, stderr} = await stage.type(words);
  const {ok, inDoubt, rows, pending} = await stage.status();
  assert.equal(Number(ok) + Number(inDoubt), rows, stderr);
  assert.equal(pending, 0);
  assert.equal(exit, inDoubt ? 3 : 0, stderr);
}

export const crash: readonly Case[] = [
  {
    ids: ['A02'],
    title: 'killed when the first connection was made, the attempt on the disk and nothing written yet',
    needs: ['strace'],
    run: async (stage) => {
      const {log} = await underStrace(stage, stage.words('--concurrency', '1'), {
        calls: 'setsockopt',
        inject: 'setsockopt:signal=KILL:when=1',
      });
      stage.proof("strace's log: killed at setsockopt", log.includes('killed by SIGKILL'));
      stage.proof('nothing had arrived', stage.provider.count() === 0);
      assert.equal(stage.journal().filter(({t}) => t === 'i').length, 1);
      const {exit, stderr} = await stage.resume();
      assert.equal(exit, 3, stderr);
      assert.deepEqual([(await stage.status()).inDoubt, stage.provider.executions()], [1, 11]);
    },
  },
  {
    ids: ['A03'],
    title: 'killed when the provider had executed and not yet answered',
    rules: [{ops: ['3'], act: {name: 'delay:3000', delayMs: 3000}}],
    run: async (stage) => {
      const {child, ended} = stage.start(stage.words());
      await stage.until(() => stage.provider.executions() === 12, 'all is executed');
      child.kill('SIGKILL');
      assert.equal((await ended).signal, 'SIGKILL');
      stage.proof(
        'the provider executed row 3 before the kill, and answers 3 s later',
        stage.provider.heard().some(({op, did, executed}) => op === '3' && did === 'delay:3000' && executed),
      );
      const {exit, stderr} = await stage.resume();
      assert.equal(exit, 3, stderr);
      assert.equal(stage.states().get('3'), 'in-doubt');
      assert.equal(stage.provider.count(), 12, 'it was sent again');
    },
  },
  ...(['fdatasync', 'write'] as const).map(
    (call): Case => ({
      ids: ['A04'],
      title: `killed at the n-th ${call} of the journal, and again in every resume`,
      needs: ['strace'],
      run: (stage) => killedAt(stage, call, 'journal-000001.ndjson', [3, 2, 4, 1, 5, 2, 3]),
    }),
  ),
  {
    ids: ['A05'],
    title: 'killed 50 times between its start and its first requests',
    run: async (stage) => {
      stage.rows(400);
      assert.equal((await stage.run('--rows', '1-20')).exit, 4);
      let shorter = 0;
      let kills = 0;
      let [early, late] = [0, 0];
      for (let nth = 0; nth < 50; nth++) {
        const before = stage.read('journal-000001.ndjson');
        const heard = stage.provider.count();
        const {child, ended} = stage.start(['resume', 'rows.run']);
        await new Promise((done) => setTimeout(done, 100 + ((nth * 97) % 700)));
        child.kill('SIGKILL');
        if ((await ended).signal === 'SIGKILL') kills += 1;
        if (stage.provider.count() === heard) early += 1;
        else late += 1;
        const whole = before.slice(0, before.lastIndexOf('\n') + 1);
        if (!stage.read('journal-000001.ndjson').startsWith(whole)) shorter += 1;
      }
      stage.proof(
        `${kills} sessions were killed, most before their first request arrived`,
        kills >= 30 && early >= late,
      );
      assert.equal(shorter, 0, 'a journal lost a whole line');
      await endOf(stage);
    },
  },
  {
    ids: ['A10'],
    title: 'killed while the results are renamed into place',
    needs: ['strace'],
    run: async (stage) => {
      const {log} = await underStrace(stage, stage.words(), {
        path: stage.path('results.ndjson.part'),
        calls: 'rename',
        inject: 'rename:signal=KILL:when=1',
      });
      stage.proof("strace's log: killed at rename", log.includes('killed by SIGKILL'));
      stage.proof('all had been executed', stage.provider.executions() === 12);
      assert.equal(existsSync(stage.path('results.ndjson')), false);
      const {exit, stderr} = await stage.resume();
      assert.equal(exit, 0, stderr);
      assert.equal(stage.states().size, 12);
      assert.equal(stage.provider.count(), 12);
    },
  },
  {
    ids: ['A10'],
    title: 'killed when the last row had been executed, 6 times',
    run: async (stage) => {
      let kills = 0;
      for (let nth = 0; nth < 6; nth++) {
        const {child, ended} = stage.start(nth === 0 ? stage.words() : ['resume', 'rows.run']);
        await stage.until(() => stage.provider.executions() === 12, 'all is executed');
        await new Promise((done) => setTimeout(done, 15 * nth));
        child.kill('SIGKILL');
        if ((await ended).signal === 'SIGKILL') kills += 1;
      }
      stage.proof(`${kills} sessions were killed when all had been executed`, kills >= 2);
      await endOf(stage);
      assert.equal(stage.states().size, 12);
    },
  },
  {
    ids: ['A13'],
    title: 'out of memory: a heap of 12 MB, then one that is large enough',
    run: async (stage) => {
      stage.rows(60_000);
      assert.equal((await stage.run('--rows', '1-20')).exit, 4);
      const died = await stage.type(['resume', 'rows.run'], {env: {NODE_OPTIONS: '--max-old-space-size=12'}});
      const code = died.signal === 'SIGABRT' ? 134 : died.exit;
      stage.proof(
        `it ended with ${code}: ${/heap out of memory/.exec(died.stderr)?.[0]}`,
        /out of memory/.test(died.stderr),
      );
      stage.said.splice(stage.said.indexOf(died), 1); // What Node says when it dies is not ours.
      const {exit, stderr} = await stage.resume('--rows', '21-40');
      assert.equal(exit, 4, stderr);
      assert.equal((await stage.status()).ok, 40);
    },
  },
];

/** Cuts so many bytes off the end of a file. */
export function cutOff(path: string, bytes: number): void {
  truncateSync(path, statSync(path).size - bytes);
}

export const linesIn = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n');
