import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {inFolder, listen, reply, sluice} from '../support/program.js';

describe('sluice run --ok', () => {
  it('counts what is there already as ok, on a resume too, and tells the rest by its cause', () =>
    inFolder({'users.csv': 'name\na\nx1\ny\nx2\n', 'mine.yaml': 'name: mine\n'}, async (cwd) => {
      const provider = await listen(({body}, response) => {
        const {name} = JSON.parse(body);
        if (name.startsWith('x')) reply(response, 409, `{"message": "user '${name}' already exists"}`);
        else if (name === 'y') reply(response, 400, '{"message": "no such team"}');
        else reply(response, 201, '{}');
      });
      const words = (...args: string[]) => sluice(args, {cwd});
      const ask = ['--base-url', provider.url, '--request', 'POST /users', '--body', '{"name": "{{ name }}"}'];
      try {
        const run = ['run', 'users.csv', '--profile', './mine.yaml', ...ask];
        const plain = await words(...run, '--run-dir', 'plain.run');
        assert.equal(plain.exit, 1, plain.stderr);
        assert.match(
          plain.stderr,
          /409 user … already exists +2 failed +first at users.csv:3 · treat as ok with --ok 409/,
        );
        const again = await words('resume', 'plain.run', '--retry-failed', '--ok', '409:already exists');
        assert.match(again.stderr, /4 rows: 3 ok, 1 failed/);
        const told = await words(...run, '--ok', '409', '--rows', '1-2');
        assert.match(told.stderr, /4 rows: 2 ok, 2 pending/);
        assert.equal((await words('resume', 'users.run')).exit, 1);
      } finally {
        await provider.close();
      }
      const lines = readFileSync(join(cwd, 'users.run/results.ndjson'), 'utf8').trim().split('\n');
      const results = lines
        .map((line) => JSON.parse(line))
        .map(({state, status, error, note}) => ({state, status, error, note}));
      const there = {state: 'ok', status: 409, error: null, note: 'already there'};
      assert.deepEqual(results[1], there);
      assert.deepEqual(results[2], {state: 'failed', status: 400, error: 'no such team', note: null});
      assert.deepEqual(results[3], there);
    }));
});
