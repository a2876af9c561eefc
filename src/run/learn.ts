import type {Response} from '../exchange.js';
import {believe, type Learned} from '../limits/believe.js';
import {readBodyWait} from '../limits/body-wait.js';
import type {Ledger, LimitRule, Span} from '../limits/ledger.js';
import type {BucketRef} from '../limits/limit.js';
import {type Quota, readQuotas} from '../limits/quota.js';
import {readRetryAfter} from '../limits/retry-after.js';
import {observeDate, type ServerClock} from '../limits/server-clock.js';
import {type Candidate, candidates, sameName, spokenOf} from '../limits/spoken-of.js';
import type {HeaderRule} from '../profiles/profile.js';

/** What one response says of limits, on our clock. */
export type Lesson = {
  readonly clock: ServerClock;
  /** The end of a fixed window, where this response announced it. */
  readonly resetAt: (limit: number, seconds: number) => number | undefined;
  /** Before this nothing may be sent, when the response is a refusal. */
  readonly until: number | undefined;
  /** Before this the provider does not want the same request again, whatever the response was. */
  readonly retryAfter: number | undefined;
  /** A count was told that we believe, so a refusal needs no other explanation. */
  readonly told: boolean;
  /** The limits of which nothing is left: what a refusal is a refusal of. */
  readonly used: readonly number[];
  /** Everything that was told, believed or not. */
  readonly quotas: readonly Quota[];
  /** What was told of windows that the profile does not have, or that could be several of its: nothing of it is in force. */
  readonly unmatched: readonly Quota[];
  /** Applies what was told to the ledger; returns limits that turned out other than the profile says. */
  readonly apply: (ledger: Ledger, refs: readonly BucketRef[], span: Span) => readonly Learned[];
};

/** One window that a quota speaks of. */
type Match = {readonly limit: number; readonly seconds: number; readonly quota: Quota};

/** What is known before a response is read: the profile's part, the server's clock, and which windows turn over with it. */
type Known = {
  readonly limits: readonly LimitRule[];
  readonly rule: HeaderRule;
  readonly clock: ServerClock;
  readonly turning?: ReadonlySet<number>;
  /** The response refuses. Its body may tell a wait; that of a success may speak of anything. */
  readonly refuses?: boolean;
};

/** Reads the limits that `response` tells and finds the windows of `refs` they speak of. Pure: the ledger changes in `apply` alone. */
export function learn(
  {headers, body}: Response,
  refs: readonly BucketRef[],
  {limits, rule, clock: before, turning, refuses = false}: Known,
  {startedAt, now}: Span,
): Lesson {
  const {trust} = rule;
  const clock = observeDate(before, headers.date, startedAt, now, headers.age);
  const windows = candidates(limits, refs);
  const longestSeconds = Math.max(0, ...windows.map(({seconds}) => seconds));
  const windowSeconds = rule.describes?.seconds;
  const onlySeconds = onlyLength(windows, rule.describes?.limits);
  const at = {sentAt: startedAt, receivedAt: now, clock, longestSeconds, windowSeconds, onlySeconds, turning};
  const quotas = readQuotas(headers, {...rule, seconds: rule.describes?.seconds}, at);
  const matches = quotas.flatMap((quota): Match[] => {
    const window = spokenOf(quota, windows, rule.describes ?? {}, now);
    return window ? [{limit: window.limit, seconds: window.seconds, quota}] : [];
  });
  const matched = new Set(matches.map(({quota}) => quota));
  const believed = trust === 'none' ? [] : quotas;
  // A refusal that tells when it is over, and not what is left, tells of what is used up.
  const spent = believed.flatMap(({remaining = 0, resetAt}) =>
    remaining === 0 && resetAt !== undefined ? resetAt : [],
  );
  const retryAfter = readRetryAfter(headers, at);
  const inBody = refuses ? readBodyWait(body, at) : undefined;
  return {
    clock,
    retryAfter,
    resetAt: (limit, seconds) =>
      trust === 'none'
        ? undefined
        : matches.find((match) => match.limit === limit && match.seconds === seconds)?.quota.resetAt,
    until: retryAfter ?? inBody ?? (spent.length > 0 ? Math.max(...spent) : undefined),
    told: trust !== 'none' && matches.some(({quota}) => quota.limit !== undefined),
    quotas: believed,
    used: believed.filter(({remaining}) => remaining === 0).flatMap((quota) => limitOf(quota, windows, matches) ?? []),
    unmatched: believed.filter((quota) => !matched.has(quota)),
    apply: (ledger, buckets, span) =>
      trust === 'none'
        ? []
        : matches
            .map((match) => believe(ledger, buckets, {...match, trust}, span))
            .filter((learned) => learned !== undefined),
  };
}

/** The length of the windows that headers may describe which tell no length, where all of them have one. */
function onlyLength(windows: readonly Candidate[], described: readonly string[] = []): number | undefined {
  const spoken = windows.filter(({name}) => described.includes(name));
  const lengths = new Set((spoken.length > 0 ? spoken : windows).map(({seconds}) => seconds));
  return lengths.size === 1 ? [...lengths][0] : undefined;
}

/** The limit that a quota is one of: by its name, or by the window that it speaks of. */
function limitOf(quota: Quota, windows: readonly Candidate[], matches: readonly Match[]): number | undefined {
  const named = windows.find(({name}) => sameName(name, quota.name));
  return named?.limit ?? matches.find((match) => match.quota === quota)?.limit;
}
