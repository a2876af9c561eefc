import {callAt, now} from '../clock.js';
import type {JournalRecord} from '../journal/record.js';
import {counts, inFlight, type Standing} from '../journal/states.js';
import {copyLedger} from '../limits/copy.js';
import {announcesEnds, type Expected, type Foreseen, foreseeInSteps, type InLine} from '../schedule/foresee.js';
import type {Intake} from '../schedule/intake.js';
import type {Lanes} from '../schedule/lanes.js';
import {attemptsBeyond, latenciesOf} from './measured.js';
import type {Tools} from './tools.js';

/** What there is to do, and how it stands. */
export type Work = {readonly intake: Pick<Intake, 'lanes' | 'lined' | 'sequence'>; readonly standing: Standing};

/** Tells when a session will be done. */
export type Eta = {
  /** An instant of the clock that `at` is of, never before it; undefined while nobody can say, and when all is done. */
  readonly doneAt: (at: number) => number | undefined;
  /** Plays ahead what is left, where that is due. To be called several times a second. */
  readonly look: () => void;
  /** Plays no further. */
  readonly close: () => void;
};

/** What a response is taken to need before any has come. */
const SUPPOSED_MS = 100;
/** What is left is played again after so long, and sooner where the journal has news. */
const RENEW_MS = 2000;
const RENEW_SOON_MS = 250;
/** At most this part of the time is spent on it. */
const COST = 0.01;
/** It is played in slices, between which answers come and rows start. */
const SLICE_MS = 5;
const BETWEEN_MS = 45;
/** Where rows wait for others they are copied to be played; with more than these the pace has to do. */
const MOST_ROWS_IN_TURN = 2_000_000;
/** How many attempts a row takes is not known before so many were settled. */
const TELLING_ROWS = 50;

/**
 * An ETA that knows what is still to come: what is left is played ahead again and again, by the code of the plan, with the windows, buckets and pauses as they
 * are then, and with the latency that was measured. A run that races through its first minute and then waits for the hour is not judged by its pace.
 */
export function openEta(work: Work, tools: Tools): Eta {
  const {intake, standing} = work;
  const beganAt = now();
  const settledBefore = settledOf(standing);
  const tooLong = intake.sequence !== undefined && standing.rows > MOST_ROWS_IN_TURN;
  let endAt: number | undefined;
  let playing: Generator<void, Foreseen, void> | undefined;
  let playedAt = Number.NEGATIVE_INFINITY;
  let spentMs = 0;
  let known = 0;
  let cancel = () => {};

  const advance = () => {
    const from = now();
    for (;;) {
      const step = playing?.next();
      if (!step) return;
      if (step.done) {
        endAt = playedAt + step.value.ms;
        playing = undefined;
      } else if (now() - from < SLICE_MS) continue;
      break;
    }
    spentMs += now() - from;
    if (playing) cancel = callAt(now() + BETWEEN_MS, advance);
  };
  const isDue = (at: number) => {
    const restMs = known === tools.news ? RENEW_MS : RENEW_SOON_MS;
    return !playing && at >= playedAt + Math.max(restMs, spentMs / COST);
  };
  return {
    doneAt(at) {
      if (counts(standing).pending === 0) return undefined;
      if (!tooLong) return endAt === undefined ? undefined : Math.max(at, endAt);
      const done = settledOf(standing) - settledBefore;
      return done === 0 ? undefined : at + ((at - beganAt) / done) * (lined(intake.lanes) + tools.inFlight);
    },
    look() {
      const at = now();
      if (tooLong || !isDue(at)) return;
      [playedAt, spentMs, known] = [at, 0, tools.news];
      playing = playAhead(work, tools, {at, settled: settledOf(standing) - settledBefore});
      advance();
    },
    close() {
      cancel();
      playing = undefined;
    },
  };
}

/** Whether the plan of what is left is another one since this record: a limit or pace was set or learned, or the provider ordered a pause. */
export function isNews({t}: JournalRecord): boolean {
  return t === 's' || t === 'l' || t === 'p' || t === 'f';
}

function playAhead(
  {intake, standing}: Work,
  tools: Tools,
  {at, settled}: {readonly at: number; readonly settled: number},
): Generator<void, Foreseen, void> {
  const latencies = latenciesOf(tools.measured, SUPPOSED_MS);
  const lanes = intake.lanes.copy();
  if (settled >= TELLING_ROWS) addAttempts(lanes, attemptsBeyond(tools.measured, settled));
  const {lined, sequence} = intake;
  const line = {lined, sequence, ...underWay(standing, tools, {at, ...latencies})};
  const conditions = {startAt: at, ...latencies, fixedEnds: announcesEnds(tools.profile)};
  return foreseeInSteps(lanes, copyLedger(tools.ledger), conditions, line);
}

/** Where each row is that was started and is not settled. */
function underWay(
  standing: Standing,
  {histories, delayed, unauthorized, rows}: Tools,
  {at, latencyMs}: {readonly at: number; readonly latencyMs: number},
): Pick<InLine, 'sent' | 'delayed' | 'again'> {
  const sent: Expected[] = [];
  const again: number[] = [];
  const later = new Map([...delayed].map(({row, at: from}) => [row, from]));
  for (const row of unauthorized.keys()) later.set(row, at);
  for (const [row, {attempts, firstAt}] of histories) {
    if (later.has(row)) continue;
    // When a later attempt of a row left is not kept: half-way is the best guess.
    const back = attempts === 1 ? firstAt + latencyMs : at + latencyMs / 2;
    if (inFlight(standing, row)) sent.push({row, lane: rows.laneOf(row), at: back});
    else again.push(row);
  }
  sent.sort((one, other) => one.at - other.at);
  const waiting = [...later].map(([row, from]) => ({row, lane: rows.laneOf(row), at: from}));
  return {sent, delayed: waiting.sort((one, other) => one.at - other.at), again};
}

/** So many more attempts than rows, in every lane the same part of them. */
function addAttempts(lanes: Lanes, part: number): void {
  let rest = 0;
  for (const [lane, count] of lanes.counts().entries()) {
    rest += count * part;
    const whole = Math.floor(rest);
    if (whole > 0) lanes.add(lane, whole);
    rest -= whole;
  }
}

function lined(lanes: Lanes): number {
  return lanes.counts().reduce((sum, count) => sum + count, 0);
}

function settledOf(standing: Standing): number {
  return standing.rows - counts(standing).pending;
}
