import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdir, readFile, utimes, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {assert} from 'chai';
import {acquireLock, findHolder, holdName} from '../../src/journal/lock.js';
import {EXIT} from '../../src/problem.js';
import {inFolder, refusal} from './sample.js';

const HOLDER = fileURLToPath(new URL('./lock-holder.ts', import.meta.url));

/** Processes that are ready to take the lock of the folder. */
async function contenders(count: number, folder: string): Promise<{child: ChildProcess; say: () => Promise<string>}[]> {
  const all = Array.from({length: count}, () => {
    const child = spawn(process.execPath, ['--import', 'tsx', HOLDER, folder], {stdio: ['pipe', 'pipe', 'inherit']});
    const lines = createInterface({input: child.stdout!})[Symbol.asyncIterator]();
    return {child, say: async () => (await lines.next()).value as string};
  });
  for (const {say} of all) assert.equal(await say(), 'ready');
  return all;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('acquireLock', () => {
  it('gives a run folder to one process of eight, and to the next one when that was killed', () =>
    inFolder(async (folder) => {
      const all = await contenders(8, folder);
      try {
        for (const {child} of all) child.stdin!.write('go\n');
        const said = await Promise.all(all.map(({say}) => say()));
        const owners = all.filter((_, index) => said[index] === 'owner');
        assert.lengthOf(owners, 1, said.join('\n'));
        for (const line of said.filter((one) => one !== 'owner'))
          assert.match(line, /^exit 75: .*(process \d+ on .* since|another process)/);
        const problem = await refusal(acquireLock(folder));
        assert.deepEqual([problem.code, problem.exit], ['RUN_BUSY', EXIT.busy]);
        assert.include(problem.message, `process ${owners[0]!.child.pid} on ${hostname()} since 20`);
        assert.equal((await findHolder(folder))?.pid, owners[0]!.child.pid);
        await kill(owners[0]!.child);
        assert.isUndefined(await findHolder(folder));
        await (await acquireLock(folder)).release();
      } finally {
        await Promise.all(
          all.filter(({child}) => child.exitCode === null && child.signalCode === null).map(({child}) => kill(child)),
        );
      }
    }));

  it('keeps no process alive', () =>
    inFolder(async (folder) => {
      const [only] = await contenders(1, folder);
      only!.child.stdin!.end('go\n');
      assert.equal(await only!.say(), 'owner');
      if (only!.child.exitCode === null) await once(only!.child, 'exit');
      assert.equal(only!.child.exitCode, 0);
    }));

  it('is free again once released, and leaves nothing behind', () =>
    inFolder(async (folder) => {
      const lock = await acquireLock(folder);
      assert.equal(JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8')).pid, process.pid);
      assert.equal((await refusal(acquireLock(folder))).exit, EXIT.busy);
      await lock.release();
      await lock.release();
      assert.isEmpty(await readdir(folder));
      await (await acquireLock(folder)).release();
    }));

  it('takes over what a dead process left, whatever its pid', () =>
    inFolder(async (folder) => {
      for (const left of [
        JSON.stringify({pid: process.pid, host: hostname(), since: '2025-01-01T00:00:00Z'}),
        'half a li',
        '',
      ]) {
        await writeFile(join(folder, 'lock.json'), left);
        await (await acquireLock(folder)).release();
      }
    }));

  it('leaves a folder to another machine as long as that one writes', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'lock.json');
      await writeFile(path, JSON.stringify({pid: 1, host: `not-${hostname()}`, since: '2025-01-01T00:00:00Z'}));
      const problem = await refusal(acquireLock(folder));
      assert.equal(problem.exit, EXIT.busy);
      assert.include(problem.message, `on not-${hostname()}`);
      const longAgo = new Date('2025-01-01T00:01:00Z');
      await utimes(path, longAgo, longAgo);
      await (await acquireLock(folder)).release();
    }));

  it('says when there is no folder', async () => {
    assert.equal((await refusal(acquireLock('/nowhere/users.run'))).code, 'RUN_MISSING');
  });
});

describe('holdName', () => {
  it('gives a name to one at a time, and other names to others', async () => {
    const name = `test:${process.pid}`;
    const first = await holdName(name);
    assert.isUndefined(await holdName(name));
    const other = await holdName(`${name}:other`);
    await Promise.all([first!.release(), other!.release()]);
    await (await holdName(name))!.release();
  });
});
