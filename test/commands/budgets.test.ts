import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {now, sleepUntil} from '../../src/clock.js';
import {findProfile} from '../../src/profiles/find.js';
import {NO_FAULTS} from '../../src/simulate/faults.js';
import {type Provider, startProvider} from '../../src/simulate/provider.js';
import {listen, reply, type Said, type Started, startSluice} from '../support/program.js';

const EXAMPLE_TOKEN = 'one-and-the-same';

/** A machine of its own: a provider in a box, and a state folder that only the runs of one test share. */
type Stage = {
  readonly cwd: string;
  readonly provider: Provider;
  /** Starts a run of so many rows, called NAME.run; what it sends begins with /NAME/. */
  start(name: string, rows: number, ...words: string[]): Started;
  resume(name: string): Started;
  /** The paths that arrived, by run. */
  arrived(): {readonly name: string; readonly at: number}[];
};

let stages: (() => Promise<void>)[] = [];

async function open(windows: string, url?: string): Promise<Stage> {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-budgets-'));
  const profileFile = join(cwd, 'example.yaml');
  writeFileSync(
    profileFile,
    `name: example\ncredentials: [{name: key, header: Authorization, env: EXAMPLE_TOKEN}]\nlimits: [{name: network, windows: [${windows}]}]\n`,
  );
  const log = join(cwd, 'log.ndjson');
  const provider = await startProvider({
    profile: findProfile(profileFile),
    ...{port: 0, latency: {lowMs: 20, highMs: 60}, faults: NO_FAULTS, seed: 1, log},
  });
  const started: Started[] = [];
  const run = (words: string[]) => {
    const one = startSluice(words, {cwd, env: {EXAMPLE_TOKEN}});
    started.push(one);
    return one;
  };
  stages.push(async () => {
    for (const {child} of started) child.kill('SIGKILL');
    await Promise.all(started.map(({ended}) => ended));
    await provider.close();
    rmSync(cwd, {recursive: true, force: true});
  });
  return {
    cwd,
    provider,
    start: (name, rows, ...words) => {
      writeFileSync(join(cwd, `${name}.csv`), `n\n${Array.from({length: rows}, (_, n) => n + 1).join('\n')}\n`);
      const to = ['--profile', 'example.yaml', '--base-url', url ?? provider.url];
      return run(['run', `${name}.csv`, ...to, '--request', `POST /${name}/{{ n }}`, ...words]);
    },
    resume: (name) => run(['resume', `${name}.run`]),
    arrived: () =>
      readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as {url: string; at: number})
        .map((line) => ({name: line.url.split('/')[1]!, at: line.at})),
  };
}

/** Resolves once the run has said this on standard error; fails when it ends before. */
async function says(run: Started, text: string | RegExp): Promise<string> {
  let ended: Said | undefined;
  void run.ended.then((said) => {
    ended = said;
  });
  for (;;) {
    const found = typeof text === 'string' ? (run.stderr().includes(text) ? text : undefined) : text.exec(run.stderr());
    if (found) return String(found);
    if (ended) throw new Error(`never said ${text}: ${ended.stderr}`);
    await sleepUntil(now() + 20);
  }
}

/** Whose requests arrived, each name once for every unbroken row of them. */
function turnsIn(stage: Stage): string[] {
  return stage
    .arrived()
    .map(({name}) => name)
    .filter((name, index, all) => name !== all[index - 1]);
}

function assertWithinLimits({provider}: Stage): void {
  const {refused, worst, twice} = provider.tally();
  assert.deepInclude({refused, twice}, {refused: 0, twice: 0});
  assert.isAtMost(Math.max(...Object.values(worst)), 1);
}

