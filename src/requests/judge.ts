import type {Exchange, Response} from '../exchange.js';
import type {AnswerRule, Profile} from '../profiles/profile.js';
import {type Answer, answerOf, explanation, isBodyLost, matchingRule, violatedPolicies} from './answer.js';
import type {Request, Verdict} from './request.js';
import {showSafe} from './show.js';

/**
 * Which attempt an exchange was: `n` counts from 1 and leaves out those that were refused or never sent. `needsBody`: something is to be captured of its
 * answer.
 */
export type AttemptCount = {readonly n: number; readonly hasIdempotencyKey: boolean; readonly needsBody?: boolean};

/** The error of an exchange whose request could not even be written. */
export const MALFORMED = 'REQUEST_MALFORMED';

/** The server did not wait for the whole request (RFC 9110): hardly executed, which is not certain. */
const TIMED_OUT = 408;
/** The server would not risk to execute what may have been replayed on its way (RFC 8470): certainly not executed. */
const TOO_EARLY = 425;

type Judged = Pick<Request, 'method' | 'repeatable'>;

/** What one exchange means for its operation: by the phase it had reached, then by the profile's rules, then by the status. */
export function judge(exchange: Exchange, request: Judged, profile: Profile, attempt: AttemptCount): Verdict {
  switch (exchange.kind) {
    case 'unsent':
      if (exchange.error === MALFORMED) return {kind: 'failed', status: undefined, why: whyOf(exchange)};
      return {kind: 'unsent', why: whyOf(exchange)};
    case 'untrusted':
      return {kind: 'stop', status: undefined, why: whyOf(exchange), code: 'certificate'};
    case 'unanswered':
      return judgeSilence(whyOf(exchange), request, profile, attempt);
    case 'answered': {
      const verdict = judgeAnswer(exchange.response, request, profile, attempt);
      return attempt.needsBody && verdict.kind === 'ok' && verdict.bodyLost
        ? judgeSilence(`it is ok (${verdict.status}), and what was to be captured got lost`, request, profile, attempt)
        : verdict;
    }
  }
}

// However often it is sent: without an answer, what became of it stays unknown.
function judgeSilence(why: string, request: Judged, profile: Profile, attempt: AttemptCount): Verdict {
  return mayRepeat(request, attempt) ? againOrDoubt(undefined, why, profile, attempt) : doubt(undefined, why);
}

function judgeAnswer(response: Response, request: Judged, profile: Profile, attempt: AttemptCount): Verdict {
  const answer = answerOf(response);
  const {status} = response;
  const stop = matchingRule(profile.stop, answer);
  if (stop)
    return {
      kind: 'stop',
      status,
      why: stop.why ?? explanation(answer),
      code: 'rule',
      ...(stop.renews && {renews: stop.renews}),
    };
  const refused = matchingRule(profile.refused, answer);
  if (refused || status === 429) {
    const limits = refused?.limits ?? violatedPolicies(answer);
    return limits.length === 0 ? {kind: 'refused', status} : {kind: 'refused', status, limits};
  }
  const saidOk = matchingRule(profile.okFirst ?? [], answer);
  if (saidOk) return okBy(saidOk, answer);
  const undone = matchingRule(profile.notExecuted, answer);
  if (undone) return againOrFailed(status, undone.why ?? explanation(answer), profile, attempt);
  const failed = matchingRule(profile.failed, answer);
  if (failed) return {kind: 'failed', status, why: failed.why ?? explanation(answer)};
  const ok = matchingRule(profile.ok, answer);
  if (ok) return okBy(ok, answer);
  return judgeStatus(answer, request, profile, attempt);
}

/** A rule made it ok: where the status says otherwise, the row's result tells why. */
function okBy(rule: AnswerRule, answer: Answer): Verdict {
  const {status} = answer;
  const found = status === 409 ? 'already there' : status < 300 ? undefined : explanation(answer);
  return executed(answer, rule.why ?? found);
}

/** It is done, whatever became of the rest of the answer: sent again, it would be done twice. */
function executed(answer: Answer, found?: string): Verdict {
  const bodyLost = isBodyLost(answer);
  const why = found ?? (bodyLost ? 'the body of the answer was lost' : undefined);
  return {kind: 'ok', status: answer.status, bodyLost, ...(why === undefined ? {} : {why})};
}

function judgeStatus(answer: Answer, request: Judged, profile: Profile, attempt: AttemptCount): Verdict {
  const {status} = answer;
  if (status >= 200 && status < 300) return executed(answer);
  if (status >= 300 && status < 400) return {kind: 'failed', status, why: redirectWhy(answer)};
  const why = explanation(answer);
  if (status === 401) return {kind: 'unauthorized', status, why};
  if (status === TOO_EARLY) return againOrFailed(status, why, profile, attempt);
  if (mayRepeat(request, attempt) && (status === TIMED_OUT || profile.retry.statuses.includes(status)))
    return request.repeatable
      ? againOrFailed(status, why, profile, attempt)
      : againOrDoubt(status, why, profile, attempt);
  if (profile.resend.includes(status))
    return againOrFailed(status, why, profile, attempt, !mayRepeat(request, attempt));
  // An earlier attempt had removed it, and its answer was lost.
  if (request.method === 'DELETE' && attempt.n > 1 && (status === 404 || status === 410)) return executed(answer);
  if (status >= 400 && status < 500 && status !== TIMED_OUT) return {kind: 'failed', status, why};
  return doubt(status, why);
}

function againOrFailed(status: number, why: string, profile: Profile, {n}: AttemptCount, resent = false): Verdict {
  return n < profile.retry.attempts ? backoff(status, why, resent) : {kind: 'failed', status, why};
}

// A row that only its key protects would be done twice if it were taken for failed and sent by another run, with another key.
function againOrDoubt(status: number | undefined, why: string, profile: Profile, {n}: AttemptCount): Verdict {
  return n < profile.retry.attempts ? backoff(status, why) : doubt(status, why);
}

function doubt(status: number | undefined, why: string): Verdict {
  return {kind: 'in-doubt', status, why};
}

function backoff(status: number | undefined, why: string, resent = false): Verdict {
  return {kind: 'backoff', status, why, resent};
}

function mayRepeat({repeatable}: Judged, {hasIdempotencyKey}: AttemptCount): boolean {
  return repeatable || hasIdempotencyKey;
}

function redirectWhy({headers}: Answer): string {
  const location = headers.location;
  return `redirect not followed${location === undefined ? '' : `: ${showSafe(location)}`}`;
}

function whyOf({error, message}: {readonly error: string; readonly message: string}): string {
  return message === '' ? error : message;
}
