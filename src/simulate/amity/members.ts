import type {Reply} from '../answers.js';
import {done, invalid, notFound, notMembers, showPlaces} from './answers.js';
import {type Demand, faultsOf} from './checks.js';
import {pageOf, searcher} from './page.js';
import {PLACES, type Place, type PlaceSort, type State, type User} from './state.js';
import {type Call, findUsers} from './users.js';

type Handler = (state: State, call: Call) => Reply;

/** Which roles a request names: a list of them, or one. */
export type RoleWording = 'roles' | 'role';

const USER_IDS: Demand = {kind: 'texts', min: 1, max: 100, each: 50, required: true};
const NO_ROLES: readonly string[] = [];

/** Adds known users, those who are members already without effect. With one unknown user nothing is done. */
export function addMembers(sort: PlaceSort): Handler {
  return named(sort, {}, (state, place, users, {sent}) => {
    join(state, place, sent.userIds as string[]);
    return done(showPlaces([place], sort, users));
  });
}

/** Takes users out, with their roles; those who are no members without effect. */
export function removeMembers(sort: PlaceSort): Handler {
  return named(sort, {}, ({accounts}, place, users) => {
    const words = PLACES[sort];
    for (const user of users) {
      const roles = place.members.get(user);
      if (!roles) continue;
      place.members.delete(user);
      accounts[words.members].removed();
      accounts[words.roles].removed(roles.length);
    }
    return done(showPlaces([place], sort, users));
  });
}

/** Gives roles to members. With one who is no member nothing is done. */
export function assignRoles(sort: PlaceSort, wording: RoleWording): Handler {
  return named(sort, rolesDemand(wording, 20), ({accounts}, place, users, {sent}) => {
    const strangers = strangersOf(place, users);
    if (strangers.length > 0) return notMembers(strangers, place.id);
    const account = accounts[PLACES[sort].roles];
    for (const user of users) {
      const held = new Set(place.members.get(user));
      for (const role of rolesIn(sent)) {
        if (held.has(role)) account.again(`${place.id}/${user.userId}/${role}`);
        else account.made();
        held.add(role);
      }
      place.members.set(user, [...held]);
    }
    return done(showPlaces([place], sort, users));
  });
}

/** Takes roles from members; a role that one does not have without effect. With one who is no member nothing is done. */
export function removeRoles(sort: PlaceSort, wording: RoleWording): Handler {
  return named(sort, rolesDemand(wording, 100), ({accounts}, place, users, {sent}) => {
    const strangers = strangersOf(place, users);
    if (strangers.length > 0) return notMembers(strangers, place.id);
    const taken = new Set(rolesIn(sent));
    for (const user of users) {
      const held = place.members.get(user)!;
      const left = held.filter((role) => !taken.has(role));
      accounts[PLACES[sort].roles].removed(held.length - left.length);
      place.members.set(user, left);
    }
    return done(showPlaces([place], sort, users));
  });
}

/** The members whose id or name holds `search` and who have one of the `roles`. */
export function queryMembers(sort: PlaceSort): Handler {
  return ({places}, {id, sent, query}) => {
    const place = places[sort].get(id);
    if (!place) return notFound(PLACES[sort].title, [id]);
    const holds = searcher(query.get('search'));
    const sought = sent.roles as readonly string[] | undefined;
    const found: User[] = [];
    for (const [user, roles] of place.members) {
      if (sought && !sought.some((role) => roles.includes(role))) continue;
      if (holds(user.userId, user.displayName)) found.push(user);
    }
    const page = pageOf(found, query);
    return 'items' in page ? done({...showPlaces([place], sort, page.items), paging: page.paging}) : invalid(page);
  };
}

/** Makes known users members; one who is a member already counts as having come again. */
export function join({users, accounts}: State, place: Place, userIds: readonly string[]): void {
  const account = accounts[PLACES[place.sort].members];
  for (const userId of userIds) {
    const user = users.get(userId)!;
    if (place.members.has(user)) account.again(`${place.id}/${userId}`);
    else {
      place.members.set(user, NO_ROLES);
      account.made();
    }
  }
}

/** What all requests that name users of a place have in common: checked, and everybody known, before anything is done. */
function named(
  sort: PlaceSort,
  demands: Readonly<Record<string, Demand>>,
  act: (state: State, place: Place, users: readonly User[], call: Call) => Reply,
): Handler {
  return (state, call) => {
    const faults = faultsOf(call.sent, {userIds: USER_IDS, ...demands});
    if (faults.length > 0) return invalid(faults);
    const place = state.places[sort].get(call.id);
    if (!place) return notFound(PLACES[sort].title, [call.id]);
    const {known, unknown} = findUsers(state, call.sent.userIds as string[]);
    return unknown.length > 0 ? notFound('User', unknown) : act(state, place, known, call);
  };
}

function rolesDemand(wording: RoleWording, most: number): Readonly<Record<string, Demand>> {
  if (wording === 'role') return {role: {kind: 'text', min: 1, max: 100, required: true}};
  return {roles: {kind: 'texts', min: 1, max: most, each: 100, required: true}};
}

function rolesIn({roles, role}: Call['sent']): readonly string[] {
  return (roles as readonly string[] | undefined) ?? [role as string];
}

function strangersOf({members}: Place, users: readonly User[]): string[] {
  return users.filter((user) => !members.has(user)).map(({userId}) => userId);
}
