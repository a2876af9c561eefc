import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {EXAMPLE} from '../support/example-profile.js';
import {recordedMessages} from '../support/golden.js';
import {
  inFolder,
  listen,
  openTerminal,
  type Provider,
  type Said,
  sluice,
  startSluice,
  type Terminal,
} from '../support/program.js';
import {BAD_INPUTS, type BadInput} from './bad-inputs.js';

/** What a start alone takes is some 60; a record may be 16, is read through a buffer twice as long, and is shown in part. */
const MOST_MEBIBYTES = 200;
const RECORDED = 'fixtures/messages/bad-input.txt';

type Outcome = Said & {readonly left: readonly string[]; readonly was: readonly string[]; readonly heard: number};

describe('bad input', () => {
  let outcomes: ReadonlyMap<string, Outcome>;
  let recorded: ReadonlyMap<string, string>;

  before(async function () {
    this.timeout(120_000);
    const terminal = openTerminal();
    const provider = await listen();
    const found = new Map<string, Outcome>();
    for (const input of BAD_INPUTS) found.set(input.name, await meet(input, terminal, provider));
    terminal.close();
    await provider.close();
    outcomes = found;
    recorded = recordedMessages(RECORDED, () => BAD_INPUTS.map((input) => entry(input, outcomes.get(input.name)!)));
  });

  it('has names of its own for its cases, and no message of a case that is gone', () => {
    assert.deepEqual(
      [...recorded.keys()],
      BAD_INPUTS.map(({name}) => name),
    );
  });

  for (const input of BAD_INPUTS)
    it(input.name, () => {
      const outcome = outcomes.get(input.name)!;
      const {exit, stdout, stderr, heard, left, was} = outcome;
      assert.equal(exit, input.exit, stderr);
      assert.equal(heard, 0, 'requests were sent');
      assert.deepEqual(left, was, 'something was left behind');
      assert.equal(stdout, '');
      assert.notMatch(stderr, /^\s+at .*(?::\d+:\d+\)?|<anonymous>\)?)$/m, 'a stack trace');
      assert.notMatch(stderr, /[\0-\x09\x0b-\x1f\x7f-\x9f]/, 'something that a terminal obeys');
      assert.notMatch(stderr, /s3cret/);
      const last = stderr.trimEnd().split('\n').at(-1)!;
      assert.match(last, /^ +Try this: \S/, 'the last line says what to type next');
      assert.equal(entry(input, outcome).trimEnd(), recorded.get(input.name), 'UPDATE_MESSAGES=1 records it');
    });

  it('H17 is read in bounded memory, however long a line is', async () => {
    const rss =
      "process.on('exit', () => require('fs').writeFileSync('rss', String(process.resourceUsage().maxRSS / 1024)));";
    const most: number[] = [];
    for (const {args, files, env, exit, prepare} of BAD_INPUTS.filter(({name}) => name.startsWith('H17')))
      await inFolder({...files, 'rss.cjs': rss}, async (cwd) => {
        prepare?.(cwd);
        const said = await sluice(args.with(args.indexOf('{url}'), 'http://127.0.0.1:9'), {
          cwd,
          env: {...env, NODE_OPTIONS: '--require ./rss.cjs'},
        });
        assert.equal(said.exit, exit, said.stderr);
        most.push(Number(readFileSync(join(cwd, 'rss'), 'utf8')));
      });
    assert.lengthOf(most, 3);
    assert.isBelow(Math.max(...most), MOST_MEBIBYTES);
  });

  it('E06 leaves nothing in the way when Ctrl-C ends the checking of a file', async () => {
    const [header, ...rows] = ['id,name\n', ...Array.from({length: 400_000}, (_, row) => `u${row},Ann\n`)];
    await inFolder({'example.yaml': EXAMPLE, 'users.csv': header + rows.join('')}, async (cwd) => {
      const provider = await listen();
      const env = {EXAMPLE_TOKEN: 's3cret-token-1'};
      const words = [
        'run',
        'users.csv',
        '--profile',
        './example.yaml',
        '--base-url',
        provider.url,
        '--request',
        'POST /users/{{ id }}',
      ];
      const {child, ended} = startSluice(words, {cwd, env});
      while (!existsSync(join(cwd, 'users.run/lock.json'))) await new Promise((done) => setTimeout(done, 5));
      child.kill('SIGINT');
      const {exit, signal, stderr} = await ended;
      assert.include([130, null], exit, stderr);
      assert.isTrue(exit === 130 || signal === 'SIGINT');
      assert.equal(provider.heard.length, 0);
      const again = await sluice([...words, '--rows', '1'], {cwd, env});
      assert.equal(again.exit, 4, again.stderr);
      assert.equal(provider.heard.length, 1);
      await provider.close();
    });
  });
});

/** One case at the terminal, in a folder of its own. */
async function meet(
  {args, files = {}, env = {}, stdin, prepare}: BadInput,
  terminal: Terminal,
  provider: Provider,
): Promise<Outcome> {
  return inFolder(files, async (cwd) => {
    prepare?.(cwd);
    const was = readdirSync(cwd).sort();
    const before = provider.heard.length;
    const words = args.map((word) => word.replace('{url}', provider.url));
    const said = await (stdin === undefined ? terminal.type(words, {cwd, env}) : sluice(words, {cwd, env, stdin}));
    return {
      ...said,
      stderr: plainly(said.stderr, provider, cwd),
      was,
      left: readdirSync(cwd).sort(),
      heard: provider.heard.length - before,
    };
  });
}

/** Without what differs from run to run. */
function plainly(text: string, {url}: Provider, cwd: string): string {
  return text.replaceAll(url, '{url}').replaceAll(cwd, '.');
}

function entry({name, args, env = {}}: BadInput, {exit, stderr}: Outcome): string {
  const quoted = args.map((word) => (/^[\w./:=@{}-]+$/.test(word) ? word : `'${word}'`).replace(/\x1b/g, '\\x1b'));
  const set = Object.entries(env).map(([key, value]) => `${key}=${JSON.stringify(value).slice(1, -1)} `);
  const told = stderr
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
  return `# ${name}\n$ ${set.join('')}sluice ${quoted.join(' ')}\n${told}\nexit ${exit}\n`;
}
