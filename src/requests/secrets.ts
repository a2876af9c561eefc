import type {WireRequest} from '../exchange.js';
import type {Problem} from '../problem.js';
import {chooseCredential, sentTogether} from '../profiles/credentials.js';
import type {CredentialRule, Profile} from '../profiles/profile.js';
import {
  applyCredential,
  type Credential,
  credentialInHeaders,
  findCredential,
  fingerprint,
  forgetSecrets,
  missingCredential,
  readCredential,
  readSecretHeaders,
  type SecretSource,
  secretVariables,
} from './credentials.js';
import {readEnvFile} from './env-file.js';
import {makeScrub} from './scrub.js';

/** Where the operator keeps the secrets of a run, and which of the profile's credentials to use. */
export type SecretPlace = {
  readonly profile: Profile;
  readonly env: Record<string, string | undefined>;
  readonly envFile: string | undefined;
  /** `--credential`. */
  readonly chosen: string | undefined;
  /** The `--header` lines; those with `${NAME}` hold secrets. */
  readonly headers: readonly string[];
  readonly baseUrl: string;
  /** Nothing will be sent: what is missing is no fault. */
  readonly dry?: boolean | undefined;
};

/** The secrets of a session: put into requests at the last moment, and taken out of everything that is written or shown. */
export type Secrets = {
  /** The credential that rows use unless their operation names another; undefined: none is sent. */
  readonly credential: string | undefined;
  /** What stands for the account, salted: the same secret gives the same text, and nobody gets it back. */
  fingerprint(salt: string): string;
  /** The same of another credential; undefined: of what is sent with none. */
  fingerprintOf(name: string | undefined, salt: string): string;
  /** Throws CREDENTIAL_MISSING (77) when this credential is wanted and has no secret. */
  require(name: string): void;
  apply(wire: WireRequest, name: string | undefined): WireRequest;
  /** Reads the file again. Whether a request that started at `startedAt` may be sent again, with a newer secret than it had. */
  refresh(startedAt: number, now: number): boolean;
  scrub(text: string): string;
};

/** Reads every secret that may be wanted, and takes them out of the environment. Throws CREDENTIAL_UNKNOWN (2), CREDENTIAL_MISSING (77). */
export function openSecrets(place: SecretPlace): Secrets {
  const {profile, env, envFile, headers, baseUrl, dry = false} = place;
  const own = {...env};
  const read = () => ({env: own, file: envFile === undefined ? {} : readEnvFile(envFile)});
  const source = read();
  const carried = credentialInHeaders(profile, headers);
  const rule = ruleOf(place, source, carried);
  let known = readAll(profile, source, baseUrl, carried);
  let extra = readSecretHeaders(headers, source, baseUrl);
  if (!rule && !extra && !dry) refuseNone(profile);
  forgetSecrets({env}, secretVariables(profile, headers));
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let scrub = makeScrub(secretsOf(known, extra));
  const fingerprintOf = (wanted: string | undefined, salt: string) =>
    fingerprint(secretsOf(new Map([...known].filter(([name]) => name === wanted)), extra).join('\n'), salt);
  return {
    credential: rule?.name ?? (dry ? assumed(profile) : undefined),
    fingerprint: (salt) => fingerprintOf(rule?.name, salt),
    fingerprintOf,
    require: (name) => {
      if (!known.has(name)) throw missingPart(profile, source, name, carried);
    },
    apply: (wire, name) =>
      applyCredential(applyCredential(wire, name === undefined ? undefined : known.get(name)), extra),
    refresh: (startedAt, now) => {
      if (startedAt < refreshedAt) return true;
      if (envFile === undefined) return false;
      const fresh = read();
      const [before, beforeExtra] = [known, extra];
      known = readAll(profile, fresh, baseUrl, carried);
      extra = readSecretHeaders(headers, fresh, baseUrl);
      const [old, current] = [secretsOf(before, beforeExtra), secretsOf(known, extra)];
      if (old.join('\n') === current.join('\n')) return false;
      // The old secrets stay masked: an answer to one of their requests may still be on its way.
      scrub = makeScrub([...old, ...current]);
      refreshedAt = now;
      return true;
    },
    scrub: (text) => scrub(text),
  };
}

/** What a `--header` line carries needs no secret of its own, and is what is meant unless another is named. */
function ruleOf(
  {profile, chosen, dry = false}: SecretPlace,
  source: SecretSource,
  carried: string | undefined,
): CredentialRule | undefined {
  if (carried !== undefined && (chosen ?? carried) === carried) return chooseCredential(profile, {}, carried);
  return dry && chosen !== undefined ? chooseCredential(profile, {}, chosen) : findCredential(profile, source, chosen);
}

/** Not every credential of a profile is wanted; one that is and has no secret is named when a row asks for it. */
function readAll(
  profile: Profile,
  source: SecretSource,
  baseUrl: string,
  carried: string | undefined,
): Map<string, Credential> {
  return new Map(
    profile.credentials
      .filter((rule) => sentTogether(profile, rule).every((each) => isThere(each, source, carried)))
      .map((rule) => [rule.name, readCredential(profile, rule, source, baseUrl, carried)]),
  );
}

function isThere({name, env}: CredentialRule, source: SecretSource, carried: string | undefined): boolean {
  return name === carried || Boolean(source.file[env] ?? source.env[env]);
}

/** Of a credential and those that go along, the one without a secret. */
function missingPart(profile: Profile, source: SecretSource, name: string, carried: string | undefined): Problem {
  const rule = profile.credentials.find((each) => each.name === name);
  const part = rule && sentTogether(profile, rule).find((each) => !isThere(each, source, carried));
  return missingCredential(profile, part ?? rule);
}

/** A plan without a secret is made for the profile's first credential, unless its provider also answers without one. */
function assumed(profile: Profile): string | undefined {
  return answersWithout(profile) ? undefined : profile.credentials[0]?.name;
}

/** A profile whose provider also answers without a credential has a limit for that; any other needs one. */
function refuseNone(profile: Profile): void {
  if (!answersWithout(profile)) throw missingCredential(profile);
}

function answersWithout(profile: Profile): boolean {
  return profile.credentials.length === 0 || profile.limits.some((limit) => limit.with?.includes('none'));
}

function secretsOf(known: ReadonlyMap<string, Credential>, extra: Credential | undefined): string[] {
  return [...known.values(), ...(extra ? [extra] : [])].flatMap(({secrets}) => secrets);
}
