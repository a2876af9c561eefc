/**
 * One window as a provider publishes it. `rolling`: no span of `seconds` holds more than `requests`. `fixed`: spans begin at whole multiples
 * of `seconds` since 1970, minutes at :00.
 */
export type Span = {readonly requests: number; readonly seconds: number; readonly kind?: 'rolling' | 'fixed'};

/** So many requests that fall under these windows, all of them at once. */
export type Load = {readonly requests: number; readonly spans: readonly Span[]};

/**
 * The least seconds in which anybody could start `requests` requests, first to last, from `beginsAt` (milliseconds since 1970) on: no latency,
 * and perfect knowledge of when fixed windows begin anew. Each request starts at the first instant that every window allows. Nothing is gained by
 * waiting longer, since a window never has less room for having been used earlier.
 */
export function leastSeconds({requests, spans}: Load, beginsAt: number): number {
  const starts = new Float64Array(requests);
  const counted = spans.map(() => ({span: Number.NaN, requests: 0}));
  let at = beginsAt / 1000;
  for (let n = 0; n < requests; n++) {
    for (let settled = false; !settled; ) {
      const earliest = Math.max(at, ...spans.map((span, place) => freeAt(span, starts, n, counted[place]!, at)));
      settled = earliest === at;
      at = earliest;
    }
    starts[n] = at;
    for (const [place, {kind, seconds}] of spans.entries()) {
      if (kind !== 'fixed') continue;
      const tally = counted[place]!;
      const span = spanOf(at, seconds);
      if (tally.span !== span) Object.assign(tally, {span, requests: 0});
      tally.requests += 1;
    }
  }
  return requests === 0 ? 0 : at - beginsAt / 1000;
}

/** The most that any of the loads takes: those that every request shares are one load of all requests. */
export function leastOfAll(loads: readonly Load[], beginsAt: number): number {
  return Math.max(0, ...loads.map((load) => leastSeconds(load, beginsAt)));
}

/**
 * The least for somebody who is told a round trip later: what is given back a window after the answer comes back that much later each time, and
 * what comes back at a reset reaches the provider that much later once.
 */
export function withRoundTrip(loads: readonly Load[], beginsAt: number, seconds: number): number {
  const later = (span: Span) => (span.kind === 'fixed' ? span : {...span, seconds: span.seconds + seconds});
  const slow = leastOfAll(
    loads.map(({requests, spans}) => ({requests, spans: spans.map(later)})),
    beginsAt,
  );
  const resets = loads.some(({spans}) => spans.some(({kind}) => kind === 'fixed'));
  return resets ? slow + seconds : slow;
}

type Tally = {readonly span: number; readonly requests: number};

function freeAt(span: Span, starts: Float64Array, n: number, tally: Tally, at: number): number {
  const {requests, seconds, kind = 'rolling'} = span;
  if (kind === 'rolling') return n < requests ? at : starts[n - requests]! + seconds;
  const here = spanOf(at, seconds);
  return tally.span === here && tally.requests >= requests ? (here + 1) * seconds : at;
}

/** Of an instant that is a whole multiple of the span, the span that begins there. */
function spanOf(at: number, seconds: number): number {
  return Math.floor(at / seconds + 1e-6);
}
