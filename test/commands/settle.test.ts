import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {inFolder, listen, reply, sluice} from '../support/program.js';

/** A run of five rows of which the second and the fourth were cut off after they had arrived. */
function withDoubt(
  use: (cwd: string, arrivals: string[], words: (...args: string[]) => ReturnType<typeof sluice>) => Promise<void>,
  {profile = 'name: mine\n', answerTo = (_asked: string, _n: number): number => 200} = {},
) {
  const users = ['user,note', ...[1, 2, 3, 4, 5].map((n) => `u-${n},"a, b"`)].join('\n');
  return inFolder({'users.csv': `${users}\n`, 'mine.yaml': profile}, async (cwd) => {
    const arrivals: string[] = [];
    const cut = new Set(['u-2', 'u-4']);
    const provider = await listen(({method, url, body}, response) => {
      if (method === 'GET') {
        const asked = `${method} ${url}`;
        arrivals.push(asked);
        reply(response, answerTo(asked, count(arrivals, asked)), '{"message": "ask later"}');
        return;
      }
      const {user} = JSON.parse(body);
      arrivals.push(user);
      if (cut.delete(user)) response.socket?.resetAndDestroy();
      else reply(response, 201, '{}');
    });
    const words = (...args: string[]) => sluice(args, {cwd});
    try {
      const ask = ['--base-url', provider.url, '--request', 'POST /users', '--body', '{"user": "{{ user }}"}'];
      const {exit, stderr} = await words('run', 'users.csv', '--profile', './mine.yaml', ...ask);
      assert.equal(exit, 3, stderr);
      assert.include(stderr, 'say what you found with sluice settle');
      await use(cwd, arrivals, words);
    } finally {
      await provider.close();
    }
  });
}

const count = (arrivals: readonly string[], user: string) => arrivals.filter((each) => each === user).length;

describe('sluice settle', () => {
  it('settles a row by hand, sends another again, and the proof holds', () =>
    withDoubt(async (cwd, arrivals, words) => {
      const settled = await words('settle', 'users.run', '--row', '2', '--as', 'ok', '--note', 'seen in the console');
      assert.equal(settled.exit, 0, settled.stderr);
      assert.match(settled.stderr, /^1 row settled\n5 rows: 4 ok, 1 in doubt\n/);
      assert.equal((await words('settle', 'users.run', '--row', '4', '--as', 'retry')).exit, 0);
      const status = JSON.parse((await words('status', 'users.run', '--json')).stdout);
      assert.deepInclude(status, {ok: 4, inDoubt: 0, pending: 1, exit: 4, next: 'sluice resume users.run'});
      assert.equal((await words('resume', 'users.run')).exit, 0);
      assert.deepEqual([count(arrivals, 'u-2'), count(arrivals, 'u-4')], [1, 2]);
      const verified = await words('verify', 'users.run');
      assert.equal(verified.exit, 0, verified.stdout);
      assert.match(verified.stdout, /5 rows = 5 ok \+ 0 failed \+ 0 in doubt \+ 0 skipped \+ 0 pending, each once/);
      assert.match(verified.stdout, /1 in doubt or failed before, and sent by decision/);
      assert.match(verified.stdout, /but for 1 row that somebody settled by hand\nit holds\n$/);
      assert.include(readFileSync(join(cwd, 'users.run/journal-000001.ndjson'), 'utf8'), 'seen in the console');
    }));

  it('takes the decisions of in-doubt.csv, and leaves rows without one as they are', () =>
    withDoubt(async (cwd, _, words) => {
      const file = join(cwd, 'users.run/in-doubt.csv');
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      assert.equal(lines[0], 'user,note,_status,_attempts,_row,_sentAt,_why,_check,_decision');
      assert.match(lines[1]!, /^u-2,"a, b",,1,2,\d{4}-\d\d-\d\dT[\d:.]+Z,"no answer: .*","POST \/users",$/);
      writeFileSync(file, [lines[0], `${lines[1]}failed`, lines[2]].join('\n'));
      const settled = await words('settle', 'users.run', '--from', 'users.run/in-doubt.csv', '--json');
      assert.equal(settled.exit, 0, settled.stderr);
      assert.deepInclude(JSON.parse(settled.stdout), {ok: 3, failed: 1, inDoubt: 1, why: 'complete', exit: 3});
    }));

  for (const {name, args, says, exit = 65} of [
    {
      name: 'a row that is not in doubt',
      args: ['--row', '2', '--row', '1', '--as', 'ok'],
      says: 'row 1 is ok, expected a row in doubt',
    },
    {name: 'a row that is not there', args: ['--row', '9', '--as', 'ok'], says: 'row 9 is not in this run'},
    {name: 'a row twice', args: ['--row', '2', '--row', '2', '--as', 'ok'], says: 'row 2 is decided twice'},
    {name: 'no row', args: [], says: 'nothing says which row is what', exit: 2},
    {name: 'no decision', args: ['--row', '2'], says: '--as', exit: 2},
    {
      name: 'a word that is no decision',
      args: ['--row', '2', '--as', 'done'],
      says: '--as=done to be one of: ok, failed, retry, skip',
      exit: 2,
    },
    {name: 'a file that has no such column', args: ['--from', 'users.csv'], says: 'users.csv:2: has no column "_row"'},
    {name: 'a file that is not there', args: ['--from', 'gone.csv'], says: 'gone.csv', exit: 66},
  ])
    it(`K07 refuses ${name}, and writes nothing`, () =>
      withDoubt(async (cwd, _, words) => {
        const journal = join(cwd, 'users.run/journal-000001.ndjson');
        const before = readFileSync(journal, 'utf8');
        const said = await words('settle', 'users.run', ...args);
        assert.equal(said.exit, exit, said.stderr);
        assert.include(said.stderr, says);
        assert.notMatch(said.stderr, /\n\s+at /);
        assert.equal(readFileSync(journal, 'utf8'), before);
      }));
});

