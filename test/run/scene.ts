import {type Clock, install} from '@sinonjs/fake-timers';
import {now} from '../../src/clock.js';
import type {Exchange, WireRequest} from '../../src/exchange.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {fold, newStanding, type Standing} from '../../src/journal/states.js';
import {openLedger} from '../../src/limits/ledger.js';
import type {BucketRef} from '../../src/limits/limit.js';
import {pacingOf} from '../../src/limits/pace.js';
import type {Turn} from '../../src/operations/parse.js';
import type {Profile} from '../../src/profiles/profile.js';
import {openControls} from '../../src/run/controls.js';
import {watchDoubt} from '../../src/run/doubt.js';
import {isNews} from '../../src/run/eta.js';
import {openMeasured} from '../../src/run/measured.js';
import {openNetwork} from '../../src/run/network.js';
import {watchFailures} from '../../src/run/stop.js';
import type {Prepared, RunOptions, Tools} from '../../src/run/tools.js';
import {Heap} from '../../src/schedule/heap.js';
import {openLanes} from '../../src/schedule/intake.js';
import {openLineUp, type Part} from '../../src/schedule/line-up.js';
import {LaneRows} from '../../src/schedule/rows.js';
import {Schedule} from '../../src/schedule/schedule.js';
import {sampleOperation, sampleProfile} from '../requests/sample.js';

/** What a session is made of for a test: the ledger and the schedule are real, the disk and the provider are not. */
export type Scene = {
  readonly rows?: number;
  readonly profile?: Partial<Profile>;
  readonly options?: Partial<RunOptions>;
  readonly tools?: Partial<Tools>;
  /** One bucket of the first limit, unless told otherwise. */
  readonly refsOf?: (row: number) => readonly BucketRef[];
  /** Whose turn comes after whose; every row's at once, unless told otherwise. */
  readonly turnOf?: (row: number) => Turn;
  /** Which rows are sent in this session; all, unless told otherwise. */
  readonly partOf?: (row: number) => Part;
  readonly repeatable?: boolean;
  readonly method?: string;
  /** Answers an attempt; `n` of this row's came before. */
  readonly answer?: (row: number, n: number, wire: WireRequest) => Exchange | Promise<Exchange>;
};

export type Opened = {
  readonly tools: Tools;
  readonly records: JournalRecord[];
  readonly lines: string[];
  readonly standing: Standing;
  readonly lanes: ReturnType<typeof openLanes>;
};

export const NETWORK: BucketRef = {limit: 0, id: 1, label: 'network'};

/** One request per five seconds, in one bucket. */
export const ONE_PER_5_S = [{name: 'network', per: [], windows: [{requests: 1, seconds: 5, kind: 'rolling'}]}] as const;

export const OPTIONS: RunOptions = {
  timeoutMs: 30_000,
  maxWaitMs: 900_000,
  maxOfflineMs: 1_800_000,
  maxAttempts: undefined,
  deadlineAt: Number.POSITIVE_INFINITY,
  drainMs: 30_000,
  failureLimit: undefined,
  inDoubt: 'hold',
  keepBodies: 'failed',
  onKeyFailure: 'continue',
};

