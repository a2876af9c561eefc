/** Why a row's `url` cannot be sent, as a sentence that follows the value; `undefined` when it can. */
export function urlFault(url: string): string | undefined {
  if (/[\0-\x1f\x7f]/.test(url)) return 'expected no control characters';
  if (url !== url.trim()) return 'expected no blanks around it';
  if (url.includes('\\')) return 'expected no backslash';
  if (url.includes('#')) return 'expected no fragment: what follows # is never sent';
  const origin = /^https?:\/\/[^/?]*/i.exec(url)?.[0];
  if (origin === undefined && !url.startsWith('/')) return 'expected http://…, https://… or a path that begins with /';
  return (origin && originFault(url, origin)) || pathFault(url.slice(origin?.length ?? 0));
}

function originFault(url: string, origin: string): string | undefined {
  if (origin.includes('@')) return 'expected no user or password in it: credentials come from the profile';
  // The URL parser would take the first segment of https:///users for the host.
  return !origin.endsWith('//') && URL.canParse(url) ? undefined : 'expected a host that can be one';
}

function pathFault(pathAndQuery: string): string | undefined {
  const path = pathAndQuery.split('?', 1)[0]!;
  if (path.includes('//')) return 'expected no // in its path';
  // Servers decode before they route: %2e%2e is .., and %2f or %5c may part it from its neighbours.
  const segments = path.replace(/%2e/gi, '.').split(/\/|%2f|%5c/i);
  return segments.some((segment) => segment === '.' || segment === '..')
    ? 'expected no . or .. among its segments'
    : undefined;
}

/** A url as messages show it: without the password that somebody wrote into it. */
export function withoutUserinfo(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, '//***@');
}
