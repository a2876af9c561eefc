import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {parseRecord, sealLine, seedOf} from '../../src/journal/seal.js';
import {verifyRun} from '../../src/report/verify.js';
import {inFolder, listen, reply, sluice} from '../support/program.js';

/** A finished run of three rows, the second of which was refused by the provider. */
function withRun(use: (cwd: string) => Promise<void>): Promise<void> {
  return inFolder({'users.csv': 'user\nu-1\nu-2\nu-3\n', 'mine.yaml': 'name: mine\n'}, async (cwd) => {
    const provider = await listen(({body}, response) => reply(response, body.includes('u-2') ? 422 : 201, '{}'));
    const ask = ['--base-url', provider.url, '--request', 'POST /users', '--body', '{"user": "{{ user }}"}'];
    try {
      assert.equal((await sluice(['run', 'users.csv', '--profile', './mine.yaml', ...ask], {cwd})).exit, 1);
    } finally {
      await provider.close();
    }
    await use(cwd);
  });
}

describe('verifyRun', () => {
  it('proves that the rows add up', () =>
    withRun(async (cwd) => {
      const {counts, faults, attempts, running} = await verifyRun(join(cwd, 'users.run'));
      assert.deepEqual(faults, []);
      assert.deepEqual(counts, {pending: 0, ok: 2, failed: 1, 'in-doubt': 0, skipped: 0});
      assert.deepEqual([attempts, running], [3, false]);
    }));

  it('finds a row that a forged journal settles twice', () =>
    withRun(async (cwd) => {
      const path = join(cwd, 'users.run/journal-000001.ndjson');
      const {run} = JSON.parse(readFileSync(join(cwd, 'users.run/run.json'), 'utf8'));
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      const records = lines.map((line) => parseRecord(Buffer.from(line), 0, Buffer.byteLength(line)));
      const again = records.find((record) => record.t === 'o' && record.k === 'ok')!;
      const forged = [...records.slice(0, -1), again, records.at(-1)!];
      writeFileSync(path, forged.map((record, index) => `${sealLine(record, index + 1, 0, seedOf(run))}\n`).join(''));
      const {faults} = await verifyRun(join(cwd, 'users.run'));
      assert.match(faults.join(), /an outcome "ok" of an attempt that was not under way/);
    }));

  it('finds an input that is another than it was', () =>
    withRun(async (cwd) => {
      appendFileSync(join(cwd, 'users.csv'), 'u-4\n');
      const {faults} = await verifyRun(join(cwd, 'users.run'));
      assert.match(faults.join(), /users\.csv is not the file this run was begun with: 4 rows now, 3 then/);
    }));

  it('puts in doubt what a killed run had under way', () =>
    withRun(async (cwd) => {
      const path = join(cwd, 'users.run/journal-000001.ndjson');
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      const first = lines.findIndex((line) => line.includes('"t":"o"'));
      writeFileSync(path, `${lines.slice(0, first).join('\n')}\n`);
      const {counts, faults} = await verifyRun(join(cwd, 'users.run'));
      assert.deepEqual(faults, []);
      assert.deepInclude(counts, {
        ok: 0,
        'in-doubt': lines.slice(0, first).filter((line) => line.includes('"t":"i"')).length,
      });
    }));
});
