import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {inFolder, type Said, sluice, startSluice} from '../support/program.js';

/** 12 at once and then 12 every 6 s: 30 rows take 12 s. */
const PROFILE = 'name: mine\nlimits: [{name: bot, windows: [{requests: 12, seconds: 6}]}]\n';
const ROWS = `id\n${Array.from({length: 30}, (_, index) => `u${index + 1}\n`).join('')}`;
const DOUBT = /^1 row in doubt is not sent: row \d+ \(users\.csv:\d+\); look at it/m;

type Stage = {
  readonly cwd: string;
  type(...words: string[]): Promise<Said>;
  plan(...words: string[]): Promise<Record<string, unknown> & {requests: number; seconds: number; finishesAt: string}>;
  readonly run: ReturnType<typeof startSluice>;
};

/** A run that goes on against the simulated provider, its first window used up. */
function onStage(tell: (stage: Stage) => Promise<void>): Promise<void> {
  return inFolder({'users.csv': ROWS, 'mine.yaml': PROFILE}, async (cwd) => {
    const provider = startSluice(['simulate', './mine.yaml', '--latency', '10-30'], {cwd});
    const url = await until(() => /http:\S+/.exec(provider.stdout())?.[0]);
    const words = ['--profile', './mine.yaml', '--base-url', url, '--request', 'POST /users/{{ id }}'];
    const run = startSluice(['run', 'users.csv', ...words], {cwd});
    try {
      const type = (...typed: string[]) => sluice(typed, {cwd});
      await until(() => answeredIn(cwd) >= 12);
      await tell({
        cwd,
        run,
        type,
        plan: async (...typed) => JSON.parse((await type('plan', 'users.run', '--json', ...typed)).stdout),
      });
    } finally {
      for (const {child} of [run, provider]) child.kill('SIGKILL');
      await Promise.all([run.ended, provider.ended]);
    }
  });
}

function answeredIn(cwd: string): number {
  try {
    return readFileSync(join(cwd, 'users.run', 'journal-000001.ndjson'), 'utf8').split('"t":"o"').length - 1;
  } catch {
    return 0;
  }
}

async function until<T>(found: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 400; tries++) {
    const value = found();
    if (value) return value;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('it never came');
}

describe('plan RUN', function () {
  this.timeout(90_000);

  it('foresees the end of a run that goes on, from outside, and status does too', () =>
    onStage(async ({run, plan, type}) => {
      const {requests, finishesAt, state, done} = await plan();
      assert.equal(state, 'running');
      assert.deepEqual([requests, (done as {ok: number}).ok], [18, 12]);
      const status = await type('status', 'users.run');
      assert.match(
        status.stdout,
        /^waiting for bot, 12 per 6 s; next at \d\d:\d\d:\d\d\ndone about \d\d:\d\d:\d\d\nnext: /m,
      );
      const planned = await type('plan', 'users.run');
      assert.include(planned.stdout, 'it goes on, and is done about ');
      assert.equal(planned.stdout.trimEnd().split('\n').at(-1), 'next: sluice status users.run');
      assert.equal((await run.ended).exit, 0);
      assert.closeTo(Date.now(), Date.parse(finishesAt), 3000);
    }));

  it('tells what remains of one that was stopped, from the windows as they are', () =>
    onStage(async ({run, plan, type}) => {
      run.child.kill('SIGINT');
      await run.ended;
      const {requests, seconds, state} = await plan();
      assert.deepEqual([requests, state], [18, 'stopped']);
      assert.isAbove(seconds, 6.3, 'twelve slots were used a moment ago');
      assert.isBelow(seconds, 12.5);
      const fresh = await plan('--limit', 'bot=1000/6s');
      assert.isBelow(fresh.seconds, 2);
      const {exit, stdout} = await type('plan', 'users.run', '--share', '50%');
      assert.equal(exit, 0);
      assert.match(stdout, /^30 rows: 12 ok, 18 pending\n/);
      assert.match(stdout, /, with answers in [\d.]+ to [\d.]+ ms, for [\d.]+ ms were measured\)\n/);
      assert.match(stdout, /\nnext: sluice resume users\.run --share 50%\n$/);
    }));

  it('names the row that was under way when the run was killed', () =>
    onStage(async ({cwd, run, type}) => {
      run.child.kill('SIGKILL');
      await run.ended;
      const path = join(cwd, 'users.run', 'journal-000001.ndjson');
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      const last = lines.findLastIndex((line) => line.includes('"t":"o"'));
      writeFileSync(path, `${lines.slice(0, last).join('\n')}\n`);
      const {stdout, exit} = await type('plan', 'users.run');
      assert.match(stdout, DOUBT);
      assert.equal(exit, 0);
      assert.notMatch((await type('plan', 'users.run', '--in-doubt', 'retry')).stdout, DOUBT);
    }));
});

describe('plan, given a folder', () => {
  it('says that a folder is no run, in the words of resume', () =>
    inFolder({'mine.yaml': PROFILE}, async (cwd) => {
      for (const folder of ['.', 'users.run']) {
        const plan = await sluice(['plan', folder], {cwd});
        const resume = await sluice(['resume', folder], {cwd});
        assert.equal(plan.exit, 66);
        assert.include(plan.stderr, 'Code: RUN_MISSING');
        assert.equal(resume.exit, 66);
      }
    }));

  it('refuses what a run has said itself', () =>
    inFolder({}, async (cwd) => {
      const {exit, stderr} = await sluice(['plan', 'users.run', '--body', '{}'], {cwd});
      assert.equal(exit, 2);
      assert.include(stderr, 'Code: PLAN_WORD_UNWANTED');
    }));

  it('names a step of a job, whose rest cannot be played as a whole', () =>
    inFolder({}, async (cwd) => {
      mkdirSync(join(cwd, 'move.run', 'steps', 'users.run'), {recursive: true});
      writeFileSync(join(cwd, 'move.run', 'job.json'), '{}');
      const {exit, stderr} = await sluice(['plan', 'move.run'], {cwd});
      assert.equal(exit, 2);
      assert.match(stderr.replaceAll(/\s+/g, ' '), /Plan one of its steps: sluice plan move\.run\/steps\/users\.run;/);
    }));

  it('asks for a profile where a file is planned', () =>
    inFolder({'users.csv': ROWS}, async (cwd) => {
      const {exit, stderr} = await sluice(['plan', 'users.csv'], {cwd});
      assert.equal(exit, 2);
      assert.include(stderr, '--profile is missing');
    }));
});
