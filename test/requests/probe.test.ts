import {assert} from 'chai';
import type {Profile} from '../../src/profiles/profile.js';
import {routeTable} from '../../src/profiles/routes.js';
import {buildRequest} from '../../src/requests/build.js';
import {buildProbe, compileProbes, judgeProbe, probeOf} from '../../src/requests/probe.js';
import {compileTemplate} from '../../src/requests/template.js';
import {sampleOperation, sampleProfile, sampleSetting} from './sample.js';

const TOLD = {happened: [{status: ['200']}], didNot: [{status: ['404']}]};
const probesOf = (request: string, more: object = {}): Profile['probes'] => [
  {operations: ['CreateUser'], request, ...TOLD, ...more},
];
const operations = {
  CreateUser: {route: 'POST /users'},
  Invite: {route: 'POST /rooms/{room}/users', group: 'rooms'},
};

/** The probe of a row's request. */
function probed(
  probes: Profile['probes'],
  row: Record<string, unknown>,
  {request = 'POST /users', body = '{"id": "{{ id }}"}', headers = [] as string[]} = {},
) {
  const profile = sampleProfile({operations, probes});
  const template = compileTemplate({request, body, headers}, profile, Object.keys(row));
  const setting = sampleSetting({profile, template, routes: routeTable(profile)});
  const operation = sampleOperation(row);
  const asked = buildRequest(operation, setting);
  const probe = probeOf(compileProbes(profile), asked);
  return probe && buildProbe(probe, operation, asked, setting);
}

describe('a probe', () => {
  it('is made of the request that is in doubt: its body, and the parameters of its route', () => {
    assert.deepInclude(probed(probesOf('GET /users/{{ request.body.id }}'), {id: 'a/b'}), {
      method: 'GET',
      url: 'https://api.example.com/users/a%2Fb',
      body: undefined,
      credential: 'key',
      repeatable: true,
    });
    const invite = {request: 'POST /rooms/{{ room }}/users', body: '{"userIds": ["{{ id }}"]}'};
    const rooms = [
      {
        groups: ['rooms'],
        request: 'GET /rooms/{{ request.parameters.room }}/users/{{ request.body.userIds[0] }}',
        ...TOLD,
      },
    ];
    assert.equal(probed(rooms, {room: 'r', id: 7}, invite)?.url, 'https://api.example.com/rooms/r/users/7');
  });

  it('is made of the columns of the row, and goes with the headers of a row', () => {
    const asked = probed(
      probesOf('GET /users?email={{ mail }}'),
      {id: 1, mail: 'a@b'},
      {headers: ['X-Tenant: {{ id }}']},
    );
    assert.deepInclude(asked, {url: 'https://api.example.com/users?email=a%40b', headers: {'x-tenant': '1'}});
  });

  it('is the first that covers the request, and none is sent for any other', () => {
    const [first] = probesOf('GET /first')!;
    const [second] = probesOf('GET /second')!;
    assert.equal(probed([first!, second!], {id: 1})?.url, 'https://api.example.com/first');
    assert.isUndefined(probed([first!], {id: 1}, {request: 'POST /other'}));
    assert.isUndefined(probed(undefined, {id: 1}));
  });

  for (const [what, request, row] of [
    ['a column that is not there', 'GET /users/{{ user }}', {id: 1}],
    ['a member that is not there', 'GET /users/{{ request.body.user }}', {id: 1}],
    ['an empty value in the path', 'GET /users/{{ request.body.id }}', {id: ''}],
    ['an empty value in the query, which would find everything', 'GET /users?id={{ request.body.id }}', {id: ' '}],
    ['what a filter takes away', "GET /users/{{ request.body.id | remove: 'unique()' }}", {id: 'unique()'}],
  ] as const)
    it(`is not made with ${what}`, () =>
      assert.throws(() => probed(probesOf(request), {...row}), /^row 88 \(users.csv:92\): its probe cannot be made: /));

  it('that is no request line is refused by its name', () => {
    const compiling = (request: string) => () => compileProbes({probes: probesOf(request)});
    assert.throws(compiling('GET /users/{% if a %}{% endif %}'), /^probes\[0\]\.request holds a tag/);
    assert.throws(compiling('GET /users/{{ request.body.id'), /^probes\[0\]\.request: /);
  });
});

describe('judgeProbe', () => {
  const profile = sampleProfile({
    refused: [{status: ['403'], body: 'slow down', limits: ['api']}],
    stop: [{status: ['404'], body: 'balance'}],
    probes: probesOf('GET /x', {
      didNot: [{status: ['404']}, {status: ['200'], json: {'/users': []}}],
      happened: [{status: ['200'], json: {'/users/0': true}}],
    }),
  });
  const [probe] = compileProbes(profile);
  const answered = (status: number, body = '', bodyLost = false) =>
    judgeProbe({kind: 'answered', response: {status, headers: {}, body, bodyLost}}, probe!, profile);

  for (const [name, found, expected] of [
    ['it is there', answered(200, '{"users": [{}]}'), {kind: 'happened', status: 200}],
    ['it is not in the list', answered(200, '{"users": []}'), {kind: 'did-not', status: 200}],
    ['it is not there', answered(404), {kind: 'did-not', status: 404}],
    ['neither', answered(200, '{}'), {kind: 'untold', status: 200, why: 'the probe was answered 200'}],
    [
      'neither, in words',
      answered(500, '{"message": "oops"}'),
      {kind: 'untold', status: 500, why: 'the probe was answered 500: oops'},
    ],
    ['a part of an answer', answered(404, '', true), {kind: 'untold', status: 404, why: 'the probe was answered 404'}],
    [
      'what ends a run',
      answered(404, 'no balance'),
      {kind: 'untold', status: 404, why: 'the probe was answered 404: no balance'},
    ],
    ['too fast', answered(429), {kind: 'refused', status: 429, limits: []}],
    ['too fast, by a rule', answered(403, 'Slow down'), {kind: 'refused', status: 403, limits: ['api']}],
    [
      'silence',
      judgeProbe(
        {kind: 'unanswered', error: 'ECONNRESET', message: 'socket hang up', timedOut: false},
        probe!,
        profile,
      ),
      {kind: 'untold', status: undefined, why: 'the probe got no answer: socket hang up'},
    ],
  ] as const)
    it(`reads: ${name}`, () => assert.deepEqual(found, expected as never));
});
