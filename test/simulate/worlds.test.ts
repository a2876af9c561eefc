import {assert} from 'chai';
import {findProfile} from '../../src/profiles/find.js';
import type {Account, Listing} from '../../src/simulate/account.js';
import {parseFaults} from '../../src/simulate/faults.js';
import {STATE_PATH} from '../../src/simulate/inquiry.js';
import {type Provider, startProvider} from '../../src/simulate/provider.js';
import {openWorld} from '../../src/simulate/worlds.js';
import {profileOf} from '../support/profile.js';

let provider: Provider;

async function start(faults = ''): Promise<void> {
  provider = await startProvider({
    profile: profileOf({...findProfile('amity'), limits: []}),
    port: 0,
    latency: {lowMs: 0, highMs: 0},
    faults: parseFaults(faults),
    seed: 1,
    world: openWorld('amity', 1),
  });
}

/** Sends a request, expects a status and reads the answer. */
async function send<T>(method: string, path: string, body?: unknown, status = 200): Promise<T> {
  const answer = await fetch(provider.url + path, {method, ...(body !== undefined && {body: JSON.stringify(body)})});
  assert.equal(answer.status, status);
  return (await answer.json()) as T;
}

type Made = {readonly communities: readonly {readonly communityId: string}[]};

describe('a simulated provider with a world', () => {
  afterEach(() => provider.close());

  it('keeps a migration of several steps, and tells whether everything is there exactly once', async () => {
    await start();
    for (const userId of ['ann', 'bob', 'eve'])
      await send('POST', '/api/v3/sessions', {userId, deviceId: 'migration', displayName: userId});
    const {communities} = await send<Made>('POST', '/api/v3/communities', {displayName: 'Runners'});
    const id = communities[0]!.communityId;
    await send('POST', '/api/v3/channels', {channelId: 'talk', type: 'community', displayName: 'Talk'});
    await send('POST', `/api/v3/communities/${id}/users`, {userIds: ['ann', 'bob']});
    await send('POST', '/api/v3/channels/talk/users', {userIds: ['ann', 'bob', 'eve']});
    await send('POST', `/api/v4/communities/${id}/users/roles`, {userIds: ['ann'], roles: ['moderator']});
    await send('POST', `/api/v3/communities/${id}/users`, {userIds: ['eve', 'tom']}, 404);
    const counts = Object.entries(await send<Account>('GET', STATE_PATH)).map(([kind, {there, twice}]) => [
      kind,
      there,
      twice,
    ]);
    assert.deepEqual(counts, [
      ['users', 3, 0],
      ['userRoles', 0, 0],
      ['communities', 1, 0],
      ['communityMembers', 2, 0],
      ['communityRoles', 1, 0],
      ['channels', 1, 0],
      ['channelMembers', 3, 0],
      ['channelRoles', 0, 0],
    ]);
    const listing = await send<Listing>('GET', `${STATE_PATH}?kind=communityMembers`);
    assert.deepEqual(listing.there, [
      {communityId: id, userId: 'ann'},
      {communityId: id, userId: 'bob'},
    ]);
    // What the world refused was not executed; what is asked of the simulation is no arrival.
    assert.deepInclude(provider.tally(), {arrivals: 9, executed: 8, refused: 0});
  });

  for (const {fault, there} of [
    {fault: 'reset-after', there: 1},
    {fault: '500-after', there: 1},
    {fault: 'cut', there: 1},
    {fault: 'reset-before', there: 0},
    {fault: '503', there: 0},
    {fault: 'refuse', there: 0},
  ])
    it(`${there ? 'has' : 'does not have'} what ${fault} struck`, async () => {
      await start(`${fault}=100%`);
      const body = JSON.stringify({displayName: 'Runners'});
      const answer = await fetch(`${provider.url}/api/v3/communities`, {method: 'POST', body}).catch(() => {});
      await answer?.text().catch(() => {});
      assert.equal((await send<Account>('GET', STATE_PATH)).communities?.there, there);
      assert.equal(provider.tally().executed, there);
    });

  it('says which kinds there are', async () => {
    await start();
    const {message} = await send<{message: string}>('GET', `${STATE_PATH}?kind=posts`, undefined, 404);
    assert.include(message, 'communityMembers');
  });
});

describe('openWorld', () => {
  it('opens the same world for a variant', () => {
    assert.property(openWorld('amity:network', 1).account(), 'users');
  });

  it('names those that have one', () => {
    assert.throws(() => openWorld('stream', 1), /stream keeps no state, expected one of: amity/);
  });
});
