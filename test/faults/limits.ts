import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {ACTS, status} from './provider.js';
import type {Act} from './server.js';
import {type Case, faketimeLibrary, type Stage} from './stage.js';

const refused = (retryAfter?: string | readonly string[]): Act =>
  status(429, '{}', retryAfter === undefined ? {} : {'retry-after': retryAfter});

/** When each request arrived, in ms. */
const arrivals = ({provider}: Stage) => provider.heard().map(({at}) => at);

/** The most requests that arrived within any `ms`. */
function mostWithin(at: readonly number[], ms: number): number {
  return Math.max(...at.map((from) => at.filter((each) => each >= from && each < from + ms).length));
}

/** Shifts the clock of a program as a file says, which may change while it runs. The monotonic clock stays. */
function fakeClock(stage: Stage, shift: string): {readonly env: Record<string, string>; set(to: string): void} {
  const file = join(stage.cwd, 'clock');
  writeFileSync(file, shift);
  return {
    env: {
      LD_PRELOAD: faketimeLibrary()!,
      FAKETIME_TIMESTAMP_FILE: file,
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_NO_CACHE: '1',
    },
    set: (to) => writeFileSync(file, to),
  };
}

/** How far the journal's first session was from our clock, in hours. */
const hoursOff = (stage: Stage, nth = 0) => {
  const opened = stage.journal().filter(({t}) => t === 'O') as unknown as {at: number}[];
  return (opened.at(nth)!.at - Date.now()) / 3_600_000;
};

/** Whatever a refusal says of the wait, it is no hot loop, and the row is not failed. */
function says(retryAfter: string | readonly string[], title: string, expected: 'goes on' | 'stops'): Case {
  return {
    ids: ['G03'],
    title,
    rules: [{from: 4, to: 4, act: refused(retryAfter)}],
    run: async (stage) => {
      const {exit, stderr} = await stage.run('--concurrency', '1', '--max-wait', '1m');
      const met = stage.provider.heard().filter(({did}) => did === 'status:429').length;
      stage.proof(`the provider's log: ${met} refused`, met === 1);
      assert.equal(exit, expected === 'stops' ? 4 : 0, stderr);
      assert.equal((await stage.status()).failed, 0);
      if (expected === 'stops') assert.match(stderr, /going on makes sense from/);
      else assert.equal(stage.provider.count(), 13);
    },
  };
}

