import type {Boot} from '../../src/clock.js';
import type {Exchange} from '../../src/exchange.js';
import {foldRecent, newRecent, type Recent, recentOf} from '../../src/journal/recent.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {fold, newStanding, type Standing, settleOpenAttempts, stateOf} from '../../src/journal/states.js';
import {openLedger, sweep, take} from '../../src/limits/ledger.js';
import type {BucketRef} from '../../src/limits/limit.js';
import {pacingOf} from '../../src/limits/pace.js';
import type {Profile} from '../../src/profiles/profile.js';
import {judge} from '../../src/requests/judge.js';
import {recalledBuckets} from '../../src/requests/recalled-buckets.js';
import {hesitates, watchDoubt} from '../../src/run/doubt.js';
import {recallPast} from '../../src/run/recall.js';
import {settle} from '../../src/run/settle.js';
import type {History, Tools} from '../../src/run/tools.js';
import {openLanes} from '../../src/schedule/intake.js';
import {LaneRows} from '../../src/schedule/rows.js';
import {Schedule} from '../../src/schedule/schedule.js';
import {openScene, preparedRow} from '../run/scene.js';
import type {Case} from './case.js';

/** What survives a kill: the journal, here folded as it is written. */
export type Journal = {readonly standing: Standing; readonly recent: Recent; readonly attempts: Map<number, number>};

export type ClientRules = {
  readonly profile: Partial<Profile>;
  readonly timeoutMs: number;
  readonly pacing: Case['pacing'];
  readonly repeatable: boolean;
  readonly refsOf: (row: number) => readonly BucketRef[];
  readonly random: () => number;
  /** An attempt has left. `end` is called once, at the instant at which it ended. */
  readonly send: (row: number, at: number, end: (at: number, exchange: Exchange) => void) => void;
};

/** One session: the real schedule, ledger, verdict and settling, in the order in which dispatch, attempt and settle use them. */
export type Client = {
  /** Starts what may start at `at`, which is `now()`; returns when to be asked again, if nothing ends before. */
  step(at: number): number;
  readonly tools: Tools;
};

const SWEEP_EVERY_MS = 10_000;

export function openJournal(rows: number, {profile, timeoutMs}: Pick<ClientRules, 'profile' | 'timeoutMs'>): Journal {
  const longest = Math.max(0, ...profile.limits!.flatMap(({windows}) => windows.map(({seconds}) => seconds * 1000)));
  return {standing: newStanding(rows), recent: newRecent(longest + timeoutMs), attempts: new Map()};
}

function write(journal: Journal, record: JournalRecord): void {
  fold(journal.standing, record);
  foldRecent(journal.recent, record);
  if (record.t === 'i') journal.attempts.set(record.op, record.n);
}

/** A kernel tells how long it has been up in hundredths of a second, cut. */
const boot = (at: number): Boot => ({host: 'simulation', bootId: 'one', uptimeMs: Math.floor(at / 10) * 10});

/** Opens a session on what the journal holds, as a run or its resume would. */
export function openClient(journal: Journal, rules: ClientRules, at: number): Client {
  const {profile, refsOf, repeatable, timeoutMs} = rules;
  const {standing} = journal;
  const rows = standing.rows;
  const past = recentOf(journal.recent);
  const left = settleOpenAttempts(standing);
  const {host, bootId, uptimeMs} = boot(at);
  write(journal, {
    ...{t: 'O', at: Math.round(at), pid: 1, host, boot: bootId, up: uptimeMs},
    ...{v: 'clean', cut: 0, amb: left.length},
  });
  if (repeatable) for (const op of left) write(journal, {t: 'd', op, as: 'retry', by: 'recovery', at: Math.round(at)});

  const opened = openScene({rows: 0, profile, options: {timeoutMs, maxWaitMs: 24 * 3_600_000}, refsOf, repeatable});
  const ledger = openLedger(profile.limits!, profile.concurrency!, pacingOf(rules.pacing ?? {}, at));
  recallPast(ledger, past, recalledBuckets(profile.limits!), {now: at, boot: boot(at), lateMs: timeoutMs});
  const lanes = openLanes(profile.limits!);
  const inLine: number[][] = [];
  const lined = new LaneRows(rows);
  const named = new Set<number>();
  for (let row = 1; row <= rows; row++) {
    if (stateOf(standing, row) !== 'pending') continue;
    const lane = lanes.laneOf(refsOf(row), row);
    lanes.add(lane);
    lined.push(row, lane);
    const line = inLine[lane] ?? [];
    inLine[lane] = line;
    line.push(row);
  }
  for (const line of inLine) line.reverse();
  const schedule = new Schedule(lanes, ledger);
  const tools: Tools = {
    ...opened.tools,
    ledger,
    schedule,
    rows: lined,
    doubt: watchDoubt(rows),
    random: rules.random,
    record: (record) => write(journal, record),
  };
  const histories = tools.histories;
  const historyOf = (row: number): History => {
    const found = histories.get(row) ?? {
      ...{attempts: journal.attempts.get(row) ?? 0, counted: 0, refusals: 0, admitted: [], firstAt: at},
    };
    histories.set(row, found);
    return found;
  };
  let sweepAt = at + SWEEP_EVERY_MS;

  const start = (row: number, startedAt: number) => {
    const prepared = preparedRow(row, refsOf(row), {repeatable});
    take(ledger, prepared.request.buckets, startedAt);
    tools.inFlight += 1;
    const history = historyOf(row);
    history.attempts += 1;
    history.counted += 1;
    const lane = lined.laneOf(row);
    if (!named.has(lane)) {
      named.add(lane);
      const buckets = prepared.request.buckets.map(({limit, id}) => [profile.limits![limit]!.name, id] as const);
      tools.record({t: 'b', l: lane, in: buckets});
    }
    tools.record({t: 'i', op: row, n: history.attempts, l: lane, h: '', at: Math.round(startedAt)});
    rules.send(row, startedAt, (_, exchange) => {
      const attempt = {n: history.counted, hasIdempotencyKey: false};
      const verdict = judge(exchange, prepared.request, tools.profile, attempt);
      settle(prepared, {startedAt, exchange, verdict, history}, tools);
      tools.inFlight -= 1;
    });
  };

  return {
    tools,
    step: (now) => {
      if (now >= sweepAt) {
        sweep(ledger, now);
        sweepAt = now + SWEEP_EVERY_MS;
      }
      for (let top = tools.delayed.top; top && top.at <= now; top = tools.delayed.top) {
        tools.delayed.pop();
        const lane = lined.laneOf(top.row);
        // Refused rows stand before all others.
        inLine[lane]!.push(top.row);
        schedule.putBack(lane);
      }
      for (;;) {
        if (hesitates(tools.doubt) && tools.inFlight > 0) return Number.POSITIVE_INFINITY;
        const choice = schedule.next(now);
        if (choice.kind === 'start') {
          start(inLine[choice.lane]!.pop()!, now);
          continue;
        }
        const until = choice.kind === 'wait' ? choice.until : Number.POSITIVE_INFINITY;
        return Math.min(until, tools.delayed.top?.at ?? Number.POSITIVE_INFINITY);
      }
    },
  };
}
