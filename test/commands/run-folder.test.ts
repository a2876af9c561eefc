import {existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {assert} from 'chai';
import {EXAMPLE} from '../support/example-profile.js';
import {
  type Answer,
  eachOf,
  inFolder,
  listen,
  openTerminal,
  type Provider,
  reply,
  type Said,
  type Started,
  startSluice,
  type Terminal,
} from '../support/program.js';

const TOKEN = 's3cret-token-1';
const env = {EXAMPLE_TOKEN: TOKEN};
const SUMMARY = 'run rows ok failed inDoubt skipped pending attempts refusals startedAt endedAt exit why next'.split(
  ' ',
);

/** One run folder from its beginning to its end, in a folder of its own, against a provider of its own. */
type Stage = {
  readonly cwd: string;
  readonly provider: Provider;
  /** Answers this way from now on. */
  answer: Answer;
  /** `sluice` and these words, one after another in one process. */
  type(...words: string[]): Promise<Said>;
  /** `sluice run users.csv` for `POST /users/{{ id }}`, with these words. */
  run(...words: string[]): Promise<Said>;
  /** The same in a process of its own. */
  start(words: readonly string[], more?: {stdin?: string | Uint8Array; bash?: string}): Started;
  write(file: string, content: string | Uint8Array): void;
  read(file: string): string;
  results(): {row: number; id: string; state: string; status: number | null; error: string | null; attempts: number}[];
  summary(): Record<string, unknown>;
};

type Story = (stage: Stage) => Promise<void>;

const stories = new Map<string, Story>();
const story = (name: string, tell: Story) => stories.set(name, tell);

const users = (count: number) =>
  `id,name\n${Array.from({length: count}, (_, index) => `u${index + 1},Ann\n`).join('')}`;
const rowOf = (url: string) => Number(/u(\d+)$/.exec(url)?.[1]);
const ok: Answer = (_, response) => reply(response, 201, '{"id":"1"}');
const slowly =
  (ms: number): Answer =>
  (heard, response, count) =>
    setTimeout(() => ok(heard, response, count), ms);
const hang: Answer = () => {};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 10));
}

story('ends with 0 when all is well, and leaves what was done', async (stage) => {
  const {exit, stdout, stderr} = await stage.run();
  assert.equal(exit, 0, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^3 rows: 3 ok$/m);
  assert.match(stderr, /\nnext: sluice results users\.run --format csv\n$/);
  assert.notMatch(stderr, /\x1b/, 'no colours where there is no terminal');
  assert.sameMembers(readdirSync(join(stage.cwd, 'users.run')), [
    'run.json',
    'journal-000001.ndjson',
    'results.ndjson',
    'summary.json',
  ]);
  assert.deepEqual(Object.keys(stage.summary()), SUMMARY);
  assert.include(stage.summary(), {rows: 3, ok: 3, exit: 0, why: 'complete'});
  assert.deepEqual(
    stage.provider.heard.map(({headers}) => headers.authorization),
    Array.from({length: 3}, () => `Bearer ${TOKEN}`),
  );
});

story('prints its summary as JSON, and nothing else, on standard output', async (stage) => {
  const {exit, stdout, stderr} = await stage.run('--json', '--quiet');
  assert.equal(exit, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), stage.summary());
  const status = await stage.type('status', 'users.run', '--json');
  assert.deepEqual(JSON.parse(status.stdout), stage.summary());
});

story('says nothing but problems and the summary with --quiet', async (stage) => {
  const {stderr} = await stage.run('--quiet');
  assert.match(
    stderr,
    /^3 rows: 3 ok\n3 \w+(?: sent)? in [\d.]+ s\nresults {2}users\.run\/results\.ndjson\nnext: .*\n$/,
  );
});

const ODD = 'id,name\nu1,"Ann, the\nfirst ""A"""\r\nu2, =1+1 \nu3,"Cy"\n';

