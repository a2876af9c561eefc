import {readdirSync, readFileSync} from 'node:fs';
import {EXIT, Problem} from '../problem.js';
import {didYouMean} from './nearest.js';
import {parseProfile} from './parse.js';
import type {Profile} from './profile.js';

/** The same from src/profiles and from dist/profiles: the files are read where they are kept, and nothing copies them. */
const BUILT_IN = new URL('../../src/profiles/built-in/', import.meta.url);

/** The names of the built-in profiles, in order. */
export function listProfiles(): readonly string[] {
  return readdirSync(BUILT_IN)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/**
 * The profile called `name`: `stream`, `amity:network` (a variant of a built-in one), or a file: anything with a slash in it, or that ends in
 * .yaml, .yml or .json, also with `:VARIANT` behind. Throws PROFILE_UNKNOWN or PROFILE_INVALID (exit 78).
 */
export function findProfile(name: string): Profile {
  const file = /^(.*\.(?:ya?ml|json))(?::([^/\\:]+))?$/i.exec(name);
  if (file) return variantOf(readProfile(file[1]!), file[2], name);
  if (/[/\\]/.test(name)) return readProfile(name);
  const [base = '', variant] = name.split(/:(.*)/s);
  const known = listProfiles();
  if (!known.includes(base)) {
    const list = ` (built in are ${known.join(', ')})`;
    const says = `${JSON.stringify(name)} is not a profile${didYouMean(base, known) || list}`;
    throw unknown(
      says,
      'Name one that sluice profiles lists, or a file of your own with a slash in its path: --profile ./mine.yaml',
    );
  }
  const place = new URL(`${base}.yaml`, BUILT_IN);
  return variantOf(parseProfile(readFileSync(place, 'utf8'), `${base}.yaml`), variant, name);
}

/** The profile without the limits that its variant leaves out. The headers go on describing those that are left. */
function variantOf(profile: Profile, variant: string | undefined, name: string): Profile {
  if (variant === undefined) return profile;
  const known = Object.keys(profile.variants);
  const {without} = profile.variants[variant] ?? {};
  if (without === undefined) {
    const list = known.length === 0 ? 'it has none' : `its variants are ${known.join(', ')}`;
    const base = name.slice(0, name.length - variant.length - 1);
    const says = `${JSON.stringify(base)} has no variant ${JSON.stringify(variant)} (${list})${didYouMean(variant, known)}`;
    throw unknown(says, `Leave the variant out: --profile ${base}`);
  }
  const limits = profile.limits.filter((limit) => !without.includes(limit.name));
  const kept = (profile.headers.describes?.limits ?? []).filter((limit) => !without.includes(limit));
  const described = profile.headers.describes?.limits !== undefined;
  const headers = described
    ? {...profile.headers, describes: {...profile.headers.describes, limits: kept}}
    : profile.headers;
  return {...profile, name: `${profile.name}:${variant}`, limits, headers, variants: {}};
}

/** The profile in this file, whatever the file is called. `mostListed`: so many of its faults are listed. Throws PROFILE_UNKNOWN or PROFILE_INVALID (78). */
export function readProfile(path: string, mostListed?: number): Profile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const says = code === 'ENOENT' ? 'there is no such profile file' : `the profile file cannot be read (${code})`;
    throw unknown(`${path}: ${says}`, 'Name another file, or a built-in profile: sluice profiles');
  }
  return parseProfile(text, path, mostListed);
}

function unknown(says: string, fix: string): Problem {
  return new Problem('PROFILE_UNKNOWN', says, fix, {exit: EXIT.badProfile});
}
