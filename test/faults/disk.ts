import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Case, Stage} from './stage.js';
import {underStrace} from './strace.js';

/** Mounts a disk of `size` where the run folder will be, for as long as `use` takes. */
async function onDisk(
  stage: Stage,
  size: string,
  use: (resize: (size: string) => void) => Promise<void>,
): Promise<void> {
  mkdirSync(stage.folder, {recursive: true, mode: 0o700});
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', stage.folder]);
  try {
    await use((to) => void execFileSync('mount', ['-o', `remount,size=${to}`, stage.folder]));
    // What the oracle asks for must outlive the disk.
    const kept = `${stage.folder}.kept`;
    execFileSync('cp', ['-a', stage.folder, kept]);
    execFileSync('umount', [stage.folder]);
    execFileSync('rmdir', [stage.folder]);
    execFileSync('mv', [kept, stage.folder]);
  } catch (error) {
    execFileSync('umount', [stage.folder]);
    throw error;
  }
}

const freeIn = (folder: string) =>
  Number(execFileSync('df', ['--output=avail', '-k', folder], {encoding: 'utf8'}).split('\n')[1]);

/** Every line of the journal is whole, but the last that a full disk may have cut. */
function wholeLines(stage: Stage): void {
  for (const line of stage.read('journal-000001.ndjson').split('\n').slice(0, -1))
    assert.doesNotThrow(() => JSON.parse(line), line);
}

const JOURNAL = 'journal-000001.ndjson';