story('J02 ends with 1 when rows fail, which can be fed in again byte for byte', async (stage) => {
  stage.write('users.csv', ODD);
  stage.answer = ({url}, response) => reply(response, rowOf(url) === 3 ? 201 : 400, '{"message":"=HYPERLINK(1)"}');
  const words = ['--body', '{"name":{{ name }}}'];
  const first = await stage.run(...words);
  assert.equal(first.exit, 1, first.stderr);
  assert.match(first.stderr, /failed {3}users\.run\/failed\.csv/);
  assert.match(first.stderr, /\nnext: sluice resume users\.run --retry-failed\n$/);
  const failed = stage.read('users.run/failed.csv');
  assert.match(failed, /^id,name,_error,_status,_attempts,_row\r?\n/);
  assert.include(failed, '\nu1,"Ann, the\nfirst ""A""",');
  assert.include(failed, '\nu2, =1+1 ,');
  assert.notInclude(failed, 'u3');
  const before = bodies(stage);
  stage.answer = ok;
  const again = await stage.type('run', 'users.run/failed.csv', ...words, ...named(stage), '--run-dir', 'again.run');
  assert.equal(again.exit, 0, again.stderr);
  assert.sameMembers(
    bodies(stage).slice(before.length),
    before.filter((body) => !body.includes('Cy')),
  );
});

story('sends failed rows again with --retry-failed', async (stage) => {
  stage.answer = ({url}, response) => reply(response, rowOf(url) === 2 ? 400 : 201, '{}');
  assert.equal((await stage.run()).exit, 1);
  stage.answer = ok;
  const {exit, stderr} = await stage.type('resume', 'users.run', '--retry-failed');
  assert.equal(exit, 0, stderr);
  assert.deepEqual(urls(stage), ['/users/u1', '/users/u2', '/users/u2', '/users/u3']);
});

story(
  'ends with 3 when nobody knows whether a row was executed, and sends it again only when told so',
  async (stage) => {
    stage.answer = (heard, response, count) =>
      rowOf(heard.url) === 2 ? response.socket?.resetAndDestroy() : ok(heard, response, count);
    const {exit, stderr} = await stage.run();
    assert.equal(exit, 3, stderr);
    assert.match(stderr, /3 rows: 2 ok, 1 in doubt/);
    assert.match(stage.read('users.run/in-doubt.csv'), /^id,name,.*\r?\nu2,Ann,/);
    assert.match(stderr, /\nnext: sluice resume users\.run --in-doubt retry\n$/);
    stage.answer = ok;
    assert.equal((await stage.type('resume', 'users.run')).exit, 3);
    assert.lengthOf(urls(stage), 3);
    const again = await stage.type('resume', 'users.run', '--in-doubt', 'retry');
    assert.equal(again.exit, 0, again.stderr);
    assert.isFalse(existsSync(join(stage.cwd, 'users.run/in-doubt.csv')), 'a file of what is no longer so');
  },
);

story('sends --rows 1-3 and leaves the others pending, for resume to go on with', async (stage) => {
  stage.write('users.csv', users(8));
  const first = await stage.run('--rows', '1-3');
  assert.equal(first.exit, 4, first.stderr);
  assert.match(first.stderr, /8 rows: 3 ok, 5 pending/);
  assert.match(first.stderr, /\nnext: sluice resume users\.run\n$/);
  const rest = await stage.type('resume', 'users.run');
  assert.equal(rest.exit, 0, rest.stderr);
  assert.lengthOf(new Set(urls(stage)), 8);
  assert.lengthOf(urls(stage), 8);
});

story('C21 has nothing to do when a finished run is resumed', async (stage) => {
  await stage.run();
  const {exit, stderr} = await stage.type('resume');
  assert.equal(exit, 0, stderr);
  assert.lengthOf(urls(stage), 3);
});

story('begins, goes on and is content with --or-resume', async (stage) => {
  const first = await stage.run('--or-resume', '--rows', '1-2');
  assert.equal(first.exit, 4, first.stderr);
  const second = await stage.run('--or-resume');
  assert.equal(second.exit, 0, second.stderr);
  const third = await stage.run('--or-resume');
  assert.equal(third.exit, 0, third.stderr);
  assert.deepEqual(urls(stage), ['/users/u1', '/users/u2', '/users/u3']);
  const other = await stage.run('--or-resume', '--header', 'X-Note: 1');
  assert.equal(other.exit, 65, other.stderr);
  assert.match(
    other.stderr,
    /users\.run: the run in this folder asks for something else: request, header or body differs/,
  );
  assert.lengthOf(urls(stage), 3);
});

