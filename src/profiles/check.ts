import {baseUrlFault} from './base-url.js';
import {BUILT_IN_KEYS, readShare} from './complete.js';
import {type Fault, memberName, type Path} from './fault.js';
import {didYouMean} from './nearest.js';
import {patternFault} from './pattern.js';
import {expandRoute} from './routes.js';
import type {ProfileFile} from './schema.js';

/** Headers that belong to the connection: a credential that set one would break the request or send it elsewhere. */
const CONNECTION_HEADERS = ['host', 'content-length', 'connection', 'transfer-encoding', 'upgrade', 'te', 'trailer'];

/** What no schema can say: names that lead nowhere, members that contradict each other, addresses and patterns that are not safe. */
export function crossFaults(file: ProfileFile): Fault[] {
  return [
    ...addressFaults(file),
    ...credentialFaults(file),
    ...operationFaults(file),
    ...scopeFaults(file),
    ...limitFaults(file),
    ...answerFaults(file),
    ...probeFaults(file),
    ...nameFaults(file),
  ];
}

function addressFaults({baseUrl, regions = {}, share}: ProfileFile): Fault[] {
  const addresses: [Path, string][] = Object.entries(regions).map(([region, url]) => [['regions', region], url]);
  if (baseUrl !== undefined) addresses.push([['baseUrl'], baseUrl]);
  const faults = addresses.flatMap(([path, url]) => fault(path, baseUrlFault(url)));
  if (typeof share === 'string' && readShare(share) === undefined) {
    faults.push(...fault(['share'], `is ${JSON.stringify(share)}, expected more than 0% and at most 100%`));
  }
  return faults;
}

function credentialFaults({credentials}: ProfileFile): Fault[] {
  const names = credentials.map(({name}) => name);
  return credentials.flatMap((rule, i) => {
    const at = ['credentials', i];
    const faults = duplicateFault(names, i, at);
    if (rule.name === 'none') faults.push(...fault([...at, 'name'], 'is "none", which means: without a credential'));
    if (rule.header === undefined && rule.query === undefined) {
      faults.push(...fault(at, 'has neither header nor query, expected one of them: where the secret goes'));
    }
    if (rule.header !== undefined && rule.query !== undefined) {
      faults.push(...fault(at, 'has both header and query, expected one of them'));
    }
    for (const header of [rule.header, ...Object.keys(rule.headers ?? {})]) {
      if (header === undefined || !CONNECTION_HEADERS.includes(header.toLowerCase())) continue;
      const member = header === rule.header ? ['header'] : ['headers', header];
      faults.push(...fault([...at, ...member], `sets ${header}, which belongs to the connection`));
    }
    const others = names.filter((name) => name !== rule.name);
    return [...faults, ...unknownFaults([...at, 'also'], rule.also, others, 'another credential')];
  });
}

function operationFaults({operations, credentials}: ProfileFile): Fault[] {
  const names = credentials.map(({name}) => name);
  return Object.entries(operations).flatMap(([name, rule]) => {
    const at = ['operations', name];
    const faults = unknownFault([...at, 'credential'], rule.credential, names, 'a credential');
    const routes: [Path, string][] = (rule.aliases ?? []).map((alias, i) => [[...at, 'aliases', i], alias]);
    for (const [path, route] of [[[...at, 'route'], rule.route] as [Path, string], ...routes]) {
      const {parameters} = expandRoute(route);
      const twice = parameters.find((parameter, i) => parameters.indexOf(parameter) !== i);
      if (twice !== undefined) faults.push(...fault(path, `is ${JSON.stringify(route)}, which has {${twice}} twice`));
    }
    return faults;
  });
}

function scopeFaults({scopes, operations}: ProfileFile): Fault[] {
  const routes = Object.values(operations).flatMap(({route, aliases}) => [route, ...(aliases ?? [])]);
  const parameters = [...new Set(routes.flatMap((route) => expandRoute(route).parameters))];
  return Object.entries(scopes).flatMap(([key, {from}]) => {
    const faults = from.flatMap((source, i): Fault[] => {
      const at = ['scopes', key, 'from', i];
      if (typeof source === 'string') return [];
      if ('pattern' in source)
        return [...fault([...at, 'pattern'], patternFault(source.pattern) ?? groupFault(source.pattern))];
      if (!('path' in source)) return [];
      const faults = unknownFault([...at, 'path'], source.path, parameters, 'a parameter of any route');
      return [...faults, ...fault([...at, 'matches'], source.matches && patternFault(source.matches))];
    });
    if (!BUILT_IN_KEYS.includes(key)) return faults;
    return [
      ...faults,
      {path: ['scopes', key], on: 'key', says: `scopes.${key} is built in, and has a value in every request`},
    ];
  });
}

