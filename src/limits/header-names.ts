import {type Convention, GENERAL, PARTICULAR} from './conventions.js';
import type {Headers} from './quota-headers.js';

/** The headers of a response that tell one quota, by what they say. */
export type QuotaHeaders = {
  readonly limit?: string | undefined;
  readonly remaining?: string | undefined;
  readonly reset?: string | undefined;
};

/** Which headers of a response name a limit and what remains of it, as a profile would name them; undefined where none do, or one header says all. */
export function quotaHeadersOf(headers: Headers): QuotaHeaders | undefined {
  for (const convention of [...GENERAL, ...PARTICULAR]) {
    const found = namesOf(convention, headers);
    if (found.limit !== undefined && found.remaining !== undefined) return found;
  }
  return undefined;
}

function namesOf({limits = [], remaining = [], resets = []}: Convention, headers: Headers): QuotaHeaders {
  const present = (names: readonly string[]) => names.find((name) => Object.hasOwn(headers, name));
  const reset = present(resets.map(([name]) => name));
  return {limit: present(limits), remaining: present(remaining), ...(reset === undefined ? {} : {reset})};
}