story('C14 goes on with no other input under --or-resume', async (stage) => {
  await stage.run('--rows', '1-2');
  stage.write('users.csv', users(3).replace('u3', 'x3'));
  const {exit, stderr} = await stage.run('--or-resume');
  assert.equal(exit, 65, stderr);
  stage.write('users.csv', users(4));
  assert.equal((await stage.run('--or-resume')).exit, 65);
  assert.lengthOf(urls(stage), 2);
});

story('C14 C21 tells that a finished run was of another input under --or-resume', async (stage) => {
  await stage.run();
  stage.write('users.csv', users(4));
  const {exit, stderr} = await stage.run('--or-resume');
  assert.equal(exit, 65, stderr);
  assert.lengthOf(urls(stage), 3);
});

story('C14 writes no results from another input', async (stage) => {
  await stage.run();
  const was = stage.read('users.run/results.ndjson');
  stage.write('users.csv', users(3).replace('u3,Ann', 'u3,Bob'));
  const {exit, stderr} = await stage.type('results', 'users.run');
  assert.equal(exit, 65, stderr);
  assert.match(stderr, /users\.csv: has changed since this run was begun/);
  assert.equal(stage.read('users.run/results.ndjson'), was);
});

story('C22 refuses a run folder that holds a run', async (stage) => {
  await stage.run();
  const {exit, stderr} = await stage.run();
  assert.equal(exit, 73, stderr);
  assert.match(stderr, /Try this: Go on with its run: sluice resume users\.run/);
  assert.lengthOf(urls(stage), 3);
  assert.equal(stage.summary().ok, 3);
});

story('C14 C15 C17 goes on with no other input, and says how they differ', async (stage) => {
  await stage.run('--rows', '1');
  stage.write('users.csv', users(3).replace('u3,Ann', 'u3,Bob'));
  const changed = await stage.type('resume', 'users.run');
  assert.equal(changed.exit, 65, changed.stderr);
  assert.match(
    changed.stderr,
    /users\.csv: has changed since this run was begun: 3 rows with digest \w{12}… are now 3 rows with digest \w{12}…/,
  );
  stage.write('users.csv', users(3).replace('name\n', 'name\nu0,New\n'));
  const inserted = await stage.type('resume', 'users.run');
  assert.equal(inserted.exit, 65);
  assert.match(inserted.stderr, /3 rows have become \d+ bytes that do not begin with them/);
  stage.write('users.csv', users(3).replace('id,name', 'id,nick'));
  const renamed = await stage.type('resume', 'users.run');
  assert.equal(renamed.exit, 65);
  assert.match(renamed.stderr, /its header was id,name and is id,nick/);
  stage.write('users.csv', users(3).replace('u1,', 'v1,'));
  const first = await stage.type('resume', 'users.run');
  assert.equal(first.exit, 65);
  assert.match(first.stderr, /users\.csv:2: .*; row 1 is the first of those sent that is another/);
  renameSync(join(stage.cwd, 'users.csv'), join(stage.cwd, 'people.csv'));
  const gone = await stage.type('resume', 'users.run');
  assert.equal(gone.exit, 66, gone.stderr);
  assert.match(gone.stderr, /Try this: Put it back, or say where it is now: sluice resume users\.run --input FILE/);
  const other = await stage.type('resume', 'users.run', '--input', 'people.csv');
  assert.equal(other.exit, 65, 'it is where it is said to be, and another');
  assert.lengthOf(urls(stage), 1);
  stage.write('people.csv', users(3));
  const moved = await stage.type('resume', 'users.run', '--input', 'people.csv', '--rows', '2');
  assert.equal(moved.exit, 4, moved.stderr);
  assert.equal((await stage.type('resume', 'users.run')).exit, 0, 'the place is remembered');
  assert.lengthOf(urls(stage), 3);
});

