import {now} from '../clock.js';
import {counts, type Standing} from '../journal/states.js';
import type {Ledger} from '../limits/ledger.js';
import {windowName} from '../limits/limit.js';
import {roomAt, usedSlots, type Window} from '../limits/window.js';
import type {Counts} from '../journal/record.js';
import type {Tools} from './tools.js';

/** One busy bucket: what is used of its tightest window, and until when it is full. */
export type LaneView = {readonly name: string; readonly used: number; readonly requests: number; readonly window: string; readonly fullUntil: number | undefined};

/** What a run looks like at one instant: everything in it comes from the journal's counts and the ledger. */
export type View = {
  readonly at: number;
  readonly counts: Counts;
  readonly inFlight: number;
  /** Settled per second since the session began, and when it would be done at that pace. */
  readonly perSecond: number;
  readonly doneAt: number | undefined;
  /** `waiting for user u7, 10 per 1 s`; undefined while requests leave. */
  readonly waiting: {readonly on: string; readonly until: number} | undefined;
  readonly lanes: readonly LaneView[];
};

/** So many buckets are worth a look at once. */
const SHOWN = 4;

/** Where a session began, for its pace. */
export type Beginning = {readonly at: number; readonly settled: number};

/** The view of a running session. */
export function viewOf(tools: Tools, standing: Standing, begun: Beginning): View {
  const at = now();
  const all = counts(standing);
  const settled = all.rows - all.pending;
  const seconds = (at - begun.at) / 1000;
  const perSecond = seconds > 0 ? (settled - begun.settled) / seconds : 0;
  const waitsUntil = tools.waitsUntil;
  return {
    at,
    counts: all,
    inFlight: tools.inFlight,
    perSecond,
    doneAt: perSecond > 0 ? at + (all.pending / perSecond) * 1000 : undefined,
    waiting: waitsUntil !== undefined && waitsUntil > at + 500 ? {on: waitName(tools, at), until: waitsUntil} : undefined,
    lanes: busiest(tools.ledger, at),
  };
}

function waitName({network, ledger, waitsFor}: Tools, at: number): string {
  if (network.down) return `the network (${network.down.why})`;
  const bucket = waitsFor === undefined ? undefined : ledger.buckets.get(waitsFor);
  if (!bucket) return 'responses';
  if (bucket.closedUntil > at) return `${bucket.label}, closed by the provider`;
  const window = tightest(bucket.windows, at);
  return window ? `${bucket.label}, ${windowName(window.rule)}` : bucket.label;
}

function busiest(ledger: Ledger, at: number): LaneView[] {
  const views: LaneView[] = [];
  let seen = 0;
  for (const bucket of ledger.buckets.values()) {
    // A look, not an audit: with a hundred thousand callers the first ones have to do.
    if (++seen > 200) break;
    const window = tightest(bucket.windows, at);
    if (!window) continue;
    const fullAt = Math.max(roomAt(window, at), bucket.closedUntil);
    views.push({
      name: bucket.label,
      used: usedSlots(window, at),
      requests: window.requests,
      window: windowName(window.rule),
      fullUntil: fullAt > at && fullAt < Number.POSITIVE_INFINITY ? fullAt : undefined,
    });
  }
  return views.sort((one, other) => other.used / other.requests - one.used / one.requests).slice(0, SHOWN);
}

/** The window that has room last, else the one that is fullest. */
function tightest(windows: readonly Window[], at: number): Window | undefined {
  return [...windows].sort(
    (one, other) => roomAt(other, at) - roomAt(one, at) || usedSlots(other, at) / other.requests - usedSlots(one, at) / one.requests,
  )[0];
}
