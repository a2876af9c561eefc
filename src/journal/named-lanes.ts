/** The buckets of a lane as a `b` record names them: each the name of its limit, and the hash over limit and key values. */
export type LaneBuckets = readonly (readonly [limit: string, bucket: number])[];

/** Lanes of one session whose buckets are known to whoever reads its journal. */
export type NamedLanes = Map<number, LaneBuckets>;

/** So many lanes are remembered at a time: a million callers with a row each must not fill the memory of who writes or reads. */
export const REMEMBERED_LANES = 16_384;

/** Those of a lane's buckets that belong to these limits; all of them where no limits are named. */
export function bucketsIn(buckets: LaneBuckets, limits: readonly string[] | undefined): LaneBuckets {
  return limits ? buckets.filter(([limit]) => limits.includes(limit)) : buckets;
}

/** What writer and reader alike do with a `b` record. Where too many are known, all are forgotten, and named again when next they are used. */
export function rememberLane(named: NamedLanes, lane: number, buckets: LaneBuckets): void {
  if (named.size >= REMEMBERED_LANES && !named.has(lane)) named.clear();
  named.set(lane, buckets);
}
