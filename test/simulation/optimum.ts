/**
 * A window as the optimum knows it. `slots`: so many may be held at once, each from its start until `windowMs` after its answer. `tokens`: a token is held
 * until the answer, and from then on owed until it has come back. `pace`: starts are so far apart.
 */
export type Span =
  | {readonly kind: 'slots'; readonly requests: number; readonly windowMs: number}
  | {readonly kind: 'tokens'; readonly burst: number; readonly tokenMs: number}
  | {readonly kind: 'pace'; readonly everyMs: number};

/**
 * When requests that take so long each, in this order, start at the earliest, in ms from the first: each as soon as every window allows it, since no
 * window has less room for having been used earlier. Shares no code with the program.
 */
export function earliestStarts(holdsMs: readonly number[], spans: readonly Span[]): readonly number[] {
  const gates = spans.map(openGate);
  let at = 0;
  return holdsMs.map((holdMs) => {
    for (let asked = -1; asked !== at; ) {
      asked = at;
      for (const gate of gates) at = gate.from(at);
    }
    for (const gate of gates) gate.pass(at, at + holdMs);
    return at;
  });
}

/** `from` tells the first instant from `at` on at which one may pass. */
type Gate = {from(at: number): number; pass(at: number, answeredAt: number): void};

function openGate(span: Span): Gate {
  switch (span.kind) {
    case 'slots':
      return slots(span.requests, span.windowMs);
    case 'tokens':
      return tokens(span.burst, span.tokenMs);
    case 'pace': {
      let next = 0;
      return {
        from: (at) => Math.max(at, next),
        pass: (at) => {
          next = at + span.everyMs;
        },
      };
    }
  }
}

function slots(requests: number, windowMs: number): Gate {
  /** When each slot that was used comes back; ascending. */
  const back: number[] = [];
  return {
    from: (at) => {
      while (back.length > 0 && back[0]! <= at) back.shift();
      return back.length < requests ? at : back[back.length - requests]!;
    },
    pass: (_, answeredAt) => insert(back, answeredAt + windowMs),
  };
}

function tokens(burst: number, tokenMs: number): Gate {
  const underWay: number[] = [];
  let owed = 0;
  let owedAt = 0;
  const comeTo = (at: number) => {
    owed = Math.max(0, owed - (at - owedAt) / tokenMs);
    owedAt = at;
  };
  return {
    from: (at) => {
      for (let answered = underWay[0]; answered !== undefined && answered <= at; answered = underWay[0]) {
        underWay.shift();
        comeTo(answered);
        owed += 1;
      }
      comeTo(at);
      const free = burst - 1 - underWay.length;
      if (owed <= free + 1e-9) return at;
      const next = underWay[0] ?? Number.POSITIVE_INFINITY;
      return free < 0 ? next : Math.min(next, at + (owed - free) * tokenMs + 1e-6);
    },
    pass: (_, answeredAt) => insert(underWay, answeredAt),
  };
}

function insert(ascending: number[], value: number): void {
  let place = ascending.length;
  while (place > 0 && ascending[place - 1]! > value) place -= 1;
  ascending.splice(place, 0, value);
}
