import {readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {assert} from 'chai';
import {inFolder, sluice} from '../support/program.js';

describe('sluice run --capture', () => {
  it('keeps in the results what each answer says, and never a secret that it echoes', () =>
    withProvider((url) =>
      inFolder({'users.csv': 'name\nZoë\nBob\nlost\n', 'mine.yaml': PROFILE}, async (cwd) => {
        const asked = [
          'run',
          'users.csv',
          '--profile',
          './mine.yaml',
          '--base-url',
          url,
          '--request',
          'POST /users/{{ name }}',
        ];
        const capture = [
          '--capture',
          'userId={{ response.body.users[0].id }}',
          '--capture',
          'key={{ response.body.key }}',
        ];
        const {exit, stderr} = await sluice([...asked, ...capture], {cwd, env: {MINE: 's3cret-0123456789'}});
        assert.equal(exit, 3, stderr);
        const results = readFileSync(join(cwd, 'users.run/results.ndjson'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        assert.deepEqual(
          results.map(({state, captured}) => [state, captured]),
          [
            ['ok', {userId: 'u-Zo%C3%AB', key: 'Bearer ***'}],
            ['ok', {userId: 'u-Bob', key: 'Bearer ***'}],
            ['in-doubt', null],
          ],
        );
        assert.match(results[2].error, /what was to be captured got lost/);
        assert.notInclude(readFileSync(join(cwd, 'users.run/journal-000001.ndjson'), 'utf8'), 's3cret');
      }),
    ));

  it('asks of whoever settles a row what its answer would have given, and keeps that', () =>
    withProvider((url) =>
      inFolder({'users.csv': 'name\nlost\nlost\nlost\n', 'mine.yaml': PROFILE}, async (cwd) => {
        const asked = [
          'run',
          'users.csv',
          '--profile',
          './mine.yaml',
          '--base-url',
          url,
          '--request',
          'POST /users/{{ name }}',
        ];
        const capture = ['--capture', 'userId={{ response.body.users[0].id }}', '--concurrency', '1'];
        await sluice([...asked, ...capture], {cwd, env: {MINE: 's3cret-0123456789'}});
        const file = join(cwd, 'users.run/in-doubt.csv');
        const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
        assert.isTrue(header!.endsWith(',_check,_decision,_captured.userId'));
        const settle = (...words: string[]) => sluice(['settle', 'users.run', ...words], {cwd});
        const without = await settle('--row', '1', '--as', 'ok');
        assert.equal(without.exit, 65);
        assert.include(without.stderr, 'nothing says what its answer would have given for userId');
        assert.equal((await settle('--row', '1', '--as', 'ok', '--captured', 'userId=u-1')).exit, 0);
        writeFileSync(
          file,
          [header, lines[1]!.replace(/,,$/, ',ok,u-2'), lines[2]!.replace(/,,$/, ',ok,-')].join('\n'),
        );
        assert.equal((await settle('--from', file)).exit, 0);
        const results = readFileSync(join(cwd, 'users.run/results.ndjson'), 'utf8').trim().split('\n');
        assert.deepEqual(
          results.map((line) => JSON.parse(line)).map(({state, captured}) => [state, captured]),
          [
            ['ok', {userId: 'u-1'}],
            ['ok', {userId: 'u-2'}],
            ['ok', {userId: null}],
          ],
        );
      }),
    ));

  it('is refused with what is no expression over the answer', () =>
    inFolder({'users.csv': 'name\nBob\n'}, async (cwd) => {
      const asked = ['plan', 'users.csv', '--profile', 'amity:network', '--region', 'eu', '--request', 'POST /x'];
      const {exit, stderr} = await sluice([...asked, '--capture', 'id'], {cwd});
      assert.equal(exit, 2);
      assert.include(stderr, '--capture is "id"');
      const other = await sluice([...asked, '--capture', 'id={{ name }}'], {cwd});
      assert.equal(other.exit, 78);
      assert.include(other.stderr, 'capture id: there is no "name"');
    }));
});

const PROFILE = 'name: mine\ncredentials: [{name: key, header: Authorization, prefix: "Bearer ", env: MINE}]\n';

/** A provider that tells everybody the key it was given, and breaks off its answer to `lost`. */
async function withProvider(use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    const name = request.url?.split('/').at(-1);
    const body = JSON.stringify({users: [{id: `u-${name}`}], key: request.headers.authorization});
    response.writeHead(201, {'content-type': 'application/json', 'content-length': body.length});
    if (name !== 'lost') return response.end(body);
    return response.write(body.slice(0, 9), () => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
