import {assert} from 'chai';
import type {Profile} from '../../src/profiles/profile.js';
import {exchanged, kind, verdict} from './judged.js';
import {sampleProfile} from './sample.js';

describe('judge, by status alone', () => {
  const asked = {once: {}, repeatable: {repeatable: true}, keyed: {key: true}, last: {repeatable: true, n: 5}} as const;
  for (const [statuses, once, repeatable, last] of [
    [[200, 201, 202, 204, 206, 299], 'ok', 'ok', 'ok'],
    [[300, 301, 302, 303, 304, 307, 308], 'failed', 'failed', 'failed'],
    [[400, 402, 403, 404, 405, 409, 410, 413, 414, 415, 421, 422, 423, 431, 451, 499], 'failed', 'failed', 'failed'],
    [[425], 'backoff', 'backoff', 'failed'],
    [[401], 'unauthorized', 'unauthorized', 'unauthorized'],
    [[429], 'refused', 'refused', 'refused'],
    [[408, 500, 502, 503, 504], 'in-doubt', 'backoff', 'failed'],
    [[501, 505, 507, 520, 529, 599], 'in-doubt', 'in-doubt', 'in-doubt'],
  ] as const) {
    for (const status of statuses) {
      it(`${status} is ${once}, ${repeatable} when it may be repeated, ${last} at the last attempt`, () => {
        assert.equal(kind({}, {status, ...asked.once}), once);
        assert.equal(kind({}, {status, ...asked.repeatable}), repeatable);
        assert.equal(kind({}, {status, ...asked.keyed}), repeatable);
        assert.equal(kind({}, {status, ...asked.last}), last);
      });
    }
  }

  const lost = {kind: 'ok', status: 201, bodyLost: true, why: 'the body of the answer was lost'};
  it('2xx whose body was lost is ok, and says so', () => {
    assert.deepEqual(verdict({}, {status: 201, body: '{"id": 1', bodyLost: true}), lost as object);
  });

  it('2xx whose body was lost, and with it what was to be captured, is in doubt, or sent again where that is allowed', () => {
    const lost = {status: 201, bodyLost: true, needsBody: true};
    assert.deepEqual(verdict({}, lost), {
      kind: 'in-doubt',
      status: undefined,
      why: 'it is ok (201), and what was to be captured got lost',
    });
    assert.equal(kind({}, {...lost, key: true}), 'backoff');
    assert.equal(kind({}, {...lost, bodyLost: false}), 'ok');
    assert.equal(kind({}, {...lost, bodyLost: false, body: '<', headers: {'content-type': 'text/json'}}), 'in-doubt');
    assert.equal(kind({}, {...lost, status: 400}), 'failed');
  });

  for (const [type, body, isLost] of [
    ['application/json', '{"id": 1', true],
    ['Application/problem+JSON; charset=utf-8', '<html>', true],
    ['application/json', '{"id": 1}', false],
    ['application/json', ' ', false],
    ['application/x-ndjson', '{}\n{}', false],
    ['text/html', '<html>', false],
  ] as const)
    it(`2xx that says ${type} and is ${body} has ${isLost ? 'lost its body' : 'its body'}`, () =>
      assert.deepInclude(verdict({}, {status: 201, body, headers: {'content-type': type}}), {bodyLost: isLost}));

  it('a redirect says where it would have led', () => {
    const found = verdict({}, {status: 307, headers: {location: 'https://evil.com/\u001b[2J'}});
    assert.deepEqual(found, {kind: 'failed', status: 307, why: 'redirect not followed: https://evil.com/\\u001b[2J'});
  });

  it('408 is sent again whatever the profile lists, where it may be', () => {
    const retry = {...sampleProfile().retry, statuses: []};
    assert.equal(kind({retry}, {status: 408, repeatable: true}), 'backoff');
    assert.equal(kind({retry}, {status: 408}), 'in-doubt');
    assert.equal(kind({retry}, {status: 500, repeatable: true}), 'in-doubt');
  });

  it('500 to a row that only its key protects leaves doubt at the last attempt: failed.csv would get it another key', () => {
    assert.equal(kind({}, {status: 500, key: true, n: 5}), 'in-doubt');
    assert.equal(kind({}, {status: 500, key: true, repeatable: true, n: 5}), 'failed');
  });

  it('404 after an attempt to remove it means that it is removed', () => {
    assert.equal(kind({}, {status: 404, method: 'DELETE', repeatable: true, n: 2}), 'ok');
    assert.equal(kind({}, {status: 404, method: 'DELETE', repeatable: true, n: 1}), 'failed');
    assert.equal(kind({}, {status: 404, method: 'PUT', repeatable: true, n: 2}), 'failed');
  });
});

