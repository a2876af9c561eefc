import {type BareItem, type Item, type List, parseDictionary, parseList, Token} from 'structured-headers';

/** One member of `RateLimit-Policy`: what is allowed. `partition` is the draft's partition key, in base64. */
export type Policy = {
  readonly name?: string;
  readonly partition?: string;
  readonly limit?: number;
  readonly seconds?: number;
  /** What is counted, where it is not requests. */
  readonly unit?: string;
};

/** One member of `RateLimit`: what is left, and in how many seconds there is more. */
export type Balance = {
  readonly name?: string;
  readonly partition?: string;
  readonly limit?: number;
  readonly remaining?: number;
  readonly resetSeconds?: number;
};

/**
 * The policies of a `RateLimit-Policy` header (IETF drafts 03 to 10), or of a draft 03 `RateLimit-Limit`: `100;w=60` as well as
 * `"burst";q=100;w=60`. A header that is malformed is ignored whole, as RFC 9651 asks.
 */
export function readPolicies(value: string): readonly Policy[] {
  return readItems(value).map(([item, parameters]) => {
    const counted = typeof item === 'number';
    const unit = readText(parameters.get('qu'));
    return compact<Policy>({
      name: readText(counted ? parameters.get('name') : item),
      partition: readText(parameters.get('pk')),
      limit: readUnsigned(counted ? item : parameters.get('q'), Math.floor),
      seconds: readPositive(parameters.get('w') ?? parameters.get('window')),
      unit: unit === undefined || /^requests?$/i.test(unit) ? undefined : unit,
    });
  });
}

/** What a `RateLimit` header says is left: `limit=100, remaining=50, reset=5` (draft 07) or `"default";r=50;t=30` (08 to 10). */
export function readBalances(value: string): readonly Balance[] {
  const items = readItems(value);
  if (items.length > 0) {
    return items.flatMap(([item, parameters]) => {
      const remaining = readUnsigned(parameters.get('r'), Math.floor);
      // The draft requires `r`; an item without it is somebody else's.
      if (remaining === undefined || typeof item === 'number') return [];
      const resetSeconds = readUnsigned(parameters.get('t'));
      const partition = readText(parameters.get('pk'));
      return [compact<Balance>({name: readText(item), partition, remaining, resetSeconds})];
    });
  }
  return readDictionaries(value).flatMap((dictionary) => {
    const remaining = readUnsigned(dictionary.get('remaining'), Math.floor);
    const limit = readUnsigned(dictionary.get('limit'), Math.floor);
    const resetSeconds = readUnsigned(dictionary.get('reset'));
    if (remaining === undefined && limit === undefined) return [];
    return [compact<Balance>({limit, remaining, resetSeconds})];
  });
}

/** The value without the members that are undefined. */
export function compact<T extends object>(value: {readonly [K in keyof T]: T[K] | undefined}): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

function readItems(value: string): readonly Item[] {
  let list: List;
  try {
    list = parseList(value);
  } catch {
    return [];
  }
  return list.filter((member): member is Item => !Array.isArray(member[0]));
}

/**
 * A gateway and an origin that both write a draft 07 header make one dictionary with every key twice, of which a parser keeps the
 * last. Each repetition is read as a dictionary of its own, so that none is lost.
 */
function readDictionaries(value: string): readonly ReadonlyMap<string, BareItem>[] {
  const dictionaries: Map<string, BareItem>[] = [];
  for (const part of value.includes('"') ? [value] : value.split(',')) {
    let members: ReturnType<typeof parseDictionary>;
    try {
      members = parseDictionary(part.trim());
    } catch {
      return [];
    }
    for (const [key, [item]] of members) {
      if (Array.isArray(item)) continue;
      const current = dictionaries.at(-1);
      if (!current || current.has(key)) dictionaries.push(new Map([[key, item as BareItem]]));
      else current.set(key, item as BareItem);
    }
  }
  return dictionaries;
}

function readText(item: BareItem | undefined): string | undefined {
  if (typeof item === 'string') return item;
  if (item instanceof Token) return item.toString();
  if (item instanceof ArrayBuffer) return Buffer.from(item).toString('base64');
  return undefined;
}

function readUnsigned(item: BareItem | undefined, round = (number: number) => number): number | undefined {
  return typeof item === 'number' && item >= 0 ? round(item) : undefined;
}

function readPositive(item: BareItem | undefined): number | undefined {
  return typeof item === 'number' && item > 0 ? item : undefined;
}
