import {bucketsIn, type LaneBuckets, type NamedLanes, rememberLane} from '../journal/named-lanes.js';
import type {Control, JournalRecord, OutcomeRecord, ProbedRecord} from '../journal/record.js';
import {changeLedger} from '../limits/change.js';
import {closeUntil, giveBack, type Ledger, openLedger, recall, roomIn, take} from '../limits/ledger.js';
import {type BucketRef, windowName} from '../limits/limit.js';
import {roomAt} from '../limits/window.js';
import type {Limit} from '../profiles/profile.js';
import {recalledBuckets} from '../requests/recalled-buckets.js';

/** What an attempt waited behind: the window of a limit that had room last, or a pause, and when that was over. */
export type Wait = {readonly behind: string; readonly until: number};

/** One thing that happened to a row. Instants are milliseconds of the run's clock. */
export type Happening =
  | {readonly kind: 'sent'; readonly at: number; readonly n: number; readonly waited: Wait | undefined}
  | {readonly kind: 'ended'; readonly at: number; readonly outcome: OutcomeRecord}
  /** The session ended without a word about the attempt. */
  | {readonly kind: 'lost'; readonly at: number}
  | {readonly kind: 'closed'; readonly at: number; readonly until: number; readonly limits: readonly string[]}
  | {
      readonly kind: 'decided';
      readonly at: number;
      readonly as: string;
      readonly by: string;
      readonly why?: string | undefined;
    }
  /** A probe looked whether it was executed; `why` where it could not tell. */
  | {
      readonly kind: 'probed';
      readonly at: number;
      readonly status?: number | undefined;
      readonly why?: string | undefined;
    };

/** Follows one row through a journal, with the windows of all rows beside it: what one waited for, others had used. */
export type Story = {note(record: JournalRecord): void; readonly happenings: readonly Happening[]};

/** An outcome is journaled a little after its slots were given back, so a wait may seem to end that much after the start. */
const JOURNALED_MS = 250;
/** Waits that ended longer ago than this are another burst's. */
const SAME_BURST_MS = 2000;

