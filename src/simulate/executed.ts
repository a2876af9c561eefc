import type {Profile} from '../profiles/profile.js';
import {matchRoute, type RouteTable, routeTable} from '../profiles/routes.js';
import {jsonOrText} from '../requests/capture.js';
import {compileProbes, type Probe, probeOf, probeTarget} from '../requests/probe.js';
import {UnfitValue} from '../requests/values.js';
import {type Reply, replyFor} from './answers.js';
import type {Arrival} from './arrival.js';

/** What the box has executed, as far as the profile's probes ask for it. */
export type Executed = {
  note(arrival: Arrival): void;
  /** The answer to a probe; undefined to what is none. */
  replyTo(arrival: Arrival): Reply | undefined;
};

/** Neither what happened nor what did not: who asks is not to believe the box. */
const UNKNOWN: Reply = {
  status: 501,
  headers: {},
  body: JSON.stringify({message: 'this box does not know the columns of a row'}),
};

/** Remembers, of each request that a probe covers, what that probe would ask for. */
export function openExecuted(profile: Profile): Executed {
  const probes = compileProbes(profile);
  const routes = routeTable(profile);
  const there = new Set<string>();
  const shapes = probes.map((probe) => ({probe, shape: shapeOf(probe)}));
  return {
    note(arrival) {
      const target = targetOf(arrival, probes, routes);
      if (target !== undefined) there.add(target);
    },
    replyTo({method, target}) {
      for (const {probe, shape} of shapes) {
        const [found] = shape.exec(target) ?? [];
        if (found === undefined || probe.url.method !== method) continue;
        if (probe.columns.length > 0) return UNKNOWN;
        const {happened, didNot} = probe.rule;
        return replyFor((there.has(`${method} ${found}`) ? happened : didNot)[0]!);
      }
      return undefined;
    },
  };
}

/** What the probe of a request would ask for; undefined where only the row knows, which the box does not see. */
function targetOf({method, target, body}: Arrival, probes: readonly Probe[], routes: RouteTable): string | undefined {
  const match = matchRoute(routes, method, target);
  const probe = match && probeOf(probes, {operation: match.name, group: match.rule.group});
  if (!probe) return undefined;
  try {
    return `${probe.url.method} ${probeTarget(probe, {request: {method, parameters: match.parameters, body: jsonOrText(body)}})}`;
  } catch (error) {
    if (error instanceof UnfitValue) return undefined;
    throw error;
  }
}

function shapeOf({url}: Probe): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(
    `${url.pieces.map((piece) => (piece.kind === 'text' ? literal(piece.text) : '[^/?&]+')).join('')}$`,
  );
}
