import type {Reply} from '../answers.js';
import type {Arrival} from '../arrival.js';
import type {World} from '../world.js';
import {badRequest, notFound} from './answers.js';
import type {Sent} from './checks.js';
import {addMembers, assignRoles, queryMembers, removeMembers, removeRoles} from './members.js';
import {createPlace, deletePlace, getPlace, queryPlaces} from './places.js';
import {accountOf, KINDS, type Kind, listOf, openState, PLACES, type PlaceSort, type State} from './state.js';
import {type Call, createToken, getUser, queryUsers, registerSession, updateUser} from './users.js';

/** `kind`: whose account a refusal goes to; reading has none. */
type Route = {readonly handle: (state: State, call: Call) => Reply; readonly kind?: Kind};

/** Routes and shapes: AmityCo/apidocs, swagger.yaml @c10cca11 (2024-11-13). */
const ROUTES: Readonly<Record<string, Route>> = {
  'GET /api/v3/authentication/token': {handle: createToken},
  'POST /api/v4/authentication/token': {handle: createToken},
  'POST /api/v3/sessions': {handle: registerSession, kind: 'users'},
  'POST /api/v4/sessions': {handle: registerSession, kind: 'users'},
  'PUT /api/v3/users': {handle: updateUser, kind: 'users'},
  'GET /api/v3/users': {handle: queryUsers},
  'GET /api/v3/users/{id}': {handle: getUser},
  ...placeRoutes('community'),
  'POST /api/v4/communities': {handle: createPlace('community'), kind: 'communities'},
  'POST /api/v4/communities/{id}/users/roles': {handle: assignRoles('community', 'roles'), kind: 'communityRoles'},
  'DELETE /api/v4/communities/{id}/users/roles': {handle: removeRoles('community', 'roles'), kind: 'communityRoles'},
  ...placeRoutes('channel'),
};

/** Members that are lists, however often a query names them. */
const LISTS: ReadonlySet<string> = new Set(['userIds', 'roles', 'tags']);

/** Social+: users, communities, channels, their members and roles. */
export function openAmity(seed: number): World {
  const state = openState(seed);
  return {
    kinds: KINDS,
    answer: (request, now) => answer(state, request, now),
    account: () => accountOf(state),
    list: (kind) => listOf(state, kind),
  };
}

function answer(state: State, {method, target, body}: Arrival, now: number): Reply {
  const [path = '', search = ''] = target.split(/\?(.*)/s);
  const found = routeOf(method, path);
  if (!found) return notFound('Resource');
  const query = new URLSearchParams(search);
  const sent = body === '' ? readQuery(query) : readBody(body);
  const {handle, kind} = found.route;
  const reply = sent ? handle(state, {id: found.id, sent, query, now}) : badRequest();
  if (kind !== undefined && reply.status >= 400) state.accounts[kind].refused();
  return reply;
}

function placeRoutes(sort: PlaceSort): Record<string, Route> {
  const {kind, members, roles} = PLACES[sort];
  const path = `/api/v3/${kind}`;
  return {
    [`POST ${path}`]: {handle: createPlace(sort), kind},
    [`GET ${path}`]: {handle: queryPlaces(sort)},
    [`GET ${path}/{id}`]: {handle: getPlace(sort)},
    [`DELETE ${path}/{id}`]: {handle: deletePlace(sort), kind},
    [`GET ${path}/{id}/users`]: {handle: queryMembers(sort)},
    [`POST ${path}/{id}/users`]: {handle: addMembers(sort), kind: members},
    [`DELETE ${path}/{id}/users`]: {handle: removeMembers(sort), kind: members},
    [`POST ${path}/{id}/users/roles`]: {handle: assignRoles(sort, 'role'), kind: roles},
    [`DELETE ${path}/{id}/users/roles`]: {handle: removeRoles(sort, 'role'), kind: roles},
  };
}

function routeOf(method: string, path: string): {readonly route: Route; readonly id: string} | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  const literal = ROUTES[`${method} /${segments.join('/')}`];
  if (literal) return {route: literal, id: ''};
  const [api, version, kind, id = '', ...rest] = segments;
  const route = ROUTES[`${method} /${[api, version, kind, '{id}', ...rest].join('/')}`];
  return route && {route, id: decoded(id)};
}

/** Undefined: no JSON object. */
function readBody(body: string): Sent | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Sent) : undefined;
  } catch {
    return undefined;
  }
}

/** Lists are read as `userIds[]=a&userIds[]=b`, as `userIds=a` and as `userIds[0]=a`. */
function readQuery(query: URLSearchParams): Sent {
  const sent: Record<string, unknown> = {};
  for (const [key, value] of query) {
    const name = key.replace(/\[\d*\]$/, '');
    if (!LISTS.has(name)) sent[name] = value;
    else sent[name] = [...((sent[name] as string[] | undefined) ?? []), value];
  }
  return sent;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
