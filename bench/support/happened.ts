import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {windowName} from '../../src/limits/limit.js';

/** What a run did, as its journal has it; `heldBy` is what held it back longest, with the part of the time. */
export type Happened = {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly attempts: number;
  /** Attempts of earlier sessions. */
  readonly before: number;
  /** From the start of an attempt to its answer, on average: what the provider took, and what program and machine did. */
  readonly latencyMs: number;
  readonly heldBy: {readonly limit: string; readonly window: string; readonly part: number} | undefined;
};

type Attempt = {readonly lane: number; readonly startAt: number; endAt: number};

type Rule = {readonly requests: number; readonly seconds: number; readonly kind: string; readonly burst?: number};

/** A window of one bucket, by the figure in force, and the attempts that fell into it. */
type Span = {readonly limit: string; rule: Rule; readonly spaced: boolean; readonly attempts: Attempt[]};

type Manifest = {
  readonly profile: {
    readonly limits: readonly {readonly name: string; readonly windows: readonly Rule[]}[];
    readonly concurrency: number;
    readonly share: number;
  };
  readonly options: {readonly overrides: {readonly pace?: string; readonly share?: number}};
};

type Line =
  | {readonly t: 'O'}
  | {readonly t: 'l'; readonly l: number; readonly limit: string; readonly seconds: number; readonly requests: number}
  | {readonly t: 'b'; readonly l: number; readonly in: readonly (readonly [string, number])[]}
  | {readonly t: 'i'; readonly op: number; readonly n: number; readonly l: number; readonly at: number}
  | {readonly t: 'o'; readonly op: number; readonly n: number; readonly at: number};

/**
 * A timer may come so late: just before a start, what held it did so still. A reset that is told in whole seconds is waited for longer; then what counts
 * is the middle between two starts.
 */
const LATE_MS = 15;

/** Reads what the last session in a run folder did. What held it back is told from the times of starts and answers, by the rules that docs/limits.md states. */
export function happened(runFolder: string): Happened {
  const manifest: Manifest = JSON.parse(readFileSync(join(runFolder, 'run.json'), 'utf8'));
  const spansOf = new Map<number, Span[]>();
  const buckets = new Map<string, Span[]>();
  const attempts = new Map<string, Attempt>();
  let all: Attempt[] = [];
  for (const line of linesOf(runFolder)) {
    if (line.t === 'b')
      spansOf.set(
        line.l,
        line.in.flatMap(([limit, id]) => {
          const known = buckets.get(`${limit} ${id}`) ?? openSpans(manifest, limit);
          buckets.set(`${limit} ${id}`, known);
          return known;
        }),
      );
    else if (line.t === 'i') {
      const attempt = {lane: line.l, startAt: line.at, endAt: Number.POSITIVE_INFINITY};
      attempts.set(`${line.op} ${line.n}`, attempt);
      all.push(attempt);
      for (const {attempts: fallen} of spansOf.get(line.l) ?? []) fallen.push(attempt);
    } else if (line.t === 'O') all = [];
    else if (line.t === 'l') {
      for (const span of spansOf.get(line.l) ?? [])
        if (span.limit === line.limit && span.rule.seconds === line.seconds)
          span.rule = {...span.rule, requests: line.requests};
    } else {
      const attempt = attempts.get(`${line.op} ${line.n}`);
      if (attempt) attempt.endAt = line.at;
    }
  }
  return {
    firstAt: all[0]?.startAt ?? 0,
    lastAt: Math.max(0, ...all.map(({endAt}) => endAt)),
    attempts: all.length,
    before: attempts.size - all.length,
    latencyMs: all.reduce((sum, {startAt, endAt}) => sum + endAt - startAt, 0) / all.length,
    heldBy: longest(all, spansOf, manifest.profile.concurrency),
  };
}

