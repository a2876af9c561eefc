/** What was let through since the last pause, as a curve: how many by when. It has a point for `every` of them, so it never grows large. */
export type Admissions = {points: {readonly at: number; readonly total: number}[]; total: number; every: number};

/** So many points at most; then every second one is dropped. */
const POINTS = 256;

export function openAdmissions(): Admissions {
  return {points: [], total: 0, every: 1};
}

/** One more was let through. */
export function noteAdmitted(admissions: Admissions, now: number): void {
  const {points, total, every} = admissions;
  if (points.length === 0 || total - points.at(-1)!.total >= every) points.push({at: now, total});
  admissions.total += 1;
  if (points.length <= POINTS) return;
  admissions.points = points.filter((_, place) => place % 2 === 0);
  admissions.every *= 2;
}

/** What was let through before counts no more. */
export function forgetAdmissions(admissions: Admissions): void {
  admissions.points = [];
  admissions.every = 1;
}

/** What `paceOver` found: the pace per second, the span with its wait, and how many were let through in it. */
export type Allowed = {
  readonly pace: number;
  readonly spanMs: number;
  readonly count: number;
  /**
   * How long to rest before starting at an even pace of so many per second, so that no more start than were let through a span ago: a provider
   * that counts a rolling span forgets those at the distances at which they came.
   */
  readonly restMs: (perSecond: number) => number;
};

/**
 * The highest pace, per second, at which a provider let through what it did in some span up to `at` and the wait of `waitedMs` behind it. If it
 * counts in windows, one such span with its wait is a window of its own.
 */
export function paceOver({points, total}: Admissions, at: number, waitedMs: number): Allowed {
  let best = {pace: 0, spanMs: waitedMs, first: points.length};
  for (const [first, point] of points.entries()) {
    const spanMs = Math.max(0, at - point.at) + waitedMs;
    const pace = ((total - point.total) * 1000) / Math.max(1, spanMs);
    if (pace > best.pace) best = {pace, spanMs, first};
  }
  const count = total - (points[best.first]?.total ?? total);
  return {pace: best.pace, spanMs: best.spanMs, count, restMs: (perSecond) => restFor(points, perSecond)};
}

/** The most by which an even pace is ever ahead of what was let through, from whatever point on. */
function restFor(points: Admissions['points'], perSecond: number): number {
  let rest = 0;
  let earliest = Number.POSITIVE_INFINITY;
  for (const {at, total} of points) {
    const ahead = at - (total * 1000) / perSecond;
    earliest = Math.min(earliest, ahead);
    rest = Math.max(rest, ahead - earliest);
  }
  return rest;
}
