import {now, readBoot} from '../clock.js';
import {openSender} from '../http/exchange.js';
import type {Journal} from '../journal/journal.js';
import type {FoundRecord, JournalRecord} from '../journal/record.js';
import {attemptsOf, fold, type Standing} from '../journal/states.js';
import type {Ledger} from '../limits/ledger.js';
import {NO_LIMIT} from '../limits/limit.js';
import type {Roles} from '../operations/parse.js';
import type {RowFile} from '../operations/read.js';
import type {Input} from '../operations/source.js';
import {EXIT, Problem} from '../problem.js';
import type {Overrides} from '../profiles/override.js';
import type {Profile} from '../profiles/profile.js';
import type {RequestSetting} from '../requests/build.js';
import {requestDigest} from '../requests/digest.js';
import type {Secrets} from '../requests/secrets.js';
import {Heap} from '../schedule/heap.js';
import {build, type Intake} from '../schedule/intake.js';
import type {Lanes} from '../schedule/lanes.js';
import {Schedule} from '../schedule/schedule.js';
import type {Alarm} from './alarm.js';
import {openControls} from './controls.js';
import {watchDoubt} from './doubt.js';
import {isNews} from './eta.js';
import {openMeasured} from './measured.js';
import {openNetwork} from './network.js';
import {learnedWindows, type Past} from './recall.js';
import {recalledLedger} from './recalled.js';
import {type Stop, stopRun, waitTooLong, watchFailures} from './stop.js';
import type {Prepared, RunOptions, Tools} from './tools.js';
import type {Turns} from './turns.js';
import type {View} from './view.js';

/** Whoever watches a session. */
export type Watcher = {
  /** Called some four times a second. */
  readonly show: (view: View) => void;
  /** Told now and then how much of the input of this name has been read and checked, before anything is sent. */
  readonly read?: ((name: string, bytes: number, of: number) => void) | undefined;
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
  /** The profile before anything was said instead of it, and what was. */
  readonly given: {readonly profile: Profile; readonly overrides: Overrides};
  readonly intake: Intake;
  readonly secrets: Secrets;
  readonly options: RunOptions;
  readonly past: Past;
  /** What earlier sessions found out of limits that nobody told. */
  readonly found: readonly FoundRecord[];
  /** Rows that an attempt of an earlier session may have executed. */
  readonly mayHaveRun: ReadonlySet<number>;
  readonly reachedBefore: boolean;
  readonly watcher: Watcher;
  readonly turns: Turns;
};

/** Appends a record to the journal and folds the same record into the counts: the two cannot tell different stories. */
export function recorder(journal: Journal, standing: Standing): (record: JournalRecord) => void {
  return (record) => {
    journal.append(record);
    fold(standing, record);
  };
}

/** Opens everything a session works with. What earlier sessions used of the windows is in them already. */
export function openTools(ready: Ready, rowFile: RowFile): Tools {
  const {setting, intake, standing, journal, options, secrets} = ready;
  const {profile} = setting;
  const prepare = (row: number): Prepared => {
    const built = build(rowFile.at(intake.places.at(row)), ready);
    if (built instanceof Problem) throw built;
    return {...built, digest: requestDigest(built.request)};
  };
  const append = recorder(journal, standing);
  const at = now();
  const {past, found, turns} = ready;
  const known = {profile, lanes: intake.lanes, past, found, used: turns.used, timeoutMs: options.timeoutMs};
  const ledger = recalledLedger(known, {now: at, boot: readBoot()});
  const tools: Tools = {
    run: ready.run,
    begunAt: ready.begunAt,
    attemptsBefore: (row) => attemptsOf(standing, row),
    mayHaveRun: ready.mayHaveRun,
    profile: {...profile, retry: {...profile.retry, attempts: options.maxAttempts ?? profile.retry.attempts}},
    controls: openControls(ready.folder, ready.given.profile, ready.given.overrides),
    options,
    journal,
    record: (record) => {
      append(record);
      if (isNews(record)) tools.news += 1;
    },
    news: 0,
    measured: openMeasured(past.attempts),
    ledger,
    schedule: new Schedule(intake.lanes, ledger),
    rows: intake.lined,
    namedLanes: new Map(),
    sequence: intake.sequence,
    lanes: new Map(),
    prepare,
    captures: setting.captures,
    sender: openSender({timeoutMs: options.timeoutMs, connections: profile.concurrency}),
    secrets,
    network: openNetwork(ready.reachedBefore),
    failures: watchFailures(options.failureLimit),
    doubt: watchDoubt(intake.rows),
    histories: new Map(),
    delayed: new Heap((one, other) => one.at < other.at),
    unauthorized: new Map(),
    unproven: 0,
    abort: new AbortController(),
    random: Math.random,
    say: ready.watcher.say,
    said: new Set(),
    learnedOf: new Set(learnedWindows(ready.past)),
    findings: new Map(),
    serverClock: undefined,
    stop: undefined,
    inFlight: 0,
    waitsFor: undefined,
    waitsForTurn: false,
    waitsUntil: undefined,
    wake: () => {},
    fail: (error) => stopRun(tools, stopOf(error)),
  };
  const until = orderedWait(intake.lanes, ledger, at + options.maxWaitMs);
  if (until !== undefined) stopRun(tools, waitTooLong(until));
  return tools;
}

/** Until when what is in line has to wait because the provider said so in an earlier session, where that is later than `patience`. */
function orderedWait(lanes: Lanes, ledger: Ledger, patience: number): number | undefined {
  const closed = new Map([...ledger.buckets].filter(([, {closedUntil}]) => closedUntil > patience));
  if (closed.size === 0) return undefined;
  let until: number | undefined;
  for (let lane = 0; lane < lanes.count; lane++) {
    if (lanes.left(lane) === 0) continue;
    const refs = lanes.refs(lane);
    for (const {id} of refs.length > 0 ? refs : [NO_LIMIT])
      until = Math.max(until ?? 0, closed.get(id)?.closedUntil ?? 0) || undefined;
  }
  return until;
}

/** A disk that is full, or a row that cannot be read any more because somebody changes the input; all else is a fault of the program. */
export function stopOf(error: unknown): Stop {
  if (error instanceof Problem)
    return {why: error.code.toLowerCase().replaceAll('_', '-'), exit: error.exit, message: error.message};
  return {
    why: 'internal',
    exit: EXIT.internal,
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}
