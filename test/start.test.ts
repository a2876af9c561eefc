import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {assert} from 'chai';

const SLOWER_MS = 300;
const RUNS = 12;

describe('the start of the program', () => {
  it(`costs at most ${SLOWER_MS} ms more than node itself`, () => {
    // The one comparison of times among the tests: the best of alternating runs, so that a busy machine slows both.
    const bare: number[] = [];
    const help: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      bare.push(timed(['-e', '0']).ms);
      help.push(timed(['bin/run.js', '--help']).ms);
    }
    const extraMs = Math.min(...help) - Math.min(...bare);
    assert.isAtMost(extraMs, SLOWER_MS, 'keep heavy imports inside run() of the commands');
  });

  it('shows the commands', () => {
    assert.isTrue(existsSync('oclif.manifest.json'), 'oclif.manifest.json is not there: npm run build');
    assert.match(timed(['bin/run.js', '--help']).stdout, /\bCOMMANDS\b/);
  });

  for (const version of ['0.10.48', '18.20.8', '20.18.3'])
    it(`stops with one line and exit code 2 on Node ${version}`, () => {
      const older = `Object.defineProperty(process, 'versions', {value: {...process.versions, node: '${version}'}})`;
      const {status, stdout, stderr} = spawnSync(
        process.execPath,
        ['--import', `data:text/javascript,${encodeURIComponent(older)}`, 'bin/run.js', 'run', 'users.csv'],
        {encoding: 'utf8', env: {...process.env, NODE_OPTIONS: ''}},
      );
      const told = `sluice needs Node 20.19 or newer, and this is Node ${version}: type node --version, and install another\n`;
      assert.deepEqual({status, stdout, stderr}, {status: 2, stdout: '', stderr: told});
    });

  it('is read by the oldest Node, and asks for the one that package.json asks for', () => {
    const text = readFileSync('bin/run.js', 'utf8').replace(/^(#!|\/\/).*$/gm, '');
    assert.notMatch(text, /=>|`|,\s*\)|\?\.|\?\?|\.\.\.|\b(?:const|let|class|async|await|import|of)\b/);
    const {engines} = JSON.parse(readFileSync('package.json', 'utf8'));
    assert.equal(engines.node, '>=20.19.0');
    assert.include(text, 'version[0] === 20 && version[1] < 19');
  });

  it('opens no inspector when it is sent SIGUSR1', async () => {
    const child = spawn(process.execPath, ['bin/run.js', 'simulate', 'amity'], {
      env: {...process.env, NODE_OPTIONS: ''},
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    await once(child.stdout, 'data');
    child.kill('SIGUSR1');
    child.kill('SIGTERM');
    await once(child, 'close');
    assert.notInclude(stderr, 'Debugger');
  });

  it('ends without a word when nobody reads its output', () => {
    const {status, stderr} = spawnSync(
      'bash',
      ['-c', `'${process.execPath}' bin/run.js --help | true; exit \${PIPESTATUS[0]}`],
      {
        encoding: 'utf8',
      },
    );
    assert.deepEqual({status, stderr}, {status: 0, stderr: ''});
  });
});

function timed(args: readonly string[]): {ms: number; stdout: string} {
  const before = performance.now();
  // Tests run under a TypeScript loader; the program does not.
  const {status, stdout, stderr} = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: {...process.env, NODE_OPTIONS: ''},
  });
  const ms = performance.now() - before;
  assert.equal(status, 0, stderr);
  return {ms, stdout};
}
