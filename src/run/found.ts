import type {Response} from '../exchange.js';
import type {FoundRecord} from '../journal/record.js';
import {believe} from '../limits/believe.js';
import {hashText} from '../limits/hash.js';
import {type QuotaHeaders, quotaHeadersOf} from '../limits/header-names.js';
import {type Hearsay, hear, isOf, windowsHeard} from '../limits/hearsay.js';
import type {Ledger, Span} from '../limits/ledger.js';
import type {BucketRef} from '../limits/limit.js';
import {type Found, foundBy} from '../limits/probed.js';
import {isUnknown, learnWindows, probeOf, recallFound} from '../limits/unknown.js';
import type {Lesson} from './learn.js';
import {tellFound, tellHeard} from './tell.js';
import type {Tools} from './tools.js';

/** What is known by now of one limit that nobody told beforehand. */
export type Finding = {
  heard: readonly Hearsay[];
  headers: QuotaHeaders | undefined;
  /** What the journal has of it. */
  recorded: Found | undefined;
};

/** A pace that differs by less from what the journal has is no news. */
const NEWS = 0.1;

/** Listens to what a response says of windows that are unknown; they are in force as soon as limit and length are known. */
export function hearWindows(
  {headers}: Response,
  lesson: Lesson,
  buckets: readonly BucketRef[],
  tools: Tools,
  span: Span,
): void {
  for (const ref of unknownOf(tools.ledger, buckets)) {
    const finding = findingOf(tools, ref.limit);
    const heard = hear(finding.heard, lesson.quotas, span.now);
    const windows = windowsHeard(heard);
    const changed = JSON.stringify(windows) !== JSON.stringify(windowsHeard(finding.heard));
    finding.heard = heard;
    if (changed) {
      finding.headers ??= quotaHeadersOf(headers);
      learnWindows(tools.ledger, ref, windows, span.now);
      tellHeard(ref.label, windows, tools);
      record(tools, ref, span.now);
    }
    for (const quota of lesson.quotas) {
      const seconds = heard.find((each) => isOf(each, quota))?.seconds;
      if (seconds !== undefined) believe(tools.ledger, [ref], {limit: ref.limit, seconds, quota, trust: 'up'}, span);
    }
  }
}

/** Journals the pace that was found by now, where it is news. */
export function notePace(buckets: readonly BucketRef[], tools: Tools, now: number): void {
  for (const ref of unknownOf(tools.ledger, buckets)) {
    const probe = probeOf(tools.ledger, ref);
    if (!probe) continue;
    const found = foundBy(probe);
    const {recorded} = findingOf(tools, ref.limit);
    const known = recorded?.pace ?? 1;
    const first = recorded?.ceiling === undefined && found.ceiling !== undefined;
    if (first) tellFound(ref.label, found, tools);
    if (first || Math.abs(found.pace - known) > NEWS * known) record(tools, ref, now);
  }
}

/** Journals everything that was found, as it stands when a session ends. */
export function recordFindings(tools: Tools, now: number): void {
  for (const [id, {limit, label, probe}] of tools.ledger.buckets) {
    if (probe && probe.sent > 0) record(tools, {id, limit, label}, now);
  }
}

/** Puts what earlier sessions found into the ledger: what the server told, or the pace to go on at. The newest record of each limit counts. */
export function recallFindings(ledger: Ledger, records: readonly FoundRecord[]): void {
  const refs = ledger.limits.map(({name}, limit): BucketRef => ({limit, id: hashText(name), label: name}));
  for (const ref of unknownOf(ledger, refs)) {
    const last = records.findLast(({limit}) => limit === ledger.limits[ref.limit]!.name);
    if (!last) continue;
    const {windows, pace, ceiling, atOnce, sent = 0, refused = 0} = last;
    if (windows) recallFound(ledger, ref, windows);
    else if (pace !== undefined) recallFound(ledger, ref, {pace, ceiling, atOnce, sent, refused});
  }
}

function record(tools: Tools, ref: BucketRef, now: number): void {
  const finding = findingOf(tools, ref.limit);
  const rule = tools.ledger.limits[ref.limit]!;
  const probe = probeOf(tools.ledger, ref);
  const base = {t: 'f', at: Math.round(now), limit: rule.name} as const;
  if (!probe) {
    tools.record({...base, windows: rule.told ?? rule.windows, ...(finding.headers ? {headers: finding.headers} : {})});
    return;
  }
  const found = foundBy(probe);
  finding.recorded = found;
  const {pace, ceiling, atOnce, sent, refused} = found;
  tools.record({
    ...base,
    pace: short(pace),
    ...(ceiling === undefined ? {} : {ceiling: short(ceiling)}),
    ...(atOnce === undefined ? {} : {atOnce}),
    sent,
    refused,
  });
}

function unknownOf({limits}: Ledger, buckets: readonly BucketRef[]): readonly BucketRef[] {
  return buckets.filter(({limit}) => limits[limit] !== undefined && isUnknown(limits[limit]));
}

function findingOf({findings}: Pick<Tools, 'findings'>, limit: number): Finding {
  let finding = findings.get(limit);
  if (!finding) {
    finding = {heard: [], headers: undefined, recorded: undefined};
    findings.set(limit, finding);
  }
  return finding;
}

function short(pace: number): number {
  return Number(pace.toPrecision(6));
}
