import type {Boot} from '../clock.js';
import {EXIT, Problem} from '../problem.js';
import {bucketsIn, type LaneBuckets, type NamedLanes, rememberLane} from './named-lanes.js';
import type {JournalRecord, OpenedRecord, OutcomeRecord, ProbedRecord} from './record.js';

/** An attempt that may still count at the provider. Its times are on the clock of the session `opened`. */
export type RecentAttempt = {
  readonly op: number;
  readonly buckets: LaneBuckets;
  readonly at: number;
  /** When the response came. */
  readonly answeredAt?: number;
  /** When it was given up on; for attempts that a killed session left behind, when the next session opened. */
  readonly lostAt?: number;
  readonly refused: boolean;
  /** It only looked. */
  readonly probe?: true;
  readonly opened: OpenedRecord;
};

/** A pause the provider ordered: these buckets were closed from `at` until `until`. */
export type RecentPause = {
  readonly buckets: LaneBuckets;
  readonly at: number;
  readonly until: number;
  readonly why: string;
  readonly opened: OpenedRecord;
};

/** What the server last said of one window of one bucket: that it allows so many requests. */
export type RecentLearned = {readonly buckets: LaneBuckets; readonly seconds: number; readonly said: number};

/** Made by `newRecent`, moved on by `foldRecent`. */
export type Recent = {
  /** May grow, where somebody sets a longer window. */
  spanMs: number;
  opened: OpenedRecord | undefined;
  /** The time of the last record. */
  endedAt: number;
  attempts: RecentAttempt[];
  pauses: RecentPause[];
  /** By bucket and window. */
  readonly learned: Map<string, RecentLearned>;
  /** Row -> its attempt without an outcome. */
  readonly open: Map<number, RecentAttempt>;
  /** The lanes of the session that have been named. */
  readonly named: NamedLanes;
  forgetAt: number;
};

const FORGET_AT = 4096;

export function newRecent(spanMs: number): Recent {
  return {
    spanMs,
    opened: undefined,
    endedAt: 0,
    attempts: [],
    pauses: [],
    learned: new Map(),
    open: new Map(),
    named: new Map(),
    forgetAt: FORGET_AT,
  };
}

/** Keeps what a record says of the last `spanMs`; works on records of both details. What never left is not an attempt at the provider. */
export function foldRecent(recent: Recent, record: JournalRecord): void {
  if (record.t === 'O') reopen(recent, record);
  const {opened} = recent;
  if (!opened || record.t === 'H' || record.t === 'O') return;
  if (record.t === 'b') {
    rememberLane(recent.named, record.l, record.in);
    return;
  }
  recent.endedAt = Math.max(recent.endedAt, record.at);
  if (record.t === 'i') {
    const {op, at} = record;
    recent.open.set(op, {op, buckets: bucketsOf(recent, record.l), at, refused: false, opened});
  }
  if (record.t === 'o') finish(recent, record);
  if (record.t === 'q') {
    const {op, at} = record;
    recent.open.set(op, {op, buckets: bucketsOf(recent, record.l), at, refused: false, probe: true, opened});
  }
  if (record.t === 'a') finishProbe(recent, record);
  if (record.t === 'p') {
    const {at, until, why} = record;
    recent.pauses.push({buckets: bucketsIn(bucketsOf(recent, record.l), record.of), at, until, why, opened});
  }
  if (record.t === 'l') {
    const buckets = bucketsIn(bucketsOf(recent, record.l), [record.limit]);
    recent.learned.set(`${buckets} ${record.seconds}`, {buckets, seconds: record.seconds, said: record.said});
  }
  if (recent.attempts.length + recent.pauses.length >= recent.forgetAt) {
    forgetSome(recent);
    recent.forgetAt = Math.max(FORGET_AT, 2 * (recent.attempts.length + recent.pauses.length));
  }
}

/**
 * What is left: attempts not older than `spanMs` at the last record, oldest outcome first, those without one at the end; pauses still in force then;
 * what the server said of limits, however long ago.
 */
