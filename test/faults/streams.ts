import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {createConnection} from 'node:net';
import {ACTS} from './provider.js';
import type {Case} from './stage.js';

const quote = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ');

export const streams: readonly Case[] = [
  {
    ids: ['E02'],
    title: 'SIGINT twice while two rows hang',
    rules: [{ops: ['3', '4'], act: ACTS.hang}],
    run: async (stage) => {
      const {child, ended} = stage.start(stage.words());
      await stage.until(() => stage.provider.count() === 12, 'all have arrived');
      child.kill('SIGINT');
      await new Promise((done) => setTimeout(done, 500));
      child.kill('SIGINT');
      const {exit, stderr} = await ended;
      stage.proof(
        "the provider's log: two rows hung",
        stage.provider.heard().filter(({did}) => did === 'hang').length === 2,
      );
      assert.equal(exit, 130, stderr);
      assert.equal((await stage.status()).inDoubt, 2);
    },
  },
  {
    ids: ['E05'],
    title: 'the terminal is closed under it',
    run: async (stage) => {
      stage.rows(60);
      const words = [process.execPath, `${process.cwd()}/bin/run.js`, ...stage.words('--limit', 'all=10/1s')];
      const terminal = spawn('script', ['-qfc', quote(words), '/dev/null'], {
        cwd: stage.cwd,
        stdio: ['pipe', 'ignore', 'ignore'],
        env: {...process.env, FAULTY_TOKEN: 'tr0ub4dor&3-faults', SLUICE_STATE: `${stage.cwd}/state`},
      });
      await stage.until(() => stage.provider.count() >= 5, '5 have arrived');
      terminal.kill('SIGKILL');
      await stage.until(() => existsSync(stage.path('summary.json')), 'it has ended');
      const {why, exit, inDoubt} = await stage.status();
      stage.proof('its session ended with SIGHUP', why === 'SIGHUP');
      assert.deepEqual([exit, inDoubt], [129, 0]);
      const again = await stage.resume();
      assert.equal(again.exit, 0, again.stderr);
      assert.equal(stage.provider.count(), 60);
    },
  },
  {
    ids: ['E06'],
    title: 'SIGINT while a resume starts, 10 times, and while results are written',
    run: async (stage) => {
      stage.rows(3000);
      assert.equal((await stage.run('--rows', '1-20')).exit, 4);
      let ended = 0;
      for (let nth = 0; nth < 10; nth++) {
        const {child, ended: end} = stage.start(['resume', 'rows.run', '--rows', '1-21', '--limit', 'all=1/1h']);
        await new Promise((done) => setTimeout(done, 150 + 60 * nth));
        child.kill('SIGINT');
        const {exit, signal, stderr} = await end;
        if (signal === 'SIGINT' || exit === 130) ended += 1;
        assert.doesNotMatch(stderr, /^\s+at /m);
      }
      const results = stage.start(['results', 'rows.run']);
      await new Promise((done) => setTimeout(done, 300));
      results.child.kill('SIGINT');
      await results.ended;
      stage.proof(`${ended} of 10 ended by SIGINT`, ended >= 8);
      assert.equal((await stage.type(['results', 'rows.run'])).exit, 0);
      assert.deepEqual(
        readdirSync(stage.folder).filter((name) => /\.(part|tmp)$/.test(name)),
        [],
      );
      assert.equal((await stage.status()).inDoubt, 0);
    },
  },
  {
    ids: ['E07', 'F35'],
    title: 'stopped for 8 s in the middle, while the provider closes what is idle',
    run: async (stage) => {
      stage.rows(120);
      await stage.provider.tell({idleCloseMs: 3000});
      const {child, ended} = stage.start(stage.words('--limit', 'all=20/1s'));
      await stage.until(() => stage.provider.count() >= 30, '30 have arrived');
      child.kill('SIGSTOP');
      const count = stage.provider.count();
      await new Promise((done) => setTimeout(done, 8000));
      const during = stage.provider.count() - count;
      child.kill('SIGCONT');
      const {exit, stderr} = await ended;
      stage.proof(`${during} arrived while it was stopped`, during <= 4);
      const at = stage.provider.heard().map((each) => each.at);
      const most = Math.max(...at.map((from) => at.filter((each) => each >= from && each < from + 1000).length));
      assert.ok(most <= 20, `${most} arrived within a second`);
      const {inDoubt} = await stage.status();
      assert.ok(Number(inDoubt) <= 4);
      assert.equal(exit, inDoubt ? 3 : 0, stderr);
    },
  },
  {
    ids: ['E09'],
    title: 'the output of status, results and explain into a pipe that nobody reads',
    run: async (stage) => {
      assert.equal((await stage.run()).exit, 0);
      for (const words of [
        ['status', 'rows.run', '--json'],
        ['results', 'rows.run', '--json'],
        ['explain', 'rows.run', '3'],
        ['verify', 'rows.run'],
      ]) {
        const {stderr, stdout} = await stage.type(words, {
          bash: '"$@" | (exec 0<&-; sleep 1); echo "ended with $' + '{PIPESTATUS[0]}"',
        });
        assert.doesNotMatch(stderr, /^\s+at |EPIPE/m);
        stage.proof(`${words[0]}: ${stdout.trim()}`, /ended with (0|141)/.test(stdout));
      }
      stage.said.length = 0; // What bash said is not ours.
    },
  },
  {
    ids: ['E14'],
    title: 'SIGUSR1 in the middle of a run',
    run: async (stage) => {
      stage.rows(60);
      const {child, ended} = stage.start(stage.words('--limit', 'all=20/1s'));
      await stage.until(() => stage.provider.count() >= 10, '10 have arrived');
      child.kill('SIGUSR1');
      await new Promise((done) => setTimeout(done, 300));
      const open = await new Promise<boolean>((done) => {
        const socket = createConnection(9229, '127.0.0.1');
        socket.on('connect', () => done(true)).on('error', () => done(false));
      });
      const {exit, stderr} = await ended;
      stage.proof('it was sent SIGUSR1 and went on', exit === 0);
      assert.equal(open, false, 'the inspector listens');
      assert.equal(exit, 0, stderr);
    },
  },
  {
    ids: ['E16'],
    title: 'TERM=dumb, NO_COLOR, and a terminal of 8 columns',
    run: async (stage) => {
      stage.rows(30);
      const words = [process.execPath, `${process.cwd()}/bin/run.js`, ...stage.words('--limit', 'all=20/1s')];
      const {stdout, exit} = await stage.type(['--version'], {
        bash: `stty() { command stty "$@"; }; script -qec "stty cols 8 rows 3; TERM=dumb NO_COLOR=1 ${quote(words)}" /dev/null`,
      });
      stage.said.length = 0; // A terminal has one stream.
      stage.proof('it wrote to a terminal', stdout.length > 0);
      assert.equal(exit, 0, stdout);
      assert.doesNotMatch(stdout, /\x1b\[3[0-7]m/);
      assert.equal((await stage.status()).ok, 30);
    },
  },
];
