import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {EXAMPLE} from '../support/example-profile.js';
import {inFolder, openTerminal, type Terminal} from '../support/program.js';

describe('sluice plan --html', () => {
  let terminal: Terminal;
  before(() => {
    terminal = openTerminal();
  });
  after(() => terminal.close());

  const WORDS = ['--profile', './example.yaml', '--request', 'POST /users', '--html', 'plan.html'];
  const FILES = {
    'example.yaml': EXAMPLE,
    'users.csv': 'name\n<b>Ann</b> s3cret-token-1\nBob\n',
  };
  const env = {EXAMPLE_TOKEN: 's3cret-token-1'};

  it('writes a page with what would be sent, no secret, and no markup of a row', () =>
    inFolder(FILES, async (cwd) => {
      const words = ['plan', 'users.csv', ...WORDS, '--body', '{"name": "{{ name }}"}', '--header', 'X-A: b'];
      const {exit, stdout} = await terminal.type(words, {cwd, env});
      assert.equal(exit, 0);
      const page = readFileSync(join(cwd, 'plan.html'), 'utf8');
      assert.include(page, '<h1>Plan: users.csv with profile ./example.yaml</h1>');
      assert.include(page, '&lt;b&gt;Ann&lt;/b&gt; ***');
      assert.notInclude(page, 's3cret');
      assert.match(stdout, /next: sluice run users\.csv --profile \.\/example\.yaml --request 'POST \/users' --body/);
      assert.notInclude(stdout, '--html');
    }));

  it('writes over nothing, unless it is told to', () =>
    inFolder({...FILES, 'plan.html': 'mine'}, async (cwd) => {
      const refused = await terminal.type(['plan', 'users.csv', ...WORDS], {cwd, env});
      assert.deepEqual([refused.exit, refused.stdout], [73, '']);
      assert.include(refused.stderr, 'PAGE_EXISTS');
      assert.equal(readFileSync(join(cwd, 'plan.html'), 'utf8'), 'mine');
      assert.equal((await terminal.type(['plan', 'users.csv', ...WORDS, '--force'], {cwd, env})).exit, 0);
      assert.include(readFileSync(join(cwd, 'plan.html'), 'utf8'), '<svg');
    }));

  it('writes the page of a plan that is printed as JSON, and of counts', () =>
    inFolder(FILES, async (cwd) => {
      const words = [
        'plan',
        '--count',
        'CreateUser=1e6',
        '--profile',
        './example.yaml',
        '--html',
        'plan.html',
        '--json',
      ];
      const {exit, stdout} = await terminal.type(words, {cwd, env});
      assert.equal(exit, 0);
      assert.equal(JSON.parse(stdout).requests, 1e6);
      assert.include(readFileSync(join(cwd, 'plan.html'), 'utf8'), '1,000,000 requests take');
    }));

  it('is refused for a job', () =>
    inFolder({...FILES, 'job.yaml': 'steps: []\n'}, async (cwd) => {
      const {exit, stderr} = await terminal.type(['plan', 'job.yaml', ...WORDS], {cwd, env});
      assert.equal(exit, 2);
      assert.include(stderr, 'HTML_UNWANTED');
      assert.isFalse(existsSync(join(cwd, 'plan.html')));
    }));
});
