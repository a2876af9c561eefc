import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {findProfile} from '../../../src/profiles/find.js';
import {openAmity} from '../../../src/simulate/amity/open.js';
import type {World} from '../../../src/simulate/world.js';

const AT = 1_800_000_000_000;

type Any = Readonly<Record<string, unknown>>;
type Place = Any & {readonly communityId: string; readonly displayName: string};
type Person = Any & {readonly userId: string; readonly displayName: string};
/** The members of answers that are read here; each answer has some of them. */
type Body = Any & {
  readonly communities: readonly Place[];
  readonly communityUsers: readonly Person[];
  readonly users: readonly Person[];
  readonly paging: {readonly next?: string};
};

type Told = {readonly status: number; readonly body: Body};

/** Sends a request to a world, as `POST /path`, and reads the answer. */
function send(world: World, route: string, body?: unknown): Told {
  const [method = '', target = ''] = route.split(' ');
  const text = body === undefined ? '' : JSON.stringify(body);
  const reply = world.answer({method, target, headers: {}, body: text}, AT);
  return {status: reply.status, body: JSON.parse(reply.body)};
}

/** A world with users u-1 to u-5, the community `id` of u-1 and u-2, and the channel c-1 of u-1. */
function peopled(): {world: World; id: string} {
  const world = openAmity(1);
  for (const n of [1, 2, 3, 4, 5])
    send(world, 'POST /api/v3/sessions', {userId: `u-${n}`, deviceId: 'd', displayName: `User ${n}`});
  const created = send(world, 'POST /api/v3/communities', {displayName: 'Runners', userIds: ['u-1', 'u-2']});
  send(world, 'POST /api/v3/channels', {channelId: 'c-1', type: 'live', userIds: ['u-1']});
  return {world, id: created.body.communities[0]!.communityId};
}

function members(world: World, id: string): string[] {
  const {body} = send(world, `GET /api/v3/communities/${id}/users?sortBy=firstCreated&options[limit]=100`);
  return body.communityUsers.map(({userId}) => userId);
}