export function recentOf(recent: Recent): {
  attempts: RecentAttempt[];
  pauses: RecentPause[];
  learned: RecentLearned[];
  opened: OpenedRecord | undefined;
} {
  forget(recent);
  const {pauses, opened} = recent;
  const attempts = [...recent.attempts, ...recent.open.values()];
  return {attempts, pauses, learned: [...recent.learned.values()], opened};
}

/**
 * Milliseconds from the instant `at`, told by the clock of the session `opened`, to `now` on this one: by boot time where machine and boot
 * are the same, so that no change of the wall clock counts, else by wall time. Never below zero.
 */
export function elapsedSince(opened: OpenedRecord, at: number, boot: Boot, now: number): number {
  const sameBoot = opened.boot !== '' && opened.boot === boot.bootId && opened.host === boot.host;
  return Math.max(0, sameBoot ? boot.uptimeMs - (opened.up + (at - opened.at)) : now - at);
}

/** A new session has its own clock. What the last one left without an outcome may be counted by the provider as late as now. */
function reopen(recent: Recent, opened: OpenedRecord): void {
  for (const left of recent.open.values()) recent.attempts.push({...left, at: opened.at, lostAt: opened.at, opened});
  recent.open.clear();
  recent.named.clear();
  recent.opened = opened;
  recent.endedAt = opened.at;
}

function bucketsOf({named}: Recent, lane: number): LaneBuckets {
  const buckets = named.get(lane);
  if (buckets) return buckets;
  throw new Problem(
    'JOURNAL_CORRUPT',
    `speaks of lane ${lane}, whose buckets no line has named`,
    'Restore the run folder from a backup.',
    {exit: EXIT.misfit},
  );
}

function finish(recent: Recent, record: OutcomeRecord): void {
  const attempt = recent.open.get(record.op);
  if (!attempt) return;
  recent.open.delete(record.op);
  if (record.k === 'not' && record.e === 'unsent') return;
  const {op, buckets, at, opened} = attempt;
  const refused = record.k === 'not' && record.e === 'refused';
  // Written out, for this is done for every attempt of a journal: a spread takes ten times as long.
  recent.attempts.push(
    record.st !== undefined
      ? {op, buckets, at, refused, answeredAt: record.at, opened}
      : {op, buckets, at, refused, lostAt: record.at, opened},
  );
}

function finishProbe(recent: Recent, {op, at, st, e}: ProbedRecord): void {
  const probe = recent.open.get(op);
  if (!probe?.probe) return;
  recent.open.delete(op);
  if (e === 'unsent') return;
  recent.attempts.push(st === undefined ? {...probe, lostAt: at} : {...probe, answeredAt: at});
}

/** Attempts stand in the order in which they ended, so those that are too old stand in front; where a clock was set back some stay for longer. */
function forgetSome(recent: Recent): void {
  const ageOf = ages(recent);
  const first = recent.attempts.findIndex((one) => ageOf(endOf(one), one.opened) <= recent.spanMs);
  recent.attempts.splice(0, first < 0 ? recent.attempts.length : first);
  recent.pauses = recent.pauses.filter((one) => one.until - one.at > ageOf(one.at, one.opened));
}

function forget(recent: Recent): void {
  const ageOf = ages(recent);
  recent.attempts = recent.attempts.filter((one) => ageOf(endOf(one), one.opened) <= recent.spanMs);
  recent.pauses = recent.pauses.filter((one) => one.until - one.at > ageOf(one.at, one.opened));
}

function endOf({answeredAt, lostAt, at}: RecentAttempt): number {
  return answeredAt ?? lostAt ?? at;
}

/** How long ago an instant of a session is at the last record. */
function ages({opened, endedAt}: Recent): (at: number, session: OpenedRecord) => number {
  if (!opened) return () => 0;
  const end: Boot = {host: opened.host, bootId: opened.boot, uptimeMs: opened.up + (endedAt - opened.at)};
  return (at, session) => elapsedSince(session, at, end, endedAt);
}