function groupFault(pattern: string): string | undefined {
  const groups = new RegExp(`${pattern}|`).exec('')!.length - 1;
  return groups > 0 ? undefined : `is ${JSON.stringify(pattern)}, expected a group: what is in (…) is the value`;
}

function limitFaults({limits, operations, credentials}: ProfileFile): Fault[] {
  const names = limits.map(({name}) => name);
  const groups = groupsOf(operations);
  return limits.flatMap((limit, i) => {
    const at = ['limits', i];
    const bursts = limit.windows.flatMap(({kind, burst}, j) => {
      const stray = burst !== undefined && kind !== 'bucket';
      return fault(
        [...at, 'windows', j, 'burst'],
        stray ? `is ${burst}, but kind is ${kind}: only a bucket has a burst` : '',
      );
    });
    return [
      ...duplicateFault(names, i, at),
      ...unknownFaults([...at, 'groups'], limit.groups, groups, 'the group of any operation'),
      ...unknownFaults([...at, 'operations'], limit.operations, Object.keys(operations), 'an operation'),
      ...unknownFaults([...at, 'with'], limit.with, [...credentials.map(({name}) => name), 'none'], 'a credential'),
      ...bursts,
      ...fault(
        [...at, 'learn'],
        limit.learn && limit.per.length > 0 ? 'is true, but the limit is per something: one bucket is learned' : '',
      ),
    ];
  });
}

function answerFaults(file: ProfileFile): Fault[] {
  const lists = (['stop', 'refused', 'notExecuted', 'failed', 'ok'] as const).flatMap((list) =>
    emptyRuleFaults([list], file[list]),
  );
  const {firstSeconds, maxSeconds} = file.retry;
  const low = maxSeconds < firstSeconds;
  return [
    ...lists,
    ...fault(['retry', 'maxSeconds'], low ? `is ${maxSeconds}, expected at least firstSeconds, ${firstSeconds}` : ''),
  ];
}

function emptyRuleFaults(path: Path, rules: ProfileFile['failed']): Fault[] {
  return rules.flatMap(({status, body, json, header}, i) => {
    const empty = [status, body, json, header].every((member) => member === undefined);
    return fault([...path, i], empty ? 'holds for every answer, expected status, body, json or header' : '');
  });
}

function probeFaults({probes = [], operations}: ProfileFile): Fault[] {
  return probes.flatMap((probe, i) => {
    const at = ['probes', i];
    const stray = probe.groups === undefined && probe.operations === undefined;
    return [
      ...fault(at, stray ? 'has neither groups nor operations, expected whose requests it is for' : ''),
      ...unknownFaults([...at, 'groups'], probe.groups, groupsOf(operations), 'the group of any operation'),
      ...unknownFaults([...at, 'operations'], probe.operations, Object.keys(operations), 'an operation'),
      ...emptyRuleFaults([...at, 'happened'], probe.happened),
      ...emptyRuleFaults([...at, 'didNot'], probe.didNot),
    ];
  });
}

function groupsOf(operations: ProfileFile['operations']): string[] {
  return [...new Set(Object.values(operations).flatMap(({group}) => group ?? []))];
}

function nameFaults({variants, limits, headers, refused}: ProfileFile): Fault[] {
  const names = limits.map(({name}) => name);
  const described = unknownFaults(['headers', 'describes', 'limits'], headers.describes?.limits, names, 'a limit');
  const dropped = Object.entries(variants).flatMap(([variant, {without}]) =>
    unknownFaults(['variants', variant, 'without'], without, names, 'a limit'),
  );
  const closed = refused.flatMap((rule, i) => unknownFaults(['refused', i, 'limits'], rule.limits, names, 'a limit'));
  return [...described, ...dropped, ...closed];
}

function duplicateFault(names: readonly string[], i: number, at: Path): Fault[] {
  const first = names.indexOf(names[i]!);
  if (first === i) return [];
  return fault(
    [...at, 'name'],
    `is ${JSON.stringify(names[i])}, as is ${memberName([at[0]!, first])}; each needs a name of its own`,
  );
}

function unknownFaults(
  path: Path,
  found: readonly string[] | undefined,
  known: readonly string[],
  what: string,
): Fault[] {
  return (found ?? []).flatMap((name, i) => unknownFault([...path, i], name, known, what));
}

function unknownFault(path: Path, name: string | undefined, known: readonly string[], what: string): Fault[] {
  if (name === undefined || known.includes(name)) return [];
  const list = known.length <= 12 ? `; known are ${known.join(', ') || 'none'}` : '';
  return fault(path, `is ${JSON.stringify(name)}, which is not ${what}${didYouMean(name, known) || list}`);
}

function fault(path: Path, says: string | undefined): Fault[] {
  return says ? [{path, on: 'value', says: `${memberName(path)} ${says}`}] : [];
}