describe('the world of amity', () => {
  it('makes a user with the first session, and overwrites the name with the next', () => {
    const world = openAmity(1);
    const {status, body} = send(world, 'POST /api/v4/sessions', {userId: 'u-1', deviceId: 'd', displayName: 'Ann'});
    assert.equal(status, 200);
    assert.hasAllKeys(body, ['accessToken', 'issuedAt', 'expiredAt', 'users', 'files']);
    assert.deepInclude(body.users[0], {userId: 'u-1', displayName: 'Ann', roles: []});
    send(world, 'POST /api/v3/sessions', {userId: 'u-1', deviceId: 'd', displayName: 'Anna'});
    assert.equal(send(world, 'GET /api/v3/users/u-1').body.users[0]?.displayName, 'Anna');
    assert.deepEqual(world.account().users, {there: 1, made: 1, again: 1, twice: 1, removed: 0, refused: 0});
    assert.deepEqual(world.list('users'), {
      kind: 'users',
      there: [{userId: 'u-1', displayName: 'Anna'}],
      twice: ['u-1'],
    });
  });

  it('hands out the id of a community, another one each time', () => {
    const {world, id} = peopled();
    const {body} = send(world, 'POST /api/v3/communities', {
      displayName: 'Swimmers',
      tags: ['water'],
      metadata: {n: 1},
    });
    const [made] = body.communities;
    assert.match(made?.communityId ?? '', /^[0-9a-f]{24}$/);
    assert.notEqual(made?.communityId, id);
    assert.deepInclude(made, {displayName: 'Swimmers', tags: ['water'], metadata: {n: 1}, membersCount: 0});
    assert.deepEqual(send(world, `GET /api/v3/communities/${made?.communityId}`).body.communities, [made!]);
  });

  it('lets two communities have one name, and tells', () => {
    const {world} = peopled();
    assert.equal(send(world, 'POST /api/v4/communities', {displayName: 'Runners'}).status, 200);
    assert.deepInclude(world.account().communities, {there: 2, made: 2, again: 1, twice: 1});
    assert.deepEqual(world.list('communities')?.twice, ['Runners']);
  });

  it('adds members once, and counts those who were there', () => {
    const {world, id} = peopled();
    const {status} = send(world, `POST /api/v3/communities/${id}/users`, {userIds: ['u-2', 'u-3', 'u-3']});
    assert.equal(status, 200);
    assert.deepEqual(members(world, id), ['u-1', 'u-2', 'u-3']);
    assert.deepInclude(world.account().communityMembers, {there: 3, made: 3, again: 2, twice: 2});
    assert.deepEqual(world.list('communityMembers')?.twice, [`${id}/u-2`, `${id}/u-3`]);
  });

  for (const {name, route, body, status, code, says} of [
    {
      name: 'an unknown community',
      route: 'POST /api/v3/communities/none/users',
      body: {userIds: ['u-3']},
      status: 404,
      code: 400_400,
      says: 'Community Not Found. none',
    },
    {
      name: 'an unknown channel',
      route: 'POST /api/v3/channels/none/users',
      body: {userIds: ['u-3']},
      status: 404,
      code: 400_400,
      says: 'Channel Not Found. none',
    },
    {
      name: 'an unknown member',
      route: 'POST /api/v3/communities/ID/users',
      body: {userIds: ['u-3', 'u-8', 'u-9']},
      status: 404,
      code: 400_400,
      says: 'User Not Found. u-8, u-9',
    },
    {
      name: 'an unknown first member',
      route: 'POST /api/v3/communities',
      body: {displayName: 'X', userIds: ['u-1', 'u-9']},
      status: 404,
      code: 400_400,
      says: 'u-9',
    },
    {
      name: 'an unknown first member of a channel',
      route: 'POST /api/v3/channels',
      body: {channelId: 'c-2', userIds: ['u-9']},
      status: 404,
      code: 400_400,
      says: 'u-9',
    },
    {
      name: 'a channelId that is taken',
      route: 'POST /api/v3/channels',
      body: {channelId: 'c-1'},
      status: 403,
      code: 400_315,
      says: 'Data already exists',
    },
    {
      name: 'a second community of a unique name',
      route: 'POST /api/v3/communities',
      body: {displayName: 'Runners', isUniqueDisplayName: true},
      status: 403,
      code: 400_315,
      says: 'Data already exists',
    },
    {
      name: 'a role for one who is no member',
      route: 'POST /api/v4/communities/ID/users/roles',
      body: {userIds: ['u-1', 'u-4'], roles: ['moderator']},
      status: 403,
      code: 400_301,
      says: 'u-4',
    },
    {
      name: 'a role for nobody',
      route: 'POST /api/v3/channels/c-1/users/roles',
      body: {userIds: ['u-9'], role: 'moderator'},
      status: 404,
      code: 400_400,
      says: 'u-9',
    },
    {
      name: 'more members than a request may name',
      route: 'POST /api/v3/communities/ID/users',
      body: {userIds: Array.from({length: 101}, () => 'u-3')},
      status: 422,
      code: 500_000,
      says: "'userIds' field must contain less than or equal to 100 items",
    },
    {
      name: 'no members',
      route: 'POST /api/v3/communities/ID/users',
      body: {userIds: []},
      status: 422,
      code: 500_000,
      says: "'userIds' field must contain greater than or equal to 1 items",
    },
    {
      name: 'a community without a name',
      route: 'POST /api/v3/communities',
      body: {},
      status: 422,
      code: 500_000,
      says: "'displayName' field is required",
    },
    {
      name: 'a channel of no type',
      route: 'POST /api/v3/channels',
      body: {channelId: 'c-2', type: 'secret'},
      status: 422,
      code: 500_000,
      says: "'type'",
    },
    {
      name: 'a session without a device',
      route: 'POST /api/v3/sessions',
      body: {userId: 'u-6'},
      status: 422,
      code: 500_000,
      says: "'deviceId' field is required",
    },
    {
      name: 'a user who is not there',
      route: 'PUT /api/v3/users',
      body: {userId: 'u-9', displayName: 'X'},
      status: 404,
      code: 400_400,
      says: 'u-9',
    },
    {
      name: 'a body that is a list',
      route: 'POST /api/v3/communities',
      body: [],
      status: 400,
      code: 400_000,
      says: 'Bad Request',
    },
    {
      name: 'the deletion of what is not there',
      route: 'DELETE /api/v3/communities/none',
      status: 404,
      code: 400_400,
      says: 'Community',
    },
    {
      name: 'a route that it does not have',
      route: 'POST /api/v3/posts',
      body: {},
      status: 404,
      code: 400_400,
      says: 'Resource',
    },
  ])
    it(`refuses ${name}, and does nothing of the request`, () => {
      const {world, id} = peopled();
      const before = there(world);
      const told = send(world, route.replace('ID', id), body);
      assert.equal(told.status, status);
      assert.deepInclude(told.body, {status: 'error', code});
      assert.include(JSON.stringify(told.body), says);
      assert.deepEqual(there(world), before);
    });

  it('counts what it refused', () => {
    const {world, id} = peopled();
    send(world, `POST /api/v3/communities/${id}/users`, {userIds: ['u-9']});
    send(world, 'GET /api/v3/communities/none');
    assert.equal(world.account().communityMembers?.refused, 1);
    assert.equal(world.account().communities?.refused, 0);
  });

  it('gives roles to members and takes them', () => {
    const {world, id} = peopled();
    const path = `/api/v4/communities/${id}/users/roles`;
    send(world, `POST ${path}`, {userIds: ['u-1', 'u-2'], roles: ['moderator', 'editor']});
    send(world, `POST /api/v3/communities/${id}/users/roles`, {userIds: ['u-2'], role: 'moderator'});
    assert.deepInclude(world.account().communityRoles, {there: 4, made: 4, again: 1, twice: 1});
    send(world, `DELETE ${path}?roles[]=moderator&roles[]=owner&userIds[]=u-1`);
    assert.deepEqual(world.list('communityRoles')?.there, [
      {communityId: id, userId: 'u-1', role: 'editor'},
      {communityId: id, userId: 'u-2', role: 'moderator'},
      {communityId: id, userId: 'u-2', role: 'editor'},
    ]);
    assert.deepInclude(world.account().communityRoles, {there: 3, made: 4, removed: 1});
  });

  it('takes members out with their roles, and minds nobody who was no member', () => {
    const {world, id} = peopled();
    send(world, `POST /api/v3/communities/${id}/users/roles`, {userIds: ['u-1'], role: 'moderator'});
    const {status} = send(world, `DELETE /api/v3/communities/${id}/users?userIds[]=u-1&userIds[]=u-5`);
    assert.equal(status, 200);
    assert.deepEqual(members(world, id), ['u-2']);
    assert.deepInclude(world.account().communityRoles, {there: 0, removed: 1});
    assert.deepInclude(world.account().communityMembers, {there: 1, removed: 1});
  });

  it('replaces the roles of a user as a whole', () => {
    const {world} = peopled();
    send(world, 'PUT /api/v3/users', {userId: 'u-1', roles: ['a', 'b']});
    send(world, 'PUT /api/v3/users', {userId: 'u-1', roles: ['b', 'c'], metadata: {n: 1}});
    const [user] = send(world, 'GET /api/v3/users/u-1').body.users;
    assert.deepInclude(user, {displayName: 'User 1', roles: ['b', 'c'], metadata: {n: 1}});
    assert.deepInclude(world.account().userRoles, {there: 2, made: 3, again: 1, removed: 1});
  });

  it('deletes a place with its members and their roles, and its name is free again', () => {
    const {world, id} = peopled();
    send(world, `POST /api/v3/communities/${id}/users/roles`, {userIds: ['u-1'], role: 'moderator'});
    assert.isTrue(send(world, `DELETE /api/v3/communities/${id}`).body.success);
    assert.equal(send(world, `GET /api/v3/communities/${id}`).status, 404);
    assert.equal(send(world, `GET /api/v3/communities/${id}/users`).status, 404);
    const {communities, communityMembers, communityRoles} = world.account();
    for (const {there: left, made, removed} of [communities!, communityMembers!, communityRoles!])
      assert.deepEqual([left, made], [0, removed]);
    const again = send(world, 'POST /api/v3/communities', {displayName: 'Runners', isUniqueDisplayName: true});
    assert.equal(again.status, 200);
    assert.deepInclude(world.account().communities, {there: 1, again: 0});
  });

  it('tells the channels of a name that it handed ids to from those whose ids were given', () => {
    const {world} = peopled();
    for (const channel of [{displayName: 'c-1'}, {displayName: 'talk'}, {displayName: 'talk', channelId: 'c-2'}])
      assert.equal(send(world, 'POST /api/v3/channels', channel).status, 200);
    assert.deepInclude(world.account().channels, {there: 4, again: 0});
    send(world, 'POST /api/v3/channels', {displayName: 'talk'});
    assert.deepEqual(world.list('channels')?.twice, ['talk']);
  });

  it('shows members page by page, the last ones first, and by role and name', () => {
    const {world, id} = peopled();
    send(world, `POST /api/v3/communities/${id}/users`, {userIds: ['u-3', 'u-4', 'u-5']});
    send(world, `POST /api/v3/communities/${id}/users/roles`, {userIds: ['u-4'], role: 'moderator'});
    const ask = (search: string) => {
      const {body} = send(world, `GET /api/v3/communities/${id}/users?${search}`);
      return [body.communityUsers.map(({userId}) => userId).join(' '), body.paging];
    };
    assert.deepEqual(ask('options[limit]=2'), ['u-5 u-4', {next: '2'}]);
    assert.deepEqual(ask('options[limit]=2&options[token]=4'), ['u-1', {}]);
    assert.deepEqual(ask('roles[]=moderator'), ['u-4', {}]);
    assert.deepEqual(ask('search=user%203'), ['u-3', {}]);
    assert.equal(send(world, `GET /api/v3/communities/${id}/users?options[limit]=101`).status, 422);
  });

  it('finds places by name and by tags', () => {
    const {world} = peopled();
    send(world, 'POST /api/v3/communities', {displayName: 'Trail runners', tags: ['a', 'b']});
    const ask = (search: string) =>
      send(world, `GET /api/v3/communities?${search}`).body.communities.map(({displayName}) => displayName);
    assert.deepEqual(ask('keyword=RUN'), ['Trail runners', 'Runners']);
    assert.deepEqual(ask('tags[]=a&tags[]=b'), ['Trail runners']);
    assert.deepEqual(ask('tags[0]=a&tags[1]=c'), []);
    assert.deepEqual(
      send(world, 'GET /api/v3/users?keyword=u-3').body.users.map(({userId}) => userId),
      ['u-3'],
    );
  });

  it('reads ids as they stand in a path', () => {
    const world = openAmity(1);
    send(world, 'POST /api/v3/sessions', {userId: 'a b/ü', deviceId: 'd'});
    assert.equal(send(world, 'GET /api/v3/users/a%20b%2F%C3%BC').status, 200);
    assert.equal(send(world, 'GET /api/v3/users/%zz').status, 404);
  });

  const operations = Object.values(findProfile('amity').operations);
  const page = readFileSync('docs/simulate.md', 'utf8');
  for (const {name, routes} of [
    {name: 'the profile', routes: operations.flatMap(({route, aliases = []}) => [route, ...aliases])},
    {name: 'its page', routes: [...page.matchAll(/`([A-Z]+ \/api\/[^`]+)`/g)].map(([, route]) => route!)},
  ])
    it(`knows every route of ${name}`, () => {
      const world = openAmity(1);
      assert.isAbove(routes.length, 15);
      for (const route of routes) {
        const [method = '', target = ''] = route.split(' ');
        const {body} = world.answer({method, target, headers: {}, body: ''}, AT);
        assert.notInclude(body, 'Resource Not Found', route);
      }
    });

  it('keeps an account of what its page names', () => {
    for (const kind of openAmity(1).kinds) assert.include(page, `\`${kind}\``);
    for (const member of Object.keys(openAmity(1).account().users ?? {})) assert.include(page, `| \`${member}\` |`);
  });

  it('hands out the same ids for the same seed alone', () => {
    const idOf = (seed: number) =>
      send(openAmity(seed), 'POST /api/v3/communities', {displayName: 'X'}).body.communities[0]!.communityId;
    assert.equal(idOf(1), idOf(1));
    assert.notEqual(idOf(1), idOf(2));
  });
});

function there(world: World): Record<string, number> {
  return Object.fromEntries(Object.entries(world.account()).map(([kind, counts]) => [kind, counts.there]));
}
