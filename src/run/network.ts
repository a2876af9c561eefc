/** Between two knocks at a network that is gone. */
const KNOCK_EVERY_MS = 5000;
/** A host that was never reached at all: after so many knocks it is more likely misspelt than away. */
const KNOCKS_IF_NEVER_REACHED = 3;

/** Whether requests leave at all. While they do not, one request is tried every five seconds, and no row pays for it. */
export type Network = {
  reached: boolean;
  down:
    | {readonly since: number; readonly nextKnockAt: number; readonly knocks: number; readonly why: string}
    | undefined;
};

export function openNetwork(reachedBefore: boolean): Network {
  return {reached: reachedBefore, down: undefined};
}

/** A request reached the provider. */
export function noteReached(network: Network): void {
  network.reached = true;
  network.down = undefined;
}

/** A request never left. Those that failed beside the one that knocked count as the same knock. */
export function noteUnsent(network: Network, startedAt: number, now: number, why: string): void {
  const {down} = network;
  if (!down) network.down = {since: now, nextKnockAt: now + KNOCK_EVERY_MS, knocks: 1, why};
  else if (startedAt >= down.nextKnockAt)
    network.down = {...down, nextKnockAt: now + KNOCK_EVERY_MS, knocks: down.knocks + 1, why};
}

/** Whether to give up: never reached and knocked enough, or away for longer than the operator waits. */
export function lostFor(network: Network, now: number, maxOfflineMs: number): 'never-reached' | 'offline' | undefined {
  const {down, reached} = network;
  if (!down) return undefined;
  if (!reached && down.knocks >= KNOCKS_IF_NEVER_REACHED) return 'never-reached';
  return now - down.since >= maxOfflineMs ? 'offline' : undefined;
}
