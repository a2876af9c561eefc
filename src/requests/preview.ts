import type {WireRequest} from '../exchange.js';

/** A request as a person may see it before it is sent. */
export type Preview = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

/** Shows a request with every secret masked. `secretHeaders` names headers that are put in at the last moment; they show as `***`. */
export function previewOf(
  {method, url, headers, body}: WireRequest,
  scrub: (text: string) => string,
  secretHeaders: readonly string[] = [],
): Preview {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) shown[name] = scrubHeader(name, value, scrub);
  for (const name of secretHeaders) shown[name.toLowerCase()] = '***';
  return {method, url: scrub(url), headers: shown, body: body === undefined ? undefined : scrub(body)};
}

// By name as well as by value: `scrub` knows names only where name and value stand in one text.
function scrubHeader(name: string, value: string, scrub: (text: string) => string): string {
  return scrub(`${name}: ${value}`).slice(name.length + 2);
}
