import {appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {acquireLock} from '../../src/journal/lock.js';
import {copyLedger} from '../../src/limits/copy.js';
import {type Remains, readRemains} from '../../src/run/remains.js';
import type {ResumeOrder} from '../../src/run/resume.js';
import {foresee} from '../../src/schedule/foresee.js';
import {openPlace, type Place, rejection} from './real-run.js';
import {OPTIONS} from './scene.js';

/** Six rows: the first is ok, the second failed, the third in doubt, and the others were not sent. */
async function withRun(use: (place: Place, look: Look) => Promise<void>, profile = ''): Promise<void> {
  const place = await openPlace({rows: 6, profile});
  place.answer = ({row}) => (row === 3 ? undefined : {status: row === 2 ? 422 : 201});
  try {
    await place.begin({rows: [[1, 3]]});
    const said: string[] = [];
    const look: Look = (parts = {}, token = 't-1') =>
      readRemains(
        {
          ...{
            folder: place.folder,
            overrides: {limits: []},
            credential: undefined,
            envFile: undefined,
            rows: undefined,
          },
          ...{yes: false, ifBusy: 'wait', options: OPTIONS, retryFailed: false, acceptCredential: false, ...parts},
        },
        {
          env: {EXAMPLE_TOKEN: token, SLUICE_STATE: join(place.folder, '..', 'state')},
          tool: 'test',
          watcher: {show: () => {}, say: (line) => said.push(line)},
        },
      );
    look.said = said;
    await use(place, look);
  } finally {
    place.close();
  }
}

type Look = {(parts?: Partial<ResumeOrder>, token?: string): Promise<Remains>; said?: string[]};

/** The journal as it was when the last line of this kind was written. */
function cutBehindLast(folder: string, kind: string): void {
  const path = join(folder, 'journal-000001.ndjson');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const last = lines.findLastIndex((line) => line.includes(kind));
  writeFileSync(path, `${lines.slice(0, last + 1).join('\n')}\n`);
}

const left = ({rest}: Remains) => rest?.intake.lanes.counts().reduce((sum, count) => sum + count, 0) ?? 0;

describe('readRemains', () => {
  it('finds what a resume would send, and names what is in doubt', () =>
    withRun(async (place, look) => {
      const remains = await look();
      const {ok, failed, inDoubt, pending} = remains.counts;
      assert.deepEqual({ok, failed, inDoubt, pending}, {ok: 1, failed: 1, inDoubt: 1, pending: 3});
      assert.deepEqual(remains.inDoubt, {rows: 1, first: [`row 3 (${place.file}:4)`]});
      assert.equal(left(remains), 3);
      assert.deepEqual(
        remains.rest!.preview.map(({url}) => url.split('/').at(-1)),
        ['4', '5', '6'],
      );
      assert.deepEqual([remains.state, remains.underWay], ['stopped', 0]);
    }));

  it('counts what is sent again with the words of a resume', () =>
    withRun(async (_, look) => {
      assert.equal(left(await look({retryFailed: true})), 4);
      const all = await look({retryFailed: true, options: {...OPTIONS, inDoubt: 'retry'}});
      assert.equal(left(all), 5);
      assert.deepEqual(all.inDoubt, {rows: 0, first: []});
      assert.equal(left(await look({rows: [[5, 5]]})), 1);
    }));

  it('holds in its windows what was used, until that counts no more', () =>
    withRun(async (_, look) => {
      const {rest} = await look({overrides: {limits: [{name: 'network', requests: 4, seconds: 60}]}});
      const conditions = {startAt: rest!.at, latencyMs: 1, fixedEnds: false};
      const {ms} = foresee(rest!.intake.lanes.copy(), copyLedger(rest!.ledger), conditions);
      assert.isAbove(ms, 55_000, 'three of four slots were used a moment ago');
      assert.isBelow(ms, 95_000);
      assert.isAbove(rest!.latencies!.latencyMs, 0);
    }));

  it('takes no lock, and leaves run folder and budgets as they are', () =>
    withRun(async ({folder}, look) => {
      const home = join(folder, '..');
      const shot = () =>
        readdirSync(home, {recursive: true, withFileTypes: true})
          .filter((each) => each.isFile())
          .map(({parentPath, name}) => join(parentPath, name))
          .sort()
          .map((path) => [path, statSync(path).mtimeMs, readFileSync(path, 'utf8')]);
      const before = shot();
      const lock = await acquireLock(folder);
      assert.equal((await look()).state, 'running');
      await lock.release();
      await look();
      assert.deepEqual(shot(), before);
    }));

  it('does not send again what is under way in a run that goes on; once that is dead it is in doubt', () =>
    withRun(async ({folder}, look) => {
      cutBehindLast(folder, '"t":"i"');
      const lock = await acquireLock(folder);
      const going = await look();
      await lock.release();
      const {underWay} = going;
      assert.isAbove(underWay, 0);
      assert.deepEqual([going.state, going.inDoubt.rows, left(going)], ['running', 0, 3]);
      assert.equal(going.counts.pending, 3 + underWay);
      const dead = await look();
      assert.deepEqual([dead.state, dead.inDoubt.rows, left(dead)], ['stopped', underWay, 3]);
    }));

  it('sends again what was cut off and may be repeated', () =>
    withRun(async ({folder}, look) => {
      cutBehindLast(folder, '"t":"i"');
      const {rest, inDoubt} = await look();
      assert.equal(inDoubt.rows, 0);
      assert.isAbove(rest!.intake.lanes.counts()[0]!, 3);
    }, 'repeatable: {methods: [POST]}\n'));

  it('has nothing left of a run that is finished, whose input may be gone by then', () =>
    withRun(async (place, look) => {
      place.answer = () => ({status: 201});
      await place.resume({retryFailed: true, options: {inDoubt: 'retry'}});
      rmSync(place.file);
      const remains = await look();
      assert.isUndefined(remains.rest);
      assert.equal(remains.counts.ok, 6);
    }));

  it('needs no secret, and says what it cannot know without', () =>
    withRun(async (_, look) => {
      assert.equal(left(await look({}, '')), 3);
      assert.match(look.said!.join('\n'), /has no secret here/);
    }));

  it('says so where the credential is another', () =>
    withRun(async (_, look) => {
      await look({}, 't-2');
      assert.match(look.said!.join('\n'), /is not the one this run was begun with/);
    }));

  it('refuses what a resume refuses', () =>
    withRun(async ({file, folder}, look) => {
      const text = readFileSync(file, 'utf8');
      appendFileSync(file, '7\n');
      assert.deepInclude(await rejection(look()), {code: 'INPUT_GREW', exit: 65});
      writeFileSync(file, text.replace('6', '9'));
      assert.deepInclude(await rejection(look()), {code: 'INPUT_CHANGED', exit: 65});
      rmSync(file);
      assert.deepInclude(await rejection(look()), {code: 'INPUT_MISSING', exit: 66});
      const journal = join(folder, 'journal-000001.ndjson');
      writeFileSync(journal, readFileSync(journal, 'utf8').replace('"op":1', '"op":2'));
      assert.deepInclude(await rejection(look()), {code: 'JOURNAL_CORRUPT', exit: 65});
      rmSync(folder, {recursive: true});
      assert.deepInclude(await rejection(look()), {code: 'RUN_MISSING', exit: 66});
    }));
});