/** `limits` are those that the run began with; `limitsAfter` tells those that hold after a control was carried out. */
export function openStory(
  row: number,
  limits: readonly Limit[],
  lateMs: number,
  limitsAfter: (control: Control) => readonly Limit[] = () => limits,
): Story {
  const ledger = openLedger(limits, Number.POSITIVE_INFINITY);
  const buckets = recalledBuckets(limits);
  const named: NamedLanes = new Map();
  const open = new Map<number, readonly BucketRef[]>();
  const probes = new Map<number, readonly BucketRef[]>();
  const waits = new Map<number, Wait>();
  const happenings: Happening[] = [];
  let pause: Wait | undefined;

  const begin = ({op, n, l, at}: JournalRecord & {t: 'i'}) => {
    const refs = buckets.used(named.get(l) ?? []);
    if (op === row) happenings.push({kind: 'sent', at, n, waited: waitOf(waits, refs, at, pause)});
    take(ledger, refs, at);
    noteWait(waits, ledger, refs, at);
    open.set(op, refs);
  };
  const end = (record: OutcomeRecord) => {
    const refs = open.get(record.op);
    if (refs) {
      giveBack(ledger, refs, record.at, endingOf(record, lateMs));
      noteWait(waits, ledger, refs, record.at);
    }
    open.delete(record.op);
    if (record.op === row) happenings.push({kind: 'ended', at: record.at, outcome: record});
  };
  const probe = ({op, l, at}: JournalRecord & {t: 'q'}) => {
    const refs = buckets.used(named.get(l) ?? []);
    take(ledger, refs, at);
    noteWait(waits, ledger, refs, at);
    probes.set(op, refs);
  };
  const probed = (record: ProbedRecord) => {
    const {op, at, st, m} = record;
    const refs = probes.get(op);
    if (refs) giveBack(ledger, refs, at, endingOf(record, lateMs));
    probes.delete(op);
    if (op === row) happenings.push({kind: 'probed', at, status: st, why: m});
  };
  const lose = (at: number) => {
    for (const refs of probes.values()) giveBack(ledger, refs, at, {kind: 'answered'});
    probes.clear();
    for (const [op, refs] of open) {
      giveBack(ledger, refs, at, {kind: 'uncounted'});
      recall(ledger, refs, at);
      noteWait(waits, ledger, refs, at);
      if (op === row) happenings.push({kind: 'lost', at});
    }
    open.clear();
    named.clear();
  };
  const close = ({op, l, at, until, of}: JournalRecord & {t: 'p'}) => {
    const lane: LaneBuckets = bucketsIn(named.get(l) ?? [], of);
    const closed = buckets.closed(lane) ?? [];
    closeUntil(ledger, closed, until);
    noteWait(waits, ledger, closed, at);
    if (op === row) happenings.push({kind: 'closed', at, until, limits: lane.map(([limit]) => limit)});
  };
  const heed = (record: JournalRecord & {t: 's'}) => {
    const change = {limits: limitsAfter(record), concurrency: ledger.concurrency, pace: ledger.pacing.pace};
    changeLedger(ledger, change, record.at);
    for (const [id, {limit, label}] of ledger.buckets) noteWait(waits, ledger, [{id, limit, label}], record.at);
    if (record.paused === false) pause = {behind: 'sluice pause', until: record.at};
  };
  return {
    happenings,
    note(record) {
      if (record.t === 'b') rememberLane(named, record.l, record.in);
      if (record.t === 'O') lose(record.at);
      if (record.t === 'i') begin(record);
      if (record.t === 'o') end(record);
      if (record.t === 'p') close(record);
      if (record.t === 'q') probe(record);
      if (record.t === 'a') probed(record);
      if (record.t === 's') heed(record);
      if (record.t === 'd' && record.op === row)
        happenings.push({kind: 'decided', at: record.at, as: record.as, by: record.by, why: record.why});
    },
  };
}

function endingOf({st, e}: Pick<OutcomeRecord, 'st' | 'e'>, lateMs: number) {
  if (st !== undefined) return {kind: 'answered'} as const;
  return e === 'unsent' ? ({kind: 'uncounted'} as const) : ({kind: 'unanswered', lateMs} as const);
}

/** Remembers of the bucket that has room last until when it had none. */
function noteWait(waits: Map<number, Wait>, ledger: Ledger, refs: readonly BucketRef[], at: number): void {
  const ids = refs.map(({id}) => id);
  const room = roomIn(ledger, ids, at);
  if (room.bucket === undefined || room.at <= at || room.at === Number.POSITIVE_INFINITY) return;
  waits.set(room.bucket, {behind: nameOf(ledger, room.bucket, at), until: room.at});
}

/** The latest of the waits of these buckets, where it was this attempt's: those that start together have waited together. */
function waitOf(
  waits: ReadonlyMap<number, Wait>,
  refs: readonly BucketRef[],
  at: number,
  pause: Wait | undefined,
): Wait | undefined {
  const all = [...refs.flatMap(({id}) => waits.get(id) ?? []), ...(pause ? [pause] : [])];
  const [found] = all.sort((one, other) => other.until - one.until);
  return found && found.until <= at + JOURNALED_MS && at - found.until < SAME_BURST_MS ? found : undefined;
}

function nameOf({buckets, limits}: Ledger, id: number, at: number): string {
  const bucket = buckets.get(id);
  const name = bucket ? (limits[bucket.limit]?.name ?? bucket.label) : 'a limit';
  if (!bucket) return name;
  if (bucket.closedUntil > at) return `${name}, closed by the provider`;
  const [last] = [...bucket.windows].sort((one, other) => roomAt(other, at) - roomAt(one, at));
  return last ? `${name}, ${windowName({...last.rule, requests: last.requests})}` : name;
}
