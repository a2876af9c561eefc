import {faultsOf} from './checks.js';

/** Where the next page begins, as the provider's opaque token. */
export type Paging = {readonly next?: string};

export type Page<T> = {readonly items: readonly T[]; readonly paging: Paging};

/** A page of `all`, which stand in the order of creation; the last ones first unless `sortBy=firstCreated`. Texts: what is wrong with the query. */
export function pageOf<T>(all: readonly T[], query: URLSearchParams): Page<T> | readonly string[] {
  const limit = Number(query.get('options[limit]') ?? 10);
  const start = Number(query.get('options[token]') ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) return ["The 'options.limit' field must be from 1 to 100."];
  if (!Number.isInteger(start) || start < 0) return ["The 'options.token' field is not a token."];
  const faults = faultsOf(Object.fromEntries(query), {
    sortBy: {kind: 'choice', of: ['firstCreated', 'lastCreated', 'displayName']},
  });
  if (faults.length > 0) return faults;
  const ordered = query.get('sortBy') === 'firstCreated' ? all : [...all].reverse();
  const end = start + limit;
  return {items: ordered.slice(start, end), paging: end < all.length ? {next: String(end)} : {}};
}

/** Tells texts that hold the query's word; capitals do not count. Without a word every text does. */
export function searcher(word: string | null): (...texts: readonly unknown[]) => boolean {
  if (word === null || word === '') return () => true;
  const sought = word.toLowerCase();
  return (...texts) => texts.some((text) => typeof text === 'string' && text.toLowerCase().includes(sought));
}
