import type {Reply} from '../answers.js';
import {PLACES, type Place, type User} from './state.js';

/** Every success is a 200. */
export function done(body: unknown): Reply {
  return {status: 200, headers: {}, body: JSON.stringify(body)};
}

/** The body is no JSON object. */
export function badRequest(): Reply {
  return refusal(400, 400_000, 'Bad Request.');
}

/** `detail`: a sentence for each member that is not valid. */
export function invalid(detail: readonly string[]): Reply {
  return refusal(422, 500_000, 'Parameters validation error!.', detail);
}

/** `missing`: the ids that are not known. */
export function notFound(title: string, missing: readonly string[] = []): Reply {
  return refusal(404, 400_400, `${title} Not Found.${missing.length > 0 ? ` ${missing.join(', ')}` : ''}`, missing);
}

export function notMembers(strangers: readonly string[], place: string): Reply {
  return refusal(403, 400_301, `User is not a member of ${place}: ${strangers.join(', ')}`, strangers);
}

export function duplicate(): Reply {
  return refusal(403, 400_315, 'Data already exists');
}

function refusal(status: number, code: number, message: string, detail: readonly string[] = []): Reply {
  const data = detail.length > 0 ? {data: {detail}} : {};
  return {status, headers: {}, body: JSON.stringify({status: 'error', code, message, ...data})};
}

export function showUser({userId, displayName, metadata, roles, createdAt, updatedAt}: User): object {
  return {userId, displayName, metadata, roles, createdAt: iso(createdAt), updatedAt: iso(updatedAt)};
}

/** The members of an answer about places: `users`, those whose membership is told as well. */
export function showPlaces(places: readonly Place[], of: Place['sort'], users: readonly User[] = []): object {
  const {kind, users: usersKey} = PLACES[of];
  const [place] = places;
  const told = place ? users.map((user) => showMember(place, user)) : [];
  return {[kind]: places.map(showPlace), [usersKey]: told, users: [], files: []};
}

function showPlace({id, sort, fields, members, createdAt}: Place): object {
  const at = iso(createdAt);
  const count = sort === 'community' ? {membersCount: members.size} : {memberCount: members.size};
  return {[PLACES[sort].id]: id, ...fields, ...count, isDeleted: false, createdAt: at, updatedAt: at};
}

function showMember({id, sort, members}: Place, user: User): object {
  const words = PLACES[sort];
  const roles = members.get(user);
  const membership = roles ? 'member' : 'none';
  return {userId: user.userId, [words.id]: id, [words.membership]: membership, isBanned: false, roles: roles ?? []};
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
