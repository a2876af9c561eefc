import {callAt, now, readBoot, wallNow} from '../clock.js';
import {openSender} from '../http/exchange.js';
import {exitOf} from '../journal/ending.js';
import type {Journal} from '../journal/journal.js';
import type {Counts, JournalRecord} from '../journal/record.js';
import {attemptsOf, counts, fold, type Standing} from '../journal/states.js';
import {openLedger} from '../limits/ledger.js';
import type {Roles} from '../operations/parse.js';
import {openRowFile, type RowFile} from '../operations/read.js';
import type {Input} from '../operations/source.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';
import type {RequestSetting} from '../requests/build.js';
import {requestDigest} from '../requests/digest.js';
import type {Secrets} from '../requests/secrets.js';
import {Heap} from '../schedule/heap.js';
import {build, type Intake} from '../schedule/intake.js';
import {Schedule} from '../schedule/schedule.js';
import {dispatch} from './dispatch.js';
import {openNetwork} from './network.js';
import {type Past, recallPast} from './recall.js';
import {stopRun} from './settle.js';
import {listen} from './signals.js';
import {type Stop, watchFailures} from './stop.js';
import type {Prepared, RunOptions, Tools} from './tools.js';
import {type View, viewOf} from './view.js';

/** Whoever watches a session. */
export type Watcher = {
  /** Called some four times a second. */
  readonly show: (view: View) => void;
  readonly say: (line: string) => void;
};

/** A session that is ready to send: everything has been read, checked and opened. */
export type Ready = {
  readonly run: string;
  readonly begunAt: number;
  readonly folder: string;
  readonly journal: Journal;
  /** Rung by the journal when it cannot be written. */
  readonly alarm: Alarm;
  readonly standing: Standing;
  readonly input: Input;
  readonly roles: Roles;
  readonly setting: RequestSetting;
  readonly intake: Intake;
  readonly secrets: Secrets;
  readonly options: RunOptions;
  readonly past: Past;
  readonly reachedBefore: boolean;
  readonly watcher: Watcher;
};

/** Tells a session of a fault outside it; what was rung before anybody listened is told to the first who does. */
export type Alarm = {readonly ring: (problem: Problem) => void; listen(hear: (problem: Problem) => void): void};

export function openAlarm(): Alarm {
  let rung: Problem | undefined;
  let hear: ((problem: Problem) => void) | undefined;
  return {
    ring: (problem) => {
      rung ??= problem;
      hear?.(problem);
    },
    listen: (listener) => {
      hear = listener;
      if (rung) hear(rung);
    },
  };
}

/** How a session ended. */
export type Ending = {
  readonly counts: Counts;
  readonly exit: ExitCode;
  readonly why: string;
  readonly stop: Stop | undefined;
};

const SHOW_EVERY_MS = 250;
/** A tick that comes so late was not held up by work: the machine slept, or the process was stopped. */
const SLEPT_MS = 5000;

/** Sends what is in line until all is settled or something stops it, and writes the end into the journal. */
export async function runSession(ready: Ready): Promise<Ending> {
  const rowFile = openRowFile(ready.input);
  const tools = openTools(ready, rowFile);
  ready.alarm.listen(tools.fail);
  const {lanes} = ready.intake;
  const begun = {
    at: now(),
    settled: ready.standing.rows - counts(ready.standing).pending,
    lanes,
    counts: lanes.counts(),
  };
  const show = () => ready.watcher.show(viewOf(tools, ready.standing, begun));
  const unlisten = listen({
    finish: (signal, exit) => {
      ready.watcher.say(`${signal}: finishing ${tools.inFlight} in flight, nothing new is sent; once more to abort`);
      stopRun(tools, {why: signal, exit, message: `stopped by ${signal}`});
    },
    abort: () => {
      ready.watcher.say('aborting what is in flight; those rows are in doubt');
      tools.abort.abort();
      tools.wake();
    },
    show,
  });
  const unwatch = everySoOften(show, () => tools.sender.dropIdle());
  try {
    await dispatch(tools);
  } catch (error) {
    stopRun(tools, stopOf(error));
    await dispatch(tools);
  } finally {
    unwatch();
    unlisten();
    tools.sender.close();
    rowFile.close();
  }
  return end(ready, tools);
}

async function end({journal, standing}: Ready, {record, stop}: Tools): Promise<Ending> {
  const all = counts(standing);
  const exit = exitOf(all, stop?.exit);
  const why = stop?.why ?? (all.pending > 0 ? 'rows' : 'complete');
  try {
    record({t: 'E', at: Math.round(now()), why, exit, counts: all});
    await journal.close();
  } catch {
    // A journal that cannot be written has stopped the run with 74 already; without an `E` the session counts as killed.
  }
  return {counts: all, exit, why, stop};
}

function openTools(ready: Ready, rowFile: RowFile): Tools {
  const {setting, intake, standing, journal, options, secrets} = ready;
  const {profile} = setting;
  const ledger = openLedger(profile.limits, profile.concurrency);
  const prepare = (row: number): Prepared => {
    const built = build(rowFile.at(intake.places.at(row)), ready);
    if (built instanceof Problem) throw built;
    return {...built, digest: requestDigest(built.request)};
  };
  const at = now();
  recallPast(ledger, ready.past, (row) => prepare(row).request.buckets, {
    now: at,
    boot: readBoot(),
    lateMs: options.timeoutMs,
  });
  const tools: Tools = {
    run: ready.run,
    begunAt: ready.begunAt,
    attemptsBefore: (row) => attemptsOf(standing, row),
    profile: {...profile, retry: {...profile.retry, attempts: options.maxAttempts ?? profile.retry.attempts}},
    options,
    journal,
    record: (record: JournalRecord) => {
      journal.append(record);
      fold(standing, record);
    },
    ledger,
    schedule: new Schedule(intake.lanes, ledger),
    rows: intake.lined,
    lanes: new Map(),
    prepare,
    sender: openSender({timeoutMs: options.timeoutMs, connections: profile.concurrency}),
    secrets,
    network: openNetwork(ready.reachedBefore),
    failures: watchFailures(options.failureLimit),
    tries: new Map(),
    delayed: new Heap((one, other) => one.at < other.at),
    unauthorized: new Map(),
    abort: new AbortController(),
    random: Math.random,
    say: ready.watcher.say,
    said: new Set(),
    serverClock: undefined,
    stop: undefined,
    inFlight: 0,
    waitsFor: undefined,
    waitsUntil: undefined,
    wake: () => {},
    fail: (error) => stopRun(tools, stopOf(error)),
  };
  return tools;
}

/** A disk that is full, or a row that cannot be read any more because somebody changes the input; all else is a fault of the program. */
function stopOf(error: unknown): Stop {
  if (error instanceof Problem) return {why: error.code.toLowerCase().replaceAll('_', '-'), exit: error.exit, message: error.message};
  return {
    why: 'internal',
    exit: EXIT.internal,
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** Calls `show` four times a second, and `slept` when the machine was away in between. */
function everySoOften(show: () => void, slept: () => void): () => void {
  let lastAt = now();
  let lastWall = wallNow();
  let cancel = () => {};
  const tick = () => {
    const away = Math.max(now() - lastAt, wallNow() - lastWall) > SHOW_EVERY_MS + SLEPT_MS;
    [lastAt, lastWall] = [now(), wallNow()];
    if (away) slept();
    show();
    cancel = callAt(now() + SHOW_EVERY_MS, tick);
  };
  cancel = callAt(now() + SHOW_EVERY_MS, tick);
  return () => cancel();
}
