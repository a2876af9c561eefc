import type {Ledger} from '../limits/ledger.js';
import type {Lanes} from './lanes.js';

/**
 * The lanes, marked 1, whose own buckets never fill: nothing is known of those yet, and the lanes have no more rows than each window has slots. They
 * are played without them, so that a million callers with a row each cost no bucket.
 */
export function roomyLanes(lanes: Lanes, {limits, pacing, buckets}: Ledger): Uint8Array {
  const spaced = pacing.pace === 'even' || pacing.ramp !== undefined;
  const slots = lanes.shapes.map((shape) =>
    Math.min(
      ...shape.limits
        .filter((limit) => lanes.isKeyed(limit))
        .flatMap((limit) => limits[limit]!.windows)
        .map(({kind, requests, burst = requests}) => (kind === 'counter' ? 0 : spaced ? 1 : Math.min(requests, burst))),
    ),
  );
  return Uint8Array.from({length: lanes.count}, (_, lane) =>
    lanes.isAlone(lane) &&
    lanes.left(lane) <= slots[lanes.shapeOf(lane)]! &&
    !lanes.own(lane).some((bucket) => buckets.has(bucket))
      ? 1
      : 0,
  );
}

/** Nobody asks any more for buckets of a lane that is done. A million callers with a row each have no more of them at once than are under way. */
export function forget(ledger: Ledger, buckets: readonly number[]): void {
  for (const id of buckets)
    if (ledger.buckets.get(id)?.windows.every(({inFlight}) => inFlight === 0)) ledger.buckets.delete(id);
}
