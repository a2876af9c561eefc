import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {
  type Answer,
  eachOf,
  inFolder,
  listen,
  type Provider,
  reply,
  type Said,
  startSluice,
} from '../support/program.js';

/** A file of operations and a provider of its own; row `n` is sent to `/n`. */
type Stage = {
  readonly cwd: string;
  readonly provider: Provider;
  answer: Answer;
  type(...words: string[]): Promise<Said>;
  /** `sluice run ops.csv` with these words. */
  run(...words: string[]): Promise<Said>;
  /** The rows in the order of their arrival. */
  arrived(): number[];
  /** The rows of each state, from results.ndjson. */
  states(): Record<string, number[]>;
  summary(): Record<string, unknown>;
};

type Story = (stage: Stage) => Promise<void>;

const stories = new Map<string, {readonly rows: string; readonly tell: Story}>();

/** `rows` are `key phase`, one for each row, with - for none. */
const story = (name: string, rows: string, tell: Story) => stories.set(name, {rows, tell});

const rowOf = (url: string) => Number(url.slice(1));
const ok: Answer = (_, response) => reply(response, 201, '{}');
const hangUp: Answer = (_, response) => response.socket?.resetAndDestroy();

/** Answers these rows with a status, or hangs up on them where it is 0; all others are created. */
const but =
  (statuses: Readonly<Record<number, number>>): Answer =>
  (heard, response, count) => {
    const status = statuses[rowOf(heard.url)];
    if (status === undefined) ok(heard, response, count);
    else if (status === 0) hangUp(heard, response, count);
    else reply(response, status, `{"message": "no ${heard.url}"}`);
  };

story(
  'runs the rows of a key one after another, and others beside them',
  'a - | a - | a - | b - | - -',
  async (stage) => {
    let underWay = 0;
    let most = 0;
    stage.answer = (heard, response, count) => {
      const ofA = rowOf(heard.url) <= 3;
      if (ofA) most = Math.max(most, ++underWay);
      setTimeout(() => {
        if (ofA) underWay -= 1;
        ok(heard, response, count);
      }, 50);
    };
    const {exit, stderr} = await stage.run();
    assert.equal(exit, 0, stderr);
    assert.equal(most, 1);
    assert.deepEqual(
      stage.arrived().filter((row) => row <= 3),
      [1, 2, 3],
    );
    assert.sameMembers(stage.arrived().slice(0, 3), [1, 4, 5]);
  },
);

story('sends a refused row again before the next of its key', 'a - | a - | b -', async (stage) => {
  let refused = false;
  stage.answer = (heard, response, count) => {
    if (rowOf(heard.url) !== 1 || refused) return ok(heard, response, count);
    refused = true;
    reply(response, 429, '{}', {'retry-after': '1'});
  };
  const {exit, stderr} = await stage.run();
  assert.equal(exit, 0, stderr);
  assert.deepEqual(
    stage.arrived().filter((row) => row < 3),
    [1, 1, 2],
  );
});

story(
  'runs phases in order of first appearance, and says which',
  '- users | - rooms | - users | - rooms',
  async (stage) => {
    stage.answer = (heard, response, count) => setTimeout(() => ok(heard, response, count), 100);
    const {exit, stderr} = await stage.run();
    assert.equal(exit, 0, stderr);
    assert.sameMembers(stage.arrived().slice(0, 2), [1, 3]);
    assert.match(stderr, /^2 phases, one after another: "users" \(2 rows\), "rooms" \(2 rows\)$/m);
  },
);

story('goes on with a key after a failed row, unless told otherwise', 'a - | a - | b -', async (stage) => {
  stage.answer = but({1: 400});
  assert.equal((await stage.run()).exit, 1);
  assert.deepEqual(stage.states(), {failed: [1], ok: [2, 3]});
});