export const disk: readonly Case[] = [
  {
    ids: ['B01', 'B07'],
    title: 'the disk is full in the middle: a disk of 300 KiB, then of 4 MiB',
    needs: ['mount'],
    run: async (stage) => {
      stage.rows(3000);
      await onDisk(stage, '300k', async (resize) => {
        const {exit, stderr} = await stage.run('--yes', '--limit', 'all=2000/1s');
        assert.equal(exit, 74, stderr);
        assert.match(stderr, /ENOSPC; \d+ bytes are free|bytes are free|No space/);
        const {inDoubt, ok} = await stage.status();
        stage.proof(
          `${ok} of 3000 rows were sent, then ENOSPC; ${freeIn(stage.folder)} KiB free`,
          /ENOSPC/.test(stderr),
        );
        assert.equal(inDoubt, 0);
        assert.equal(ok, stage.provider.executions());
        wholeLines(stage);
        resize('4m');
        const again = await stage.resume('--yes', '--limit', 'all=2000/1s');
        assert.equal(again.exit, 0, again.stderr);
        assert.equal(stage.provider.executions(), 3000);
      });
    },
  },
  {
    ids: ['B02'],
    title: 'the disk is full before the start: a disk of 16 KiB',
    needs: ['mount'],
    run: (stage) =>
      onDisk(stage, '16k', async () => {
        const {exit, stderr} = await stage.run('--yes');
        assert.equal(exit, 74, stderr);
        stage.proof(`a disk with ${freeIn(stage.folder)} KiB free, and nothing arrived`, stage.provider.count() === 0);
      }),
  },
  {
    ids: ['B03'],
    title: '50,000 rows and 2 MiB of room: refused with an estimate, and begun with --yes',
    needs: ['mount'],
    run: async (stage) => {
      stage.rows(50_000);
      await onDisk(stage, '2m', async () => {
        const {exit, stderr} = await stage.run();
        assert.equal(exit, 74, stderr);
        assert.match(stderr, /50000 rows need about \d+ MB for journal and results, and 2 MB are free/);
        stage.proof(`${freeIn(stage.folder)} KiB were free, and nothing arrived`, stage.provider.count() === 0);
        assert.equal((await stage.run('--yes', '--rows', '1-20')).exit, 4);
      });
    },
  },
  {
    ids: ['B04'],
    title: 'a file may be no longer than 1.5 MiB (ulimit -f)',
    run: async (stage) => {
      stage.rows(12_000);
      const {exit, stderr} = await stage.type(stage.words('--limit', 'all=5000/1s', '--concurrency', '20'), {
        bash: 'ulimit -f 1536; exec "$@"',
      });
      assert.equal(exit, 74, stderr);
      stage.proof('the journal could not grow: EFBIG', /EFBIG/.test(stderr) && stage.provider.count() > 100);
      const {inDoubt} = await stage.status();
      assert.ok(Number(inDoubt) <= 20, `${inDoubt} in doubt`);
      wholeLines(stage);
      const again = await stage.resume('--limit', 'all=5000/1s', '--concurrency', '20');
      assert.equal(again.exit, inDoubt ? 3 : 0, again.stderr);
    },
  },
  {
    ids: ['B04'],
    title: 'a file may be no longer than 64 KiB: not begun',
    run: async (stage) => {
      const {exit, stderr} = await stage.type(stage.words(), {bash: 'ulimit -f 64; exec "$@"'});
      assert.equal(exit, 74, stderr);
      stage.proof('EFBIG, and nothing arrived', /EFBIG/.test(stderr) && stage.provider.count() === 0);
    },
  },
  {
    ids: ['B05'],
    title: 'one fdatasync of the journal returns EIO',
    needs: ['strace'],
    run: async (stage) => {
      stage.rows(60);
      const {exit, stderr, hits, log} = await underStrace(stage, stage.words(), {
        path: stage.path(JOURNAL),
        calls: 'fdatasync',
        inject: 'fdatasync:error=EIO:when=4',
      });
      stage.proof(`strace injected ${hits}`, hits === 1);
      assert.equal(exit, 74, stderr);
      assert.equal(log.split('(INJECTED)')[1]!.split('fdatasync(').length - 1, 0, 'synced again after it failed');
      assert.ok(stage.provider.count() < 60);
      const {inDoubt} = await stage.status();
      const again = await stage.resume();
      assert.equal(again.exit, inDoubt ? 3 : 0, again.stderr);
    },
  },
  {
    ids: ['B05'],
    title: 'a write to the journal returns EIO, or ENOSPC',
    needs: ['strace'],
    run: async (stage) => {
      stage.rows(60);
      for (const error of ['EIO', 'ENOSPC']) {
        const words = error === 'EIO' ? stage.words() : ['resume', 'rows.run'];
        const {exit, stderr, hits} = await underStrace(stage, words, {
          path: stage.path(JOURNAL),
          calls: 'write',
          inject: `write:error=${error}:when=4`,
        });
        stage.proof(`strace injected ${error} ${hits} times`, hits === 1);
        assert.equal(exit, 74, stderr);
      }
      const again = await stage.resume();
      assert.equal(again.exit, (await stage.status()).inDoubt ? 3 : 0, again.stderr);
    },
  },
  {
    ids: ['B06'],
    title: 'every fdatasync of the journal returns EIO, in a resume too',
    needs: ['strace'],
    run: async (stage) => {
      stage.rows(60);
      const broken = {path: stage.path(JOURNAL), calls: 'fdatasync'};
      const first = await underStrace(stage, stage.words(), {...broken, inject: 'fdatasync:error=EIO:when=4+'});
      assert.equal(first.exit, 74, first.stderr);
      const heard = stage.provider.count();
      const second = await underStrace(stage, ['resume', 'rows.run'], {
        ...broken,
        inject: 'fdatasync:error=EIO:when=1+',
      });
      stage.proof(`strace injected ${first.hits}, then ${second.hits}`, first.hits > 0 && second.hits > 0);
      assert.equal(second.exit, 74, second.stderr);
      assert.equal(stage.provider.count(), heard, 'something was sent');
      const again = await stage.resume();
      assert.equal(again.exit, (await stage.status()).inDoubt ? 3 : 0, again.stderr);
    },
  },
  {
    ids: ['B07'],
    title: 'a write that takes a part of its bytes, then fails',
    needs: ['strace', 'mount'],
    run: async (stage) => {
      // tmpfs takes what fits of a write, which is its last page, and refuses the rest.
      stage.rows(2000);
      await onDisk(stage, '240k', async (resize) => {
        const words = stage.words('--yes', '--limit', 'all=2000/1s', '--concurrency', '40');
        const {exit, stderr, log} = await underStrace(stage, words, {
          path: stage.path(JOURNAL),
          calls: 'write',
          inject: 'write:delay_exit=1',
        });
        assert.equal(exit, 74, stderr);
        const parts = [...log.matchAll(/write\(\d+, .*, (\d+)\) = (\d+)/g)].filter(
          ([, asked, taken]) => asked !== taken,
        );
        stage.proof(`${parts.length} writes took a part of their bytes, by strace's log`, parts.length > 0);
        wholeLines(stage);
        resize('4m');
        const again = await stage.resume('--yes', '--limit', 'all=2000/1s');
        assert.equal(again.exit, (await stage.status()).inDoubt ? 3 : 0, again.stderr);
      });
    },
  },
  {
    ids: ['B09'],
    title: 'every fdatasync takes 100 ms longer',
    needs: ['strace'],
    run: async (stage) => {
      stage.rows(60);
      const begunAt = performance.now();
      const {exit, stderr, hits} = await underStrace(stage, stage.words(), {
        path: stage.path(JOURNAL),
        calls: 'fdatasync',
        inject: 'fdatasync:delay_exit=100000',
      });
      const seconds = (performance.now() - begunAt) / 1000;
      stage.proof(`strace delayed ${hits} times`, hits >= 10);
      assert.equal(exit, 0, stderr);
      assert.ok(seconds > hits * 0.1);
      assert.equal(stage.provider.count(), 60);
    },
  },
  {
    ids: ['B12'],
    title: 'TMPDIR on another disk: nothing is written there, and no rename leaves the run folder',
    needs: ['mount', 'strace'],
    run: async (stage) => {
      const temporary = join(stage.cwd, 'tmp');
      mkdirSync(temporary);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', temporary]);
      try {
        const {exit, stderr, log} = await underStrace(
          stage,
          stage.words(),
          {calls: 'rename', inject: 'rename:delay_exit=1'},
          {TMPDIR: temporary},
        );
        assert.equal(exit, 0, stderr);
        const renames = [...log.matchAll(/rename\("([^"]+)", "([^"]+)"\)/g)].map(([, from, to]) => [from!, to!]);
        const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'));
        stage.proof(`${renames.length} renames by strace's log`, renames.length > 2);
        for (const [from, to] of renames) assert.equal(folderOf(from!), folderOf(to!));
        assert.deepEqual(readdirSync(temporary), []);
      } finally {
        execFileSync('umount', [temporary]);
      }
    },
  },
];
