import {EXIT, Problem} from '../problem.js';
import {didYouMean} from '../profiles/nearest.js';
import type {OperationRule, Profile} from '../profiles/profile.js';
import {expandRoute, matchRoute, routeTable} from '../profiles/routes.js';

/** What requests that are counted and not read have in common: as much of a request as its limits are told by. */
export type Kind = {
  /** As typed: an operation, a group, or `METHOD /path`. */
  readonly name: string;
  /** What is unknown differs from request to request, or is not said. */
  readonly operation: string | undefined;
  readonly group: string | undefined;
  readonly method: string | undefined;
  /** Names of the parts of its path that differ from request to request. */
  readonly parameters: readonly string[];
  readonly credential: string | undefined;
};

/** So many names are listed where one is not known. */
const LISTED = 20;

/**
 * Finds the kind that is called `name`: an operation of the profile, else one of its groups, else `METHOD /path`. `credential` goes with requests
 * whose operation names none. Throws COUNT_UNKNOWN (2).
 */
export function kindOf(name: string, profile: Profile, credential: string | undefined): Kind {
  const rule = Object.hasOwn(profile.operations, name) ? profile.operations[name] : undefined;
  if (rule) return named(name, name, rule, credential);
  if (groupsOf(profile).has(name)) return grouped(name, profile, credential);
  const [, method, path] = /^([A-Za-z]+) +(\/\S*)$/.exec(name) ?? [];
  if (method === undefined || path === undefined) throw unknownCount(name, profile);
  const match = matchRoute(routeTable(profile), method.toUpperCase(), path);
  if (match) return named(name, match.name, match.rule, credential);
  const {parameters} = expandRoute(name);
  return {name, operation: undefined, group: undefined, method: method.toUpperCase(), parameters, credential};
}

function named(name: string, operation: string, rule: OperationRule, credential: string | undefined): Kind {
  const {method, parameters} = expandRoute(rule.route);
  return {name, operation, group: rule.group, method, parameters, credential: rule.credential ?? credential};
}

/** Requests of a group are of any of its operations. */
function grouped(group: string, {operations}: Profile, credential: string | undefined): Kind {
  const rules = Object.values(operations).filter((rule) => rule.group === group);
  const credentials = new Set(rules.map((rule) => rule.credential ?? credential));
  return {
    name: group,
    operation: undefined,
    group,
    method: undefined,
    parameters: [...new Set(rules.flatMap(({route}) => expandRoute(route).parameters))],
    credential: credentials.size === 1 ? [...credentials][0] : credential,
  };
}

function groupsOf({operations, limits}: Profile): Set<string> {
  const ofOperations = Object.values(operations).flatMap(({group}) => (group === undefined ? [] : [group]));
  return new Set([...ofOperations, ...limits.flatMap(({groups = []}) => groups)]);
}

function unknownCount(name: string, profile: Profile): Problem {
  const operations = Object.keys(profile.operations);
  const groups = [...groupsOf(profile)];
  const known = groups.length > 0 ? groups : operations;
  const listed = known.length > 0 ? ` (${known.slice(0, LISTED).join(', ')}${known.length > LISTED ? ', …' : ''})` : '';
  return new Problem(
    'COUNT_UNKNOWN',
    `--count names ${JSON.stringify(name)}, which profile ${profile.name} does not know${didYouMean(name, [...operations, ...groups])}`,
    `Name an operation or a group of the profile${listed}, or write the request: --count 'POST /users=1e6'. See them all: sluice profiles show ${profile.name}`,
    {exit: EXIT.usage},
  );
}
