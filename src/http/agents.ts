import {lookup as askSystem, type LookupAddress, type LookupOptions} from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type {LookupFunction, Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {rootCertificates} from 'node:tls';
import {now} from '../clock.js';

/** Servers commonly close idle connections after 5 s (Node's own default); a socket that is closed earlier by us is never closed under a request. */
const IDLE_MS = 4_000;

/** How much of the idle time a server announces is used, so that its closing is not met. */
const ANNOUNCED_PART = 0.7;

/** The pools of connections, one per scheme. At most `connections` to one origin; more requests wait for a free one. */
export type Agents = {readonly http: http.Agent; readonly https: https.Agent};

/** Opens the pools. `extraCa` (PEM) is trusted beside the certificates that come with Node. Certificates are checked whatever the environment says. */
export function openAgents(connections: number, extraCa: string | undefined): Agents {
  const shared = {
    keepAlive: true,
    maxSockets: connections,
    maxFreeSockets: connections,
    timeout: IDLE_MS,
    lookup: shareLookups(),
  };
  const trust = {rejectUnauthorized: true, ...(extraCa === undefined ? {} : {ca: [...rootCertificates, extraCa]})};
  return {http: retireEarly(new http.Agent(shared)), https: retireEarly(new https.Agent({...shared, ...trust}))};
}

/** At most so many connections to one origin from now on; those above it are closed as they come free. */
export function allowConnections(agents: Agents, connections: number): void {
  for (const agent of [agents.http, agents.https]) {
    agent.maxSockets = connections;
    agent.maxFreeSockets = connections;
  }
}

/** Closes the connections that nobody uses: after sleep they look alive and are not. */
export function dropIdle(agents: Agents): void {
  for (const agent of [agents.http, agents.https]) {
    for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}

type Keeping = {
  keepSocketAlive(socket: Duplex): boolean;
  addRequest(...request: unknown[]): void;
};

/**
 * Some versions of Node take the announced idle time to the millisecond, which is when the server closes. And a timer fires late while the process is
 * busy: who is about to use a connection looks at how long it was idle, for what is written to one that the server has closed is in doubt.
 */
function retireEarly<Agent extends http.Agent>(agent: Agent): Agent {
  const keeping = agent as unknown as Keeping;
  const keep = keeping.keepSocketAlive.bind(agent);
  const add = keeping.addRequest.bind(agent);
  const goodUntil = new WeakMap<Duplex, number>();
  keeping.keepSocketAlive = (socket) => {
    const kept = keep(socket);
    const {timeout = IDLE_MS} = socket as Socket;
    const idleMs = timeout < IDLE_MS ? timeout * ANNOUNCED_PART : IDLE_MS;
    if (kept && idleMs < IDLE_MS) (socket as Socket).setTimeout(idleMs);
    if (kept) goodUntil.set(socket, now() + idleMs);
    return kept;
  };
  keeping.addRequest = (...request) => {
    const at = now();
    for (const sockets of Object.values(agent.freeSockets))
      for (const socket of sockets ?? []) if ((goodUntil.get(socket) ?? at) < at) socket.destroy();
    add(...request);
  };
  return agent;
}

type Answer = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * One question at a time for each name. Every `getaddrinfo` holds a thread of the pool that file writes need too: four that hang would
 * stop the journal.
 */
function shareLookups(): LookupFunction {
  const waiting = new Map<string, Answer[]>();
  return (hostname: string, options: LookupOptions, answer: Answer) => {
    const question = JSON.stringify([hostname, options.family, options.hints, options.all]);
    const others = waiting.get(question);
    if (others) {
      others.push(answer);
      return;
    }
    const askers = [answer];
    waiting.set(question, askers);
    askSystem(hostname, options, (error, address, family) => {
      waiting.delete(question);
      for (const asker of askers) asker(error, address, family);
    });
  };
}