story(
  'skips the rest of a key in all phases with --on-key-failure stop, and sends it again with the failed row',
  'a 1 | a 1 | b 1 | a 2 | b 2',
  async (stage) => {
    stage.answer = but({1: 400});
    const {exit, stderr} = await stage.run('--on-key-failure', 'stop');
    assert.equal(exit, 1, stderr);
    assert.match(stderr, /^5 rows: 2 ok, 1 failed, 2 skipped$/m);
    assert.deepEqual(stage.states(), {failed: [1], skipped: [2, 4], ok: [3, 5]});
    const results = readFileSync(join(stage.cwd, 'ops.run/results.ndjson'), 'utf8');
    assert.match(results, /"row":2,"id":"2","state":"skipped","status":null,"attempts":0,.*"row 1 of its key failed"/);
    stage.answer = ok;
    assert.equal((await stage.type('resume', 'ops.run')).exit, 1, 'nothing is left to do');
    const again = await stage.type('resume', 'ops.run', '--retry-failed');
    assert.equal(again.exit, 0, again.stderr);
    assert.deepEqual(stage.arrived().slice(-3), [1, 2, 4]);
    assert.equal((await stage.type('verify', 'ops.run')).exit, 0);
  },
);

story('skips them again where the row fails again', 'a - | a - | a -', async (stage) => {
  stage.answer = but({1: 400});
  await stage.run('--on-key-failure', 'stop');
  const again = await stage.type('resume', 'ops.run', '--retry-failed');
  assert.equal(again.exit, 1, again.stderr);
  assert.deepEqual(stage.states(), {failed: [1], skipped: [2, 3]});
  assert.deepEqual(stage.arrived(), [1, 1]);
});

story('sends failed rows again before the pending rows of their key', 'a - | a - | b -', async (stage) => {
  stage.answer = but({1: 400});
  assert.equal((await stage.run('--rows', '1,3')).exit, 4);
  stage.answer = ok;
  assert.equal((await stage.type('resume', 'ops.run', '--retry-failed')).exit, 0);
  assert.deepEqual(stage.arrived().slice(-2), [1, 2]);
});

story('skips the rest of a key although it was killed in between', 'a - | a - | a - | b -', async (stage) => {
  stage.answer = but({1: 400});
  assert.equal((await stage.run('--on-key-failure', 'stop', '--rows', '1')).exit, 4);
  const journal = join(stage.cwd, 'ops.run/journal-000001.ndjson');
  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
  const failed = lines.findIndex((line) => line.includes('"k":"failed"'));
  writeFileSync(journal, `${lines.slice(0, failed + 1).join('\n')}\n`);
  const {exit, stderr} = await stage.type('resume', 'ops.run');
  assert.equal(exit, 1, stderr);
  assert.deepEqual(stage.states(), {failed: [1], skipped: [2, 3], ok: [4]});
  assert.deepEqual(stage.arrived(), [1, 4]);
});

story('lets a resumed run go on with a key that was to be stopped', 'a - | a - | b -', async (stage) => {
  stage.answer = but({1: 400});
  await stage.run('--on-key-failure', 'stop', '--rows', '1');
  const {exit} = await stage.type('resume', 'ops.run', '--on-key-failure', 'continue');
  assert.equal(exit, 1);
  assert.deepEqual(stage.states(), {failed: [1], ok: [2, 3]});
});

story(
  'keeps what is behind a row in doubt, names it, and goes on when that is settled',
  'a users | a users | b users | b rooms',
  async (stage) => {
    stage.answer = but({1: 0});
    const {exit, stderr} = await stage.run();
    assert.equal(exit, 3, stderr);
    assert.match(stderr, /^4 rows: 1 ok, 1 in doubt, 2 pending$/m);
    assert.match(
      stderr,
      /^2 rows stay pending behind rows in doubt: row 2 \(ops\.csv:3\) waits for row 1 of its key, row 4 \(ops\.csv:5\) waits for row 1 of an earlier phase$/m,
    );
    const next = 'sluice resume ops.run --in-doubt retry';
    assert.deepInclude(stage.summary(), {exit: 3, why: 'in-doubt', pending: 2, next});
    const status = await stage.type('status', 'ops.run');
    assert.match(status.stdout, /^2 rows stay pending behind rows in doubt$/m);
    assert.deepEqual(stage.arrived().sort(), [1, 3]);
    assert.equal((await stage.type('resume', 'ops.run')).exit, 3);
    assert.lengthOf(stage.arrived(), 2, 'they were read again, and held');
    stage.answer = ok;
    const again = await stage.type('resume', 'ops.run', '--in-doubt', 'retry');
    assert.equal(again.exit, 0, again.stderr);
    assert.deepEqual(stage.arrived().slice(-3), [1, 2, 4]);
  },
);

