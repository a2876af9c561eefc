import {now} from '../clock.js';
import type {Control} from '../journal/record.js';
import {changeLedger} from '../limits/change.js';
import {windowName} from '../limits/limit.js';
import {applyLimits, type Overrides} from '../profiles/override.js';
import type {Profile} from '../profiles/profile.js';
import {controlled} from './order.js';
import type {Tools} from './tools.js';

/** What a session goes by that `sluice set`, `pause` and `go` may change. */
export type Controls = {
  readonly folder: string;
  /** The profile before anything was said instead of it. */
  readonly given: Profile;
  /** What holds instead of it now. */
  overrides: Overrides;
  /** Since when nothing new is sent. */
  pausedAt: number | undefined;
};

/** How the run goes from now on: what a control is answered with. */
export type InForce = {
  readonly at: number;
  /** What was changed, for people. */
  readonly said: string;
  readonly share: number;
  readonly concurrency: number;
  readonly pace: 'even' | 'burst';
  readonly limits: readonly {readonly name: string; readonly requests: number; readonly seconds: number}[];
  readonly paused: boolean;
};

export function openControls(folder: string, given: Profile, overrides: Overrides): Controls {
  return {folder, given, overrides, pausedAt: undefined};
}

/** Carries a control out, journals it and wakes the run. Throws LIMIT_UNKNOWN (2), with nothing changed. */
export function carryOut(control: Control, tools: Tools): InForce {
  const {controls, ledger} = tools;
  const overrides = controlled(controls.overrides, control);
  const profile = applyLimits(controls.given, overrides);
  const at = now();
  tools.record({t: 's', at: Math.round(at), ...control});
  controls.overrides = overrides;
  if (setsPace(control)) {
    const {limits, concurrency, pace = 'burst'} = profile;
    tools.profile = {...tools.profile, limits, concurrency, pace};
    changeLedger(ledger, {limits, concurrency, pace}, at);
    tools.sender.allow(concurrency);
    tools.schedule.touch(ledger.buckets.keys(), at);
  }
  if (control.paused !== undefined) pause(tools, control.paused, at);
  tools.wake();
  return {
    at: Math.round(at),
    said: sentenceOf(control, controls.folder),
    share: overrides.share ?? controls.given.share,
    concurrency: profile.concurrency,
    pace: profile.pace ?? 'burst',
    limits: profile.limits.flatMap(({name, windows}) =>
      windows.map(({requests, seconds}) => ({name, requests, seconds})),
    ),
    paused: controls.pausedAt !== undefined,
  };
}

function setsPace({share, concurrency, limits, pace}: Control): boolean {
  return share !== undefined || concurrency !== undefined || limits !== undefined || pace !== undefined;
}

/** Time paused is nobody's fault: it is no time without a network, and none in which everything was refused. */
function pause({controls, network, ledger}: Tools, paused: boolean, at: number): void {
  const {pausedAt} = controls;
  if (paused) {
    controls.pausedAt ??= at;
    return;
  }
  controls.pausedAt = undefined;
  if (pausedAt === undefined) return;
  const later = (since: number) => since + at - Math.max(pausedAt, since);
  if (network.down) network.down = {...network.down, since: later(network.down.since)};
  for (const bucket of ledger.buckets.values())
    if (bucket.refusingSince !== undefined) bucket.refusingSince = later(bucket.refusingSince);
}

/** `share 50 %, network 80 per 5 s from now on`. */
function sentenceOf(control: Control, folder: string): string {
  const {share, concurrency, limits = [], pace, paused} = control;
  const set = [
    ...(share === undefined ? [] : [`share ${Number((share * 100).toPrecision(6))} %`]),
    ...(concurrency === undefined ? [] : [`concurrency ${concurrency}`]),
    ...limits.map(({name, ...window}) => `${name} ${windowName(window)}`),
    ...(pace === undefined ? [] : [`pace ${pace}`]),
  ];
  return [
    ...(set.length > 0 ? [`${set.join(', ')} from now on`] : []),
    ...(paused === undefined ? [] : [paused ? `paused; go on with: sluice go ${folder}` : 'goes on']),
  ].join('; ');
}
