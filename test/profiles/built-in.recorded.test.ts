import {readdirSync, readFileSync} from 'node:fs';
import {assert} from 'chai';
import type {Response} from '../../src/exchange.js';
import {giveBack, type Ledger, openLedger, take} from '../../src/limits/ledger.js';
import type {BucketRef} from '../../src/limits/limit.js';
import {refuse} from '../../src/limits/refuse.js';
import {findProfile, listProfiles} from '../../src/profiles/find.js';
import type {Profile} from '../../src/profiles/profile.js';
import {matchRoute, routeTable} from '../../src/profiles/routes.js';
import {bucketsOf} from '../../src/requests/buckets.js';
import {judge} from '../../src/requests/judge.js';
import {type Finding, hearWindows} from '../../src/run/found.js';
import {learn} from '../../src/run/learn.js';
import {namedLimits, resumableAt, type Settling} from '../../src/run/refusal.js';
import type {Tools} from '../../src/run/tools.js';

/**
 * One exchange with a provider, and what is to be made of it. `form` tells what `from` has: `printed`, this very response; `recorded`, one that
 * somebody received; `composed`, the names, the formats and the examples that this one was put together from. `at` is when it arrived.
 */
type Recorded = {
  readonly it: string;
  readonly from: {readonly url: string; readonly date: string; readonly form: 'printed' | 'recorded' | 'composed'};
  readonly profile?: string;
  readonly at: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly credential?: string;
    readonly body?: string;
  };
  readonly response: Pick<Response, 'status' | 'headers' | 'body'>;
  readonly expect: {
    readonly verdict: string;
    /** `limit/seconds: 4 left for 9 s` and `limit/seconds: 40 instead of 60`. */
    readonly believed?: readonly string[];
    /** Seconds from the arrival on, by bucket. */
    readonly closed?: Readonly<Record<string, number>>;
    /** Of a run that ends, after how many seconds going on makes sense. */
    readonly resumes?: number;
  };
};

const FOLDER = new URL('../../fixtures/profiles/recorded/', import.meta.url);
/** Told by the test of the profiles that were there first. */
const TOLD_ELSEWHERE = ['amity', 'appwrite', 'authmatech', 'auto', 'koreai', 'stream'];
/** How long each exchange took. */
const TOOK_MS = 100;

const names = readdirSync(FOLDER).map((file) => file.replace('.json', ''));
const recordedOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as readonly Recorded[];

describe('the recorded answers of providers', () => {
  it('are there for every built-in profile', () =>
    assert.sameMembers(
      names,
      listProfiles().filter((name) => !TOLD_ELSEWHERE.includes(name)),
    ));
});

for (const name of names) {
  describe(`${name}, by its recorded answers,`, () => {
    const all = recordedOf(name);

    for (const recorded of all) it(recorded.it, () => assert.deepEqual(read(recorded, name), expected(recorded)));

    it('is shown an answer and a refusal, and whose they are', () => {
      const verdicts = all.map(({expect}) => expect.verdict);
      assert.includeMembers(verdicts, ['ok', 'refused']);
      for (const {from} of all) {
        assert.match(from.url, /^(https:\/\/|\w[\w-]*\/[\w.-]+:)/);
        assert.isAtMost(Date.parse(from.date), Date.parse('2026-11-25'));
        assert.include(['printed', 'recorded', 'composed'], from.form);
      }
    });
  });
}

function expected({expect}: Recorded) {
  return {believed: [], closed: {}, resumes: undefined, ...expect};
}

/** Takes the exchange through what a run makes of it: its buckets, the verdict, what is learned, what is closed. */
function read({profile: named, at, request, response: {status, headers, body}}: Recorded, name: string) {
  const profile = findProfile(named ?? name);
  const now = Date.parse(at);
  const span = {startedAt: now - TOOK_MS, now};
  const {refs, repeatable} = requestOf(request, profile);
  const ledger = openLedger(profile.limits, profile.concurrency);
  const response: Response = {status, headers, body, bodyLost: false};
  const judged = {method: request.method, repeatable};
  const attempt = {n: 1, hasIdempotencyKey: profile.idempotencyKey !== undefined};
  const verdict = judge({kind: 'answered', response}, judged, profile, attempt);
  const known = {limits: ledger.limits, rule: profile.headers, clock: undefined, turning: ledger.turning};
  take(ledger, refs, span.startedAt);
  const lesson = learn(response, refs, known, span);
  giveBack(ledger, refs, now, {kind: 'answered', resetAt: lesson.resetAt});
  lesson.apply(ledger, refs, span);
  hearWindows(response, lesson, refs, session(ledger), span);
  const settling = {verdict, lesson, at: now} as Settling;
  if (verdict.kind === 'refused') {
    const until = lesson.until;
    const named = namedLimits(settling, profile);
    refuse(ledger, refs, {...span, until, rule: profile.retry, random: 0.5, explained: lesson.told, named});
  }
  const resumes = verdict.kind === 'stop' ? resumableAt(settling, verdict.renews, lesson.clock) : undefined;
  return {
    verdict: verdict.kind,
    believed: refs.flatMap((ref) => believed(ref, ledger, profile, now)),
    closed: Object.fromEntries(refs.flatMap((ref) => closed(ref, ledger, now))),
    resumes: resumes === undefined ? undefined : seconds(resumes - now),
  };
}

function requestOf({method, path, credential, body}: Recorded['request'], profile: Profile) {
  const [bare = ''] = path.split('?');
  const match = matchRoute(routeTable(profile), method, bare);
  const keyed = {
    method,
    path: bare,
    pattern: undefined,
    headers: {},
    body,
    operation: match?.name,
    group: match?.rule.group,
    parameters: match?.parameters ?? {},
    credential,
    scope: {},
  };
  const repeatable = match?.rule.repeatable ?? profile.repeatable.methods.includes(method);
  return {refs: bucketsOf(keyed, profile), repeatable};
}

/** As much of a session as hears of windows that nobody knew. */
function session(ledger: Ledger): Tools {
  const findings = new Map<number, Finding>();
  return {ledger, findings, record: () => {}, said: new Set(), say: () => {}} as unknown as Tools;
}

function believed({id, limit, label}: BucketRef, ledger: Ledger, profile: Profile, now: number): string[] {
  return (ledger.buckets.get(id)?.windows ?? []).flatMap(({rule, requests, told, toldUntil}) => {
    const of = `${label}/${rule.seconds}`;
    const {windows, learn: learned} = profile.limits[limit]!;
    const before = learned ? 'nothing' : windows.find(({seconds: length}) => length === rule.seconds)!.requests;
    return [
      ...(told && toldUntil > now ? [`${of}: ${told.remaining} left for ${seconds(toldUntil - now)} s`] : []),
      ...(requests === before ? [] : [`${of}: ${requests} instead of ${before}`]),
    ];
  });
}

function closed({id, label}: BucketRef, ledger: Ledger, now: number): [string, number][] {
  const until = ledger.buckets.get(id)?.closedUntil ?? 0;
  return until > now ? [[label, seconds(until - now)]] : [];
}

function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(3));
}