describe('two runs with the same provider and credential', () => {
  afterEach(async () => {
    await Promise.all(stages.map((close) => close()));
    stages = [];
  });

  it('never add up to more than the limit: the second waits, and says for whom and until when', async () => {
    const stage = await open('{requests: 5, seconds: 1}');
    const first = stage.start('first', 15);
    await says(first, 'sending 15 rows');
    // It goes on no sooner than the other has come, however long a process takes to start.
    first.child.kill('SIGSTOP');
    const second = stage.start('second', 10);
    await says(second, 'this run is next');
    first.child.kill('SIGCONT');
    const {exit, stderr} = await second.ended;
    assert.equal(exit, 0, stderr);
    assert.equal((await first.ended).exit, 0);
    const until = '\\d\\d:\\d\\d(:\\d\\d)?';
    const process = `first.run \\(process ${first.child.pid}\\)`;
    assert.match(
      stderr,
      new RegExp(
        `^waiting for ${process}, which has this provider and credential( until about ${until})?; this run is next$`,
        'm',
      ),
    );
    assert.deepEqual(turnsIn(stage), ['first', 'second']);
    assertWithinLimits(stage);
  });

  it('go on in order of arrival, however many wait', async () => {
    const stage = await open('{requests: 5, seconds: 1}');
    const first = stage.start('first', 20);
    await says(first, 'sending 20 rows');
    first.child.kill('SIGSTOP');
    const second = stage.start('second', 5);
    await says(second, 'this run is next');
    const third = stage.start('third', 5);
    await says(third, 'this run is second in line');
    first.child.kill('SIGCONT');
    for (const {ended} of [first, second, third]) assert.equal((await ended).exit, 0);
    assert.deepEqual(turnsIn(stage), ['first', 'second', 'third']);
    assertWithinLimits(stage);
  });

  it('leave the turn to the next one when one is killed, which knows what was used', async () => {
    const stage = await open('{requests: 4, seconds: 5}');
    const first = stage.start('first', 40);
    await says(first, 'sending 40 rows');
    const second = stage.start('second', 4);
    await says(second, 'this run is next');
    while (stage.provider.tally().arrivals < 4) await sleepUntil(now() + 20);
    first.child.kill('SIGKILL');
    const {exit, stderr} = await second.ended;
    assert.equal(exit, 0, stderr);
    assert.deepEqual(turnsIn(stage), ['first', 'second']);
    // In doubt is what it left without an answer; the rest of it waits behind nobody.
    assert.equal(stage.arrived().length, 8);
    assertWithinLimits(stage);
  });

  it('know of each other when one goes on behind the other', async () => {
    const stage = await open('{requests: 4, seconds: 3}');
    const first = stage.start('first', 6, '--rows', '1-4');
    assert.equal((await first.ended).exit, 4, first.stderr());
    const second = stage.start('second', 2);
    assert.equal((await second.ended).exit, 0);
    const again = stage.resume('first');
    assert.equal((await again.ended).exit, 0, again.stderr());
    assert.deepEqual(turnsIn(stage), ['first', 'second', 'first']);
    assertWithinLimits(stage);
  });

  it('keep the pause that the provider ordered the other', async () => {
    const PAUSE_SECONDS = 5;
    let refusedAt = 0;
    const heard: number[] = [];
    const provider = await listen((_, response) => {
      heard.push(now());
      if (heard.length > 1) return reply(response, 201, '{}');
      refusedAt = now();
      return reply(response, 429, '{}', {'retry-after': String(PAUSE_SECONDS)});
    });
    stages.push(() => provider.close());
    const stage = await open('{requests: 1, seconds: 1}', provider.url);
    const first = await stage.start('first', 2, '--max-wait', '1s').ended;
    assert.equal(first.exit, 4, first.stderr);
    const second = await stage.start('second', 2).ended;
    assert.equal(second.exit, 0, second.stderr);
    assert.lengthOf(heard, 3);
    assert.isAtLeast(heard[1]! - refusedAt, PAUSE_SECONDS * 1000);
  });

  it('take turns where a job that is started every hour takes longer than that', async () => {
    const stage = await open('{requests: 6, seconds: 1}');
    // A period of 3 s, and 3.5 s of work: 21 rows at 6 a second.
    const jobs: Started[] = [];
    const startsAt = now();
    for (const [hour, name] of ['one', 'two', 'three'].entries()) {
      await sleepUntil(startsAt + hour * 3000);
      jobs.push(stage.start(name, 21, '--or-resume'));
    }
    for (const {ended} of jobs) assert.equal((await ended).exit, 0, (await ended).stderr);
    assert.deepEqual(turnsIn(stage), ['one', 'two', 'three']);
    assertWithinLimits(stage);
  });
});

