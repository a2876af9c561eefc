import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {inFolder, type Said, type Started, sluice, startSluice} from '../support/program.js';

const PROFILE = `
name: example
limits: [{name: network, windows: [{requests: 40, seconds: 1}]}]
pace: even
`;
const ROWS = `id\n${Array.from({length: 2000}, (_, index) => `u${index + 1}\n`).join('')}`;

type Stage = {
  readonly cwd: string;
  /** `sluice` and these words, in a process of its own. */
  type(...words: string[]): Promise<Said>;
  start(...words: string[]): Started;
  /** `sluice run users.csv` against the simulated provider. */
  run(...words: string[]): Started;
  /** How many requests arrived at the provider, by its own log. */
  arrived(): number;
  arrivedWithin(ms: number): Promise<number>;
  /** The records of this type in the journal. */
  records(type: string): Record<string, unknown>[];
};

/** A run folder, and a provider in a box that keeps its own log. */
function onStage(tell: (stage: Stage) => Promise<void>): Promise<void> {
  return inFolder({'users.csv': ROWS, 'mine.yaml': PROFILE}, async (cwd) => {
    const provider = startSluice(['simulate', './mine.yaml', '--latency', '10-30', '--log', 'log.ndjson'], {cwd});
    const started: Started[] = [provider];
    const start = (...words: string[]) => {
      const one = startSluice(words, {cwd});
      started.push(one);
      return one;
    };
    try {
      const url = await until(() => /http:\S+/.exec(provider.stdout())?.[0]);
      const words = ['--profile', './mine.yaml', '--base-url', url, '--request', 'POST /users/{{ id }}'];
      const arrived = () => (existsSync(join(cwd, 'log.ndjson')) ? linesOf(join(cwd, 'log.ndjson')).length : 0);
      const stage: Stage = {
        cwd,
        type: (...typed) => sluice(typed, {cwd}),
        start,
        run: (...more) => start('run', 'users.csv', ...words, ...more),
        arrived,
        arrivedWithin: async (ms) => {
          const before = arrived();
          await passed(ms);
          return arrived() - before;
        },
        records: (type) =>
          linesOf(join(cwd, 'users.run', 'journal-000001.ndjson'))
            .map((line) => JSON.parse(line) as Record<string, unknown>)
            .filter(({t}) => t === type),
      };
      await tell(stage);
    } finally {
      for (const {child} of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ended}) => ended));
    }
  });
}

const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'));
const passed = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function until<T>(found: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 400; tries++) {
    const value = found();
    if (value) return value;
    await passed(50);
  }
  throw new Error('it never came');
}

describe('a run that goes on', function () {
  this.timeout(60_000);

  it('goes at half its pace from now on, by the log of the provider', () =>
    onStage(async ({run, type, arrived, arrivedWithin, records}) => {
      run();
      await until(() => arrived() > 60);
      const {exit, stdout} = await type('set', 'users.run', '--share', '25%', '--json');
      assert.equal(exit, 0);
      assert.deepInclude(JSON.parse(stdout), {
        share: 0.25,
        pace: 'even',
        paused: false,
        limits: [{name: 'network', requests: 10, seconds: 1}],
      });
      await passed(1000);
      const many = await arrivedWithin(3000);
      assert.isAtMost(many, 32);
      assert.isAtLeast(many, 15);
      assert.deepInclude(records('s')[0], {share: 0.25});
    }));

  it('sends nothing while it is paused, and says so', () =>
    onStage(async ({run, type, arrived, arrivedWithin}) => {
      run();
      await until(() => arrived() > 20);
      const pause = await type('pause', 'users.run');
      assert.deepEqual([pause.exit, pause.stdout], [0, 'users.run: paused; go on with: sluice go users.run\n']);
      await passed(200);
      assert.equal(await arrivedWithin(1500), 0);
      const status = await type('status', 'users.run');
      assert.match(status.stdout, /^paused with sluice pause; go on with: sluice go users\.run\n/);
      assert.deepInclude(JSON.parse((await type('status', 'users.run', '--json')).stdout), {
        why: 'paused',
        next: 'sluice go users.run',
      });
      assert.equal((await type('go')).stdout, 'users.run: goes on\n');
      assert.isAbove(await arrivedWithin(1500), 10);
    }));

  it('keeps what was set when it is killed and resumed, and begins unpaused', () =>
    onStage(async ({run, start, type, arrived, arrivedWithin, records}) => {
      const {child} = run('--concurrency', '5');
      await until(() => arrived() > 20);
      await type('set', 'users.run', '--share', '25%');
      await type('set', 'users.run', '--limit', 'network=80/1s', '--concurrency', '3');
      await type('pause', 'users.run');
      child.kill('SIGKILL');
      const idle = await type('set', 'users.run', '--share', '30%', '--limit', 'network=9/1s');
      assert.equal(idle.exit, 65);
      assert.include(idle.stderr, 'sluice resume users.run --share 30% --limit network=9/1s');
      start('resume', 'users.run');
      await until(() => records('O').length === 2);
      await passed(1500);
      const many = await arrivedWithin(3000);
      assert.isAtMost(many, 64);
      assert.isAtLeast(many, 25);
      const {stdout} = await type('set', 'users.run', '--pace', 'burst', '--json');
      assert.deepInclude(JSON.parse(stdout), {share: 0.25, concurrency: 3, pace: 'burst', paused: false});
    }));

  it('changes nothing, then or later, where it does not answer', () =>
    onStage(async ({cwd, run, type, arrived, records}) => {
      const {child} = run();
      await until(() => arrived() > 10);
      child.kill('SIGSTOP');
      const said = await type('set', 'users.run', '--concurrency', '3');
      child.kill('SIGCONT');
      assert.equal(said.exit, 75);
      assert.include(said.stderr, 'Try this: Try again: sluice set users.run --concurrency 3');
      const before = arrived();
      await until(() => arrived() > before + 40);
      assert.isEmpty(records('s'));
      assert.isEmpty(readdirSync(join(cwd, 'users.run')).filter((name) => name.startsWith('control-')));
    }));

  it('takes no harm from a control that is rubbish, or of yesterday', () =>
    onStage(async ({cwd, run, arrived, arrivedWithin}) => {
      const started = run();
      await until(() => arrived() > 10);
      writeFileSync(join(cwd, 'users.run', `control-${Date.now()}-1.json`), '{"share": "half"}');
      writeFileSync(join(cwd, 'users.run', `control-${Date.now() - 86_400_000}-2.json`), '{"paused": true}');
      await until(() => started.stderr().match(/it was removed and not carried out/g)?.length === 2);
      assert.isAbove(await arrivedWithin(1500), 10);
    }));

  it('is not told what it could not do', () =>
    onStage(async ({run, type, arrived}) => {
      run();
      await until(() => arrived() > 0);
      for (const [words, exit, says] of [
        [[], 2, /expected --share, --concurrency, --limit or --pace/],
        [['--share', '0%'], 2, /--share is "0%"/],
        [['--concurrency', '0'], 2, /concurrency/],
        [['--pace', 'slow'], 2, /pace/],
        [['--limit', 'netwrk=5/1s'], 2, /did you mean "network"/],
        [['--limit', '5/1s'], 2, /sluice set|none be added/],
      ] as const) {
        const said = await type('set', 'users.run', ...words);
        assert.equal(said.exit, exit, words.join(' '));
        assert.match(said.stderr, says);
      }
    }));
});