function* linesOf(runFolder: string): Generator<Line> {
  for (const name of readdirSync(runFolder).sort()) {
    if (!/^journal-\d+\.ndjson$/.test(name)) continue;
    for (const text of readFileSync(join(runFolder, name), 'utf8').split('\n'))
      if (/"t":"[bioOl]"/.test(text)) yield JSON.parse(text) as Line;
  }
}

function openSpans({profile, options: {overrides}}: Manifest, limit: string): Span[] {
  const windows = profile.limits.find(({name}) => name === limit)?.windows ?? [];
  const share = overrides.share ?? profile.share;
  return windows.map((rule) => ({
    limit,
    rule: {...rule, requests: Math.max(1, Math.floor(rule.requests * share))},
    spaced: overrides.pace === 'even' || rule.kind === 'counter' || rule.kind === 'bucket',
    attempts: [],
  }));
}

/** Books the time between each two starts on what held the second of them, and says what has most. */
function longest(all: readonly Attempt[], spansOf: ReadonlyMap<number, readonly Span[]>, cap: number) {
  const heldMs = new Map<string, {readonly limit: string; readonly window: string; ms: number}>();
  for (const [place, {lane, startAt}] of all.entries()) {
    const gapMs = startAt - (all[place - 1]?.startAt ?? startAt);
    if (gapMs <= 0) continue;
    const at = startAt - Math.min(gapMs / 2, LATE_MS);
    const spans = spansOf.get(lane) ?? [];
    const {limit, window} = holder(spans, at) ?? holder(spans, startAt - gapMs / 2) ?? capOr(all, cap, at);
    const entry = heldMs.get(`${limit} ${window}`) ?? {limit, window, ms: 0};
    entry.ms += gapMs;
    heldMs.set(`${limit} ${window}`, entry);
  }
  const [most] = [...heldMs.values()].sort((one, other) => other.ms - one.ms);
  const wholeMs = (all.at(-1)?.startAt ?? 0) - (all[0]?.startAt ?? 0);
  return most && {limit: most.limit, window: most.window, part: most.ms / wholeMs};
}

/** Of the windows that were full, the one that had room last. */
function holder(spans: readonly Span[], at: number): {readonly limit: string; readonly window: string} | undefined {
  let found: Span | undefined;
  let last = at;
  for (const span of spans) {
    const roomAt = roomOf(span, at);
    if (roomAt > last) [found, last] = [span, roomAt];
  }
  return found && {limit: found.limit, window: windowName(found.rule)};
}

function roomOf({rule, spaced, attempts}: Span, at: number): number {
  if (spaced) return pacedRoom(rule, attempts, at);
  const lengthMs = rule.seconds * 1000;
  const backAt: number[] = [];
  for (const {startAt, endAt} of attempts) {
    if (startAt > at) break;
    const whole = endAt + lengthMs;
    const back = rule.kind === 'fixed' ? Math.min(whole, (Math.floor(endAt / lengthMs) + 1) * lengthMs) : whole;
    if (back > at) backAt.push(back);
  }
  if (backAt.length < rule.requests) return at;
  return backAt.sort((one, other) => one - other)[backAt.length - rule.requests]!;
}

/** What gives its slots back one by one holds whoever comes sooner after the last; a bucket, once its burst is spent. */
function pacedRoom(
  {kind, requests, seconds, burst = requests}: Rule,
  attempts: readonly Attempt[],
  at: number,
): number {
  const before = attempts.filter(({startAt}) => startAt <= at);
  const last = before.at(-1);
  if (!last || (kind === 'bucket' && before.length < burst)) return at;
  return last.startAt + (seconds * 1000) / requests + LATE_MS;
}

function capOr(all: readonly Attempt[], cap: number, at: number) {
  const running = all.filter(({startAt, endAt}) => startAt <= at && endAt > at).length;
  return running >= cap
    ? {limit: 'concurrency', window: `${cap} at once`}
    : {limit: 'key or phase', window: 'one after another'};
}
