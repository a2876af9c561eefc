import {scaleLinear, scaleTime} from 'd3-scale';
import {area, curveStepAfter, stack} from 'd3-shape';
import type {Drawn} from '../schedule/picture.js';
import {escaped} from './escaped.js';
import {sayInstant} from './instant.js';
import {sayNumber} from './plain.js';

/** The size of a chart, in units of its own: a page shows it as wide as there is room. */
const SIZE = {width: 960, plot: 280, left: 64, right: 16, top: 16, axis: 30, band: 22} as const;

/** So many of what holds a run back have a band; of the others none holds for long. */
const BANDS = 5;
/** A band is as dark as the part of the slice for which it holds; what holds for less is not drawn. */
const LEAST_PART = 0.02;
const SHADES = 4;

/** When the run that is drawn begins and ends, in ms since the epoch. */
export type Span = {readonly from: number; readonly to: number};

/**
 * Requests over time as SVG: those of each lane stacked upon those of the others, and below them a band for each window, marked where it holds
 * everything back. Colours are classes, `lane-0` to `lane-8` and `band-1` to `band-4`: the page says what they are.
 */
export function chartSvg(drawn: Drawn, span: Span): string {
  const {sliceMs, lanes} = drawn;
  const bands = drawn.held.slice(0, BANDS);
  const bottom = SIZE.top + SIZE.plot;
  const height = bottom + SIZE.axis + bands.length * SIZE.band + 4;
  const x = scaleTime([span.from, Math.max(span.to, span.from + 1)], [SIZE.left, SIZE.width - SIZE.right]);
  const perSecond = rows(drawn);
  const most = Math.max(1e-9, ...perSecond.map((row) => row.reduce((sum, value) => sum + value, 0)));
  const y = scaleLinear([0, most], [bottom, SIZE.top]).nice();
  const at = (slice: number) => x(Math.min(span.to, span.from + slice * sliceMs));
  const layers = stack<readonly number[], number>()
    .keys(lanes.map((_, place) => place))
    .value((row, place) => row[place] ?? 0)([...perSecond, perSecond.at(-1) ?? []]);
  const shape = area<readonly [number, number]>()
    .x((_, slice) => at(slice))
    .y0(([low]) => y(low))
    .y1(([, high]) => y(high))
    .curve(curveStepAfter)
    .digits(1);
  return [
    `<svg viewBox="0 0 ${SIZE.width} ${height}" role="img" aria-label="Requests per second over time">`,
    ...y.ticks(5).map((tick) => rowLine(y(tick), sayRate(tick))),
    ...layers.map(
      (layer, place) =>
        `<path class="lane-${place}" d="${shape(layer.map(([low, high]) => [low, high]))}"><title>${escaped(lanes[place]!.name)}</title></path>`,
    ),
    ...x.ticks(8).map((tick) => columnLine(x(tick), bottom, sayTick(tick.getTime(), span))),
    `<line class="axis" x1="${SIZE.left}" y1="${bottom}" x2="${SIZE.width - SIZE.right}" y2="${bottom}"/>`,
    `<text class="unit" x="4" y="12">requests per second</text>`,
    ...bands.map((band, place) => bandSvg(band, bottom + SIZE.axis + place * SIZE.band, at)),
    '</svg>',
  ].join('\n');
}

/** By slice, how many requests of each lane start in a second. */
function rows({lanes, sliceMs}: Drawn): number[][] {
  const slices = lanes[0]?.requests.length ?? 0;
  return Array.from({length: slices}, (_, slice) => lanes.map(({requests}) => (requests[slice]! * 1000) / sliceMs));
}

/** One strip, its slices of the same shade joined, and its name upon it. */
function bandSvg({limit, window, parts}: Drawn['held'][number], top: number, at: (slice: number) => number): string {
  const shades = parts.map((part) => (part < LEAST_PART ? 0 : Math.ceil(part * SHADES - 1e-9)));
  const stretches: string[] = [];
  for (let from = 0; from < shades.length; ) {
    let to = from + 1;
    while (to < shades.length && shades[to] === shades[from]) to += 1;
    const left = at(from);
    const width = (at(to) - left).toFixed(1);
    if (shades[from]! > 0)
      stretches.push(
        `<rect class="band-${shades[from]}" x="${left.toFixed(1)}" y="${top}" width="${width}" height="${SIZE.band - 5}"/>`,
      );
    from = to;
  }
  const name = escaped(`${limit}: ${window}`);
  return [
    `<g><title>${name}</title>`,
    `<rect class="strip" x="${SIZE.left}" y="${top}" width="${SIZE.width - SIZE.left - SIZE.right}" height="${SIZE.band - 5}"/>`,
    ...stretches,
    `<text class="name" x="${SIZE.left + 6}" y="${top + 12.5}">${name}</text></g>`,
  ].join('');
}

function rowLine(top: number, label: string): string {
  const y = top.toFixed(1);
  return `<line class="grid" x1="${SIZE.left}" y1="${y}" x2="${SIZE.width - SIZE.right}" y2="${y}"/><text class="tick end" x="${SIZE.left - 6}" y="${(top + 4).toFixed(1)}">${label}</text>`;
}

function columnLine(left: number, bottom: number, label: string): string {
  const x = left.toFixed(1);
  return `<line class="grid" x1="${x}" y1="${SIZE.top}" x2="${x}" y2="${bottom + 5}"/><text class="tick middle" x="${x}" y="${bottom + 19}">${escaped(label)}</text>`;
}

function sayRate(perSecond: number): string {
  return perSecond >= 10 || Number.isInteger(perSecond)
    ? sayNumber(perSecond)
    : String(Number(perSecond.toPrecision(3)));
}

/** A time of day; of a run of days, the day; of one of seconds, to the second. */
function sayTick(at: number, {from, to}: Span): string {
  if (to - from > 4 * 86_400_000) return sayInstant(at, Number.NEGATIVE_INFINITY).slice(0, 10);
  return sayInstant(at, at, to - from < 600_000 ? 'seconds' : 'minutes');
}
