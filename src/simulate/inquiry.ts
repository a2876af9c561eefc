import type {Reply} from './answers.js';
import type {Tally} from './tally.js';
import type {World} from './world.js';

/** Where the tally is served as JSON. */
export const TALLY_PATH = '/__sluice/tally';
/** Where the account is served as JSON; with `?kind=users` everything of that kind. */
export const STATE_PATH = '/__sluice/state';

/** The answer to what is asked of the simulation itself. Undefined: it is a request to the provider, and counts as an arrival. */
export function inquire(target: string, tally: () => Tally, world: World | undefined): Reply | undefined {
  const [path, search] = target.split(/\?(.*)/s);
  if (path === TALLY_PATH) return reply(200, tally());
  if (path !== STATE_PATH) return undefined;
  if (!world) return reply(404, {message: 'no state is kept: start it with --state'});
  const kind = new URLSearchParams(search).get('kind');
  if (kind === null) return reply(200, world.account());
  const listing = world.list(kind);
  if (listing) return reply(200, listing);
  return reply(404, {message: `kind is ${kind}, expected one of: ${world.kinds.join(', ')}`});
}

function reply(status: number, body: unknown): Reply {
  return {status, headers: {}, body: JSON.stringify(body)};
}
