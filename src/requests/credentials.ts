import {createHmac} from 'node:crypto';
import type {WireRequest} from '../exchange.js';
import {EXIT, Problem} from '../problem.js';
import {chooseCredential, sentTogether} from '../profiles/credentials.js';
import {didYouMean} from '../profiles/nearest.js';
import type {CredentialRule, Profile} from '../profiles/profile.js';
import {readHeaderLine} from './header-template.js';

/**
 * Where secrets are looked up: the environment and what `--env-file` held, which wins. What was read from `env` is removed from it, so that
 * neither a child process nor a diagnostic report carries it.
 */
export type SecretSource = {
  readonly env: Record<string, string | undefined>;
  readonly file: Readonly<Record<string, string>>;
};

/** Secrets, ready to be put into requests to `origin`, and nowhere else. Never written, never shown. */
export type Credential = {
  readonly name: string;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The bare secrets, for `makeScrub`. */
  readonly secrets: readonly string[];
};

/**
 * The credential of a run: the one called `name` (`--credential`), else the first that is set; undefined when none is.
 * Throws CREDENTIAL_UNKNOWN (2), or CREDENTIAL_MISSING (77) when it or one that goes along has no secret.
 */
export function findCredential(profile: Profile, source: SecretSource, name?: string): CredentialRule | undefined {
  if (name !== undefined && !profile.credentials.some((rule) => rule.name === name)) {
    const names = profile.credentials.map((rule) => rule.name);
    throw new Problem(
      'CREDENTIAL_UNKNOWN',
      `--credential is "${name}", which profile ${profile.name} does not know${didYouMean(name, names)}`,
      names.length > 0 ? `Name one of: ${names.join(', ')}.` : 'Leave out --credential.',
      {exit: EXIT.usage},
    );
  }
  const rule = chooseCredential(profile, {...source.env, ...source.file}, name);
  if (rule) for (const each of sentTogether(profile, rule)) lookUp(source, each.env, profile);
  return rule;
}

/**
 * Reads the secrets of a credential and of those that go with it, but for the one called `carried`, which a `--header` line brings along. Throws
 * CREDENTIAL_MISSING or CREDENTIAL_INVALID (77).
 */
export function readCredential(
  profile: Profile,
  rule: CredentialRule,
  source: SecretSource,
  baseUrl: string,
  carried?: string,
): Credential {
  const headers: Record<string, string> = {};
  const query: Record<string, string> = {};
  const secrets: string[] = [];
  for (const each of sentTogether(profile, rule)) {
    Object.assign(headers, each.headers);
    if (each.name === carried) continue;
    const secret = lookUp(source, each.env, profile);
    secrets.push(secret);
    if (each.header !== undefined) headers[each.header.toLowerCase()] = each.prefix + secret;
    if (each.query !== undefined) query[each.query] = each.prefix + secret;
  }
  return {name: rule.name, origin: new URL(baseUrl).origin, headers, query, secrets};
}

/** Reads the `--header` lines that hold `${ENV_NAME}`; undefined when none does. Throws CREDENTIAL_MISSING (77). */
export function readSecretHeaders(
  lines: readonly string[],
  source: SecretSource,
  baseUrl: string,
): Credential | undefined {
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const {name, value} of lines.map(readHeaderLine).filter(({secret}) => secret)) {
    headers[name] = value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, variable: string) => {
      secrets.push(lookUp(source, variable));
      return secrets.at(-1)!;
    });
  }
  return secrets.length === 0
    ? undefined
    : {name: '--header', origin: new URL(baseUrl).origin, headers, query: {}, secrets};
}

/** Removes from the environment what has been read from it; to be called once everything that needs a secret has read it. */
export function forgetSecrets(source: Pick<SecretSource, 'env'>, variables: Iterable<string>): void {
  for (const variable of variables) delete source.env[variable];
}

/** The environment variables that hold secrets of a profile and of `--header` lines. */
export function secretVariables(profile: Profile, lines: readonly string[]): readonly string[] {
  const named = lines.flatMap((line) => [...line.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name]) => name!));
  return [...new Set([...profile.credentials.map(({env}) => env), ...named])];
}

/** Puts a credential into a request, at the last moment. A request to another origin is returned as it is, whatever asked for it. */
export function applyCredential(wire: WireRequest, credential: Credential | undefined): WireRequest {
  if (!credential || new URL(wire.url).origin !== credential.origin) return wire;
  const names = Object.keys(credential.query);
  const headers = {...wire.headers, ...credential.headers};
  if (names.length === 0) return {...wire, headers};
  const added = names
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(credential.query[name]!)}`)
    .join('&');
  return {...wire, headers, url: `${wire.url}${wire.url.includes('?') ? '&' : '?'}${added}`};
}

/** What stands for a secret where it must be told apart and never be known: 16 hex digits of a salted HMAC-SHA-256. */
export function fingerprint(secret: string, salt: string): string {
  return createHmac('sha256', salt).update(secret).digest('hex').slice(0, 16);
}

/**
 * The profile's credential that `--header` lines with `${NAME}` carry by themselves, by the header's name. Limits that cover requests with that
 * credential, or without any, then know which it is. Undefined when they carry none of the profile's.
 */
export function credentialInHeaders(profile: Profile, lines: readonly string[]): string | undefined {
  const names = new Set(lines.map(readHeaderLine).flatMap(({name, secret}) => (secret ? [name] : [])));
  return profile.credentials.find(({header}) => header !== undefined && names.has(header.toLowerCase()))?.name;
}

/** No secret was found, for one credential or for any of the profile: exit 77. Names the variables to set. */
export function missingCredential(profile: Profile, rule?: CredentialRule): Problem {
  const companions = new Set(profile.credentials.flatMap(({also}) => also ?? []));
  const choices = rule
    ? [rule.env]
    : profile.credentials
        .filter(({name}) => !companions.has(name))
        .map((each) =>
          sentTogether(profile, each)
            .map(({env}) => env)
            .join(' with '),
        );
  const wanted = choices.join(' or ');
  return new Problem(
    'CREDENTIAL_MISSING',
    `${rule ? `credential "${rule.name}" of ` : ''}profile ${profile.name} has no secret: ${wanted} is not set`,
    `Set ${wanted} in the environment, or in a file of mode 0600 named with --env-file.`,
    {exit: EXIT.credentials},
  );
}

function lookUp(source: SecretSource, variable: string, profile?: Profile): string {
  const value = (Object.hasOwn(source.file, variable) ? source.file[variable] : source.env[variable])?.trim();
  if (!value) {
    const rule = profile?.credentials.find(({env}) => env === variable);
    if (profile && rule) throw missingCredential(profile, rule);
    throw new Problem(
      'CREDENTIAL_MISSING',
      `--header names \${${variable}}, which is not set`,
      `Set ${variable}, or name a file of mode 0600 with --env-file.`,
      {
        exit: EXIT.credentials,
      },
    );
  }
  if (!/[^\t\x20-\x7e\x80-\xff]/.test(value)) return value;
  throw new Problem(
    'CREDENTIAL_INVALID',
    `${variable} holds a line break or a character that no header can carry`,
    `Correct ${variable}.`,
    {
      exit: EXIT.credentials,
    },
  );
}
