import {assert} from 'chai';
import type {Exchange} from '../../src/exchange.js';
import {findProfile} from '../../src/profiles/find.js';
import type {Profile} from '../../src/profiles/profile.js';
import {judge} from '../../src/requests/judge.js';
import type {Verdict} from '../../src/requests/request.js';
import {sampleProfile} from './sample.js';

type Case = {
  readonly status: number;
  readonly body?: string | object;
  readonly headers?: Record<string, string>;
  readonly bodyLost?: boolean;
  readonly method?: string;
  readonly repeatable?: boolean;
  readonly n?: number;
  readonly key?: boolean;
};

function verdict(
  profile: Partial<Profile>,
  {status, body = '', headers = {}, bodyLost = false, ...rest}: Case,
): Verdict {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return exchanged(profile, {kind: 'answered', response: {status, headers, body: text, bodyLost}}, rest);
}

function exchanged(
  profile: Partial<Profile>,
  exchange: Exchange,
  {method = 'POST', repeatable = false, n = 1, key = false}: Partial<Case>,
): Verdict {
  return judge(exchange, {method, repeatable}, sampleProfile(profile), {n, hasIdempotencyKey: key});
}

const kind = (profile: Partial<Profile>, one: Case) => verdict(profile, one).kind;

describe('judge, by status alone', () => {
  const asked = {once: {}, repeatable: {repeatable: true}, keyed: {key: true}, last: {repeatable: true, n: 5}} as const;
  for (const [statuses, once, repeatable, last] of [
    [[200, 201, 202, 204, 206, 299], 'ok', 'ok', 'ok'],
    [[300, 301, 302, 303, 304, 307, 308], 'failed', 'failed', 'failed'],
    [[400, 402, 403, 404, 405, 409, 410, 413, 414, 415, 422, 423, 425, 431, 451, 499], 'failed', 'failed', 'failed'],
    [[401], 'unauthorized', 'unauthorized', 'unauthorized'],
    [[429], 'refused', 'refused', 'refused'],
    [[500, 502, 503, 504], 'in-doubt', 'backoff', 'failed'],
    [[408, 501, 505, 507, 520, 529, 599], 'in-doubt', 'in-doubt', 'in-doubt'],
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

  it('2xx whose body was lost is ok, and says so', () => {
    assert.deepEqual(verdict({}, {status: 201, body: '{"id": 1', bodyLost: true}), {
      kind: 'ok',
      status: 201,
      bodyLost: true,
    });
  });

  it('a redirect says where it would have led', () => {
    const found = verdict({}, {status: 307, headers: {location: 'https://evil.com/\u001b[2J'}});
    assert.deepEqual(found, {kind: 'failed', status: 307, why: 'redirect not followed: https://evil.com/\\u001b[2J'});
  });

  it('408 is sent again where the profile lists it', () => {
    const retry = {...sampleProfile().retry, statuses: [408]};
    assert.equal(kind({retry}, {status: 408, repeatable: true}), 'backoff');
    assert.equal(kind({retry}, {status: 408}), 'in-doubt');
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

  for (const [name, rule, one, matches] of [
    ['a status', {status: ['400', '409']}, {status: 409}, true],
    ['another status', {status: ['400', '409']}, {status: 404}, false],
    ['a class', {status: ['4xx']}, {status: 404}, true],
    ['another class', {status: ['5xx']}, {status: 404}, false],
    ['text in any case', {body: 'Rate Limit'}, {status: 400, body: 'the rate limit'}, true],
    ['other text', {body: 'Rate Limit'}, {status: 400, body: 'nothing'}, false],
    ['a JSON value', {json: {'/code': 400311}}, {status: 400, body: {code: 400311}}, true],
    ['a JSON value as text', {json: {'/code': 400311}}, {status: 400, body: {code: '400311'}}, true],
    ['another JSON value', {json: {'/code': 400311}}, {status: 400, body: {code: 400312}}, false],
    ['no JSON', {json: {'/code': 400311}}, {status: 400, body: 'code 400311'}, false],
    ['false', {json: {'/success': false}}, {status: 400, body: {success: false}}, true],
    ['no false where there is none', {json: {'/success': false}}, {status: 400, body: {}}, false],
    ['no false where it is text', {json: {'/success': false}}, {status: 400, body: {success: 'false'}}, true],
    ['that it is there', {json: {'/data/detail': true}}, {status: 400, body: {data: {detail: []}}}, true],
    ['that it is not there', {json: {'/data/detail': true}}, {status: 400, body: {data: {}}}, false],
    ['nothing inherited', {json: {'/constructor': true}}, {status: 400, body: {}}, false],
    ['an escaped pointer', {json: {'/a~1b/~0/0': 'x'}}, {status: 400, body: {'a/b': {'~': ['x']}}}, true],
    ['a header', {header: {'X-Reason': 'quota'}}, {status: 400, headers: {'x-reason': 'the Quota'}}, true],
    ['that a header is there', {header: {'X-Reason': ''}}, {status: 400, headers: {'x-reason': 'y'}}, true],
    ['no header', {header: {'X-Reason': ''}}, {status: 400}, false],
    ['all members', {status: ['400'], body: 'a', json: {'/a': 1}}, {status: 400, body: {a: 1}}, true],
    ['not some of them', {status: ['400'], body: 'b', json: {'/a': 1}}, {status: 400, body: {a: 1}}, false],
  ] as const) {
    it(`matches ${name}`, () => assert.equal(kind({refused: [rule]}, one), matches ? 'refused' : 'failed'));
  }
});

describe('judge, with the answers of providers', () => {
  const [amity, stream, appwrite, koreai, authmatech] = ['amity', 'stream', 'appwrite', 'koreai', 'authmatech'].map(
    findProfile,
  ) as [Profile, Profile, Profile, Profile, Profile];
  const refusal = {
    message: 'Rate limit for the current endpoint has been exceeded. Please try again after some time.',
    code: 429,
  };
  const envelope = (message: string) => ({success: false, messages: [{type: 'FAILURE', message}], data: null});

  for (const [name, profile, one, expected] of [
    [
      'amity refuses',
      amity,
      {status: 429, body: {status: 'error', code: 400311, message: 'RateLimit Exceed.'}},
      {kind: 'refused', status: 429},
    ],
    ['amity refuses with another status', amity, {status: 400, body: {code: 400311}}, {kind: 'refused', status: 400}],
    [
      'amity calls a wrong parameter a 500',
      amity,
      {status: 500, body: {code: 500000, message: 'Parameters error.', data: {detail: ['x']}}, repeatable: true},
      {kind: 'failed', status: 500, why: 'parameters are not valid'},
    ],
    [
      'amity fails',
      amity,
      {status: 500, body: {code: 500000, message: 'Unexpected'}, repeatable: true},
      {kind: 'in-doubt', status: 500, why: 'Unexpected'},
    ],
    [
      'amity has banned a user, or the token is old',
      amity,
      {status: 401, body: {code: 400100, message: 'User banned from system'}},
      {kind: 'unauthorized', status: 401, why: 'User banned from system'},
    ],
    [
      'stream refuses',
      stream,
      {status: 429, body: {code: 9, message: 'Too many requests', StatusCode: 429}},
      {kind: 'refused', status: 429},
    ],
    ['appwrite refuses', appwrite, {status: 429, body: refusal}, {kind: 'refused', status: 429}],
    [
      'appwrite knows the row already',
      {...appwrite, ok: [{status: ['409'], json: {'/type': 'user_already_exists'}}]},
      {status: 409, body: {type: 'user_already_exists'}},
      {kind: 'ok', status: 409, bodyLost: false},
    ],
    ['appwrite answers without a body', appwrite, {status: 204}, {kind: 'ok', status: 204, bodyLost: false}],
    [
      'stream fails',
      stream,
      {status: 500, body: {message: 'internal'}},
      {kind: 'in-doubt', status: 500, why: 'internal'},
    ],
    [
      'koreai refuses by text',
      koreai,
      {
        status: 400,
        body: {
          errors: [{msg: 'Rate limit for this API has been reached. Please try again after some time.', code: 400}],
        },
      },
      {kind: 'refused', status: 400},
    ],
    [
      'koreai finds a fault',
      koreai,
      {status: 400, body: {errors: [{msg: 'Invalid bot', code: 400}]}},
      {kind: 'failed', status: 400, why: 'Invalid bot'},
    ],
    [
      'authmatech refuses',
      authmatech,
      {status: 429, body: envelope('Rate limit exceeded.')},
      {kind: 'refused', status: 429},
    ],
    [
      'authmatech has no balance',
      authmatech,
      {status: 400, body: envelope('Balance is empty')},
      {kind: 'stop', status: 400, why: 'balance', code: 'rule'},
    ],
    [
      'authmatech finds a number not valid, which is an answer',
      authmatech,
      {status: 200, body: {success: true, data: {validNumber: false}}},
      {kind: 'ok', status: 200, bodyLost: false},
    ],
    [
      'authmatech says no with 200',
      authmatech,
      {status: 200, body: envelope('No such job')},
      {kind: 'failed', status: 200, why: 'No such job'},
    ],
    [
      'authmatech breaks',
      authmatech,
      {status: 500, body: envelope('Internal')},
      {kind: 'backoff', status: 500, why: 'Internal', resent: true},
    ],
  ] as const) {
    it(name, () => assert.deepEqual(verdict(profile, one as Case), expected as Verdict));
  }
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

describe('the reason of a failure', () => {
  const why = (body: string | object) => (verdict({}, {status: 400, body}) as {why: string}).why;
  for (const [body, expected] of [
    [{message: 'm', error: 'e'}, 'm'],
    [{error: 'e'}, 'e'],
    [{error: {message: 'em'}}, 'em'],
    [{errors: [{msg: 'x'}]}, 'x'],
    [{errors: ['y']}, 'y'],
    [{messages: [{message: 'z'}]}, 'z'],
    [{detail: 'd', title: 't'}, 'd'],
    [{title: 't'}, 't'],
    [{message: ''}, 'HTTP 400'],
    [{message: {a: 1}}, 'HTTP 400'],
    ['', 'HTTP 400'],
    ['<html>Bad gateway</html>', 'HTTP 400'],
    ['plain words\nmore', 'plain words'],
    [{message: 'a\n b'}, 'a b'],
  ] as const) {
    it(`is read from ${JSON.stringify(body)}`, () => assert.equal(why(body), expected));
  }

  it('is cut to 300 characters, and never inside one', () => {
    assert.lengthOf(why({message: 'x'.repeat(1000)}), 300);
    assert.notMatch(why({message: '💥'.repeat(1000)}), /[\ud800-\udbff](?![\udc00-\udfff])/);
  });
});
