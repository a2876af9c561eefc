import assert from 'node:assert/strict';
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {status} from './provider.js';
import {type Case, SECRET} from './stage.js';

export const outputs: readonly Case[] = [
  {
    ids: ['J04', 'J05'],
    title: 'the secret echoed with 401, 400 and 500, then killed, under NODE_DEBUG=http',
    rules: [
      {ops: ['3'], act: status(400, JSON.stringify({message: `you sent Bearer ${SECRET}`}))},
      {ops: ['4'], act: status(500, JSON.stringify({message: SECRET}))},
      {from: 9, act: status(401, JSON.stringify({message: `Bearer ${SECRET} has expired`}))},
    ],
    run: async (stage) => {
      const {exit, stderr} = await stage.run('--keep-bodies', 'all', '--concurrency', '1');
      assert.equal(exit, 77, stderr);
      stage.proof(
        "the provider's log: 400, 500 and 401 echoed it",
        new Set(stage.provider.heard().map(({did}) => did)).size === 4,
      );
      assert.match(stage.read('results.ndjson'), /\*\*\*/);
      const {child, ended} = stage.start(['resume', 'rows.run'], {env: {NODE_DEBUG: 'http'}});
      await stage.until(() => stage.provider.count() > 12, 'it sends again');
      child.kill('SIGKILL');
      const debugged = await ended;
      assert.match(debugged.stderr, /NODE_DEBUG=http prints requests with their credentials/);
      stage.said.splice(stage.said.indexOf(debugged), 1); // It was warned of.
    },
  },
  {
    ids: ['J06'],
    title: 'a secret on the command line',
    run: async (stage) => {
      const {exit, stderr} = await stage.run(`--token=${SECRET.slice(0, 6)}`);
      stage.proof('no flag takes it, and nothing arrived', stage.provider.count() === 0);
      assert.equal(exit, 2, stderr);
    },
  },
  {
    ids: ['J09'],
    title: 'a report that Node writes while requests are under way',
    run: async (stage) => {
      stage.rows(60);
      const options = `--report-on-signal --report-signal=SIGUSR2 --report-directory=${stage.cwd}`;
      const {child, ended} = stage.start(stage.words('--limit', 'all=10/1s'), {env: {NODE_OPTIONS: options}});
      await stage.until(() => stage.provider.count() >= 5, '5 have arrived');
      child.kill('SIGUSR2');
      const reports = () => readdirSync(stage.cwd).filter((name) => /^report\..*\.json$/.test(name));
      await stage.until(() => reports().length > 0, 'the report is written');
      child.kill('SIGINT');
      assert.match((await ended).stderr, /NODE_OPTIONS holds --report/);
      const report = readFileSync(join(stage.cwd, reports()[0]!), 'utf8');
      stage.proof(
        `Node's report has ${report.length} characters, and the environment in it`,
        report.includes('environmentVariables'),
      );
      assert.ok(!report.includes(SECRET), 'the secret stands in the report');
    },
  },
  {
    ids: ['J11'],
    title: 'results.ndjson cannot be put in its place, then can',
    run: async (stage) => {
      assert.equal((await stage.run('--rows', '1-3')).exit, 4);
      rmSync(stage.path('results.ndjson'));
      mkdirSync(stage.path('results.ndjson'));
      writeFileSync(stage.path('results.ndjson', 'x'), '');
      const {exit, stderr} = await stage.resume();
      stage.proof('a folder stands in its place', /results\.ndjson/.test(stderr));
      assert.equal(exit, 74, stderr);
      assert.match(stderr, /sluice results rows\.run/);
      assert.equal((await stage.status()).ok, 12);
      rmSync(stage.path('results.ndjson'), {recursive: true});
      assert.equal((await stage.type(['results', 'rows.run'])).exit, 0);
      assert.equal(stage.states().size, 12);
      stage.said.splice(1, 1); // Its session was whole; what could not be written is another matter.
    },
  },
];
