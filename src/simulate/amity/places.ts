import type {Reply} from '../answers.js';
import {done, duplicate, invalid, notFound, showPlaces} from './answers.js';
import {type Demand, faultsOf} from './checks.js';
import {join} from './members.js';
import {pageOf, searcher} from './page.js';
import {PLACES, type Place, type PlaceSort, type State} from './state.js';
import {type Call, findUsers} from './users.js';

const DEMANDS: Readonly<Record<PlaceSort, Readonly<Record<string, Demand>>>> = {
  community: {
    displayName: {kind: 'text', min: 1, max: 1000, required: true},
    description: {kind: 'text', min: 1, max: 5000},
    isPublic: {kind: 'flag'},
    isUniqueDisplayName: {kind: 'flag'},
    tags: {kind: 'texts', min: 1, max: 10, each: 100},
    categoryIds: {kind: 'texts', min: 1, max: 10, each: 50},
    userIds: {kind: 'texts', min: 1, max: 1000, each: 900},
    metadata: {kind: 'object'},
  },
  channel: {
    channelId: {kind: 'text', max: 100},
    type: {kind: 'choice', of: ['community', 'live', 'broadcast']},
    displayName: {kind: 'text', max: 100},
    tags: {kind: 'texts', min: 0, max: 10, each: 100},
    userIds: {kind: 'texts', min: 0, max: 1000, each: 50},
    metadata: {kind: 'object'},
  },
};

/**
 * Makes a community or a channel, with its first members. Nothing is made when a user is unknown, when the channelId is taken, or when the name
 * of a community was to be the only one and is not. Otherwise a name may be there any number of times: the account tells.
 */
export function createPlace(sort: PlaceSort): (state: State, call: Call) => Reply {
  return (state, {sent, now}) => {
    const faults = faultsOf(sent, DEMANDS[sort]);
    if (faults.length > 0) return invalid(faults);
    const {userIds = [], channelId, isUniqueDisplayName, ...fields} = sent;
    const {known, unknown} = findUsers(state, userIds as string[]);
    if (unknown.length > 0) return notFound('User', unknown);
    const given = sort === 'channel' && channelId !== '' ? (channelId as string | undefined) : undefined;
    if (given !== undefined && state.places[sort].has(given)) return duplicate();
    // The id that the caller chose is the key itself: a second one is refused.
    const key = given === undefined ? (fields.displayName as string | undefined) : undefined;
    if (isUniqueDisplayName === true && state.named[sort].has(key!)) return duplicate();
    const place: Place = {id: given ?? state.handOut(), sort, key, createdAt: now, fields, members: new Map()};
    state.places[sort].set(place.id, place);
    count(state, place);
    join(state, place, userIds as string[]);
    return done(showPlaces([place], sort, known));
  };
}

export function getPlace(sort: PlaceSort): (state: State, call: Call) => Reply {
  return ({places}, {id}) => {
    const place = places[sort].get(id);
    return place ? done(showPlaces([place], sort)) : notFound(PLACES[sort].title, [id]);
  };
}

/** Places whose name holds `keyword` and that have all of the `tags`. */
export function queryPlaces(sort: PlaceSort): (state: State, call: Call) => Reply {
  return ({places}, {query, sent}) => {
    const holds = searcher(query.get('keyword'));
    const tags = (sent.tags ?? []) as readonly string[];
    const found = [...places[sort].values()].filter(
      ({fields}) =>
        holds(fields.displayName) && tags.every((tag) => (fields.tags as string[] | undefined)?.includes(tag)),
    );
    const page = pageOf(found, query);
    return 'items' in page ? done({...showPlaces(page.items, sort), paging: page.paging}) : invalid(page);
  };
}

/** It is gone with its members and their roles, and not found from then on. */
export function deletePlace(sort: PlaceSort): (state: State, call: Call) => Reply {
  return ({places, named, accounts}, {id}) => {
    const words = PLACES[sort];
    const place = places[sort].get(id);
    if (!place) return notFound(words.title, [id]);
    places[sort].delete(id);
    accounts[words.kind].removed();
    accounts[words.members].removed(place.members.size);
    for (const roles of place.members.values()) accounts[words.roles].removed(roles.length);
    forget(named[sort], place.key);
    return done({success: true});
  };
}

function count({accounts, named}: State, {sort, key}: Place): void {
  const account = accounts[PLACES[sort].kind];
  account.made();
  if (key === undefined) return;
  const there = named[sort].get(key) ?? 0;
  if (there > 0) account.again(key);
  named[sort].set(key, there + 1);
}

function forget(named: Map<string, number>, key: string | undefined): void {
  if (key === undefined) return;
  const left = (named.get(key) ?? 1) - 1;
  if (left > 0) named.set(key, left);
  else named.delete(key);
}
