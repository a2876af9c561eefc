import {cutTo, plain, sayNumber, widthOf} from './plain.js';

/** What one sees of a run while it goes on. */
export type View = {
  readonly rows: number;
  /** Rows that have a state: ok, failed, in doubt or skipped. */
  readonly done: number;
  readonly ok: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly refusals: number;
  readonly perSecond: number;
  /** When all will be done, as an instant of the wall clock. */
  readonly etaAt?: number | undefined;
  /** The same in words; wins over `etaAt`. */
  readonly doneAboutText?: string | undefined;
  /** What the run waits for: `waiting for bot definition, 1800 per 1 h; next at 14:02:10`. */
  readonly waiting?: string | undefined;
  readonly lanes: readonly LaneView[];
};

/** `waits`: what this lane waits for. */
export type LaneView = {
  readonly name: string;
  readonly done: number;
  readonly rows: number;
  readonly waits?: string | undefined;
};

const BAR_WIDTHS = {least: 8, most: 30} as const;
const DAY_MS = 86_400_000;

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

/** The line below it: what is waited for, and when all will be done. */
export function outlookLine(view: View, now: number, width: number): string {
  return cutTo(outlook(view, now).join(' · ') || 'sending', width);
}

/** The line of one lane, its name in `nameWidth` columns. */
export function laneLine({name, done, rows, waits}: LaneView, nameWidth: number, width: number): string {
  const label = cutTo(plain(name), nameWidth);
  const padded = label + ' '.repeat(Math.max(0, nameWidth - widthOf(label)));
  const numbers = `${sayNumber(done)}/${sayNumber(rows)}`;
  return cutTo(
    `  ${padded} [${bar(done, rows, BAR_WIDTHS.least)}] ${numbers}${waits ? ` · ${plain(waits)}` : ''}`,
    width,
  );
}

/** The lanes with the most left to do, at most `most` of them, in an order that does not jump about. */
export function busiest(lanes: readonly LaneView[], most: number): LaneView[] {
  const left = ({rows, done}: LaneView) => rows - done;
  const chosen = new Set([...lanes].sort((one, other) => left(other) - left(one)).slice(0, most));
  return lanes.filter((lane) => chosen.has(lane));
}

/** `17:40`, with the day when it is another one. Local time, because a person reads it. */
export function sayInstant(at: number, now: number): string {
  const date = new Date(at);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === new Date(now).toDateString()) return time;
  if (at - now < 6 * DAY_MS && at > now) {
    return `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getDay()]} ${time}`;
  }
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
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
  const about = doneAboutText ?? (etaAt === undefined ? undefined : `done about ${sayInstant(etaAt, now)}`);
  return [waiting, about].filter((text) => text !== undefined).map(plain);
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? sayNumber(perSecond) : String(Number(perSecond.toFixed(1)));
}

/** Never 100 % while something is left. */
function percent(done: number, rows: number): string {
  return rows === 0 ? '100 %' : `${Math.floor((100 * done) / rows)} %`;
}

function bar(done: number, rows: number, width: number): string {
  const filled = rows === 0 ? width : Math.floor((width * Math.min(done, rows)) / rows);
  return '#'.repeat(filled) + '-'.repeat(width - filled);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
