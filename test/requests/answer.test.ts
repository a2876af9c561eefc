import {assert} from 'chai';
import {findProfile} from '../../src/profiles/find.js';
import type {Profile} from '../../src/profiles/profile.js';
import type {Verdict} from '../../src/requests/request.js';
import {type Case, kind, verdict} from './judged.js';

describe('a rule about answers', () => {
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
    ['a number in a header', {header: {'X-Left': '0'}}, {status: 400, headers: {'x-left': '0'}}, true],
    ['a number of several', {header: {'X-Left': '0'}}, {status: 400, headers: {'x-left': '57, 0'}}, true],
    ['no digit of a number', {header: {'X-Left': '0'}}, {status: 400, headers: {'x-left': '4990'}}, false],
    ['no part of a fraction', {header: {'X-Left': '0'}}, {status: 400, headers: {'x-left': '0.5'}}, false],
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
      {kind: 'ok', status: 409, bodyLost: false, why: 'already there'},
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
