import {probeAdmitted, probeEnded, probeRefused, probeRoomAt, probeStarted} from '../../src/limits/probe.js';
import {openProbe, type Probe} from '../../src/limits/probed.js';
import {Heap} from '../../src/schedule/heap.js';
import {seededRandom} from '../../src/simulate/random.js';
import type {ModelServer} from './model-servers.js';

export type Found = {
  readonly requests: number;
  readonly refusals: number;
  /** Refusals among the first hundred requests. */
  readonly early: number;
  /** The highest part of refusals in any run of 1,000 requests and more. */
  readonly worst: number;
  /** Let through per second in the last third, as a part of what the server allows. */
  readonly reached: number;
  /** Seconds until half of the limit was reached for the first time. */
  readonly probe: Probe;
};

type Event = {readonly at: number; readonly act: () => void};

const begin = 1_770_000_000_000;

/** Sends as the probe says for `seconds`, every answer taking between half and one and a half of `latencyMs`. */
export function runProbe(
  server: ModelServer,
  {
    latencyMs,
    seconds,
    seed,
    jitter = 0.1,
    tells,
    maxAtOnce = 1000,
    trace,
  }: {
    latencyMs: number;
    seconds: number;
    seed: number;
    jitter?: number;
    tells?: (now: number) => number;
    maxAtOnce?: number;
    trace?: (line: string) => void;
  },
): Found {
  const random = seededRandom(seed);
  const probe = openProbe(1);
  const events = new Heap<Event>((one, other) => one.at < other.at);
  let now = begin;
  let inFlight = 0;
  let requests = 0;
  let refusals = 0;
  let early = 0;
  let worst = 0;
  let late = 0;
  const send = () => {
    inFlight += 1;
    requests += 1;
    const n = requests;
    const startedAt = now;
    probeStarted(probe, now);
    const takes = latencyMs * (1 + (2 * random() - 1) * jitter);
    events.push({
      at: now + takes / 2,
      act: () => {
        const admitted = server.arrive(now);
        const until = admitted || !tells ? undefined : tells(now);
        if (!admitted) {
          refusals += 1;
          if (n <= 100) early += 1;
        }
        events.push({
          at: now + (admitted ? takes / 2 : latencyMs / 2),
          act: () => {
            inFlight -= 1;
            if (admitted) {
              server.leave(now);
              if (now > begin + (seconds * 2000) / 3) late += 1;
              probeAdmitted(probe, startedAt, now);
            } else {
              probeRefused(probe, {startedAt, now, until: until && Math.max(until, now), random: random()});
              trace?.(
                `${((now - begin) / 1000).toFixed(1)} refused #${requests} r${refusals} pace ${probe.pace.toFixed(2)} flight ${inFlight} knocks ${probe.refusal?.knocks} atOnce ${probe.atOnce} ${probe.counts}`,
              );
            }
            probeEnded(probe);
          },
        });
      },
    });
  };
  const end = begin + seconds * 1000;
  while (now < end) {
    const room = inFlight >= maxAtOnce ? Number.POSITIVE_INFINITY : probeRoomAt(probe, now);
    const next = events.top?.at ?? Number.POSITIVE_INFINITY;
    if (room <= now && room <= next) {
      send();
      if (requests >= 1000) worst = Math.max(worst, refusals / requests);
      continue;
    }
    now = Math.min(room, next, end);
    if (next <= now) events.pop()!.act();
  }
  return {requests, refusals, early, worst, reached: late / (seconds / 3) / server.perSecond, probe};
}
