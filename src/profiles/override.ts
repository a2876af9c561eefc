import {shareOf, type WindowRule} from '../limits/limit.js';
import type {Pace} from '../limits/pace.js';
import {EXIT, Problem} from '../problem.js';
import {readShare} from './complete.js';
import {didYouMean} from './nearest.js';
import type {AnswerRule, Limit, Profile} from './profile.js';

/** What `--limit [NAME=]80/5s` asks for. */
export type LimitFlag = {readonly name?: string | undefined; readonly requests: number; readonly seconds: number};

/** What an operator says instead of the profile. */
export type Overrides = {
  readonly limits: readonly LimitFlag[];
  /** Between 0 and 1. */
  readonly share?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly pace?: Pace | undefined;
  readonly rampSeconds?: number | undefined;
  /** Answers that count as ok, before the profile's own rules about what was not executed and what failed. */
  readonly ok?: readonly AnswerRule[] | undefined;
};

/**
 * The profile as it is used. A limit with a name replaces that limit's windows; without one it is a further limit over all requests. The
 * profile's own share holds for the profile's own windows (an operator who writes 80/5s means 80); a share from the operator holds for all.
 * The result's share is 1: it is spent. Throws LIMIT_UNKNOWN (exit 2).
 */
export function applyLimits(profile: Profile, overrides: Overrides): Profile {
  const {limits, share, concurrency, pace, rampSeconds, ok} = overrides;
  const known = profile.limits.map(({name}) => name);
  for (const {name} of limits) if (name !== undefined && !known.includes(name)) throw unknownLimit(profile, name);
  const own = profile.limits.map((limit): Limit => {
    const replacing = limits.filter(({name}) => name === limit.name).map((flag) => windowOf(flag, limit));
    if (replacing.length > 0)
      return {...limit, windows: share === undefined ? replacing : replacing.map(shared(share))};
    const part = share ?? profile.share;
    // Where to begin is no window of the provider's; the share is for those that it will tell.
    if (limit.learn)
      return {...limit, windows: limit.windows.map((window) => (part === 1 ? window : {...window, share: part}))};
    return {...limit, windows: limit.windows.map(shared(part))};
  });
  const added = limits.filter(({name}) => name === undefined).map((flag) => windowOf(flag));
  const names = freeNames(known, added.length);
  const further = added.map((window, i): Limit => ({name: names[i]!, per: [], windows: [shared(share ?? 1)(window)]}));
  return {
    ...profile,
    limits: [...own, ...further],
    share: 1,
    concurrency: concurrency ?? profile.concurrency,
    ...(pace === undefined ? {} : {pace}),
    ...(rampSeconds === undefined ? {} : {rampSeconds}),
    ...(ok === undefined ? {} : {okFirst: ok}),
  };
}

/** `80/5s`, `network=80/5s`, `1800/1h`, `1/500ms`, `60/m`. Throws LIMIT_INVALID (exit 2). */
export function parseLimitFlag(text: string): LimitFlag {
  const match = /^(?:([^=]+)=)?(\d+)\/(\d+(?:\.\d+)?|\.\d+)?(ms|s|m|h|d)$/.exec(text.trim());
  const requests = Number(match?.[2]);
  const seconds = Number(match?.[3] ?? 1) * (SECONDS[match?.[4] ?? 's'] ?? 1);
  if (!match || requests < 1 || !Number.isSafeInteger(requests) || !(seconds > 0 && seconds <= LONGEST_SECONDS)) {
    throw usage(
      'LIMIT_INVALID',
      `--limit is ${JSON.stringify(text)}, expected requests per time, such as 80/5s`,
      'Write it with the name of a limit to replace that one: --limit network=80/5s',
    );
  }
  return {...(match[1] === undefined ? {} : {name: match[1].trim()}), requests, seconds};
}

/** `60%` or `0.6`, as a number between 0 and 1. Throws SHARE_INVALID (exit 2). */
export function parseShare(text: string): number {
  const share = readShare(text);
  if (share !== undefined) return share;
  throw usage(
    'SHARE_INVALID',
    `--share is ${JSON.stringify(text)}, expected more than 0% and at most 100%`,
    'Write it as a percentage: --share 60%',
  );
}

const SECONDS: Readonly<Record<string, number>> = {ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400};

/** Longer ones are a mistake in the unit, as in profile files. */
const LONGEST_SECONDS = 366 * 86_400;

/** Counted as the limit counts its window of that length, if it has one: the headers go on describing it. A bucket's burst is not guessed. */
function windowOf({requests, seconds}: LimitFlag, limit?: Limit): WindowRule {
  const kind = limit?.windows.find((window) => window.seconds === seconds)?.kind ?? 'rolling';
  return {requests, seconds, kind};
}

/**
 * Whole requests, rounded down; where that would be none, one request in as many more seconds. The provider's own window ends long before
 * such a longer one does, so its announced end does not make that whole.
 */
function shared(share: number): (window: WindowRule) => WindowRule {
  return (window) => {
    if (share === 1) return window;
    const exact = window.requests * share;
    const requests = shareOf(window.requests, share);
    const {burst, ...rest} = window;
    const saved = burst === undefined ? {} : {burst: Math.max(1, shareOf(burst, share))};
    return requests >= 1
      ? {...rest, ...saved, requests, share}
      : {
          ...rest,
          ...saved,
          requests: 1,
          seconds: window.seconds / exact,
          kind: window.kind === 'bucket' ? 'bucket' : 'rolling',
        };
  };
}

function freeNames(known: readonly string[], count: number): string[] {
  const free: string[] = [];
  for (let i = 1; free.length < count; i++) {
    const name = i === 1 ? 'limit' : `limit-${i}`;
    if (!known.includes(name)) free.push(name);
  }
  return free;
}

function unknownLimit(profile: Profile, name: string): Problem {
  const known = profile.limits.map((limit) => limit.name);
  const list = known.length === 0 ? 'it has none' : `its limits are ${known.join(', ')}`;
  const says = `profile ${JSON.stringify(profile.name)} has no limit ${JSON.stringify(name)} (${list})${didYouMean(name, known)}`;
  return usage(
    'LIMIT_UNKNOWN',
    says,
    'Name one of them, or leave the name out to add a limit over all requests: --limit 80/5s',
  );
}

function usage(code: string, says: string, fix: string): Problem {
  return new Problem(code, says, fix, {exit: EXIT.usage});
}
