import {giveBack, type Ledger, type Room, take} from '../limits/ledger.js';
import {windowName} from '../limits/limit.js';
import {roomAt} from '../limits/window.js';
import type {Lanes} from '../schedule/lanes.js';
import {Schedule} from '../schedule/schedule.js';

/** What the run is expected to meet. `fixedEnds`: the provider announces when its fixed windows end, so they are whole again there. */
export type Conditions = {readonly startAt: number; readonly latencyMs: number; readonly fixedEnds: boolean};

/** How long the run takes, when each lane is done, and for how long each window held everything back. */
export type Foreseen = {
  readonly ms: number;
  readonly laneMs: Float64Array;
  /** Milliseconds, by limit and window. */
  readonly held: ReadonlyMap<string, {readonly limit: string; readonly window: string; readonly ms: number}>;
};

/**
 * Plays the whole run on a virtual clock, with the windows, buckets and lanes of the run itself; every response takes `latencyMs`. The lanes and the
 * ledger are used up.
 */
export function foresee(lanes: Lanes, ledger: Ledger, {startAt, latencyMs, fixedEnds}: Conditions): Foreseen {
  const schedule = new Schedule(lanes, ledger);
  const answers: {at: number; lane: number}[] = [];
  let firstAnswer = 0;
  const laneMs = new Float64Array(lanes.count);
  const held = new Map<string, {limit: string; window: string; ms: number}>();
  const ending = {
    kind: 'answered' as const,
    ...(fixedEnds ? {resetAt: (_: number, seconds: number) => endOfWindow(now, seconds)} : {}),
  };
  let now = startAt;
  for (;;) {
    const choice = schedule.next(now);
    if (choice.kind === 'start') {
      take(ledger, lanes.refs(choice.lane), now);
      // Every response takes equally long, so answers come in the order of the starts and a queue will do.
      answers.push({at: now + latencyMs, lane: choice.lane});
      continue;
    }
    const answer = answers[firstAnswer];
    if (choice.kind === 'empty' && !answer) return {ms: now - startAt, laneMs, held};
    const wakeAt = choice.kind === 'wait' ? choice.until : Number.POSITIVE_INFINITY;
    const then = Math.min(answer?.at ?? Number.POSITIVE_INFINITY, wakeAt);
    if (choice.kind === 'wait') note(held, ledger, {at: choice.until, bucket: choice.bucket}, now, then);
    now = then;
    if (!answer || answer.at > now) continue;
    firstAnswer += 1;
    if (firstAnswer > 4096) {
      answers.splice(0, firstAnswer);
      firstAnswer = 0;
    }
    const refs = lanes.refs(answer.lane);
    giveBack(ledger, refs, now, ending);
    schedule.touch(
      refs.map(({id}) => id),
      now,
    );
    laneMs[answer.lane] = now - startAt;
  }
}

/** A fixed window of the provider's begins at multiples of its length since the epoch. */
function endOfWindow(now: number, seconds: number): number {
  const lengthMs = seconds * 1000;
  return (Math.floor(now / lengthMs) + 1) * lengthMs;
}

/** Books the time from `now` to `then` on the window that has room last, or on the concurrency cap. */
function note(
  held: Map<string, {limit: string; window: string; ms: number}>,
  ledger: Ledger,
  room: Room,
  now: number,
  then: number,
) {
  const bucket = room.bucket === undefined ? undefined : ledger.buckets.get(room.bucket);
  let limit = 'concurrency';
  let window = `${ledger.concurrency} at once`;
  if (bucket) {
    const [tightest] = bucket.windows
      .map((each) => ({each, at: roomAt(each, now)}))
      .sort((one, other) => other.at - one.at);
    limit = ledger.limits[bucket.limit]?.name ?? bucket.label;
    window = tightest ? windowName(tightest.each.rule) : window;
  }
  const name = `${limit} ${window}`;
  const entry = held.get(name) ?? {limit, window, ms: 0};
  entry.ms += then - now;
  held.set(name, entry);
}
