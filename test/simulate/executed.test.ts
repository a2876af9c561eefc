import {assert} from 'chai';
import {openExecuted} from '../../src/simulate/executed.js';
import {profileOf} from '../support/profile.js';

const arrival = (method: string, target: string, body = '') => ({method, target, headers: {}, body});
const POST = arrival('POST', '/users', '{"id": "a/b"}');

describe('openExecuted', () => {
  const opened = (request: string) =>
    openExecuted(
      profileOf({
        operations: {CreateUser: {route: 'POST /users'}, RemoveUser: {route: 'DELETE /users/{user}'}},
        probes: [
          {
            operations: ['CreateUser'],
            request,
            happened: [{status: ['200'], json: {'/users/0': true}}],
            didNot: [{status: ['404'], body: 'not found'}],
          },
        ],
      }),
    );

  it('answers a probe by what was executed, in the shape of its rules', () => {
    const executed = opened('GET /users/{{ request.body.id }}');
    assert.deepEqual(executed.replyTo(arrival('GET', '/users/a%2Fb')), {
      status: 404,
      headers: {},
      body: '{"message":"not found"}',
    });
    executed.note(POST);
    executed.note(arrival('DELETE', '/users/x'));
    executed.note(arrival('POST', '/users', '{}'));
    assert.deepInclude(executed.replyTo(arrival('GET', '/v1/users/a%2Fb')), {
      status: 200,
      body: '{"users":{"0":true}}',
    });
    assert.deepInclude(executed.replyTo(arrival('GET', '/users/x')), {status: 404});
  });

  it('leaves alone what is no probe', () => {
    const executed = opened('GET /users/{{ request.body.id }}');
    executed.note(POST);
    for (const [method, target] of [
      ['GET', '/users'],
      ['GET', '/users/a/rooms'],
      ['HEAD', '/users/a%2Fb'],
    ] as const)
      assert.isUndefined(executed.replyTo(arrival(method, target)), target);
  });

  it('answers neither where only the row knows what is asked for', () => {
    const executed = opened('GET /users/{{ mail }}');
    executed.note(POST);
    assert.deepInclude(executed.replyTo(arrival('GET', '/users/a%2Fb')), {status: 501});
  });
});
