/**
 * JSON text without the value that stands at `from` to `to`: without its whole member in an object, without the element in a list, and without
 * the comma that is then one too many. Undefined where the value is all there is.
 */
export function withoutMember(json: string, from: number, to: number): string | undefined {
  const start = memberStart(json, from);
  const before = lastBefore(json, start);
  const after = firstFrom(json, to);
  if (before < 0 && after >= json.length) return undefined;
  if (json[after] === ',') return json.slice(0, start) + json.slice(firstFrom(json, after + 1));
  return json.slice(0, json[before] === ',' ? before : start) + json.slice(to);
}

/**
 * A form, or a URL with its query, without the pair whose value would stand at `at`. A pair that holds something else beside it stays as it is,
 * and so does a place that is in no query.
 */
export function withoutPair(text: string, at: number): string {
  const next = text.indexOf('&', at);
  const end = next < 0 ? text.length : next;
  if (text[at - 1] !== '=' || end !== at) return text;
  const mark = Math.max(text.lastIndexOf('&', at - 1), text.lastIndexOf('?', at - 1));
  if (next >= 0) return text.slice(0, mark + 1) + text.slice(end + 1);
  return text.slice(0, Math.max(mark, 0));
}

function memberStart(json: string, from: number): number {
  const colon = lastBefore(json, from);
  if (json[colon] !== ':') return from;
  let quote = lastBefore(json, colon) - 1;
  while (json[quote] !== '"' || isEscaped(json, quote)) quote--;
  return quote;
}

function isEscaped(json: string, at: number): boolean {
  let first = at;
  while (json[first - 1] === '\\') first--;
  return (at - first) % 2 === 1;
}

/** Where the last character before `at` stands that is no blank, or -1. */
function lastBefore(json: string, at: number): number {
  let found = at - 1;
  while (found >= 0 && isBlank(json[found]!)) found--;
  return found;
}

function firstFrom(json: string, at: number): number {
  let found = at;
  while (found < json.length && isBlank(json[found]!)) found++;
  return found;
}

function isBlank(unit: string): boolean {
  return unit === ' ' || unit === '\n' || unit === '\t' || unit === '\r';
}