describe('while another run has the provider and credential', () => {
  let stage: Stage;
  let holder: Started;
  before(async () => {
    stage = await open('{requests: 1, seconds: 600}');
    holder = stage.start('holder', 9);
    await says(holder, 'sending 9 rows');
  });
  after(async () => {
    await Promise.all(stages.map((close) => close()));
    stages = [];
  });

  it('--if-busy fail ends with 75, and names run, process and time', async () => {
    // Those in line are told of the end within seconds of the beginning.
    while (!/"until":\d/.test(holderFile(stage.cwd))) await sleepUntil(now() + 50);
    const {exit, stderr} = await stage.start('other', 3, '--if-busy', 'fail').ended;
    assert.equal(exit, 75);
    const words = stderr.replaceAll(/\s+/g, ' ');
    assert.match(
      words,
      new RegExp(`holder.run \\(process ${holder.child.pid}\\) has this provider and credential until about`),
    );
    assert.isFalse(existsSync(join(stage.cwd, 'other.run')));
  });

  it('Ctrl-C ends the waiting with 130, and leaves nothing behind', async () => {
    const other = stage.start('other', 3);
    await says(other, 'this run is next');
    other.child.kill('SIGINT');
    const {exit, stderr} = await other.ended;
    assert.equal(exit, 130, stderr);
    assert.isFalse(existsSync(join(stage.cwd, 'other.run')));
  });

  it('a deadline ends the waiting with 75', async () => {
    const {exit, stderr} = await stage.start('other', 3, '--deadline', '1s').ended;
    assert.equal(exit, 75, stderr);
    assert.match(stderr, /--deadline was reached while waiting/);
    assert.isFalse(existsSync(join(stage.cwd, 'other.run')));
  });

  it('a bad row is told at once', async () => {
    writeFileSync(join(stage.cwd, 'bad.csv'), 'n\n1\n..\n');
    const words = ['run', 'bad.csv', '--profile', 'example.yaml', '--base-url', stage.provider.url];
    const {exit, stderr} = await startSluice([...words, '--request', 'POST /bad/{{ n }}'], {
      cwd: stage.cwd,
      env: {EXAMPLE_TOKEN},
    }).ended;
    assert.equal(exit, 65, stderr);
    assert.notInclude(stderr, 'waiting');
  });

  it('a run with another credential waits for nobody', async () => {
    const words = [
      'run',
      'holder.csv',
      '--run-dir',
      'free.run',
      '--profile',
      'example.yaml',
      '--request',
      'POST /free/{{ n }}',
    ];
    const free = startSluice([...words, '--base-url', stage.provider.url, '--rows', '1'], {
      cwd: stage.cwd,
      env: {EXAMPLE_TOKEN: 'another'},
    });
    await says(free, 'sending 1 rows');
    free.child.kill('SIGKILL');
    await free.ended;
    assert.notInclude(free.stderr(), 'waiting for holder.run');
  });
});

function holderFile(cwd: string): string {
  const budgets = join(cwd, '.sluice', 'budgets');
  const [id] = existsSync(budgets) ? readdirSync(budgets) : [];
  const path = join(budgets, id ?? '', 'holder.json');
  return id !== undefined && existsSync(path) ? readFileSync(path, 'utf8') : '';
}
