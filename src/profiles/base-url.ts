/**
 * Why `text` cannot be a base URL, or undefined when it can. Secrets go where it points: so it is https (http for this machine alone), without
 * a user name, a query, a fragment or a segment that climbs (`..`, also percent-encoded).
 */
export function baseUrlFault(text: string): string | undefined {
  // What is wrong with it may be a password in it: the address is shown only once it is known to hold none.
  if (/^[a-z][a-z0-9+.-]*:\/*[^/?#]*@/i.test(text)) return 'holds a user name or password; put those into a credential';
  const shown = JSON.stringify(text);
  if (/[\s\\]/.test(text)) return `is ${shown}, expected a URL without blanks and backslashes`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:\/\/[^/]/i.test(text)) return `is ${shown}, expected something like https://api.example.com`;
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return `is ${shown}, expected https (http is for this machine alone)`;
  if (isLinkLocal(url.hostname))
    return `is ${shown}, where machines are told their own secrets; expected the address of a provider`;
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text))
    return `is ${shown}, expected no query and no fragment`;
  if (/\/(\.|%2e){1,2}(\/|$)/i.test(text)) return `is ${shown}, expected a path without "." and ".." in it`;
  return undefined;
}

/** Without the slashes at its end: a path is appended to it as it stands. */
export function trimBaseUrl(text: string): string {
  return text.replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}

/** Addresses of this network segment alone: no provider has one, and clouds keep the credentials of a machine there. */
function isLinkLocal(hostname: string): boolean {
  return (
    /^169\.254(\.\d+){2}$/.test(hostname) ||
    /^\[(fe[89ab][0-9a-f]:|::ffff:a9fe:|fd00:ec2::254\])/.test(hostname) ||
    /^metadata(\.google\.internal)?\.?$/.test(hostname)
  );
}