describe('judge, with resend', () => {
  const authmatech = {resend: [500]};
  it('sends again what is not repeatable, and lists it', () => {
    assert.deepEqual(verdict(authmatech, {status: 500, body: {message: 'oops'}}), {
      kind: 'backoff',
      status: 500,
      why: 'oops',
      resent: true,
    });
    assert.equal(kind(authmatech, {status: 500, n: 4}), 'backoff');
    assert.equal(kind(authmatech, {status: 500, n: 5}), 'failed');
    assert.equal(kind(authmatech, {status: 502}), 'in-doubt');
  });

  it('lists nothing that could be repeated anyhow', () => {
    assert.deepInclude(verdict(authmatech, {status: 500, repeatable: true}), {kind: 'backoff', resent: false});
  });
});

describe('judge, by rules', () => {
  const stop = [{status: ['400'], body: 'balance', why: 'balance'}];
  const all: Partial<Profile> = {
    stop: [{body: 'stop'}],
    refused: [{body: 'refused'}],
    notExecuted: [{body: 'undone'}],
    failed: [{body: 'failed'}],
    ok: [{body: 'fine'}],
  };

  for (const [body, status, expected] of [
    ['stop refused undone failed fine', 200, 'stop'],
    ['refused undone failed fine', 200, 'refused'],
    ['undone failed fine', 200, 'backoff'],
    ['failed fine', 200, 'failed'],
    ['fine', 500, 'ok'],
    ['stop', 429, 'stop'],
    ['failed', 429, 'refused'],
    ['fine', 429, 'refused'],
    ['fine', 401, 'ok'],
    ['failed', 401, 'failed'],
    ['neither', 200, 'ok'],
  ] as const) {
    it(`tries them in their order: "${body}" with ${status} is ${expected}`, () =>
      assert.equal(kind(all, {status, body}), expected));
  }

  it('takes what a rule says for the reason, else what the provider says', () => {
    assert.deepEqual(verdict({stop}, {status: 400, body: {messages: [{message: 'Your BALANCE is empty'}]}}), {
      kind: 'stop',
      status: 400,
      why: 'balance',
      code: 'rule',
    });
    assert.deepInclude(verdict(all, {status: 200, body: {message: 'failed, sadly'}}), {why: 'failed, sadly'});
  });

  it('a request that was certainly not executed is sent again, whatever it is, while attempts are left', () => {
    const profile = {notExecuted: [{status: ['503']}]};
    assert.deepInclude(verdict(profile, {status: 503, n: 4}), {kind: 'backoff', resent: false});
    assert.equal(kind(profile, {status: 503, n: 5}), 'failed');
    assert.equal(kind({notExecuted: [{status: ['409'], body: 'locked'}]}, {status: 409, body: 'Locked'}), 'backoff');
  });
});

describe('judge, of what was not answered', () => {
  const silence = {kind: 'unanswered', error: 'ECONNRESET', message: 'socket hang up', timedOut: false} as const;

  it('leaves in doubt what may not be repeated', () => {
    assert.deepEqual(exchanged({}, silence, {}), {kind: 'in-doubt', status: undefined, why: 'socket hang up'});
  });

  it('sends again what may be repeated, and leaves it in doubt when attempts run out', () => {
    assert.deepEqual(exchanged({}, silence, {repeatable: true}), {
      kind: 'backoff',
      status: undefined,
      why: 'socket hang up',
      resent: false,
    });
    assert.equal(exchanged({}, silence, {key: true, n: 4}).kind, 'backoff');
    assert.equal(exchanged({}, silence, {repeatable: true, n: 5}).kind, 'in-doubt');
  });

  it('is never sent again because of resend', () => {
    assert.equal(exchanged({resend: [500]}, silence, {}).kind, 'in-doubt');
  });

  it('has cost nothing when it never left', () => {
    assert.deepEqual(exchanged({}, {kind: 'unsent', error: 'ENOTFOUND', message: ''}, {n: 9}), {
      kind: 'unsent',
      why: 'ENOTFOUND',
    });
  });

  it('stops the run when the certificate is bad', () => {
    const found = exchanged(
      {},
      {kind: 'untrusted', error: 'CERT_HAS_EXPIRED', message: 'certificate has expired'},
      {repeatable: true},
    );
    assert.deepEqual(found, {kind: 'stop', status: undefined, why: 'certificate has expired', code: 'certificate'});
  });
});