describe('sluice verify', () => {
  it('says what contradicts itself, and exits with 65', () =>
    withDoubt(async (cwd, _, words) => {
      appendFileSync(join(cwd, 'users.csv'), 'u-6,x\n');
      const {exit, stdout} = await words('verify', 'users.run');
      assert.equal(exit, 65);
      assert.match(stdout, /contradiction: .*users.csv is not the file this run was begun with: 6 rows now, 5 then/);
      const {stdout: json} = await words('verify', 'users.run', '--json');
      assert.deepInclude(JSON.parse(json), {holds: false, rows: 5});
    }));
});

describe('sluice settle --probe', () => {
  const profile = [
    'name: mine',
    'operations: {CreateUser: {route: POST /users}}',
    'probes:',
    '  - operations: [CreateUser]',
    '    request: GET /users/{{ request.body.user }}',
    '    happened: [{status: 200}]',
    '    didNot: [{status: 404}]',
  ].join('\n');

  it('looks at the provider, settles what it tells, and says why the rest is left', () =>
    withDoubt(
      async (cwd, arrivals, words) => {
        assert.match(
          readFileSync(join(cwd, 'users.run/in-doubt.csv'), 'utf8'),
          /"GET \/users\/u-2",\n.*"GET \/users\/u-4",\n/s,
        );
        const settled = await words('settle', 'users.run', '--probe', '--timeout', '100ms');
        assert.equal(settled.exit, 0, settled.stderr);
        assert.include(settled.stderr, 'probed: 1 executed, 0 not executed and to be sent again, 1 left in doubt\n');
        assert.include(
          settled.stderr,
          '  - the probe was answered 501: ask later: 1 row, first row 4\n5 rows: 4 ok, 1 in doubt\n',
        );
        assert.deepEqual([count(arrivals, 'GET /users/u-2'), count(arrivals, 'GET /users/u-4')], [1, 1]);
        const story = await words('explain', 'users.run', '2');
        assert.match(
          story.stdout,
          /probed: answered 200\n.*decided by probe: ok \(GET \/users\/\{\{ request\.body\.user \}\} was answered 200/,
        );
        const resumed = await words('resume', 'users.run', '--in-doubt', 'probe', '--timeout', '100ms');
        assert.equal(resumed.exit, 0, resumed.stderr);
        assert.include(resumed.stderr, 'probed: 0 executed, 1 not executed and to be sent again, 0 left in doubt\n');
        assert.deepEqual([count(arrivals, 'u-2'), count(arrivals, 'u-4')], [1, 2]);
        const verified = await words('verify', 'users.run');
        assert.match(verified.stdout, /it holds\n$/);
      },
      {profile, answerTo: (asked, n) => (asked === 'GET /users/u-2' ? 200 : n === 1 ? 501 : 404)},
    )).timeout(30_000);

  it('says so where the profile has no probe, and exits with 0', () =>
    withDoubt(async (_, arrivals, words) => {
      const before = arrivals.length;
      const {exit, stderr} = await words('settle', 'users.run', '--probe');
      assert.equal(exit, 0, stderr);
      assert.include(stderr, '  - the profile has no probe for it: 2 rows, first row 2\n');
      assert.lengthOf(arrivals, before);
    }));
});