export const limits: readonly Case[] = [
  {
    ids: ['G01'],
    title: '429 with Retry-After: 2',
    rules: [{from: 5, to: 5, act: refused('2')}],
    run: async (stage) => {
      const {exit, stderr} = await stage.run('--concurrency', '1');
      const at = arrivals(stage);
      stage.proof(
        `the provider's log: the next came ${at[5]! - at[4]!} ms later`,
        stage.provider.heard()[4]?.did === 'status:429',
      );
      assert.ok(at[5]! - at[4]! >= 2000);
      assert.equal(exit, 0, stderr);
      assert.equal((await stage.status()).refusals, 1);
    },
  },
  {
    ids: ['G02'],
    title: '429 with a date 3 s ahead, by a clock that is 1 h ahead',
    rules: [],
    run: async (stage) => {
      const aheadMs = 3_600_000;
      const {ended} = stage.start(stage.words('--concurrency', '1', '--limit', 'all=10/1s'));
      await stage.provider.tell({
        aheadMs,
        rules: [{from: 5, to: 5, act: refused(new Date(Date.now() + aheadMs + 5000).toUTCString())}],
      });
      const {exit, stderr} = await ended;
      const at = arrivals(stage);
      stage.proof(
        `the provider's log: the next came ${at[5]! - at[4]!} ms later`,
        stage.provider.heard()[4]?.did === 'status:429',
      );
      assert.ok(at[5]! - at[4]! < 60_000, 'waited by our own clock');
      assert.ok(at[5]! - at[4]! > 500, 'did not wait');
      assert.equal(exit, 0, stderr);
    },
  },
  says('-5', 'Retry-After: -5', 'goes on'),
  says('0', 'Retry-After: 0', 'goes on'),
  says('abc', 'Retry-After: abc', 'goes on'),
  says('', 'Retry-After: nothing', 'goes on'),
  says('1e9', 'Retry-After: 1e9', 'goes on'),
  says(['1', '2'], 'Retry-After twice: 1, 2', 'goes on'),
  says('999999999', 'Retry-After: 999999999', 'stops'),
  {
    ids: ['G04'],
    title: 'Retry-After of 30 days, and --max-wait of 60 days: it waits, and sends nothing',
    rules: [{from: 5, act: refused('2592000')}],
    run: async (stage) => {
      const {child, ended} = stage.start(stage.words('--concurrency', '1', '--max-wait', '60d'));
      await stage.until(() => stage.provider.count() >= 5, 'it was refused');
      await new Promise((done) => setTimeout(done, 2500));
      stage.proof("the provider's log: refused for 30 days", stage.provider.heard()[4]?.did === 'status:429');
      assert.equal(stage.provider.count(), 5, 'it went on at once');
      child.kill('SIGINT');
      assert.equal((await ended).exit, 130);
    },
  },
  {
    ids: ['G05'],
    title: '429 without a header, for ever',
    rules: [{from: 5, act: refused()}],
    run: async (stage) => {
      const {exit, stderr} = await stage.run('--concurrency', '1', '--max-wait', '6s');
      const at = arrivals(stage).slice(4);
      const waits = at.slice(1).map((each, index) => each - at[index]!);
      stage.proof(`the provider's log: refused ${at.length} times, waits of ${waits.join(', ')} ms`, at.length >= 2);
      assert.ok(waits.at(-1)! > waits[0]! || waits.length < 2, 'waits do not grow');
      assert.ok(at.length < 12, 'it knocked too often');
      assert.equal(exit, 4, stderr);
      assert.equal((await stage.status()).failed, 0);
      await stage.provider.tell({rules: []});
      await new Promise((done) => setTimeout(done, 3000));
      assert.equal((await stage.resume()).exit, 0);
    },
  },
  {
    ids: ['G06'],
    title: 'killed during a pause of 6 s, resumed at once',
    rules: [{from: 5, to: 5, act: refused('6')}],
    run: async (stage) => {
      const {child, ended} = stage.start(stage.words('--concurrency', '1'));
      await stage.until(() => stage.journal().some(({t}) => t === 'p'), 'the pause is in the journal');
      child.kill('SIGKILL');
      await ended;
      const {exit, stderr} = await stage.resume('--concurrency', '1');
      const at = arrivals(stage);
      stage.proof(
        `the provider's log: the next came ${at[5]! - at[4]!} ms after the refusal`,
        stage.provider.count() > 5,
      );
      assert.ok(at[5]! - at[4]! >= 6000, 'the pause was not kept');
      assert.equal(exit, 0, stderr);
    },
  },
  {
    ids: ['G07'],
    title: 'killed and begun again every second under 10 per 3 s',
    run: async (stage) => {
      stage.rows(300);
      let kills = 0;
      for (let nth = 0; nth < 8; nth++) {
        const begun = nth > 0;
        const words = begun ? ['resume', 'rows.run'] : stage.words('--limit', 'all=10/3s');
        const {child, ended} = stage.start(words);
        const count = stage.provider.count();
        await Promise.race([stage.until(() => stage.provider.count() > count, 'it sends'), ended]);
        await new Promise((done) => setTimeout(done, 300));
        child.kill('SIGKILL');
        if ((await ended).signal === 'SIGKILL') kills += 1;
      }
      const most = mostWithin(arrivals(stage), 3000);
      stage.proof(
        `${kills} were killed; at most ${most} arrived in any 3 s`,
        kills >= 6 && stage.provider.count() > 15,
      );
      assert.ok(most <= 10, `${most} in 3 s`);
    },
  },
  {
    ids: ['G08'],
    title: 'the clock jumps by +1 h, then by -25 h, in the middle',
    needs: ['faketime'],
    run: async (stage) => {
      stage.rows(100);
      const clock = fakeClock(stage, '+0');
      const {ended} = stage.start(stage.words('--limit', 'all=15/1s'), {env: clock.env});
      await stage.until(() => stage.provider.count() >= 20, '20 have arrived');
      clock.set('+1h');
      await stage.until(() => stage.provider.count() >= 50, '50 have arrived');
      clock.set('-25h');
      const {exit, stderr} = await ended;
      const ended3 = stage.journal().filter(({t}) => t === 'o') as unknown as {at: number; ms?: number}[];
      assert.equal(exit, 0, stderr);
      for (const {ms} of ended3) assert.ok(ms === undefined || (ms >= 0 && ms < 60_000), `${ms} ms`);
      const most = mostWithin(arrivals(stage), 1000);
      assert.ok(most <= 15, `${most} in a second`);
      const {endedAt} = JSON.parse(stage.read('summary.json'));
      // A session goes by monotonic time from its start on, so only a new one shows the new clock.
      await stage.type(['status', 'rows.run'], {env: clock.env});
      stage.proof(
        `a new process takes it for ${(await clockOf(stage, clock.env)).slice(0, 13)}h, ended at ${endedAt}`,
        Math.abs(Date.parse(await clockOf(stage, clock.env)) - Date.now() + 25 * 3_600_000) < 60_000,
      );
    },
  },
  {
    ids: ['G10'],
    title: 'the clock says 1970, then the right time on resume',
    needs: ['faketime'],
    run: async (stage) => {
      const clock = fakeClock(stage, '@1970-01-02 00:00:00');
      const first = await stage.type(stage.words('--rows', '1-6'), {env: clock.env});
      assert.equal(first.exit, 4, first.stderr);
      stage.proof(
        `the session was opened ${Math.round(-hoursOff(stage) / 8766)} years ago`,
        hoursOff(stage) < -400_000,
      );
      const again = await stage.resume();
      assert.equal(again.exit, 0, again.stderr);
    },
  },
  {
    ids: ['G11'],
    title: 'resumed 25 h later, when the key of a row in doubt may be forgotten',
    needs: ['faketime'],
    rules: [{ops: ['3'], first: true, act: ACTS.hang}],
    profile: 'idempotencyKey: {header: Idempotency-Key, hours: 24}\n',
    run: async (stage) => {
      await killedWhenAllArrived(stage);
      const clock = fakeClock(stage, '+25h');
      const {exit, stderr} = await stage.type(['resume', 'rows.run'], {env: clock.env});
      stage.proof('the resume was opened 25 h later', Math.abs((await clockHours(stage, clock.env)) - 25) < 0.1);
      assert.equal(exit, 3, stderr);
      assert.equal(stage.provider.heard().filter(({op}) => op === '3').length, 1, 'it was sent again');
    },
  },
  {
    ids: ['G11'],
    title: 'resumed at once, when the key of a row in doubt is remembered',
    rules: [{ops: ['3'], first: true, act: ACTS.hang}],
    profile: 'idempotencyKey: {header: Idempotency-Key, hours: 24}\n',
    run: async (stage) => {
      await killedWhenAllArrived(stage);
      const {exit, stderr} = await stage.resume();
      const met = stage.provider.heard().filter(({op}) => op === '3');
      stage.proof("the provider's log: row 3 hung, and was killed", met[0]?.did === 'hang');
      assert.equal(exit, 0, stderr);
      assert.equal(met.length, 2);
      assert.equal(met[0]?.key, met[1]?.key);
      assert.equal(met.filter(({executed}) => executed).length, 1);
    },
  },
  {
    ids: ['G12'],
    title: '--deadline in the middle',
    run: async (stage) => {
      stage.rows(200);
      const {exit, stderr} = await stage.run('--limit', 'all=20/1s', '--deadline', '3s');
      const {ok, pending, inDoubt} = await stage.status();
      stage.proof(`${ok} were sent, ${pending} are pending`, Number(pending) > 0 && Number(ok) > 0);
      assert.deepEqual([exit, inDoubt], [4, 0], stderr);
    },
  },
];

/** What a process under this clock takes for now. */
async function clockOf({cwd}: Stage, env: Record<string, string>): Promise<string> {
  const {execFileSync} = await import('node:child_process');
  return execFileSync(process.execPath, ['-p', 'new Date().toISOString()'], {
    cwd,
    env: {...process.env, ...env},
    encoding: 'utf8',
  }).trim();
}

const clockHours = async (stage: Stage, env: Record<string, string>) =>
  (Date.parse(await clockOf(stage, env)) - Date.now()) / 3_600_000;

/** All rows have been executed, and of those that hang nobody has told the program. */
async function killedWhenAllArrived(stage: Stage): Promise<void> {
  const {child, ended} = stage.start(stage.words());
  await stage.until(() => stage.provider.executions() === 12, 'all have arrived');
  child.kill('SIGKILL');
  await ended;
}
