import type {Reply} from '../answers.js';
import {done, invalid, notFound, showUser} from './answers.js';
import {type Demand, faultsOf, type Sent} from './checks.js';
import {pageOf, searcher} from './page.js';
import type {State, User} from './state.js';

/** A request as the handlers of a route see it. `id`: of the user, community or channel in its path, else ''. */
export type Call = {readonly id: string; readonly sent: Sent; readonly query: URLSearchParams; readonly now: number};

const USER_ID: Demand = {kind: 'text', min: 1, max: 50, required: true};
const DISPLAY_NAME: Demand = {kind: 'text', max: 100};
const SESSION_DAYS = 30;

/** Registers a session: makes the user where there is none, else overwrites the display name. */
export function registerSession(state: State, {sent, now}: Call): Reply {
  const deviceId: Demand = {kind: 'text', min: 1, max: 150, required: true};
  const faults = faultsOf(sent, {userId: USER_ID, deviceId, displayName: DISPLAY_NAME});
  if (faults.length > 0) return invalid(faults);
  const userId = sent.userId as string;
  const known = state.users.get(userId);
  const user = known ?? {
    userId,
    createdAt: now,
    updatedAt: now,
    displayName: undefined,
    metadata: undefined,
    roles: [],
  };
  if (known) state.accounts.users.again(userId);
  else {
    state.users.set(userId, user);
    state.accounts.users.made();
  }
  overwrite(user, sent, now);
  const expiredAt = new Date(now + SESSION_DAYS * 86_400_000).toISOString();
  const token = {accessToken: `sim-${userId}`, issuedAt: new Date(now).toISOString(), expiredAt};
  return done({...token, users: [showUser(user)], files: []});
}

/** A token with which a session of the user can be registered; there need not be such a user yet. */
export function createToken(_: State, {sent}: Call): Reply {
  const faults = faultsOf(sent, {userId: USER_ID});
  if (faults.length > 0) return invalid(faults);
  return {status: 200, headers: {'content-type': 'text/plain'}, body: `sim-auth-${sent.userId}`};
}

/** Overwrites what was sent; roles as a whole. */
export function updateUser(state: State, {sent, now}: Call): Reply {
  const roles: Demand = {kind: 'texts', min: 0, max: 10, each: 100};
  const faults = faultsOf(sent, {userId: USER_ID, displayName: DISPLAY_NAME, roles, metadata: {kind: 'object'}});
  if (faults.length > 0) return invalid(faults);
  const user = state.users.get(sent.userId as string);
  if (!user) return notFound('User', [sent.userId as string]);
  if (sent.roles !== undefined) replaceRoles(state, user, [...new Set(sent.roles as string[])]);
  overwrite(user, sent, now);
  return done({users: [showUser(user)], roles: [], files: []});
}

export function getUser({users}: State, {id}: Call): Reply {
  const user = users.get(id);
  return user ? done({users: [showUser(user)], roles: [], files: []}) : notFound('User', [id]);
}

export function queryUsers({users}: State, {query}: Call): Reply {
  const holds = searcher(query.get('keyword'));
  const page = pageOf(
    [...users.values()].filter(({userId, displayName}) => holds(userId, displayName)),
    query,
  );
  if (!('items' in page)) return invalid(page);
  return done({users: page.items.map(showUser), roles: [], files: [], paging: page.paging});
}

/** The users that were named, each once, in order; or the ids that nobody has. */
export function findUsers({users}: State, ids: readonly string[]): {known: User[]; unknown: string[]} {
  const known = new Set<User>();
  const unknown = new Set<string>();
  for (const id of ids) {
    const user = users.get(id);
    if (user) known.add(user);
    else unknown.add(id);
  }
  return {known: [...known], unknown: [...unknown]};
}

function overwrite(user: User, sent: Sent, now: number): void {
  if (sent.displayName !== undefined) user.displayName = sent.displayName as string;
  if (sent.metadata !== undefined) user.metadata = sent.metadata;
  user.updatedAt = now;
}

function replaceRoles({accounts}: State, user: User, roles: readonly string[]): void {
  for (const role of roles) {
    if (user.roles.includes(role)) accounts.userRoles.again(`${user.userId}/${role}`);
    else accounts.userRoles.made();
  }
  accounts.userRoles.removed(user.roles.filter((role) => !roles.includes(role)).length);
  user.roles = roles;
}
