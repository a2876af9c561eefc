import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {now, sleepUntil, wallNow} from '../../src/clock.js';
import {type Claim, lookAtTurns, type Turns, takeTurns} from '../../src/run/turns.js';
import {inFolder} from '../support/program.js';
import {rejection} from './real-run.js';

type Scene = {
  claim(run: string, parts?: Partial<Claim>): Promise<Turns>;
  /** What one run sees of the others. */
  look(run: string): ReturnType<typeof lookAtTurns>;
  readonly said: string[];
  /** The files of the one budget, by their paths under it. */
  files(): string[];
  read(name: string): Record<string, unknown>;
};

function scene(use: (scene: Scene) => Promise<void>): Promise<void> {
  return inFolder({}, async (home) => {
    const state = join(home, 'state');
    const said: string[] = [];
    const ears = {env: {SLUICE_STATE: state}, say: (line: string) => void said.push(line)};
    const claimOf = (run: string): Claim => ({
      ...{run, folder: join(home, `${run}.run`), origin: 'https://api.example.com', accounts: () => ['k']},
      ...{spanMs: 60_000, timeoutMs: 30_000, ifBusy: 'wait', deadlineAt: Number.POSITIVE_INFINITY},
    });
    const budget = () => join(state, 'budgets', readdirSync(join(state, 'budgets'))[0]!);
    await use({
      said,
      claim: (run, parts = {}) => takeTurns({...claimOf(run), ...parts}, ears),
      look: (run) => lookAtTurns(claimOf(run), ears),
      files: () => readdirSync(budget(), {recursive: true}).map(String).sort(),
      read: (name) => JSON.parse(readFileSync(join(budget(), name), 'utf8')),
    });
  });
}

/** Waits until it is so; fails after a while. */
async function until(isSo: () => boolean): Promise<void> {
  for (const end = now() + 20_000; !isSo(); await sleepUntil(now() + 10)) if (now() > end) throw new Error('never was');
}

describe('takeTurns', () => {
  it('lets a run that is alone begin without a word', () =>
    scene(async ({claim, said, files}) => {
      const turns = await claim('one');
      await turns.begin();
      assert.deepEqual(files(), ['holder.json', 'line', 'runs', 'runs/one.json']);
      await turns.release();
      assert.deepEqual(files(), ['line', 'runs', 'runs/one.json']);
      assert.deepEqual(turns.used, {attempts: [], pauses: [], learned: [], lateMs: 0});
      assert.isEmpty(said);
    }));

  it('makes the second wait, who says once for whom', () =>
    scene(async ({claim, said}) => {
      const first = await claim('one');
      const second = claim('two');
      await until(() => said.length > 0);
      await sleepUntil(now() + 500);
      await first.release();
      await (await second).release();
      assert.lengthOf(said, 1);
      assert.match(said[0]!, /^waiting for .*one\.run \(process \d+\), .*; this run is next$/);
    }));

  it('makes nobody wait who has another credential, or another origin', () =>
    scene(async ({claim, said}) => {
      const all = [
        await claim('one'),
        await claim('two', {accounts: () => ['other']}),
        await claim('three', {origin: 'https://api.example.org'}),
      ];
      for (const turns of all) await turns.release();
      assert.isEmpty(said);
    }));

  it('makes two wait who share one of several credentials, and never both', () =>
    scene(async ({claim, said}) => {
      const first = await claim('one', {accounts: () => ['a', 'b']});
      const second = claim('two', {accounts: () => ['b', 'c']});
      const third = claim('three', {accounts: () => ['c', 'b', 'a']});
      await until(() => said.length >= 2);
      await first.release();
      await Promise.all([second.then((turns) => turns.release()), third.then((turns) => turns.release())]);
    }));

  it('refuses to wait with --if-busy fail, and holds nothing then', () =>
    scene(async ({claim}) => {
      const first = await claim('one');
      const busy = await rejection(claim('two', {ifBusy: 'fail'}));
      assert.deepInclude(busy, {code: 'BUDGET_BUSY'});
      assert.match(busy.message, /one\.run \(process \d+\) has this provider and credential/);
      await first.release();
      await (await claim('three', {ifBusy: 'fail'})).release();
    }));

  it('waits no longer than the deadline', () =>
    scene(async ({claim}) => {
      const first = await claim('one');
      assert.deepInclude(await rejection(claim('two', {deadlineAt: now() + 300})), {code: 'TURN_TOO_LATE'});
      await first.release();
      await (await claim('three', {deadlineAt: now() - 1})).release();
    }));

  it('tells those in line when it will be done, and later runs of a pause', () =>
    scene(async ({claim, read}) => {
      const turns = await claim('one');
      await turns.begin();
      assert.isUndefined(read('holder.json').until);
      turns.note(() => ({until: 99, pausedUntil: 0}));
      const pausedUntil = wallNow() + 60_000;
      turns.note(() => assert.fail('too soon to be asked again'));
      await until(() => read('holder.json').until === 99);
      turns.note(() => ({until: undefined, pausedUntil}), 'last');
      await until(() => read('runs/one.json').pausedUntil === pausedUntil);
      await turns.release();
    }));

  it('goes on without, and says so, where there can be no state folder', () =>
    inFolder({file: ''}, async (home) => {
      const said: string[] = [];
      const state = join(home, 'file', 'state');
      const claim: Claim = {
        ...{run: 'one', folder: home, origin: 'https://api.example.com', accounts: () => ['k']},
        ...{spanMs: 1, timeoutMs: 1, ifBusy: 'wait', deadlineAt: Number.POSITIVE_INFINITY},
      };
      const turns = await takeTurns(claim, {env: {SLUICE_STATE: state}, say: (line) => said.push(line)});
      await turns.begin();
      turns.note(() => ({until: 1, pausedUntil: 1}), 'last');
      await turns.release();
      assert.lengthOf(said, 1);
      assert.match(said[0]!, /state cannot be used \(ENOTDIR\).*SLUICE_STATE/);
    }));
});

describe('lookAtTurns', () => {
  it('knows of nobody where no run has been, and makes no folder for it', () =>
    scene(async ({look, files}) => {
      assert.deepEqual(await look('one'), {used: {attempts: [], pauses: [], learned: [], lateMs: 0}, holders: []});
      assert.throws(files, 'ENOENT');
    }));

  it('names the run that has its turn, stands in nobody’s way and leaves everything as it is', () =>
    scene(async ({claim, look, files}) => {
      const turns = await claim('one');
      await turns.begin();
      const before = files();
      const {holders} = await look('two');
      assert.deepEqual(
        holders.map(({run}) => run),
        ['one'],
      );
      assert.isEmpty((await look('one')).holders, 'itself is no other');
      assert.deepEqual(files(), before);
      await turns.release();
      assert.isEmpty((await look('two')).holders);
    }));
});
