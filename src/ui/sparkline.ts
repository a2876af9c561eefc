import type {Drawn} from '../schedule/picture.js';
import {cutTo, plain, widthOf} from './plain.js';
import {sayDuration} from './words.js';

/** From nothing to the most of the lane. */
const BLOCKS = ' ▁▂▃▄▅▆▇█';
const LETTERS = ' .:-=+*#@';

const WIDTHS = {least: 10, most: 60, name: 28} as const;
/** A run that is over sooner has no course to look at. */
const LEAST_MS = 10_000;

/** Where a chart is drawn. `blocks`: block elements can be shown; else plain letters are. */
export type Canvas = {readonly columns: number; readonly blocks: boolean};

/** What the terminal and its locale can show. A console of the kernel has no such characters, whatever the locale. */
export function canvasOf(
  stream: {readonly columns?: number | undefined},
  env: Readonly<Record<string, string | undefined>>,
): Canvas {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((each) => each) ?? '';
  const blocks = (/utf-?8/i.test(locale) || env.WT_SESSION !== undefined) && !/^(dumb|linux)$/.test(env.TERM ?? '');
  return {columns: stream.columns ?? 80, blocks};
}

/** Requests over time: a line for each lane, as high as its own most. None for a run that is over at once. */
export function sparkLines({sliceMs, lanes, others}: Drawn, totalMs: number, {columns, blocks}: Canvas): string[] {
  if (lanes.length === 0 || totalMs < LEAST_MS) return [];
  const names = lanes.map(({name}, place) => (others > 0 && place === lanes.length - 1 ? `and ${name}` : plain(name)));
  const room = Math.min(WIDTHS.name, Math.max(0, ...names.map(widthOf)), Math.floor(columns / 3));
  const width = Math.max(WIDTHS.least, Math.min(WIDTHS.most, columns - room - 4));
  const each = totalMs / width;
  return [
    cutTo(`requests over time, ${sayDuration(each)} a column:`, columns),
    ...lanes.map(({requests}, place) => {
      const name = cutTo(names[place]!, room);
      const columnsOf = resample(requests, sliceMs, {totalMs, columns: width});
      return `  ${name}${' '.repeat(Math.max(0, room - widthOf(name)))} ${sparkline(columnsOf, blocks)}`.trimEnd();
    }),
  ];
}

/** One column for each amount, eight levels up to the greatest; what is more than nothing shows. */
export function sparkline(amounts: readonly number[], blocks: boolean): string {
  const levels = [...(blocks ? BLOCKS : LETTERS)];
  const most = Math.max(...amounts);
  return amounts.map((amount) => levels[most > 0 ? Math.ceil((8 * amount) / most - 1e-9) : 0] ?? levels[0]!).join('');
}

/** The same amounts in another number of slices, all of `totalMs`. */
export function resample(
  amounts: readonly number[],
  sliceMs: number,
  {totalMs, columns}: {readonly totalMs: number; readonly columns: number},
): number[] {
  const found = Array.from({length: columns}, () => 0);
  const columnMs = totalMs / columns;
  for (const [slice, amount] of amounts.entries()) {
    const from = slice * sliceMs;
    const to = Math.max(from, Math.min(totalMs, from + sliceMs));
    for (let column = Math.min(columns - 1, Math.floor(from / columnMs)); column < columns; column++) {
      const overlap = Math.min(to, (column + 1) * columnMs) - Math.max(from, column * columnMs);
      if (overlap <= 0 && to > from) break;
      found[column]! += to > from ? (amount * overlap) / (to - from) : amount;
      if (to <= from) break;
    }
  }
  return found;
}