story('goes on with a key whose row in doubt was settled by hand', 'a - | a -', async (stage) => {
  stage.answer = but({1: 0});
  await stage.run();
  await stage.type('settle', 'ops.run', '--row', '1', '--as', 'ok');
  const {exit, stderr} = await stage.type('resume', 'ops.run');
  assert.equal(exit, 0, stderr);
  assert.deepEqual(stage.arrived(), [1, 2]);
});

story('tells rows that wait for one in doubt from rows that were not wanted', 'a - | a - | b -', async (stage) => {
  stage.answer = but({1: 0});
  const {exit, stderr} = await stage.run('--rows', '1-2');
  assert.equal(exit, 4, stderr);
  assert.deepInclude(stage.summary(), {why: 'rows', next: 'sluice resume ops.run'});
});

story('lets no row of --rows overtake one of its key that is not among them', 'a - | a - | b -', async (stage) => {
  const {exit, stderr} = await stage.run('--rows', '2-3');
  assert.equal(exit, 4, stderr);
  assert.deepEqual(stage.arrived(), [3]);
  assert.match(
    stderr,
    /^1 row stays pending, for a row before it with the same key is not among --rows: row 2 \(ops\.csv:3\) waits for row 1 of its key$/m,
  );
  assert.equal((await stage.type('resume', 'ops.run')).exit, 0);
  assert.deepEqual(stage.arrived(), [3, 1, 2]);
});

story('looks at one row of each phase with --rows', '- users | - users | - rooms', async (stage) => {
  assert.equal((await stage.run('--rows', '1,3')).exit, 4);
  assert.deepEqual(stage.arrived(), [1, 3]);
});

story('keeps the order through a SIGKILL in the middle', Array(40).fill('a -').join(' | '), async (stage) => {
  stage.answer = (heard, response, count) => setTimeout(() => ok(heard, response, count), 20);
  const words = ['run', 'ops.csv', '--profile', './mine.yaml', '--base-url', stage.provider.url];
  const {child, ended} = startSluice(words, {cwd: stage.cwd});
  while (stage.arrived().length < 10) await new Promise((done) => setTimeout(done, 5));
  child.kill('SIGKILL');
  await ended;
  const resumed = await stage.type('resume', 'ops.run');
  assert.equal(resumed.exit, 3, 'one row was under way, and all others wait for it');
  const before = stage.arrived().length;
  const {exit, stderr} = await stage.type('resume', 'ops.run', '--in-doubt', 'retry');
  assert.equal(exit, 0, stderr);
  const arrived = stage.arrived();
  assert.deepEqual(
    [...arrived.slice(0, before), ...arrived.slice(before + 1)],
    Array.from({length: 40}, (_, index) => index + 1),
  );
  assert.equal(arrived[before], arrived[before - 1], 'the one that was in doubt goes first');
});

story(
  'plays keys and phases in the plan',
  Array(20).fill('a 1').concat(Array(5).fill('- 2')).join(' | '),
  async (stage) => {
    const words = ['plan', 'ops.csv', '--profile', './mine.yaml', '--base-url', stage.provider.url];
    const {stdout, stderr} = await stage.type(...words, '--latency', '1s', '--json');
    const {seconds, requests, binding} = JSON.parse(stdout);
    assert.equal(requests, 25, stderr);
    assert.closeTo(seconds, 20 + 1.4, 0.5, 'one after another, and then the slowest of five');
    assert.equal(binding[0].limit, 'key or phase');
  },
);

