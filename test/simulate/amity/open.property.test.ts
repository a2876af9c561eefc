import {assert} from 'chai';
import fc from 'fast-check';
import {openAmity} from '../../../src/simulate/amity/open.js';
import type {World} from '../../../src/simulate/world.js';

const userIds = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), {minLength: 1, maxLength: 3});
const place = fc.constantFrom('channels/x', 'channels/y', 'communities/0', 'communities/1');
const roles = fc.array(fc.constantFrom('r', 's', 't'), {minLength: 1, maxLength: 3});
const name = fc.constantFrom('N', 'M');
const asked = fc.oneof(
  fc.record({path: fc.constant('POST sessions'), body: fc.record({userId: fc.constantFrom('a', 'b', 'c')})}),
  fc.record({path: fc.constant('PUT users'), body: fc.record({userId: fc.constantFrom('a', 'b', 'd'), roles})}),
  fc.record({
    path: fc.constant('POST communities'),
    body: fc.record({displayName: name, userIds}, {requiredKeys: ['displayName']}),
  }),
  fc.record({
    path: fc.constant('POST channels'),
    body: fc.record({channelId: fc.constantFrom('x', 'y'), displayName: name}, {requiredKeys: []}),
  }),
  fc.record({path: place.map((at) => `POST ${at}/users`), body: fc.record({userIds})}),
  fc.record({path: place.map((at) => `DELETE ${at}/users`), body: fc.record({userIds})}),
  fc.record({
    path: place.map((at) => `POST ${at}/users/roles`),
    body: fc.record({userIds, role: fc.constantFrom('r', 's')}),
  }),
  fc.record({
    path: place.map((at) => `DELETE ${at}/users/roles`),
    body: fc.record({userIds, role: fc.constantFrom('r', 's')}),
  }),
  fc.record({path: place.map((at) => `DELETE ${at}`), body: fc.constant({})}),
);

/** So that what is drawn finds somebody and something. */
const PRELUDE = [
  {path: 'POST sessions', body: {userId: 'a'}},
  {path: 'POST sessions', body: {userId: 'b'}},
  {path: 'POST communities', body: {displayName: 'N', userIds: ['a']}},
  {path: 'POST channels', body: {channelId: 'x', userIds: ['a', 'b']}},
];

/** Sends a request to the world; `communities/0` is the first community that was made. */
function send(world: World, path: string, sent: object, made: string[]): number {
  const [method = '', rest = ''] = path.split(' ');
  const target = `/api/v3/${rest.replace(/^communities\/(\d)/, (_, n) => `communities/${made[Number(n)] ?? 'none'}`)}`;
  const body = JSON.stringify({deviceId: 'd', ...sent});
  const reply = world.answer({method, target, headers: {}, body}, 0);
  if (path === 'POST communities' && reply.status === 200) made.push(JSON.parse(reply.body).communities[0].communityId);
  return reply.status;
}

function listed(world: World): Record<string, string[]> {
  return Object.fromEntries(
    world.kinds.map((kind) => [kind, world.list(kind)!.there.map((each) => JSON.stringify(each))]),
  );
}

describe('the account of amity', () => {
  it('adds up after any requests: what was made less what was removed is there, each thing once', () => {
    fc.assert(
      fc.property(fc.array(asked, {minLength: 10, maxLength: 40, size: 'max'}), (requests) => {
        const world = openAmity(1);
        const made: string[] = [];
        for (const {path, body} of [...PRELUDE, ...requests]) {
          const before = listed(world);
          const status = send(world, path, body, made);
          const after = listed(world);
          if (status !== 200) assert.deepEqual(after, before, `${path} was refused`);
          for (const [kind, counts] of Object.entries(world.account())) {
            assert.equal(counts.there, counts.made - counts.removed, kind);
            assert.lengthOf(after[kind]!, counts.there, kind);
            assert.equal(new Set(after[kind]).size, counts.there, kind);
            assert.lengthOf(world.list(kind)!.twice, counts.twice);
            assert.isAtLeast(counts.again, counts.twice);
          }
        }
      }),
      {numRuns: 40},
    );
  });
});
