import {EXIT, Problem} from '../problem.js';

/**
 * Looks at what the environment makes Node do with secrets. Throws TLS_UNCHECKED (2) when certificates would not be checked; returns a
 * sentence for everything else the operator should know before secrets are sent.
 */
export function checkEnvironment(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    throw new Problem(
      'TLS_UNCHECKED',
      'NODE_TLS_REJECT_UNAUTHORIZED is 0: anybody on the way could read the credentials, expected it not to be set',
      'Type: unset NODE_TLS_REJECT_UNAUTHORIZED. For a certificate authority of your own set NODE_EXTRA_CA_CERTS to its file.',
      {exit: EXIT.usage},
    );
  }
  const notes: string[] = [];
  const debugged = (env.NODE_DEBUG ?? '').split(',').map((each) => each.trim().toLowerCase());
  const telling = debugged.filter((each) => /^(\*|https?|http2|tls|net|stream|undici|fetch)/.test(each));
  if (telling.length > 0)
    notes.push(`NODE_DEBUG=${telling.join(',')} prints requests with their credentials to stderr`);
  const options = /--(inspect\S*|require|import|heapsnapshot-signal|abort-on-uncaught-exception|report-\S+)/.exec(
    env.NODE_OPTIONS ?? '',
  );
  const proxies = PROXIES.filter((name) => env[name] !== undefined && env[name] !== '');
  if (proxies.length > 0) notes.push(`${proxies.join(', ')} is set and not used: requests go to the provider itself`);
  if (options) notes.push(`NODE_OPTIONS holds ${options[0]}: what it starts can read the credentials`);
  return notes;
}

// Their values are not shown: they may hold a password.
const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
