import {callAt, now} from '../clock.js';
import {type NamedLanes, rememberLane} from '../journal/named-lanes.js';
import {backoffMs} from '../limits/backoff.js';
import {usedOf} from '../limits/blame.js';
import {closable, roomIn, take} from '../limits/ledger.js';
import {EXIT} from '../problem.js';
import {type Again, type Asking, ask, type Probing, stopProbing} from './probe.js';
import {waitTooLong} from './stop.js';

/** A row that was asked about so often in vain is left for another time. */
const TRIES = 5;
/** However long a wait is: what it was for may have changed. */
const LOOK_AGAIN_MS = 60_000;

type State = {
  readonly queue: Asking[];
  readonly tries: Map<number, number>;
  /** The number of a lane, by its buckets. */
  readonly lanes: Map<string, number>;
  readonly named: NamedLanes;
  inFlight: number;
};

/**
 * Asks about every row as soon as the limits allow it, those first that may be asked first. A probe takes slots like any request, so none
 * leaves earlier than a row's request could. Resolves when nothing is under way any more.
 */
export async function probeAll(rows: readonly Asking[], probing: Probing): Promise<void> {
  const queue = [...rows];
  const state: State = {queue, tries: new Map(), lanes: new Map(), named: new Map(), inFlight: 0};
  while (!probing.stop && (queue.length > 0 || state.inFlight > 0)) {
    const at = now();
    if (at >= probing.options.deadlineAt)
      stopProbing(probing, {why: 'deadline', exit: EXIT.stopped, message: 'the deadline was reached'});
    else if (queue.length === 0) await rest(probing, at + LOOK_AGAIN_MS);
    else await step(state, probing, at);
  }
  while (state.inFlight > 0) await rest(probing, now() + LOOK_AGAIN_MS);
  for (const {row} of queue) probing.told.left.push({row, why: 'the probing was stopped before its turn'});
}

/** The one that may be asked about first; of several, the one that has waited longest. */
function firstOf(queue: readonly Asking[]): Asking {
  return queue.reduce((first, each) => (each.notBefore < first.notBefore ? each : first));
}

/** Starts the first of the queue, or rests until it may start. */
async function step(state: State, probing: Probing, at: number): Promise<void> {
  const next = firstOf(state.queue);
  const {ledger, options} = probing;
  const {buckets} = next.request;
  const ids = closable(buckets).map(({id}) => id);
  const closedUntil = Math.max(0, ...ids.map((id) => ledger.buckets.get(id)?.closedUntil ?? 0));
  if (closedUntil - at > options.maxWaitMs) return stopProbing(probing, waitTooLong(closedUntil));
  const startAt = Math.max(next.notBefore, roomIn(ledger, ids, at).at);
  if (startAt > at) return rest(probing, Math.min(startAt, options.deadlineAt, at + LOOK_AGAIN_MS));
  state.queue.splice(state.queue.indexOf(next), 1);
  const started = {startedAt: at, used: usedOf(ledger, buckets, at), l: nameLane(next, state, probing)};
  take(ledger, buckets, at);
  state.inFlight += 1;
  void ask(next, started, probing).then((again) => {
    state.inFlight -= 1;
    if (again) askAgain(next, again, state, probing);
    probing.wake();
  });
}

function askAgain(asking: Asking, {why, when}: Again, {queue, tries}: State, {profile, random, told}: Probing): void {
  const count = (tries.get(asking.row) ?? 0) + 1;
  tries.set(asking.row, count);
  if (count >= TRIES) told.left.push({row: asking.row, why: `${why}, ${TRIES} times`});
  else if (when === 'open') queue.push(asking);
  else queue.push({...asking, notBefore: now() + backoffMs(count, profile.retry, random())});
}

/** The number of the row's lane. Its buckets stand in the journal before a probe does. */
function nameLane({request}: Asking, {lanes, named}: State, {profile, record}: Probing): number {
  const buckets = request.buckets.map(({limit, id}) => [profile.limits[limit]!.name, id] as const);
  const key = String(buckets);
  const lane = lanes.get(key) ?? lanes.size;
  lanes.set(key, lane);
  if (!named.has(lane)) {
    rememberLane(named, lane, buckets);
    record({t: 'b', l: lane, in: buckets});
  }
  return lane;
}

/** Resolves at `until`, or when a probe ends or the probing is stopped. */
function rest(probing: Probing, until: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      probing.wake = () => {};
      resolve();
    };
    const cancel = callAt(until, wake);
    probing.wake = wake;
  });
}
