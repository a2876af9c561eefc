import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import type {Limit} from '../../src/profiles/profile.js';
import {type Provider, startProvider} from '../../src/simulate/provider.js';
import {profileOf} from '../support/profile.js';
import {inFolder, sluice, startSluice} from '../support/program.js';

const TOKEN = 's3cret-auto-token';
// biome-ignore lint/suspicious/noTemplateCurlyInString: this is how the operator writes it.
const HEADER = 'Authorization: Bearer ${TOKEN}';
const SEND = ['--request', 'POST /users/{{ id }}', '--header', HEADER];
const env = {TOKEN};

/** A provider of this window, told of in its headers or not, and so many rows to send to it. */
function against(
  {requests, seconds, rows, headers}: {requests: number; seconds: number; rows: number; headers: boolean},
  use: (cwd: string, provider: Provider) => Promise<void>,
): Promise<void> {
  const limits: Limit[] = [{name: 'all', per: [], windows: [{requests, seconds, kind: 'rolling'}]}];
  const names = {limit: 'x-ratelimit-limit', remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset'};
  const file = `id\n${Array.from({length: rows}, (_, n) => n + 1).join('\n')}\n`;
  return inFolder({'users.csv': file}, async (cwd) => {
    const provider = await startProvider({
      profile: profileOf({limits, headers: {...names, format: 'seconds', trust: 'down'}}),
      port: 0,
      latency: {lowMs: 5, highMs: 20},
      faults: {headers, retryAfter: false, list: []} as never,
      seed: 1,
    });
    try {
      await use(cwd, provider);
    } finally {
      await provider.close();
    }
  });
}

describe('sluice --profile auto', function () {
  this.timeout(90_000);

  it('goes by what the headers say, is never refused, and prints a profile that is never refused either', () =>
    against({requests: 40, seconds: 2, rows: 80, headers: true}, async (cwd, provider) => {
      const words = ['--base-url', provider.url, ...SEND];
      const run = await sluice(['run', 'users.csv', '--profile', 'auto', ...words], {cwd, env});
      assert.equal(run.exit, 0, run.stderr);
      assert.include(run.stderr, 'auto: the server says 40 per 2 s; going by that');
      assert.include(run.stderr, 'save it: sluice profiles show users.run >');
      assert.notInclude(run.stderr, TOKEN);
      assert.deepInclude(provider.tally(), {executed: 80, refused: 0});
      const shown = await sluice(['profiles', 'show', 'users.run'], {cwd});
      writeFileSync(join(cwd, 'found.yaml'), shown.stdout);
      const check = await sluice(['profiles', 'check', 'found.yaml'], {cwd});
      assert.equal(check.exit, 0, check.stderr);
      assert.include(check.stdout, '40 per 2 s');
      const plain = ['--request', 'POST /users/{{ id }}', '--run-dir', 'again.run'];
      const again = await sluice(['run', 'users.csv', '--profile', './found.yaml', ...plain], {cwd, env});
      assert.equal(again.exit, 0, again.stderr);
      assert.deepInclude(provider.tally(), {arrivals: 160, refused: 0});
    }));

  it('finds the pace where no header tells it, and is refused less than one time in a hundred', () =>
    against({requests: 300, seconds: 1, rows: 1200, headers: false}, async (cwd, provider) => {
      const words = ['--profile', 'auto', '--base-url', provider.url, ...SEND];
      const run = await sluice(['run', 'users.csv', ...words], {cwd, env});
      assert.equal(run.exit, 0, run.stderr);
      const {executed, refused, arrivals} = provider.tally();
      assert.equal(executed, 1200);
      assert.isBelow(refused / arrivals, 0.01);
    }));

  it('is refused a couple of times in a short run, goes on where it was killed, and prints what it found', () =>
    against({requests: 8, seconds: 1, rows: 90, headers: false}, async (cwd, provider) => {
      const words = ['--profile', 'auto', '--base-url', provider.url, ...SEND];
      const first = startSluice(['run', 'users.csv', ...words], {cwd, env});
      while (provider.tally().executed < 40) await new Promise((resolve) => setTimeout(resolve, 50));
      first.child.kill('SIGKILL');
      await first.ended;
      const before = Date.now();
      const rest = 90 - provider.tally().executed;
      const resumed = await sluice(['resume', 'users.run', '--in-doubt', 'retry'], {cwd, env});
      assert.equal(resumed.exit, 0, resumed.stderr);
      // From one per second it would take as long as there are rows, for the first of them.
      assert.isBelow(Date.now() - before, rest * 1000);
      assert.isAtMost(provider.tally().refused, 4);
      const shown = await sluice(['profiles', 'show', 'users.run'], {cwd});
      assert.match(
        shown.stdout,
        /credentials: \[\{name: token, header: authorization, prefix: "Bearer ", env: TOKEN\}\]/,
      );
      assert.match(readFileSync(join(cwd, 'users.run', 'journal-000001.ndjson'), 'utf8'), /"t":"f"/);
    }));

  it('wants to be told where to send', () =>
    inFolder({'users.csv': 'id\n1\n'}, async (cwd) => {
      const run = await sluice(['run', 'users.csv', '--profile', 'auto', ...SEND], {cwd, env});
      assert.equal(run.exit, 2);
      assert.include(run.stderr, '--base-url');
    }));

  it('says in a plan that the limits are not known yet', () =>
    inFolder({'users.csv': 'id\n1\n2\n3\n'}, async (cwd) => {
      const words = ['--profile', 'auto', '--base-url', 'https://api.example.com', ...SEND];
      const plan = await sluice(['plan', 'users.csv', '--json', ...words], {cwd, env});
      assert.equal(plan.exit, 0, plan.stderr);
      assert.include(plan.stderr, 'not known yet');
      assert.approximately((JSON.parse(plan.stdout) as {seconds: number}).seconds, 2.1, 0.2);
    }));
});
