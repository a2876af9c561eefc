import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import type {Manifest} from '../../src/journal/folder.js';
import {readRows} from '../../src/operations/read.js';
import {isBadRow} from '../../src/operations/records.js';
import {closeInput, openInput} from '../../src/operations/source.js';
import {checkReader, whyInDoubt} from '../../src/report/in-doubt.js';
import {profileOf} from '../support/profile.js';
import {inFolder} from '../support/program.js';

describe('whyInDoubt', () => {
  const silent = (error: string | null) => whyInDoubt({status: null, error});
  for (const [error, says] of [
    ['read ECONNRESET', 'no answer: the connection was reset (read ECONNRESET)'],
    ['socket hang up', 'no answer: the connection was closed (socket hang up)'],
    ['write EPIPE', 'no answer: the connection was closed while the request was written (write EPIPE)'],
    [
      'Parse Error: Expected HTTP/, RTSP/ or ICE/',
      'no answer: what came was no HTTP (Parse Error: Expected HTTP/, RTSP/ or ICE/)',
    ],
    ['no answer within 30 s', 'no answer within 30 s'],
    ['given up before the answer came', 'no answer: given up before the answer came'],
    [null, 'no answer'],
  ] as const)
    it(`says of ${error}: ${says}`, () => assert.equal(silent(error), says));

  it('says of an answer that it does not tell, and what it said', () => {
    const answered = 'answered 500, which does not tell whether it was executed';
    assert.equal(whyInDoubt({status: 500, error: 'HTTP 500'}), answered);
    assert.equal(whyInDoubt({status: 500, error: null}), answered);
    assert.equal(whyInDoubt({status: 500, error: 'deadlock found'}), `${answered}: deadlock found`);
  });
});

describe('checkReader', () => {
  const template = {request: 'POST /users/{{ id }}?api_key=sesame', headers: []};
  const manifest = {
    profile: profileOf({}),
    baseUrl: 'https://api.example.com/v1',
    template,
    roles: {id: null, scope: {}},
    options: {headers: [], allowedOrigins: ['https://other.example']},
  } as unknown as Manifest;

  async function checks(text: string, more: Partial<Manifest> = {}): Promise<string[]> {
    const found: string[] = [];
    await inFolder({}, async (folder) => {
      writeFileSync(join(folder, 'users.csv'), text);
      const input = await openInput(join(folder, 'users.csv'));
      try {
        const checkOf = checkReader({...manifest, ...more}, input);
        for await (const row of readRows(input)) if (!isBadRow(row)) found.push(checkOf(row));
      } finally {
        await closeInput(input);
      }
    });
    return found;
  }

  it('names method and path of the request that was sent, and no secret', async () =>
    assert.deepEqual(await checks('id\na b\n7\n'), [
      'POST /v1/users/a%20b?api_key=***',
      'POST /v1/users/7?api_key=***',
    ]));

  it('names the URL where it leads elsewhere', async () =>
    assert.deepEqual(await checks('method,url\nPUT,https://other.example/x\nDELETE,/y\n', {template: null}), [
      'PUT https://other.example/x',
      'DELETE /v1/y',
    ]));

  it('names the request of the probe where the profile has one that can be made', async () => {
    const profile = profileOf({
      operations: {CreateUser: {route: 'POST /users/{user}'}},
      probes: [{operations: ['CreateUser'], request: 'GET /users/{{ mail }}', happened: [{}], didNot: [{}]}],
    });
    assert.deepEqual(await checks('id,mail\n7,a@b\n8,\n', {profile}), [
      'GET /v1/users/a%40b',
      'POST /v1/users/8?api_key=***',
    ]);
  });

  it('is empty where the request cannot be built any more', async () => {
    assert.deepEqual(await checks('id\n..\n'), ['']);
    assert.deepEqual(await checks('name\nAnn\n'), ['']);
  });
});
