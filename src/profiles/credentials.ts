import type {CredentialRule, Profile} from './profile.js';

/**
 * The credential that requests are sent with when no operation names another: the one called `name`, else the first whose variable is set.
 * One that only accompanies others is never chosen unless it is named. Undefined: requests go without. `name` is one of the profile's.
 */
export function chooseCredential(
  profile: Profile,
  environment: Readonly<Record<string, string | undefined>>,
  name?: string,
): CredentialRule | undefined {
  if (name !== undefined) return profile.credentials.find((rule) => rule.name === name);
  const companions = new Set(profile.credentials.flatMap(({also}) => also ?? []));
  return profile.credentials.find((rule) => !companions.has(rule.name) && environment[rule.env]);
}

/** A credential and those that go with it, in the order they are put into the request. */
export function sentTogether(profile: Profile, rule: CredentialRule): readonly CredentialRule[] {
  const also = rule.also ?? [];
  return [rule, ...profile.credentials.filter(({name}) => also.includes(name))];
}
