/** Shorter secrets are not searched for: they would mask half of every text. */
const SHORTEST_SECRET = 4;
const MASK = '***';

// Names whose values are secrets wherever they come up: as JSON members, in forms and queries, and as headers.
const KEYS = [
  'authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key', 'api[-_]?key', 'x-server-key', 'token', 'secret', 'password', 'passwd',
  'access[-_]?token', 'refresh[-_]?token', 'id[-_]?token', 'auth[-_]?token', 'client[-_]?secret', 'session[-_]?token', 'private[-_]?key', 'jwt',
].join('|'); // biome-ignore format: a list of words

const MEMBER = new RegExp(`("(?:${KEYS})"\\s*:\\s*)(?:"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"?|-?[0-9][0-9.eE+-]*)`, 'gi');
const ESCAPED_MEMBER = new RegExp(`(\\\\"(?:${KEYS})\\\\"\\s*:\\s*)\\\\".*?(?:\\\\"|$)`, 'gi');
const PAIR = new RegExp(`((?<![\\w-])(?:${KEYS})=)[^&\\s"'<>;,]+`, 'gi');
const HEADER =
  /((?<![\w"-])(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-server-key)\s*:\s*)[^\r\n"]+/gi;
// A token has a digit or padding in it somewhere, which "Basic authentication" has not.
const BEARER = /\b(Bearer|Basic)\s+(?=\S*[0-9=])[A-Za-z0-9._~+/=-]{8,}/gi;

/**
 * Makes the one function through which everything passes that is written or shown. It masks the given secrets, whatever form they take (as
 * they are, URL-encoded, in base64, escaped as in JSON), and the values of names that always hold secrets (`"token":"…"`, `token=…`).
 */
export function makeScrub(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(formsOf));
  // The longest first: what contains another secret must not be left half visible.
  const words = [...forms].sort((a, b) => b.length - a.length).map(escapeForRegExp);
  const literal = words.length > 0 ? new RegExp(words.join('|'), 'g') : undefined;
  return (text) => {
    const masked = literal ? text.replace(literal, MASK) : text;
    return masked
      .replace(MEMBER, `$1"${MASK}"`)
      .replace(ESCAPED_MEMBER, `$1\\"${MASK}\\"`)
      .replace(PAIR, `$1${MASK}`)
      .replace(HEADER, `$1${MASK}`)
      .replace(BEARER, `$1 ${MASK}`);
  };
}

function formsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    encoded.replaceAll('%20', '+'),
  ];
  return [...forms, json, json.replaceAll('/', '\\/'), ...base64Forms(secret)];
}

// Inside a longer text (`user:secret`) base64 comes out in one of three ways, by where it begins; its ends mix with what stands beside it.
function base64Forms(secret: string): string[] {
  const whole = Buffer.from(secret).toString('base64');
  const inner = [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const text = bytes.toString('base64');
    const from = Math.ceil((offset * 8) / 6);
    const kept = text.slice(from, Math.floor((bytes.length * 8) / 6));
    return kept.length >= 8 ? [kept] : [];
  });
  return [whole, whole.replace(/=+$/, ''), ...inner].flatMap((form) => [
    form,
    form.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
