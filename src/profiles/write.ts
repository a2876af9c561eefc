import {Document, isCollection, isMap, isScalar, type Node, visit} from 'yaml';
import type {AnswerRule, Profile, ScopeRule, ScopeSource} from './profile.js';

/** Maps and lists up to this long stand on one line. */
const LONGEST_FLOW = 100;

/** The profile as the YAML file it could have been read from: `parseProfile` makes the same profile of it. Every default is spelled out. */
export function profileToYaml(profile: Profile): string {
  const document = new Document(profileToFile(profile), {aliasDuplicateObjects: false});
  visit(document, {
    Collection(key, node) {
      if (key !== null && flowLength(node) <= LONGEST_FLOW) node.flow = true;
    },
  });
  return document.toString({lineWidth: 120, flowCollectionPadding: false});
}

/** The profile as the file format writes it, as data: shorthand where there is one, and no member without a value. */
export function profileToFile(profile: Profile): Record<string, unknown> {
  const {regions, variants, share, scopes, operations} = profile;
  const answers = (rules: readonly AnswerRule[]) => (rules.length === 0 ? undefined : rules.map(answerOf));
  const file = {
    ...profile,
    regions: unlessEmpty(regions),
    scopes: unlessEmpty(Object.fromEntries(Object.entries(scopes).map(([key, rule]) => [key, scopeOf(rule)]))),
    operations: unlessEmpty(operations),
    variants: unlessEmpty(variants),
    // A share that was taken already is in the figures.
    limits: profile.limits.map((limit) => ({
      ...limit,
      windows: limit.windows.map((window) => ({...window, share: undefined})),
    })),
    share: Number.isInteger(share * 100) ? `${share * 100}%` : share,
    stop: answers(profile.stop),
    refused: answers(profile.refused),
    notExecuted: answers(profile.notExecuted),
    failed: answers(profile.failed),
    ok: answers(profile.ok),
    probes: profile.probes?.map((probe) => ({
      ...probe,
      happened: answers(probe.happened),
      didNot: answers(probe.didNot),
    })),
  };
  const {name, title, baseUrl, regions: places, ...rest} = file;
  return pruned({name, title, baseUrl, regions: places, ...rest}) as Record<string, unknown>;
}

function scopeOf({from, absent}: ScopeRule): object {
  return {from: from.map(sourceOf), absent};
}

function sourceOf(source: ScopeSource): unknown {
  switch (source.kind) {
    case 'row':
    case 'machine':
    case 'credential':
      return source.kind;
    case 'path':
      return {path: source.name, matches: source.matches};
    case 'pattern':
      return {pattern: source.pattern};
    case 'body':
      return {body: source.pointer};
    case 'header':
      return {header: source.name};
  }
}

function answerOf(rule: AnswerRule): object {
  const status = rule.status?.map((one) => (/^\d+$/.test(one) ? Number(one) : one));
  return {...rule, status: status?.length === 1 ? status[0] : status};
}

function unlessEmpty<T extends object>(record: T): T | undefined {
  return Object.keys(record).length === 0 ? undefined : record;
}

function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, pruned(member)]));
}

/** How long a collection would be on one line; Infinity when it holds maps of its own that do not fit. */
function flowLength(node: Node): number {
  if (isScalar(node)) return String(node.value).length + 2;
  if (!isCollection(node)) return Number.POSITIVE_INFINITY;
  const lengths = isMap(node)
    ? node.items.map(({key, value}) => flowLength(key as Node) + (value ? flowLength(value as Node) : 0))
    : node.items.map((item) => flowLength(item as Node));
  return lengths.reduce((sum, length) => sum + length + 2, 2);
}
