import {now, wallNow} from '../clock.js';
import {counts, type Standing} from '../journal/states.js';
import {roomIn} from '../limits/ledger.js';
import type {Lanes} from '../schedule/lanes.js';
import type {Eta} from './eta.js';
import type {Tools} from './tools.js';
import {bucketName, clockTime, turnOf, WORTH_SAYING_MS, waitingFor} from './waits.js';

/** What one sees of a run while it goes on: everything in it comes from the journal's counts, the lanes and the ledger. */
export type View = {
  readonly rows: number;
  /** Rows that have a state: ok, failed, in doubt or skipped. */
  readonly done: number;
  readonly ok: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly refusals: number;
  /** Settled per second since the session began. */
  readonly perSecond: number;
  /** When all will be done, as an instant of the wall clock. */
  readonly etaAt?: number | undefined;
  /** What the run waits for: `waiting for bot definition, 1800 per 1 h; next at 14:02:10`. */
  readonly waiting?: string | undefined;
  readonly lanes: readonly LaneView[];
};

/** `waits`: what this lane waits for. */
export type LaneView = {
  readonly name: string;
  readonly done: number;
  readonly rows: number;
  readonly waits?: string | undefined;
};

/** Where a session began, for its pace and its lanes. */
export type Beginning = {
  readonly at: number;
  readonly settled: number;
  readonly lanes: Lanes;
  readonly counts: Uint32Array;
  readonly eta: Pick<Eta, 'doneAt'>;
};

/** So many lanes are looked at: the first ones have to do where every caller has its own. */
const LOOKED_AT = 1000;
const SHOWN = 6;

export function beginningOf(
  {intake: {lanes}, standing}: {readonly intake: {readonly lanes: Lanes}; readonly standing: Standing},
  eta: Beginning['eta'],
): Beginning {
  return {at: now(), settled: standing.rows - counts(standing).pending, lanes, counts: lanes.counts(), eta};
}

/** The view of a running session. */
export function viewOf(tools: Tools, standing: Standing, begun: Beginning): View {
  const at = now();
  const {rows, ok, failed, inDoubt, skipped, refusals} = counts(standing);
  const done = ok + failed + inDoubt + skipped;
  const seconds = (at - begun.at) / 1000;
  const held = tools.controls.pausedAt !== undefined || tools.network.down !== undefined;
  const doneAt = held ? undefined : begun.eta.doneAt(at);
  const perSecond = seconds > 0 ? (done - begun.settled) / seconds : 0;
  return {
    rows,
    done,
    ...{ok, failed, inDoubt, refusals, perSecond},
    etaAt: doneAt === undefined ? undefined : wallNow() + (doneAt - at),
    waiting: waitOf(tools, at) ?? turnFor(tools),
    lanes: lanesOf(tools, begun, at),
  };
}

function waitOf({controls, network, ledger, waitsFor, waitsUntil, inFlight}: Tools, at: number): string | undefined {
  if (controls.pausedAt !== undefined) return `paused with sluice pause; go on with: sluice go ${controls.folder}`;
  if (network.down)
    return `waiting for the network (${network.down.why}); next attempt at ${clockTime(network.down.nextKnockAt - at)}`;
  // While something is in flight, its answer may give room long before the instant that is known now.
  if (inFlight > 0 || waitsUntil === undefined || waitsUntil === Number.POSITIVE_INFINITY) return undefined;
  if (waitsUntil - at < WORTH_SAYING_MS) return undefined;
  return waitingFor(ledger, waitsFor, {at, until: waitsUntil});
}

/** Undefined while others can be sent. */
function turnFor({sequence, waitsForTurn}: Tools): string | undefined {
  return sequence && waitsForTurn ? turnOf(sequence) : undefined;
}

function lanesOf({ledger}: Tools, {lanes, counts: begun}: Beginning, at: number): LaneView[] {
  const busy: number[] = [];
  for (let lane = 0; lane < Math.min(lanes.count, LOOKED_AT); lane++) if (lanes.left(lane) > 0) busy.push(lane);
  busy.sort((one, other) => lanes.left(other) - lanes.left(one));
  return busy.slice(0, SHOWN).map((lane) => {
    const refs = lanes.refs(lane).map(({id}) => id);
    const room = roomIn(ledger, refs, at);
    const far = room.at > at + WORTH_SAYING_MS && room.at < Number.POSITIVE_INFINITY;
    const waits = far && !isAnswerAwaited(ledger, room.bucket, at);
    return {
      name: lanes.name(lane),
      rows: begun[lane] ?? 0,
      done: Math.max(0, (begun[lane] ?? 0) - lanes.left(lane)),
      waits: waits
        ? `${bucketName(ledger, room.bucket, at)}; next at ${clockTime(room.at - at)}`
        : lanes.ready(lane) === 0
          ? 'not its turn yet'
          : undefined,
    };
  });
}

/** Whether an answer may give room in this bucket before any instant that is known now. */
function isAnswerAwaited({buckets}: Tools['ledger'], id: number | undefined, at: number): boolean {
  const bucket = id === undefined ? undefined : buckets.get(id);
  return bucket !== undefined && bucket.closedUntil <= at && bucket.windows.some(({inFlight}) => inFlight > 0);
}