describe('a run that is spread', function () {
  this.timeout(60_000);

  it('sends evenly after a slow start: by the log of the provider, and by the journal', () =>
    onStage(async ({cwd, run, arrived, records}) => {
      run('--ramp', '3s');
      await until(() => arrived() > 150);
      const beganAt = Number(records('O')[0]!.at);
      const arrivals = linesOf(join(cwd, 'log.ndjson')).map((line) => (JSON.parse(line) as {at: number}).at);
      // Before 3 s the area below a rate that rises to 40 per second, and one for the first.
      for (const seconds of [1, 2, 3]) {
        const many = arrivals.filter((at) => at < beganAt + seconds * 1000).length;
        assert.isAtMost(many, (40 * seconds ** 2) / 6 + 1.1, `in the first ${seconds} s`);
      }
      const starts = records('i').map(({at}) => Number(at));
      for (const back of [1, 4, 40])
        for (const [n, at] of starts.entries())
          if (n >= back) assert.isAtLeast(at - starts[n - back]!, (back - 0.25) * 25 - 1, `${back} starts before`);
    }));
});

describe('sluice set, pause and go', () => {
  it('is read by status, results, explain and verify, and takes no harm from it', () =>
    onStage(async ({cwd, run, type, arrived}) => {
      const whole = run('--rows', '1-400');
      await until(() => arrived() > 60);
      const status = JSON.parse((await type('status', 'users.run', '--json')).stdout);
      assert.deepInclude(status, {why: 'running', exit: null, endedAt: null, failed: 0, rows: 2000});
      assert.equal((await type('results', 'users.run')).exit, 0);
      const results = linesOf(join(cwd, 'users.run', 'results.ndjson'));
      assert.isAtLeast(results.length, status.ok);
      assert.match((await type('explain', 'users.run', '1')).stdout, /attempt 1 sent.*\n.*answered 201/);
      const {stdout, exit} = await type('verify', 'users.run');
      assert.match(stdout, /none missing, up to now: a process goes on with it\n(.*\n)+it holds\n$/);
      assert.equal(exit, 0);
      assert.isBelow(arrived(), 400, 'the run was over before it was read');
      assert.equal((await whole.ended).exit, 4);
      assert.equal(arrived(), 400);
    }));

  it('need a run', () =>
    inFolder({}, async (cwd) => {
      for (const command of ['set', 'pause', 'go']) {
        const said = await sluice([command, 'users.run', ...(command === 'set' ? ['--share', '50%'] : [])], {cwd});
        assert.equal(said.exit, 66, command);
        assert.match(said.stderr, /RUN_MISSING/);
      }
    }));
});