story('takes columns of a file of plain rows, and members of NDJSON', '- -', async (stage) => {
  writeFileSync(join(stage.cwd, 'plain.csv'), 'n,team,step\n1,a,x\n2,a,y\n3,,x\n');
  const ask = ['--profile', './mine.yaml', '--base-url', stage.provider.url, '--request', 'POST /{{ n }}'];
  stage.answer = (heard, response, count) => setTimeout(() => ok(heard, response, count), 50);
  const csv = await stage.type('run', 'plain.csv', ...ask, '--key', 'team', '--phase', 'step');
  assert.equal(csv.exit, 0, csv.stderr);
  assert.sameMembers(stage.arrived().slice(0, 2), [1, 3]);
  assert.equal(stage.arrived()[2], 2);
  const wrong = await stage.type('run', 'plain.csv', ...ask, '--run-dir', 'b.run', '--key', 'taem');
  assert.equal(wrong.exit, 2);
  assert.match(wrong.stderr, /--key taem names a column that the file does not have, did you mean "team"\?/);
  const lines = [1, 2, 3, 4].map((n) => `{"method":"POST","url":"/${n}","key":${n % 2 ? '7' : '"7"'}}\n`);
  writeFileSync(join(stage.cwd, 'ops.ndjson'), lines.join(''));
  const ndjson = await stage.type('run', 'ops.ndjson', ...ask.slice(0, 4));
  assert.equal(ndjson.exit, 0, ndjson.stderr);
  assert.deepEqual(stage.arrived().slice(3), [1, 2, 3, 4]);
});

story('goes on under --or-resume with the same columns only', '- -', async (stage) => {
  writeFileSync(join(stage.cwd, 'plain.csv'), 'n,team\n1,a\n2,a\n');
  const words = ['run', 'plain.csv', '--profile', './mine.yaml', '--base-url', stage.provider.url, '--or-resume'];
  const ask = [...words, '--request', 'POST /{{ n }}'];
  assert.equal((await stage.type(...ask, '--key', 'team', '--rows', '1')).exit, 4);
  const other = await stage.type(...ask);
  assert.equal(other.exit, 65, other.stderr);
  assert.match(other.stderr.replaceAll(/\s+/g, ' '), /asks for something else: key differs/);
  assert.equal((await stage.type(...ask, '--key', 'team')).exit, 0);
});

describe('key and phase, through the program', () => {
  let ended: ReadonlyMap<string, unknown>;

  before(async function () {
    this.timeout(180_000);
    const told = await eachOf([...stories], 2, async ([name, {rows, tell}]) => {
      const fault = await stageFor(rows, tell).then(
        () => undefined,
        (error: unknown) => error,
      );
      return [name, fault] as const;
    });
    ended = new Map(told);
  });

  for (const name of stories.keys())
    it(name, () => {
      if (ended.get(name) !== undefined) throw ended.get(name);
    });
});

function stageFor(rows: string, tell: Story): Promise<void> {
  const lines = rows.split(' | ').map((row, index) => {
    const [key, phase] = row.split(' ').map((cell) => (cell === '-' ? '' : cell));
    return `POST,/${index + 1},${key},${phase}\n`;
  });
  const files = {'ops.csv': `method,url,key,phase\n${lines.join('')}`, 'mine.yaml': 'name: mine\n'};
  return inFolder(files, async (cwd) => {
    const provider = await listen((heard, response, count) => stage.answer(heard, response, count));
    const read = (name: string) => readFileSync(join(cwd, 'ops.run', name), 'utf8');
    const type = (...words: string[]) => startSluice(words, {cwd}).ended;
    const stage: Stage = {
      cwd,
      provider,
      answer: ok,
      type,
      run: (...words) => type('run', 'ops.csv', '--profile', './mine.yaml', '--base-url', provider.url, ...words),
      arrived: () => provider.heard.map(({url}) => rowOf(url)),
      states() {
        const states: Record<string, number[]> = {};
        for (const line of read('results.ndjson').trim().split('\n')) {
          const {row, state} = JSON.parse(line);
          states[state] = [...(states[state] ?? []), row];
        }
        return states;
      },
      summary: () => JSON.parse(read('summary.json')),
    };
    try {
      await tell(stage);
    } finally {
      await provider.close();
    }
  });
}
