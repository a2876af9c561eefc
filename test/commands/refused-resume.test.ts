import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {acquireLock} from '../../src/journal/lock.js';
import {recordedMessages} from '../support/golden.js';
import {inFolder, listen, openTerminal, type Provider, reply, type Said, type Terminal} from '../support/program.js';
import {FILES, REFUSED_RESUMES, REQUEST, type RefusedResume, SEND} from './refused-resumes.js';

const RECORDED = 'fixtures/messages/resume.txt';
const TOKEN = {EXAMPLE_TOKEN: 's3cret-token-1'};

type Outcome = Said & {
  /** The run folder before and after, file by file. */
  readonly was: readonly string[];
  readonly left: readonly string[];
  readonly heard: number;
  /** How it went on with what was advised. */
  readonly then: (Said & {readonly heard: number}) | undefined;
};

describe('a resume that is refused', () => {
  let outcomes: ReadonlyMap<string, Outcome>;
  let recorded: ReadonlyMap<string, string>;

  before(async function () {
    this.timeout(180_000);
    const terminal = openTerminal();
    // Bob alone is refused.
    const provider = await listen(({body}, response) => reply(response, /Bob/.test(body) ? 422 : 201, '{}'));
    const found = new Map<string, Outcome>();
    for (const each of REFUSED_RESUMES) found.set(each.name, await meet(each, terminal, provider));
    terminal.close();
    await provider.close();
    outcomes = found;
    recorded = recordedMessages(RECORDED, () => REFUSED_RESUMES.map((each) => entry(each, outcomes.get(each.name)!)));
  });

  it('has names of its own for its cases, and no message of a case that is gone', () => {
    assert.deepEqual(
      [...recorded.keys()],
      REFUSED_RESUMES.map(({name}) => name),
    );
  });

  for (const each of REFUSED_RESUMES)
    it(each.name, () => {
      const outcome = outcomes.get(each.name)!;
      const {exit, stdout, stderr, heard, left, was, then} = outcome;
      assert.equal(exit, each.exit, stderr);
      assert.equal(heard, 0, 'requests were sent');
      assert.deepEqual(left, was, 'the run folder has changed');
      assert.equal(stdout, '');
      assert.notMatch(stderr, /s3cret/);
      assert.match(stderr.trimEnd().split('\n').at(-1)!, /^ +Try this: \S/, 'the last line says what to type next');
      assert.equal(entry(each, outcome).trimEnd(), recorded.get(each.name), 'UPDATE_MESSAGES=1 records it');
      if (!each.advised) return;
      assert.include(stderr, each.advised.type, 'it is advised');
      assert.include([0, 1], then!.exit, `what it advises: ${then!.stderr}`);
      assert.isAbove(then!.heard, 0, 'what it advises sends nothing');
    });
});

describe('a resume of a run that is done', () => {
  it('C21 sends nothing and ends as the run did, with its folder as it was', async () => {
    const terminal = openTerminal();
    const provider = await listen(({body}, response) => reply(response, /Bob/.test(body) ? 422 : 201, '{}'));
    await inFolder(FILES, async (cwd) => {
      const words = ['run', 'users.csv', ...SEND, ...REQUEST].map((word) => word.replace('{url}', provider.url));
      assert.equal((await terminal.type(words, {cwd, env: TOKEN})).exit, 1);
      const was = contents(join(cwd, 'users.run'));
      const {exit, stderr} = await terminal.type(['resume', 'users.run'], {cwd, env: TOKEN});
      assert.equal(exit, 1, stderr);
      assert.deepEqual(contents(join(cwd, 'users.run')), was);
      assert.lengthOf(provider.heard, 3);
      assert.match(stderr, /\nnext: sluice resume users\.run --retry-failed\n$/);
    });
    terminal.close();
    await provider.close();
  });
});

/** A run is begun, something happens, and somebody wants to go on with it; then they do what they are told. */
async function meet(each: RefusedResume, terminal: Terminal, provider: Provider): Promise<Outcome> {
  const {args, begun = ['--rows', '1'], change, env = TOKEN, held, advised} = each;
  return inFolder(FILES, async (cwd) => {
    const type = async (words: readonly string[], env: Readonly<Record<string, string>>) => {
      const before = provider.heard.length;
      const said = await terminal.type(
        words.map((word) => word.replace('{url}', provider.url)),
        {cwd, env},
      );
      return {...said, heard: provider.heard.length - before};
    };
    const folder = join(cwd, 'users.run');
    const first = await type(['run', 'users.csv', ...SEND, ...REQUEST, ...begun], TOKEN);
    assert.include([0, 1, 4], first.exit, first.stderr);
    change?.(cwd);
    const lock = held && (await acquireLock(folder));
    const was = contents(folder);
    const said = await type(args, env);
    const left = contents(folder);
    await lock?.release();
    let then: Outcome['then'];
    if (advised) {
      advised.first?.(cwd);
      then = await type(advised.as ?? advised.type.split(' ').slice(1), advised.env ?? TOKEN);
    }
    return {...said, stderr: plainly(said.stderr, provider, cwd), was, left, then};
  });
}

/** Every file of a folder with what is in it; of another thing nothing. */
function contents(folder: string): string[] {
  if (!statSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => `${name} ${readFileSync(join(folder, name), 'latin1')}`);
}

/** Without what differs from run to run. */
function plainly(text: string, {url}: Provider, cwd: string): string {
  return text
    .replaceAll(url, '{url}')
    .replaceAll(cwd, '.')
    .replace(/process \d+ on \S+ since \S+/, 'process PID on HOST since TIME')
    .replace(/(?<=users\.run on )\S+(?=,)/, 'HOST')
    .replace(/\(byte \d+\)/, '(byte N)')
    .replace(/(?<=expected )01\w{24}/, 'RUN');
}

function entry({name, args, env}: RefusedResume, {exit, stderr}: Outcome): string {
  const quoted = args.map((word) => (/^[\w./:=@{}-]+$/.test(word) ? word : `'${word}'`));
  const set = Object.entries(env ?? {}).map(([key, value]) => `${key}=${value.replace(/s3cret/, '…')} `);
  const told = stderr
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
  return `# ${name}\n$ ${set.join('')}sluice ${quoted.join(' ')}\n${told}\nexit ${exit}\n`;
}
