import type {LaneView, View as RunView} from '../run/view.js';
import {sayInstant} from './instant.js';
import {cutTo, plain, sayNumber, widthOf} from './plain.js';

/** What one sees of a run while it goes on. Of its lanes, the busiest come first: a small terminal shows only those. */
export type View = RunView & {
  /** When all will be done, in words; wins over `etaAt`. */
  readonly doneAboutText?: string | undefined;
};

const SOON_MS = 120_000;
const BAR_WIDTHS = {least: 8, most: 30} as const;

/** The view as one line of a log, `now` being the wall clock's. */
export function plainLine(view: View, now: number): string {
  const share = `${sayNumber(view.done)} of ${sayNumber(view.rows)} rows (${percent(view.done, view.rows)})`;
  return [share, ...facts(view), ...outlook(view, now)].join(' · ');
}

/** The line of all rows: a bar, and as many facts as fit into `width` columns. */
export function totalLine(view: View, width: number): string {
  const share = `${percent(view.done, view.rows)} ${sayNumber(view.done)}/${sayNumber(view.rows)}`;
  const parts = [share, ...facts(view)];
  const wanted = widthOf(parts.join(' · ')) + 3;
  const room = Math.min(BAR_WIDTHS.most, Math.max(BAR_WIDTHS.least, width - wanted));
  return cutTo(`[${bar(view.done, view.rows, room)}] ${parts.join(' · ')}`, width);
}

/** The line below it: what is waited for, and when all will be done. Where both are too long, the end of the run is what stays. */
export function outlookLine(view: View, now: number, width: number): string {
  const [first = 'sending', about] = outlook(view, now);
  const short = first.replace(/^waiting for /, '');
  const lines = about === undefined ? [first, short] : [`${first} · ${about}`, `${short} · ${about}`];
  const last = about === undefined ? short : `${about} · ${short}`;
  return cutTo(lines.find((line) => widthOf(line) <= width) ?? last, width);
}

/** The line of one lane, its name in `nameWidth` columns. A wait for what the lane is called after does not name it again. */
export function laneLine({name, done, rows, waits}: LaneView, nameWidth: number, width: number): string {
  const label = cutTo(plain(name), nameWidth);
  const padded = label + ' '.repeat(Math.max(0, nameWidth - widthOf(label)));
  const numbers = `${sayNumber(done)}/${sayNumber(rows)}`;
  const wait = waits?.startsWith(`${name}, `) ? waits.slice(name.length + 2) : waits;
  return cutTo(
    `  ${padded} [${bar(done, rows, BAR_WIDTHS.least)}] ${numbers}${wait ? ` · ${plain(wait)}` : ''}`,
    width,
  );
}

function facts({ok, failed, inDoubt, refusals, perSecond}: View): string[] {
  const counted = [
    ['failed', failed],
    ['in doubt', inDoubt],
    ['refused', refusals],
  ] as const;
  const notable = counted.filter(([, count]) => count > 0).map(([word, count]) => `${sayNumber(count)} ${word}`);
  return [`${rate(perSecond)}/s`, `${sayNumber(ok)} ok`, ...notable];
}

function outlook({waiting, doneAboutText, etaAt}: View, now: number): string[] {
  const about = doneAboutText ?? (etaAt === undefined ? undefined : sayEnd(etaAt, now));
  return [waiting, about].filter((text) => text !== undefined).map(plain);
}

/** To the second, where it is a matter of seconds. */
export function sayEnd(at: number, now: number): string {
  return `done about ${sayInstant(at, now, at - now < SOON_MS ? 'seconds' : 'minutes')}`;
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? sayNumber(perSecond) : String(Number(perSecond.toFixed(1)));
}

/** Never 100 % while something is left. */
function percent(done: number, rows: number): string {
  return rows === 0 ? '100 %' : `${Math.floor((100 * done) / rows)} %`;
}

/** `####----`. */
export function bar(done: number, rows: number, width: number): string {
  const filled = rows === 0 ? width : Math.floor((width * Math.min(done, rows)) / rows);
  return '#'.repeat(filled) + '-'.repeat(width - filled);
}