story('C16 sends rows that were added at the end where that is wanted, and checks them before', async (stage) => {
  await stage.run('--rows', '1-2', '--id', 'id');
  const files = () => ['run.json', 'journal-000001.ndjson'].map((file) => stage.read(`users.run/${file}`));
  const before = files();
  stage.write('users.csv', `${users(3)}u4,Ann\nu5,Ann\n`);
  const grown = await stage.type('resume', 'users.run');
  assert.equal(grown.exit, 65);
  assert.match(grown.stderr, /users\.csv: has 2 more rows at its end since this run was begun/);
  assert.match(grown.stderr, /Try this: Accept them: sluice resume users\.run --accept-appended/);
  stage.write('users.csv', `${users(3)}u1,Ann\n`);
  const double = await stage.type('resume', 'users.run', '--accept-appended');
  assert.equal(double.exit, 65, 'an id that is there already');
  assert.deepEqual(files(), before);
  assert.lengthOf(urls(stage), 2);
  stage.write('users.csv', `${users(3)}u4,Ann\nu5,Ann\n`);
  const {exit, stderr} = await stage.type('resume', 'users.run', '--accept-appended');
  assert.equal(exit, 0, stderr);
  assert.sameMembers(urls(stage), ['/users/u1', '/users/u2', '/users/u3', '/users/u4', '/users/u5']);
  assert.deepInclude(stage.summary(), {rows: 5, ok: 5});
  assert.equal((await stage.type('verify', 'users.run')).exit, 0);
});

story('goes on with no other secret, unless told that it is the same account', async (stage) => {
  await stage.run('--rows', '1');
  const other = {EXAMPLE_TOKEN: 's3cret-token-2'};
  const refused = await startSluice(['resume', 'users.run'], {cwd: stage.cwd, env: other}).ended;
  assert.equal(refused.exit, 77, refused.stderr);
  assert.lengthOf(urls(stage), 1);
  const accepted = await startSluice(['resume', 'users.run', '--accept-credential'], {cwd: stage.cwd, env: other})
    .ended;
  assert.equal(accepted.exit, 0, accepted.stderr);
});

story('stops at the deadline, resumable', async (stage) => {
  const {exit, stderr} = await stage.run('--deadline', '700ms', '--limit', '1/30s');
  assert.equal(exit, 4, stderr);
  assert.match(stderr, /stopped: the deadline was reached/);
  assert.equal(stage.summary().why, 'deadline');
  assert.equal(stage.summary().pending, 2);
});

story('stops when the provider orders a wait longer than --max-wait, and says until when', async (stage) => {
  stage.answer = (_, response) => reply(response, 429, '{}', {'retry-after': '3600'});
  const {exit, stderr} = await stage.run();
  assert.equal(exit, 4, stderr);
  assert.match(stderr, /stopped: the provider orders a wait longer than --max-wait/);
  assert.match(stderr, /^going on makes sense from .*\d\d:\d\d/m);
  assert.include(stage.summary(), {why: 'wait-too-long', pending: 3, failed: 0, inDoubt: 0});
  const heard = urls(stage).length;
  stage.answer = ok;
  const early = await stage.type('resume', 'users.run', '--deadline', '500ms', '--max-wait', '2h');
  assert.equal(early.exit, 4, early.stderr);
  assert.lengthOf(urls(stage), heard, 'the wait was ordered, and is kept over a restart');
});

story('stops when so many rows have failed as --stop-on-failures says', async (stage) => {
  stage.write('users.csv', users(30));
  stage.answer = ({url}, response) => reply(response, rowOf(url) % 2 ? 400 : 201, '{}');
  const {exit, stderr} = await stage.run('--stop-on-failures', '3', '--concurrency', '1');
  assert.equal(exit, 4, stderr);
  assert.include(stage.summary(), {why: 'failures', failed: 3});
  assert.match(stderr, /stopped: 3 rows failed, the newest with: /);
});