describe('judge, of refusals', () => {
  const rules = {
    refused: [
      {status: ['403'], body: 'slow down'},
      {status: ['503'], json: {'/error/code': 'THROTTLED'}},
      {status: ['200'], json: {'/ok': false, '/error': 'ratelimited'}},
      {body: 'per user', limits: ['user']},
    ],
  };
  const problem = {'content-type': 'application/problem+json'};
  for (const {name, answer, found} of [
    {name: 'a text', answer: {status: 403, body: 'Please SLOW DOWN'}, found: {kind: 'refused', status: 403}},
    {
      name: 'a code in the body',
      answer: {status: 503, body: {error: {code: 'THROTTLED'}}},
      found: {kind: 'refused', status: 503},
    },
    {
      name: 'a success that is none',
      answer: {status: 200, body: {ok: false, error: 'ratelimited'}},
      found: {kind: 'refused', status: 200},
    },
    {
      name: 'a rule that names its limit',
      answer: {status: 429, body: 'Too many requests per user'},
      found: {kind: 'refused', status: 429, limits: ['user']},
    },
    {
      name: 'a problem that names the policies it violates',
      answer: {status: 429, headers: problem, body: {'violated-policies': ['daily', 7]}},
      found: {kind: 'refused', status: 429, limits: ['daily']},
    },
    {
      name: 'a body of another type, which names nothing',
      answer: {status: 429, body: {'violated-policies': ['daily']}},
      found: {kind: 'refused', status: 429},
    },
  ])
    it(`knows one by ${name}`, () => assert.deepEqual(verdict(rules, answer) as object, found));

  it('takes the same statuses for what they are where no rule holds', () => {
    assert.equal(kind(rules, {status: 403, body: 'forbidden'}), 'failed');
    assert.equal(kind(rules, {status: 503, body: 'oops'}), 'in-doubt');
    assert.equal(kind(rules, {status: 200, body: {ok: true}}), 'ok');
  });

  it('takes a 429 that no waiting cures for the end of the run, and hands on when it renews', () => {
    const stop = [{status: ['429'], body: 'daily quota', renews: 'daily'}];
    assert.deepEqual(verdict({stop}, {status: 429, body: 'Daily quota exceeded'}), {
      kind: 'stop',
      status: 429,
      why: 'Daily quota exceeded',
      code: 'rule',
      renews: 'daily',
    });
    assert.equal(kind({stop}, {status: 429, body: 'slow down'}), 'refused');
  });
});

describe('judge, with what the operator counts as ok', () => {
  const exists = {status: 409, body: {message: 'user already exists'}};
  const okFirst = [{status: ['409'], body: 'already exists'}];
  it('is ok before the profile calls it failed or not executed, and says why', () => {
    const all = [{status: ['4xx']}];
    const ok = {kind: 'ok', status: 409, bodyLost: false, why: 'already there'} as const;
    assert.deepEqual(verdict({okFirst, failed: all}, exists), ok);
    assert.deepEqual(verdict({okFirst, notExecuted: all}, exists), ok);
    assert.equal(kind({okFirst}, {status: 409, body: {message: 'another conflict'}}), 'failed');
  });

  it('leaves what ends the run, and what came too early', () => {
    assert.equal(kind({okFirst, stop: [{status: ['409']}]}, exists), 'stop');
    assert.equal(kind({okFirst, refused: [{status: ['409']}]}, exists), 'refused');
  });

  it('says what the answer says where the status is another', () => {
    const found = verdict({okFirst: [{status: ['404']}]}, {status: 404, body: {message: 'no such user'}});
    assert.deepEqual(found, {kind: 'ok', status: 404, bodyLost: false, why: 'no such user'});
  });
});
