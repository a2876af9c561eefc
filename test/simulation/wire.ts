import {instant} from './events.js';
import {lognormal, pareto} from './random.js';

/** A network and what stands behind it, all in ms. Each leg takes its floor, and more: log-normal mostly, and a Pareto tail for some. */
export type Wire = {
  readonly upFloorMs: number;
  readonly downFloorMs: number;
  readonly jitterMs: number;
  /** The part of legs that are drawn from the tail, and its shape: below 2 it has no variance. */
  readonly tailPart: number;
  readonly tailShape: number;
  /** From the arrival to the answer's first byte. */
  readonly workMs: number;
  /** Part of the requests that arrive and are executed, and whose answer is lost. */
  readonly lostAnswers: number;
  /** Part of the requests that never arrive. */
  readonly lostRequests: number;
  /** After so long the client gives up. */
  readonly timeoutMs: number;
};

/** The fate of one request, in ms from its start. `arrivesMs`: undefined when it never does. */
export type Fate = {
  readonly arrivesMs: number | undefined;
  readonly endsMs: number;
  readonly answered: boolean;
};

/** The latest that a request still arrives: what holds its slot `timeout` longer than it is waited for stands on this. */
const LATEST_ARRIVAL = 1.9;

export function drawFate(wire: Wire, random: () => number): Fate {
  const {upFloorMs, downFloorMs, workMs, lostAnswers, lostRequests, timeoutMs} = wire;
  const up = Math.min(instant(upFloorMs + jitter(wire, random)), LATEST_ARRIVAL * timeoutMs);
  const down = instant(downFloorMs + jitter(wire, random));
  const work = instant(workMs * (0.5 + random()));
  const fate = random();
  // The connection breaks at some time, or nothing is heard until the client gives up.
  const brokenMs = random() < 0.5 ? instant(1 + random() * timeoutMs) : timeoutMs;
  if (fate < lostRequests) return {arrivesMs: undefined, endsMs: brokenMs, answered: false};
  if (fate < lostRequests + lostAnswers) return {arrivesMs: up, endsMs: brokenMs, answered: false};
  const endsMs = up + work + down;
  return endsMs < timeoutMs
    ? {arrivesMs: up, endsMs, answered: true}
    : {arrivesMs: up, endsMs: timeoutMs, answered: false};
}

function jitter({jitterMs, tailPart, tailShape}: Wire, random: () => number): number {
  return random() < tailPart ? pareto(random, jitterMs * 2, tailShape) : lognormal(random, jitterMs, 0.5);
}