story('K08 J03 stops when the first 20 rows fail alike, and shows what the server said as text', async (stage) => {
  stage.write('users.csv', users(60));
  stage.answer = (_, response) =>
    reply(response, 400, JSON.stringify({message: 'no \x1b[2J\x1b]52;c;x\x07\u202etenant'}));
  const {exit, stderr} = await stage.run('--concurrency', '2');
  assert.equal(exit, 4, stderr);
  assert.match(stderr, /stopped: the first 20 rows all failed the same way: /);
  assert.isAtMost(urls(stage).length, 21);
  assert.notMatch(stderr, /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});

story('ends with 77 when three rows are told 401 with no success between', async (stage) => {
  stage.write('users.csv', users(10));
  stage.answer = (_, response) => reply(response, 401, '{"message":"expired"}');
  const {exit, stderr} = await stage.run('--concurrency', '1');
  assert.equal(exit, 77, stderr);
  assert.lengthOf(urls(stage), 3);
  assert.include(stage.summary(), {pending: 10, failed: 0, why: 'unauthorized'});
  stage.answer = ok;
  assert.equal((await stage.type('resume', 'users.run')).exit, 0);
});

story('F04 ends with 69 when the provider was never reached', async (stage) => {
  await stage.provider.close();
  const {exit, stderr} = await stage.start(runWords(stage)).ended;
  assert.equal(exit, 69, stderr);
  assert.match(stderr, /stopped: the provider was never reached: .*refused/i);
  assert.include(stage.summary(), {pending: 3, inDoubt: 0, failed: 0, why: 'never-reached'});
  assert.match(stderr, /\nnext: sluice resume users\.run\n$/);
});

story('F06 ends with 69 when the certificate is bad, at once and with nothing sent', async (stage) => {
  let heard = 0;
  const keys = {
    key: readFileSync('fixtures/tls/self-signed.key.pem'),
    cert: readFileSync('fixtures/tls/self-signed.crt.pem'),
  };
  const server = createServer(keys, () => heard++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const {exit, stderr} = await stage.type(
      'run',
      'users.csv',
      '--profile',
      './example.yaml',
      '--base-url',
      url,
      '--request',
      'POST /users/{{ id }}',
    );
    assert.equal(exit, 69, stderr);
    assert.match(stderr, /stopped: .*certificate/i);
    assert.equal(heard, 0);
    assert.include(stage.summary(), {pending: 3, why: 'certificate'});
  } finally {
    server.close();
  }
});

story('tells and writes how a run stands afterwards, as often as asked', async (stage) => {
  stage.answer = ({url}, response) => reply(response, rowOf(url) === 2 ? 400 : 201, '{"message":"=HYPERLINK(1)"}');
  await stage.run();
  const status = await stage.type('status', 'users.run');
  assert.equal(status.exit, 0);
  assert.match(status.stdout, /^complete, exit 1\n3 rows: 2 ok, 1 failed\n/);
  const ndjson = stage.read('users.run/results.ndjson');
  assert.deepEqual(
    stage.results().map(({row, id, state, status, attempts}) => [row, id, state, status, attempts]),
    [
      [1, '1', 'ok', 201, 1],
      [2, '2', 'failed', 400, 1],
      [3, '3', 'ok', 201, 1],
    ],
  );
  for (const file of ['results.ndjson', 'failed.csv', 'summary.json']) rmSync(join(stage.cwd, 'users.run', file));
  const results = await stage.type('results', 'users.run');
  assert.equal(results.exit, 0, results.stderr);
  assert.equal(stage.read('users.run/results.ndjson'), ndjson);
  assert.isTrue(existsSync(join(stage.cwd, 'users.run/failed.csv')));
  assert.equal((await stage.type('results', 'users.run', '--format', 'csv')).exit, 0);
  const csv = stage.read('users.run/results.csv');
  assert.match(csv, /^"?row"?,/);
  assert.notMatch(csv, /(^|,|\n)"?=/, 'J01 a cell that a spreadsheet would carry out');
});

story('J04 J05 shows and keeps no secret, whatever the server echoes', async (stage) => {
  stage.write('users.csv', users(6));
  stage.answer = (heard, response) => {
    const row = rowOf(heard.url);
    const said = `you said ${heard.headers.authorization} (${Buffer.from(TOKEN).toString('base64')}, ${encodeURIComponent(TOKEN)})`;
    if (row === 1) reply(response, 401, JSON.stringify({message: said}));
    else
      reply(response, [400, 500, 302, 201, 201][row % 5]!, JSON.stringify({message: said}), {
        'x-echo': said,
        location: `/?t=${TOKEN}`,
      });
  };
  const {exit, stdout, stderr} = await stage.run(
    '--json',
    '--keep-bodies',
    'all',
    '--header',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as an operator writes it.
    'X-Other: ${EXAMPLE_TOKEN}',
  );
  assert.isAbove(exit!, 0);
  await stage.type('results', 'users.run', '--format', 'csv');
  const told = readdirSync(join(stage.cwd, 'users.run')).map((file) => stage.read(`users.run/${file}`));
  for (const text of [stdout, stderr, ...told]) {
    assert.notInclude(text, TOKEN);
    assert.notInclude(text, Buffer.from(TOKEN).toString('base64'));
  }
  assert.match(told.join('\n'), /you said Bearer \*\*\*/);
});

story('J07 keeps everything to its owner, whatever the umask', async (stage) => {
  stage.answer = ({url}, response) => reply(response, rowOf(url) === 2 ? 400 : 201, '{}');
  const {exit} = await stage.start([...runWords(stage).with(1, '-')], {stdin: users(3), bash: 'umask 000; exec "$@"'})
    .ended;
  assert.equal(exit, 1);
  const folder = join(stage.cwd, 'stdin.run');
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  for (const file of readdirSync(folder)) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
  assert.include(readdirSync(folder), 'input.spool');
});

for (const [name, file, content] of [
  ['H20 goes on with standard input', '-', users(12)],
  ['H20 goes on with gzip', 'users.csv.gz', gzipSync(users(12))],
] as const)
  story(`${name} after it was killed, with every row told and none sent twice without being told`, async (stage) => {
    stage.answer = slowly(40);
    if (file !== '-') stage.write(file, content);
    const words = [...runWords(stage).with(1, file), '--concurrency', '2', '--run-dir', 'users.run'];
    const {child, ended} = stage.start(words, file === '-' ? {stdin: content} : {});
    await until(() => stage.provider.heard.length >= 5);
    child.kill('SIGKILL');
    await ended;
    stage.answer = ok;
    const killed = await stage.type('status', 'users.run', '--json');
    assert.equal(JSON.parse(killed.stdout).why, 'interrupted');
    const {exit, stderr} = await stage.type('resume', 'users.run');
    const {rows, ok: done, inDoubt, pending} = stage.summary() as Record<string, number>;
    assert.equal(rows, 12);
    assert.equal(pending, 0, stderr);
    assert.equal(done! + inDoubt!, 12);
    assert.isAtMost(inDoubt!, 2);
    assert.equal(exit, inDoubt ? 3 : 0, stderr);
    assert.lengthOf(urls(stage), new Set(urls(stage)).size, 'a row was sent twice');
  });

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  story(`E01 E03 E05 finishes what is in flight at ${signal}, and goes on later`, async (stage) => {
    stage.write('users.csv', users(30));
    stage.answer = slowly(150);
    const {child, ended} = stage.start([...runWords(stage), '--concurrency', '3']);
    await until(() => stage.provider.heard.length >= 4);
    child.kill(signal);
    const {exit, stderr} = await ended;
    assert.equal(exit, code, stderr);
    assert.match(stderr, new RegExp(`${signal}: finishing \\d in flight`));
    assert.include(stage.summary(), {inDoubt: 0, failed: 0, exit: code, why: signal});
    assert.equal(stage.summary().ok, stage.provider.heard.length);
    assert.match(stderr, /\nnext: sluice resume users\.run\n$/);
    stage.answer = ok;
    assert.equal((await stage.type('resume', 'users.run')).exit, 0);
    assert.lengthOf(urls(stage), 30);
  });

story('E02 aborts at the second SIGINT, and what was in flight is in doubt', async (stage) => {
  stage.write('users.csv', users(10));
  stage.answer = hang;
  const {child, ended} = stage.start([...runWords(stage), '--concurrency', '3']);
  await until(() => stage.provider.heard.length === 3);
  child.kill('SIGINT');
  await new Promise((done) => setTimeout(done, 400));
  child.kill('SIGINT');
  const {exit, stderr} = await ended;
  assert.equal(exit, 130, stderr);
  assert.include(stage.summary(), {inDoubt: 3, pending: 7, ok: 0, exit: 130});
  assert.match(stderr, /\nnext: sluice resume users\.run\n$/);
});

story('E04 aborts what hangs when --drain-timeout is over', async (stage) => {
  stage.answer = hang;
  const {child, ended} = stage.start([...runWords(stage), '--drain-timeout', '300ms']);
  await until(() => stage.provider.heard.length === 3);
  child.kill('SIGTERM');
  assert.equal((await ended).exit, 143);
  assert.include(stage.summary(), {inDoubt: 3, pending: 0});
});

story('E08 goes on to its end when nobody reads its output any more', async (stage) => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is for bash.
  const bash = '"$@" --json | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}';
  const {exit, stderr} = await stage.start(runWords(stage), {bash}).ended;
  assert.equal(exit, 0, stderr);
  assert.equal(stage.summary().ok, 3);
  assert.notMatch(stderr, /^\s+at /m);
});

story('E08 goes on to its end when nobody reads its messages any more', async (stage) => {
  stage.answer = slowly(60);
  const bash = '"$@" 2> >(exec 0<&-) ; exit $?';
  const {exit} = await stage.start(runWords(stage), {bash}).ended;
  assert.equal(exit, 0);
  assert.equal(stage.summary().ok, 3);
});

story('E10 ends with 74 when its output cannot be written', async (stage) => {
  for (const [words, bash] of [
    [[...runWords(stage), '--json'], '"$@" >/dev/full'],
    [['status', 'users.run'], '"$@" >/dev/full'],
    [['results', 'users.run', '--json'], '"$@" >/dev/full'],
    [['plan', ...runWords(stage).slice(1)], '"$@" >/dev/full'],
  ] as const)
    assert.equal((await stage.start(words, {bash}).ended).exit, 74, words[0]);
  assert.equal(stage.summary().ok, 3);
});

story('E11 B11 works with its streams closed, and writes no message into the journal', async (stage) => {
  const {exit} = await stage.start(runWords(stage), {bash: '"$@" <&- >&- 2>&-'}).ended;
  assert.equal(exit, 0);
  assert.equal(stage.summary().ok, 3);
  for (const line of stage.read('users.run/journal-000001.ndjson').trim().split('\n'))
    assert.isObject(JSON.parse(line));
});

story('E13 asks nothing and writes no escapes without a terminal', async (stage) => {
  stage.answer = ({url}, response) => reply(response, rowOf(url) === 2 ? 400 : 201, '{}');
  const {exit, stdout, stderr} = await stage.start(runWords(stage), {bash: 'exec "$@" </dev/null'}).ended;
  assert.equal(exit, 1);
  assert.notMatch(stdout + stderr, /[\0-\x09\x0b-\x1f\x7f-\x9f]/);
});

describe('a run folder', () => {
  let ended: ReadonlyMap<string, unknown>;
  const terminals: Terminal[] = [];

  before(async function () {
    this.timeout(90_000);
    const told = await eachOf([...stories], 4, async ([name, tell]) => {
      const terminal = terminals.pop() ?? openTerminal();
      const fault = await stageFor(tell, terminal).then(
        () => undefined,
        (error: unknown) => error,
      );
      terminals.push(terminal);
      return [name, fault] as const;
    });
    ended = new Map(told);
  });

  after(() => {
    for (const terminal of terminals) terminal.close();
  });

  for (const name of stories.keys())
    it(name, () => {
      if (ended.get(name) !== undefined) throw ended.get(name);
    });
});

async function stageFor(tell: Story, terminal: Terminal): Promise<void> {
  const provider = await listen((heard, response, count) => stage.answer(heard, response, count));
  const stage = {answer: ok} as Stage;
  try {
    await inFolder({'example.yaml': EXAMPLE, 'users.csv': users(3)}, (cwd) => {
      const type = (...words: string[]) => terminal.type(words, {cwd, env});
      return tell(
        Object.assign(stage, {
          cwd,
          provider,
          type,
          run: (...words: string[]) => type(...runWords(stage), ...words),
          start: (words, more) => startSluice(words, {cwd, env, ...more}),
          write: (file, content) => writeFileSync(join(cwd, file), content),
          read: (file) => readFileSync(join(cwd, file), 'utf8'),
          results: () =>
            stage
              .read('users.run/results.ndjson')
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line)),
          summary: () => JSON.parse(stage.read('users.run/summary.json')),
        } satisfies Partial<Stage>),
      );
    });
  } finally {
    await provider.close();
  }
}

function runWords(stage: Stage): string[] {
  return ['run', 'users.csv', ...named(stage)];
}

function named({provider}: Stage): string[] {
  return ['--profile', './example.yaml', '--base-url', provider.url, '--request', 'POST /users/{{ id }}'];
}

function urls({provider}: Stage): string[] {
  return provider.heard.map(({url}) => url).sort();
}

function bodies({provider}: Stage): string[] {
  return provider.heard.map(({body}) => body);
}
