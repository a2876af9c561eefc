import {now, wallNow} from '../../src/clock.js';
import type {Disk} from '../../src/journal/disk.js';
import {createRunFolder, type Manifest, makeRunId, readManifest, writeManifest} from '../../src/journal/folder.js';
import {Journal} from '../../src/journal/journal.js';
import {cutOutcomes, recover} from '../../src/journal/replay.js';
import {
  counts,
  fold,
  newStanding,
  rowsIn,
  type Standing,
  settleOpenAttempts,
  stateOf,
} from '../../src/journal/states.js';
import {dispatch} from '../../src/run/dispatch.js';
import {recorder, stopOf} from '../../src/run/ready.js';
import {stopRun} from '../../src/run/stop.js';
import type {Tools} from '../../src/run/tools.js';
import {header, opened} from '../journal/sample.js';
import {openScene} from '../run/scene.js';
import type {Machine} from './machine.js';
import type {Provider} from './provider.js';

/** What one run is, whatever happens to it. */
export type Lot = {
  readonly folder: string;
  readonly rows: number;
  readonly concurrency: number;
  readonly segmentBytes: number;
  readonly random: () => number;
  /** Requests leave before their intents are durable: broken on purpose. */
  readonly hasty: boolean;
};

/** What a session that went on with the run found, before it wrote anything. */
export type Found = {
  readonly standing: Standing;
  readonly verdict: 'clean' | 'torn';
  readonly lastSeq: number;
  /** Rows that came into doubt by the end of the last session. */
  readonly doubtful: number;
  /** Of those, rows that are known to be done. */
  readonly done: readonly number[];
};

type Told = {
  readonly found: (found: Found) => void;
  readonly decided: (rows: readonly (readonly [number, As])[]) => void;
};
type As = 'ok' | 'retry' | 'skip';
type Life = {readonly disk: Disk; readonly machine: Machine; readonly provider: Provider};

/** Begins a run as `beginRun` does, in the same order. */
export async function begin(lot: Lot, life: Life): Promise<void> {
  const {folder, rows} = lot;
  life.machine.enter('creation');
  await createRunFolder(folder, life.disk);
  const run = makeRunId(
    wallNow(),
    Uint8Array.from({length: 10}, () => lot.random() * 256),
  );
  const failing = failures();
  const journal = await Journal.create(folder, header(rows, run), {...optionsOf(lot, life), onFailure: failing.report});
  journal.append(opened(Math.round(now())));
  await journal.commit();
  await writeManifest(folder, manifestOf(run, rows), life.disk);
  await send(lot, life, {journal, standing: newStanding(rows), failing});
}

/** Goes on with a run as `resumeRun` does, in the same order. Rows in doubt are shown to a person, who may decide. */
export async function resume(lot: Lot, life: Life, told: Told): Promise<void> {
  const {folder} = lot;
  life.machine.enter('recovery');
  const manifest = await readManifest(folder);
  const standing = newStanding(manifest.input.rows);
  const visit = (record: Parameters<typeof fold>[1]) => fold(standing, record);
  const recovered = await recover(folder, {run: manifest.run, now: wallNow(), visit, disk: life.disk});
  const cut = cutOutcomes(recovered, Math.round(now()));
  const left = new Set([...settleOpenAttempts(standing), ...cut.map(({op}) => op)]);
  const done = cut.map(({op}) => op).filter((op) => stateOf(standing, op) === 'ok');
  for (const each of cut) fold(standing, each);
  told.found({standing, verdict: recovered.verdict, lastSeq: recovered.lastSeq, doubtful: left.size, done});
  const decisions = [...rowsIn(standing, 'in-doubt')].flatMap((row) => decide(row, lot.random));
  told.decided(decisions);
  life.machine.enter('opening');
  const failing = failures();
  const journal = await Journal.open(folder, recovered, {...optionsOf(lot, life), onFailure: failing.report});
  const record = recorder(journal, standing);
  record({...opened(Math.round(now())), v: recovered.verdict, cut: recovered.cutBytes, amb: left.size});
  for (const each of cut) record(each);
  for (const [op, as] of decisions) record({t: 'd', op, as, by: 'user', at: Math.round(now())});
  await send(lot, life, {journal, standing, failing});
}

function decide(row: number, random: () => number): (readonly [number, As])[] {
  const drawn = random();
  if (drawn < 0.4) return [];
  return [[row, drawn < 0.8 ? 'retry' : drawn < 0.9 ? 'ok' : 'skip']];
}

type Sending = {readonly journal: Journal; readonly standing: Standing; readonly failing: ReturnType<typeof failures>};

/** Sends what is pending with the real schedule, attempts and outcomes, and ends the session as `runSession` does. */
async function send(lot: Lot, {machine, provider}: Life, {journal, standing, failing}: Sending): Promise<void> {
  machine.enter('sending');
  const record = recorder(journal, standing);
  const {tools} = openScene({
    rows: lot.rows,
    profile: {
      limits: [{name: 'network', per: [], windows: [{requests: 50, seconds: 1, kind: 'rolling'}]}],
      concurrency: lot.concurrency,
    },
    partOf: (row) => (stateOf(standing, row) === 'pending' ? 'line' : 'done'),
    answer: (row) => provider.send(row),
    options: {keepBodies: 'failed'},
    tools: {
      journal: lot.hasty ? ({commit: async () => {}, hasRoom: async () => {}} as Tools['journal']) : journal,
      record,
      random: lot.random,
      fail: (error) => stopRun(tools, stopOf(error)),
    },
  });
  failing.listen(tools.fail);
  await dispatch(tools);
  machine.enter('ending');
  const all = counts(standing);
  record({t: 'E', at: Math.round(now()), why: tools.stop?.why ?? 'complete', exit: 0, counts: all});
  await journal.close();
}

/** The journal may fail before there is a session to be stopped. */
function failures() {
  let hear: ((error: unknown) => void) | undefined;
  let first: unknown;
  return {
    report: (error: unknown) => {
      first ??= error;
      hear?.(error);
    },
    listen: (fail: (error: unknown) => void) => {
      hear = fail;
      if (first !== undefined) fail(first);
    },
  };
}

function optionsOf({segmentBytes}: Lot, {disk}: Life) {
  return {disk, segmentBytes};
}

function manifestOf(run: string, rows: number): Manifest {
  const input = {sha256: '9f86d081', bytes: 8123, rows, format: 'csv'};
  const asked = {profile: {}, plan: 'c0ffee', template: null, baseUrl: '', credential: null, roles: {}, options: {}};
  return {fmt: 1, run, tool: 'test', createdAt: '', file: '/users.csv', name: 'users.csv', input, ...asked};
}
