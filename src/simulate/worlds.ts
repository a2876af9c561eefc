import {EXIT, Problem} from '../problem.js';
import {openAmity} from './amity/open.js';
import type {World} from './world.js';

const WORLDS: Readonly<Record<string, (seed: number) => World>> = {amity: openAmity};

/**
 * The world of a profile or of a variant of it, with nothing in it. The same seed hands out the same ids in the same order. Throws
 * STATE_UNKNOWN (exit 2) for the profile of a provider whose state nobody keeps.
 */
export function openWorld(profileName: string, seed: number): World {
  const name = profileName.replace(/:.*$/s, '');
  if (Object.hasOwn(WORLDS, name)) return WORLDS[name]!(seed);
  const known = Object.keys(WORLDS).join(', ');
  const fix = `Leave --state out: every request that the limits let through succeeds then. --state is known to: ${known}.`;
  throw new Problem('STATE_UNKNOWN', `${profileName} keeps no state, expected one of: ${known}`, fix, {
    exit: EXIT.usage,
  });
}
