import {findProfile} from '../profiles/find.js';
import {scaleProfile} from '../profiles/scale.js';
import {announce, type Served, saveProfile} from './announce.js';
import {parseFaults} from './faults.js';
import {startProvider} from './provider.js';
import {parseLatency, parseScopes, parseSpeed} from './words.js';
import {openWorld} from './worlds.js';

/** What was typed behind `simulate`, as it was typed. */
export type Asked = {
  readonly name: string;
  readonly port: number;
  readonly latency: string;
  readonly speed: string;
  readonly faults: string;
  readonly seed: number;
  readonly log?: string | undefined;
  readonly scope?: readonly string[] | undefined;
  readonly state?: boolean | undefined;
  readonly 'save-profile'?: string | undefined;
};

/** Serves a profile until `ended` and tells what was seen. `say` is called once it listens. Throws the problems of all the words, and of the port. */
export async function serveProfile(
  asked: Asked,
  ended: Promise<unknown>,
  say: (text: string) => void,
): Promise<Served> {
  const {name, port, seed, log, 'save-profile': saved} = asked;
  const speed = parseSpeed(asked.speed);
  const profile = scaleProfile(findProfile(name), speed);
  const world = asked.state ? openWorld(profile.name, seed) : undefined;
  const provider = await startProvider({
    profile,
    port,
    latency: parseLatency(asked.latency),
    faults: parseFaults(asked.faults),
    seed,
    log,
    scopes: parseScopes(asked.scope ?? []),
    world,
  });
  try {
    if (saved !== undefined) saveProfile(profile, provider.url, saved);
    say(announce({url: provider.url, name, speed, saved, state: asked.state}));
    await ended;
  } finally {
    await provider.close();
  }
  return {...provider.tally(), ...(world && {state: world.account()})};
}
