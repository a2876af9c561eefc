/** An instant as it was written: `ms` since 1970, true to within `precisionMs`. Servers cut off what they do not write. */
export type Written = {readonly ms: number; readonly precisionMs: number};

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d{2}:\\d{2}:\\d{2}';

/** Sun, 06 Nov 1994 08:49:37 GMT. */
const RFC_1123 = new RegExp(`^(?:${DAY}, ?)?\\d{1,2} ${MONTH} \\d{4} ${TIME} (?:GMT|UTC|[+-]\\d{4})$`, 'i');
/** Sunday, 06-Nov-94 08:49:37 GMT. */
const RFC_850 = new RegExp(`^[A-Z]{6,9}, \\d{2}-${MONTH}-\\d{2} ${TIME} GMT$`, 'i');
/** Sun Nov  6 08:49:37 1994: no zone is written, and GMT is meant. */
const ASCTIME = new RegExp(`^${DAY} ${MONTH} [ \\d]\\d ${TIME} \\d{4}$`, 'i');
/** Sun Nov 06 1994 09:49:37 GMT+0100 (Central European Standard Time). */
const DATE_TO_STRING = new RegExp(`^(${DAY} ${MONTH} \\d{2} \\d{4} ${TIME} GMT[+-]\\d{4})(?: \\([^()]*\\))?$`, 'i');
const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(\.\d+)?)?(?:(Z)|([+-]\d{2}):?(\d{2}))?$/i;

/** An HTTP-date in any of its three forms, true to the second. `Date.parse` alone would find dates in `5` and in `3, 9`. */
export function readHttpDate(text: string): Written | undefined {
  const trimmed = text.trim();
  if (RFC_1123.test(trimmed) || RFC_850.test(trimmed)) return written(Date.parse(trimmed), 1000);
  if (ASCTIME.test(trimmed)) return written(Date.parse(`${trimmed} GMT`), 1000);
  return undefined;
}

/** What JavaScript's `Date.prototype.toString` writes, true to the second. */
export function readDateString(text: string): Written | undefined {
  const match = DATE_TO_STRING.exec(text.trim());
  return match ? written(Date.parse(match[1]!), 1000) : undefined;
}

/**
 * ISO 8601, true to the minute, second or millisecond, as far as it is written. Without a zone it is undefined, because it may be
 * anybody's; unless `assumeUtc`, which is for headers whose profile calls them ISO.
 */
export function readIsoDate(text: string, {assumeUtc = false} = {}): Written | undefined {
  const match = ISO.exec(text.trim());
  if (!match) return undefined;
  const [, day, minute, second, fraction, utc, zoneHours, zoneMinutes] = match;
  if (!utc && !zoneHours && !assumeUtc) return undefined;
  const zone = zoneHours ? `${zoneHours}:${zoneMinutes}` : 'Z';
  const ms = Date.parse(`${day}T${minute}:${second ?? '00'}${zone}`);
  if (second === undefined) return written(ms, 60_000);
  return fraction ? written(ms + Math.ceil(Number(fraction) * 1000), 0) : written(ms, 1000);
}

function written(ms: number, precisionMs: number): Written | undefined {
  return Number.isNaN(ms) ? undefined : {ms, precisionMs};
}
