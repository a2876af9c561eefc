import {createHash} from 'node:crypto';
import {type Account, type AccountKeeper, keepAccount, type Listing} from '../account.js';

export type User = {
  readonly userId: string;
  readonly createdAt: number;
  updatedAt: number;
  displayName: string | undefined;
  metadata: unknown;
  roles: readonly string[];
};

/** A community or a channel. */
export type Place = {
  readonly id: string;
  readonly sort: PlaceSort;
  /** Its natural key, the display name. Undefined: its id is the caller's own, or it has no name. */
  readonly key: string | undefined;
  readonly createdAt: number;
  /** What it was created with, but for its members. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The roles that each member has there, in the order of joining. */
  readonly members: Map<User, readonly string[]>;
};

export type PlaceSort = 'community' | 'channel';

/** How the routes, answers and accounts of the two sorts of places are worded. */
export const PLACES = {
  community: {
    kind: 'communities',
    id: 'communityId',
    users: 'communityUsers',
    membership: 'communityMembership',
    members: 'communityMembers',
    roles: 'communityRoles',
    title: 'Community',
  },
  channel: {
    kind: 'channels',
    id: 'channelId',
    users: 'channelUsers',
    membership: 'membership',
    members: 'channelMembers',
    roles: 'channelRoles',
    title: 'Channel',
  },
} as const;

/** In the order in which an account shows them. */
export const KINDS = [
  'users',
  'userRoles',
  'communities',
  'communityMembers',
  'communityRoles',
  'channels',
  'channelMembers',
  'channelRoles',
] as const;

export type Kind = (typeof KINDS)[number];

export type State = {
  readonly users: Map<string, User>;
  readonly places: Readonly<Record<PlaceSort, Map<string, Place>>>;
  /** How many places there are for each natural key. */
  readonly named: Readonly<Record<PlaceSort, Map<string, number>>>;
  readonly accounts: Readonly<Record<Kind, AccountKeeper>>;
  /** A new id of 24 hex digits, as the provider's are. */
  handOut(): string;
};

/** A state with nothing in it. */
export function openState(seed: number): State {
  let handedOut = 0;
  return {
    users: new Map(),
    places: {community: new Map(), channel: new Map()},
    named: {community: new Map(), channel: new Map()},
    accounts: Object.fromEntries(KINDS.map((kind) => [kind, keepAccount()])) as Record<Kind, AccountKeeper>,
    handOut: () => createHash('sha256').update(`${seed} ${++handedOut}`).digest('hex').slice(0, 24),
  };
}

/** The account of every kind. */
export function accountOf(state: State): Account {
  return Object.fromEntries(KINDS.map((kind) => [kind, state.accounts[kind].read(countThere(state, kind))]));
}

/** Everything of one kind that is there. Undefined: no such kind. */
export function listOf(state: State, kind: string): Listing | undefined {
  const known = KINDS.find((each) => each === kind);
  return known && {kind: known, there: [...thereOf(state, known)], twice: state.accounts[known].twice()};
}

function countThere({users, places}: State, kind: Kind): number {
  switch (kind) {
    case 'users':
      return users.size;
    case 'userRoles':
      return sum(users.values(), ({roles}) => roles.length);
    case 'communities':
      return places.community.size;
    case 'channels':
      return places.channel.size;
    case 'communityMembers':
      return sum(places.community.values(), ({members}) => members.size);
    case 'channelMembers':
      return sum(places.channel.values(), ({members}) => members.size);
    case 'communityRoles':
      return sum(places.community.values(), ({members}) => sum(members.values(), (roles) => roles.length));
    case 'channelRoles':
      return sum(places.channel.values(), ({members}) => sum(members.values(), (roles) => roles.length));
  }
}

function sum<T>(all: Iterable<T>, of: (one: T) => number): number {
  let total = 0;
  for (const one of all) total += of(one);
  return total;
}

function* thereOf({users, places}: State, kind: Kind): Generator<Readonly<Record<string, unknown>>> {
  switch (kind) {
    case 'users':
      for (const {userId, displayName} of users.values()) yield {userId, displayName};
      return;
    case 'userRoles':
      for (const {userId, roles} of users.values()) for (const role of roles) yield {userId, role};
      return;
    case 'communities':
      for (const {id, fields} of places.community.values()) yield {communityId: id, displayName: fields.displayName};
      return;
    case 'channels':
      for (const {id, fields} of places.channel.values()) yield {channelId: id, displayName: fields.displayName};
      return;
    case 'communityMembers':
      yield* membersOf(places.community);
      return;
    case 'channelMembers':
      yield* membersOf(places.channel);
      return;
    case 'communityRoles':
      yield* rolesOf(places.community);
      return;
    case 'channelRoles':
      yield* rolesOf(places.channel);
  }
}

function* membersOf(places: ReadonlyMap<string, Place>): Generator<Readonly<Record<string, unknown>>> {
  for (const {id, sort, members} of places.values())
    for (const {userId} of members.keys()) yield {[PLACES[sort].id]: id, userId};
}

function* rolesOf(places: ReadonlyMap<string, Place>): Generator<Readonly<Record<string, unknown>>> {
  for (const {id, sort, members} of places.values())
    for (const [{userId}, roles] of members) for (const role of roles) yield {[PLACES[sort].id]: id, userId, role};
}
