import {assert} from 'chai';
import type {Drawn} from '../../src/schedule/picture.js';
import {chartSvg} from '../../src/ui/chart.js';

const FROM = Date.UTC(2026, 7, 21, 12);
const drawn = (parts: Partial<Drawn> = {}): Drawn => ({
  sliceMs: 60_000,
  lanes: [
    {name: 'one', requests: [60, 0, 60]},
    {name: 'two', requests: [60, 120, 0]},
  ],
  others: 0,
  held: [{limit: 'bot', window: '60 per 60 s', parts: [0, 1, 0.3]}],
  ...parts,
});
const chart = (parts?: Partial<Drawn>) => chartSvg(drawn(parts), {from: FROM, to: FROM + 180_000});

/** The numbers of a path. */
const numbers = (svg: string, lane: number) =>
  [...new RegExp(`class="lane-${lane}" d="([^"]+)"`).exec(svg)![1]!.matchAll(/-?\d+(?:\.\d+)?/g)].map(Number);

describe('the chart of a page', () => {
  it('stacks the requests of lanes upon each other', () => {
    const svg = chart();
    const heights = (lane: number) => new Set(numbers(svg, lane).filter((_, place) => place % 2 === 1));
    // Two requests in a second are the top of the plot, at 16; none the bottom, at 296.
    assert.isTrue(heights(0).has(156) && heights(0).has(296));
    assert.isTrue(heights(1).has(16));
  });

  it('marks where a window holds everything back, as dark as it does', () => {
    const svg = chart();
    assert.include(svg, 'bot: 60 per 60 s');
    assert.lengthOf(svg.match(/<rect class="band-4"/g)!, 1);
    assert.lengthOf(svg.match(/<rect class="band-2"/g)!, 1);
  });

  it('joins what is alike, so that it stays small', () => {
    const slices = Array.from({length: 512}, () => 1);
    const svg = chart({
      sliceMs: 351,
      held: [{limit: 'a', window: 'b', parts: slices}],
      lanes: [{name: 'x', requests: slices}],
    });
    assert.lengthOf(svg.match(/<rect class="band-4"/g)!, 1);
    assert.isBelow(svg.length, 40_000);
  });

  it('draws what has no requests, and no time', () => {
    assert.include(chartSvg(drawn({lanes: [], held: []}), {from: FROM, to: FROM}), '</svg>');
    assert.notMatch(chartSvg(drawn({lanes: [{name: 'x', requests: [1]}]}), {from: FROM, to: FROM}), /NaN|Infinity/);
  });

  it('holds names as text, and no style that a policy would have to allow', () => {
    const hostile = '"><script>alert(1)</script>';
    const svg = chart({
      lanes: [{name: hostile, requests: [1]}],
      held: [{limit: hostile, window: hostile, parts: [1]}],
    });
    assert.notMatch(svg, /<script|style=|href|on\w+=/);
  });
});
