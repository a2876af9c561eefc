import type {Response} from '../exchange.js';
import {believe, type Learned} from '../limits/believe.js';
import type {Ledger, Span} from '../limits/ledger.js';
import type {BucketRef} from '../limits/limit.js';
import {type Quota, readQuotas} from '../limits/quota.js';
import {readRetryAfter} from '../limits/retry-after.js';
import {observeDate, type ServerClock} from '../limits/server-clock.js';
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
  /** What was told of windows that the profile does not have, or that could be several of its: nothing of it is in force. */
  readonly unmatched: readonly Quota[];
  /** Applies what was told to the ledger; returns limits that turned out other than the profile says. */
  readonly apply: (ledger: Ledger, refs: readonly BucketRef[], span: Span) => readonly Learned[];
};

/** The limits of a request as far as matching a quota needs them: where each stands in the profile, its name and windows. */
type NamedLimit = {
  readonly name: string;
  readonly windows: readonly {readonly requests: number; readonly seconds: number}[];
};

/** One window that a quota speaks of. */
type Match = {readonly limit: number; readonly seconds: number; readonly quota: Quota};

/** Reads the limits that `response` tells and finds the windows of `refs` they speak of. Pure: the ledger changes in `apply` alone. */
export function learn(
  {headers}: Response,
  refs: readonly BucketRef[],
  {limits, rule, clock: before}: {limits: readonly NamedLimit[]; rule: HeaderRule; clock: ServerClock},
  {startedAt, now}: Span,
): Lesson {
  const {trust} = rule;
  const clock = observeDate(before, headers.date, startedAt, now, headers.age);
  const windows = refs.flatMap(({limit}) =>
    limits[limit]!.windows.map((window) => ({limit, name: limits[limit]!.name, ...window})),
  );
  const longestSeconds = Math.max(0, ...windows.map(({seconds}) => seconds));
  const at = {sentAt: startedAt, receivedAt: now, clock, longestSeconds, windowSeconds: rule.describes?.seconds};
  const quotas = readQuotas(headers, {...rule, seconds: rule.describes?.seconds}, at);
  const matches = quotas.flatMap((quota) => matchWindow(quota, windows, rule));
  const matched = new Set(matches.map(({quota}) => quota));
  const spent = quotas
    .filter(({remaining, resetAt}) => trust !== 'none' && remaining === 0 && resetAt !== undefined)
    .map(({resetAt}) => resetAt!);
  const retryAfter = readRetryAfter(headers, at);
  return {
    clock,
    retryAfter,
    resetAt: (limit, seconds) =>
      trust === 'none'
        ? undefined
        : matches.find((match) => match.limit === limit && match.seconds === seconds)?.quota.resetAt,
    until: retryAfter ?? (spent.length > 0 ? Math.max(...spent) : undefined),
    told: trust !== 'none' && matches.some(({quota}) => quota.limit !== undefined),
    unmatched: trust === 'none' ? [] : quotas.filter((quota) => !matched.has(quota)),
    apply: (ledger, buckets, span) =>
      trust === 'none'
        ? []
        : matches
            .map((match) => believe(ledger, buckets, {...match, trust}, span))
            .filter((learned) => learned !== undefined),
  };
}

/** The window a quota speaks of: the profile's word first, then its own length, then the only one there is. */
function matchWindow(
  quota: Quota,
  windows: readonly {
    readonly limit: number;
    readonly name: string;
    readonly requests: number;
    readonly seconds: number;
  }[],
  {describes}: HeaderRule,
): Match[] {
  const named = describes?.limits ? windows.filter(({name}) => describes.limits!.includes(name)) : windows;
  const seconds = quota.windowSeconds ?? describes?.seconds;
  const fitting = seconds === undefined ? named : named.filter((window) => window.seconds === seconds);
  // Two windows of the same length (Amity's kind of stack) cannot be told apart by length: the figure has to.
  const [only] = fitting.length < 2 ? fitting : fitting.filter(({requests}) => requests === quota.limit);
  return only ? [{limit: only.limit, seconds: only.seconds, quota}] : [];
}