export function openScene(scene: Scene = {}): Opened {
  const {rows = 3, refsOf = () => [NETWORK], answer = () => answered(201)} = scene;
  const profile = sampleProfile({limits: ONE_PER_5_S, concurrency: 10, ...scene.profile});
  const options = {...OPTIONS, ...scene.options};
  const records: JournalRecord[] = [];
  const lines: string[] = [];
  const standing = newStanding(rows);
  const ledger = openLedger(profile.limits, profile.concurrency, pacingOf(profile, now()));
  const lanes = openLanes(profile.limits);
  const lined = new LaneRows();
  const lineUp = openLineUp({stop: options.onKeyFailure === 'stop'});
  for (let row = 1; row <= rows; row++) {
    lined.assign(row, lanes.laneOf(refsOf(row), row));
    lineUp.add(row, scene.turnOf?.(row) ?? {}, scene.partOf?.(row) ?? 'line');
  }
  const sequence = lineUp.close(lanes, lined);
  const asked = new Map<string, number>();
  const tools: Tools = {
    run: 'r-1',
    begunAt: 0,
    attemptsBefore: () => 0,
    mayHaveRun: new Set(),
    profile: {...profile, retry: {...profile.retry, attempts: options.maxAttempts ?? profile.retry.attempts}},
    controls: openControls('users.run', profile, {limits: []}),
    options,
    journal: {commit: async () => {}, hasRoom: async () => {}} as Tools['journal'],
    record: (record) => {
      records.push(record);
      fold(standing, record);
      if (isNews(record)) tools.news += 1;
    },
    news: 0,
    measured: openMeasured(),
    ledger,
    schedule: new Schedule(lanes, ledger),
    rows: lined,
    namedLanes: new Map(),
    sequence,
    lanes: new Map(),
    prepare: (row) => preparedRow(row, refsOf(row), scene),
    captures: [],
    sender: {
      send: async (wire) => {
        const n = asked.get(wire.url) ?? 0;
        asked.set(wire.url, n + 1);
        return answer(Number(wire.url.split('/').at(-1)), n, wire);
      },
      allow: () => {},
      dropIdle: () => {},
      close: () => {},
    },
    secrets: {
      credential: 'key',
      fingerprint: () => '',
      fingerprintOf: () => '',
      require: () => {},
      apply: (wire) => wire,
      refresh: () => false,
      scrub: (text) => text.replaceAll('s3cret', '***'),
    },
    network: openNetwork(true),
    failures: watchFailures(options.failureLimit),
    doubt: watchDoubt(rows),
    histories: new Map(),
    delayed: new Heap((one, other) => one.at < other.at),
    unauthorized: new Map(),
    unproven: 0,
    abort: new AbortController(),
    random: () => 0.5,
    fail: (error) => {
      throw error;
    },
    say: (line) => lines.push(line),
    said: new Set(),
    learnedOf: new Set(),
    findings: new Map(),
    serverClock: undefined,
    stop: undefined,
    inFlight: 0,
    waitsFor: undefined,
    waitsForTurn: false,
    waitsUntil: undefined,
    wake: () => {},
    ...scene.tools,
  };
  return {tools, records, lines, standing, lanes};
}

export function preparedRow(
  row: number,
  buckets: readonly BucketRef[],
  {repeatable = false, method = 'POST'}: Pick<Scene, 'repeatable' | 'method'> = {},
): Prepared {
  return {
    operation: sampleOperation({}, {id: String(row), place: {file: 'users.csv', row, line: row + 1}}),
    request: {
      method,
      url: `https://api.example.com/users/${row}`,
      headers: {},
      body: undefined,
      operation: undefined,
      group: undefined,
      credential: 'key',
      buckets,
      repeatable,
    },
    digest: '0123abcd',
  };
}

export function answered(status: number, headers: Record<string, string> = {}, body = ''): Exchange {
  return {kind: 'answered', response: {status, headers, body, bodyLost: false}};
}

export const UNSENT: Exchange = {kind: 'unsent', error: 'ECONNREFUSED', message: 'connect ECONNREFUSED'};
export const UNANSWERED: Exchange = {
  kind: 'unanswered',
  error: 'ECONNRESET',
  message: 'read ECONNRESET',
  timedOut: false,
};

/** A virtual clock under everything that waits: timers, `now()`, and the clock of the system. Uninstall it. */
export function fakeTime(): Clock {
  return install({toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'], now: Date.now()});
}

/** Lets virtual time pass until `work` is done; fails when it is not after `mostMs` of it. */
export async function passing<T>(clock: Clock, work: Promise<T>, mostMs = 24 * 3_600_000): Promise<T> {
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  done.catch(() => {});
  const until = clock.now + mostMs;
  while (!over) {
    if (clock.now > until) throw new Error(`not done after ${mostMs} ms of virtual time`);
    await clock.nextAsync();
  }
  return done;
}

/** Resolves so many milliseconds of virtual time later. */
export function later<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}
