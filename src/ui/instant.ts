const DAY_MS = 86_400_000;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `17:40`, with the day when it is another one than that of `now`. Local time, because a person reads it. */
export function sayInstant(at: number, now: number, to: 'minutes' | 'seconds' = 'minutes'): string {
  const date = new Date(at);
  const parts = [date.getHours(), date.getMinutes(), ...(to === 'seconds' ? [date.getSeconds()] : [])];
  const time = parts.map(two).join(':');
  if (date.toDateString() === new Date(now).toDateString()) return time;
  if (at > now && at - now < 6 * DAY_MS) return `${DAYS[date.getDay()]} ${time}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** `Europe/Paris`: what people call the time that `sayInstant` says. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
