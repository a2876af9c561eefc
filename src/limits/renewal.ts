import {type ServerClock, toLocal} from './server-clock.js';

/** How a profile writes when something comes back: `hourly`, `daily`, or a time of day in UTC such as `07:30Z`. */
export const RENEWS = /^(hourly|daily|([01]\d|2[0-3]):[0-5]\dZ)$/;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The instant of our clock at which what is used up `now` comes back: by the server's clock the next full hour, the next midnight in UTC, or the
 * next such time of day. Never early, as far as the server has told its time.
 */
export function renewalAt(renews: string, now: number, clock: ServerClock): number {
  const [periodMs, offsetMs] = renews === 'hourly' ? [HOUR_MS, 0] : [DAY_MS, timeOfDayMs(renews)];
  const serverNow = now + (clock?.low ?? 0);
  const periods = Math.floor((serverNow - offsetMs) / periodMs) + 1;
  return toLocal(clock, periods * periodMs + offsetMs);
}

function timeOfDayMs(renews: string): number {
  const [, hours = '0', minutes = '0'] = /^(\d\d):(\d\d)Z$/.exec(renews) ?? [];
  return Number(hours) * HOUR_MS + Number(minutes) * 60_000;
}
