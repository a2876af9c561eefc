import {assert} from 'chai';
import type {Limit} from '../../src/profiles/profile.js';
import type {Arrival} from '../../src/simulate/arrival.js';
import {keyReader, type ScopeSources} from '../../src/simulate/keys.js';
import {profileOf} from '../support/profile.js';

const profile = profileOf({
  credentials: [
    {name: 'key', header: 'x-api-key', prefix: '', env: 'KEY', also: ['project']},
    {name: 'project', header: 'x-project', prefix: '', env: 'PROJECT'},
    {name: 'token', header: 'authorization', prefix: 'Bearer ', env: 'TOKEN'},
    {name: 'query', query: 'api_key', prefix: '', env: 'QUERY'},
  ],
  operations: {
    ExportBot: {route: 'POST /bots/{bot}/export', group: 'definition'},
    ImportBot: {route: 'POST /bots/import', group: 'definition'},
    ListUsers: {route: 'GET /users'},
  },
  scopes: {
    bot: {
      from: [
        {kind: 'path', name: 'bot', matches: '^st-'},
        {kind: 'body', pointer: '/stream/id'},
      ],
      absent: 'share',
    },
    user: {from: [{kind: 'row'}, {kind: 'header', name: 'x-user'}], absent: 'skip'},
    table: {from: [{kind: 'pattern', pattern: '^/tables/([^/]+)'}], absent: 'skip'},
    machine: {from: [{kind: 'machine'}], absent: 'share'},
  },
});

function limit(parts: Partial<Limit>): Limit {
  return {name: 'l', per: [], windows: [{requests: 1, seconds: 1, kind: 'rolling'}], ...parts};
}

function arrival(parts: Partial<Arrival>): Arrival {
  return {method: 'POST', target: '/bots/st-1/export', headers: {}, body: '', ...parts};
}

/** The value of the key, or undefined when the limit does not cover the request. */
function keyValue(parts: Partial<Limit>, seen: Partial<Arrival>, scopes?: ScopeSources): string | undefined {
  return keyReader({...profile, limits: [limit(parts)]}, scopes)(arrival(seen))[0]?.value;
}

describe('keyReader', () => {
  const table: {
    name: string;
    limit: Partial<Limit>;
    seen: Partial<Arrival>;
    value: string | undefined;
    scopes?: ScopeSources;
  }[] = [
    {name: 'one bucket without a key', limit: {}, seen: {target: '/what/ever'}, value: ''},
    {name: 'a group', limit: {groups: ['definition']}, seen: {}, value: ''},
    {name: 'another group', limit: {groups: ['other']}, seen: {}, value: undefined},
    {name: 'an operation', limit: {operations: ['ListUsers']}, seen: {method: 'GET', target: '/users?x=1'}, value: ''},
    {name: 'another operation', limit: {operations: ['ListUsers']}, seen: {}, value: undefined},
    {name: 'the operation as a key', limit: {per: ['operation']}, seen: {}, value: 'ExportBot'},
    {name: 'the method as a key', limit: {per: ['method']}, seen: {method: 'PUT'}, value: 'PUT'},
    {name: 'a path parameter', limit: {per: ['bot']}, seen: {}, value: 'st-1'},
    {
      name: 'the body where the path does not fit',
      limit: {per: ['bot']},
      seen: {target: '/bots/x/export', body: '{"stream":{"id":7}}'},
      value: '7',
    },
    {
      name: 'a shared bucket where nothing yields',
      limit: {per: ['bot']},
      seen: {target: '/bots/x/export', body: 'no json'},
      value: '',
    },
    {name: 'a header', limit: {per: ['user']}, seen: {headers: {'x-user': 'u1'}}, value: 'u1'},
    {name: 'no limit where nothing yields and it is to be skipped', limit: {per: ['user']}, seen: {}, value: undefined},
    {
      name: 'a pattern over the path',
      limit: {per: ['table']},
      seen: {target: '/tables/t9/rows?x=/tables/no'},
      value: 't9',
    },
    {name: 'the machine', limit: {per: ['machine']}, seen: {}, value: '127.0.0.1'},
    {name: 'two keys', limit: {per: ['method', 'bot']}, seen: {}, value: 'POST\0st-1'},
    {
      name: 'a scope of the rows where the operator says it shows',
      limit: {per: ['account']},
      seen: {headers: {'x-account': 'a1'}},
      scopes: {account: {kind: 'header', name: 'x-account'}},
      value: 'a1',
    },
    {name: 'a limit with a credential', limit: {with: ['key']}, seen: {headers: {'x-api-key': 'k'}}, value: ''},
    {
      name: 'a limit with another credential',
      limit: {with: ['key']},
      seen: {headers: {authorization: 'Bearer t'}},
      value: undefined,
    },
    {
      name: 'a limit with a credential in the query',
      limit: {with: ['query']},
      seen: {target: '/users?api_key=1'},
      value: '',
    },
    {
      name: 'no limit for a credential that only goes along',
      limit: {with: ['project', 'none']},
      seen: {headers: {'x-api-key': 'k', 'x-project': 'p'}},
      value: undefined,
    },
    {
      name: 'a limit for that credential alone',
      limit: {with: ['project', 'none']},
      seen: {headers: {'x-project': 'p'}},
      value: '',
    },
    {name: 'a limit without credential', limit: {with: ['none']}, seen: {}, value: ''},
    {
      name: 'a limit without credential when there is one',
      limit: {with: ['none']},
      seen: {headers: {'x-api-key': 'k'}},
      value: undefined,
    },
  ];
  for (const {name, limit: rule, seen, value, scopes} of table)
    it(name, () => assert.equal(keyValue(rule, seen, scopes), value));

  it('tells credentials apart and shows none', () => {
    const one = keyValue({per: ['credential']}, {headers: {authorization: 'Bearer secret-1'}});
    const other = keyValue({per: ['credential']}, {headers: {authorization: 'Bearer secret-2'}});
    assert.notEqual(one, other);
    assert.notInclude(one, 'secret');
    assert.equal(one, keyValue({per: ['credential']}, {headers: {authorization: 'Bearer secret-1'}, target: '/x'}));
  });
});
