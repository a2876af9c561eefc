import {assert} from 'chai';
import {inFolder, listen, reply, sluice} from '../support/program.js';

describe('sluice explain', () => {
  it('tells the story of a row that was refused, one in doubt, and one that is not there', () =>
    inFolder({'users.csv': 'user\nu-1\nu-2\n', 'mine.yaml': 'name: mine\n'}, async (cwd) => {
      let refused = false;
      const provider = await listen(({body}, response) => {
        if (body.includes('u-2')) response.socket?.resetAndDestroy();
        else if (refused) reply(response, 201, '{}');
        else {
          refused = true;
          reply(response, 429, '{}', {'retry-after': '1'});
        }
      });
      const words = (...args: string[]) => sluice(args, {cwd});
      try {
        const ask = ['--base-url', provider.url, '--request', 'POST /users', '--body', '{"user": "{{ user }}"}'];
        assert.equal((await words('run', 'users.csv', '--profile', './mine.yaml', ...ask)).exit, 3);
      } finally {
        await provider.close();
      }
      const one = await words('explain', 'users.run', '1');
      assert.equal(one.exit, 0, one.stderr);
      const lines = one.stdout.trimEnd().split('\n');
      assert.equal(lines[0], 'row 1 (users.csv:2)');
      assert.match(lines[1]!, /^\d\d:\d\d:\d\d\.\d{3} {2}attempt 1 sent, without a wait for a limit$/);
      assert.match(one.stdout, /answered 429 after .*: refused, to be sent again\n/);
      assert.match(one.stdout, /attempt 2 sent/);
      assert.equal(lines.at(-1), 'ok');
      const two = await words('explain', 'users.run', '2');
      assert.match(two.stdout, /not answered: in doubt: .*\nin doubt\n$/);
      const json = JSON.parse((await words('explain', 'users.run', '2', '--json')).stdout);
      assert.deepInclude(json, {row: 2, line: 3, running: false});
      const gone = await words('explain', 'users.run', '3');
      assert.equal(gone.exit, 65);
      assert.match(gone.stderr, /there is no row 3: users\.csv has 2 rows/);
    }));
});
