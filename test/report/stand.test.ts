import {appendFileSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {segmentName} from '../../src/journal/segments.js';
import {Problem} from '../../src/problem.js';
import {deriveFiles, readStand} from '../../src/report/stand.js';
import {inFolder, listen, reply, sluice} from '../support/program.js';

const USERS = 'user,role\nu-1,owner\nu-2,ownr\nu-3,member,too many\n';

/** A run of three rows, for `use`: the first is ok, the second failed at the provider, the third could not be sent. */
function withRun(use: (folder: string) => Promise<void>): Promise<void> {
  return inFolder({'users.csv': USERS, 'mine.yaml': 'name: mine\n'}, async (cwd) => {
    const provider = await listen(({body}, response) =>
      body.includes('ownr') ? reply(response, 422, '{"error":"role"}') : reply(response, 201, '{}'),
    );
    const request = ['--request', 'POST /users', '--body', '{"id": "{{ user }}", "role": "{{ role }}"}'];
    const words = [
      '--profile',
      './mine.yaml',
      '--base-url',
      provider.url,
      '--id',
      'user',
      '--skip-invalid',
      ...request,
    ];
    try {
      const {exit, stderr} = await sluice(['run', 'users.csv', ...words], {cwd});
      assert.equal(exit, 1, stderr);
    } finally {
      await provider.close();
    }
    await use(join(cwd, 'users.run'));
  });
}

const lines = (path: string) => readFileSync(path, 'utf8').trim().split('\n');

describe('readStand', () => {
  it('counts from the journal alone, and leaves out a last line that is still being written', () =>
    withRun(async (folder) => {
      rmSync(join(folder, 'summary.json'));
      appendFileSync(join(folder, segmentName(1)), '{"s":99,"d":9');
      const {running, summary} = await readStand(folder);
      const {rows, ok, failed, pending, attempts, exit} = summary;
      assert.deepEqual(
        {running, rows, ok, failed, pending, attempts, exit},
        {running: false, rows: 3, ok: 1, failed: 2, pending: 0, attempts: 2, exit: 1},
      );
    }));

  it('says so where there is no run', () =>
    inFolder({}, async (folder) => {
      const problem = await readStand(folder).catch((error: unknown) => error);
      assert.instanceOf(problem, Problem);
      assert.equal((problem as Problem).code, 'RUN_MISSING');
    }));
});

describe('deriveFiles', () => {
  it('makes again, byte for byte, what was deleted', () =>
    withRun(async (folder) => {
      const names = ['results.ndjson', 'failed.csv'].map((name) => join(folder, name));
      const before = names.map((name) => readFileSync(name, 'utf8'));
      for (const name of names) rmSync(name);
      await deriveFiles(folder, 'ndjson');
      assert.deepEqual(
        names.map((name) => readFileSync(name, 'utf8')),
        before,
      );
    }));

  it('names rows as the run did, and one that could not be sent by its number', () =>
    withRun(async (folder) => {
      await deriveFiles(folder, 'ndjson');
      const ids = lines(join(folder, 'results.ndjson')).map((line) => JSON.parse(line).id);
      assert.deepEqual(ids, ['u-1', 'u-2', '3']);
    }));

  it('writes the results as a table when asked', () =>
    withRun(async (folder) => {
      const {files} = await deriveFiles(folder, 'csv');
      assert.match(files.results!, /results\.csv$/);
      assert.lengthOf(lines(files.results!), 4);
    }));
});
