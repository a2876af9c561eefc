import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {assert} from 'chai';
import express from 'express';
import {type Options, rateLimit} from 'express-rate-limit';
import {runAgainst, type Told} from './run-against.js';

const REQUESTS = 20;
const SECONDS = 1;
const ROWS = 100;

/** The headers of each dialect, and what a profile has to say of them: the drafts 7 and 8 speak for themselves. */
const DIALECTS = [
  {
    name: 'draft 6',
    sends: {standardHeaders: 'draft-6', legacyHeaders: false},
    header: 'ratelimit-remaining',
    headers: '{limit: RateLimit-Limit, remaining: RateLimit-Remaining, reset: RateLimit-Reset, format: seconds}',
  },
  {name: 'draft 7', sends: {standardHeaders: 'draft-7', legacyHeaders: false}, header: 'ratelimit', headers: '{}'},
  {name: 'draft 8', sends: {standardHeaders: 'draft-8', legacyHeaders: false}, header: 'ratelimit', headers: '{}'},
  {
    name: 'legacy',
    sends: {standardHeaders: false, legacyHeaders: true},
    header: 'x-ratelimit-remaining',
    headers:
      '{limit: X-RateLimit-Limit, remaining: X-RateLimit-Remaining, reset: X-RateLimit-Reset, format: epoch-seconds}',
  },
] as const satisfies readonly {sends: Partial<Options>; [word: string]: unknown}[];

const profileOf = (requests: number, headers: string) => `
name: express
limits:
  - {name: everybody, windows: [{requests: ${requests}, seconds: ${SECONDS}, kind: fixed}]}
headers: ${headers}
concurrency: 50
`;

/** What the server saw: how often each row got through, how many were refused, and whether its headers were the ones that are meant. */
type Seen = {readonly through: Map<string, number>; refused: number; readonly headers: Set<string>};

async function serve(sends: Partial<Options>): Promise<{server: Server; url: string; seen: Seen}> {
  const seen: Seen = {through: new Map(), refused: 0, headers: new Set()};
  const app = express();
  app.use((_, response, next) => {
    response.on('finish', () => {
      for (const name of response.getHeaderNames()) seen.headers.add(name);
      if (response.statusCode === 429) seen.refused += 1;
    });
    next();
  });
  app.use(rateLimit({...sends, windowMs: SECONDS * 1000, limit: REQUESTS}));
  app.post('/rows/:row', ({params}, response) => {
    seen.through.set(params.row, (seen.through.get(params.row) ?? 0) + 1);
    response.status(201).json({row: params.row});
  });
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  return {server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen};
}

/** One run against a server of its own. */
async function play(sends: Partial<Options>, profile: string): Promise<{told: Told; seen: Seen}> {
  const {server, url, seen} = await serve(sends);
  try {
    return {told: await runAgainst(url, profile, ROWS), seen};
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('a run against express-rate-limit', () => {
  // They wait most of the time, so all of them do it at once.
  const played = new Map<string, ReturnType<typeof play>>();
  before(() => {
    for (const {name, sends, headers} of DIALECTS) {
      played.set(`${name} true`, play(sends, profileOf(REQUESTS, headers)));
      played.set(`${name} twice`, play(sends, profileOf(2 * REQUESTS, headers)));
    }
    return Promise.all(played.values());
  });

  for (const {name, header} of DIALECTS) {
    it(`with ${name} headers and the limit as it is: none is refused`, async () => {
      const {told, seen} = await played.get(`${name} true`)!;
      assert.include([...seen.headers], header);
      assert.equal(seen.refused, 0);
      assertAllOnce(told, seen);
    });

    it(`with ${name} headers and twice the limit in the profile: every row gets through once, and the limit is said`, async () => {
      const {told, seen} = await played.get(`${name} twice`)!;
      assertAllOnce(told, seen);
      assert.equal(told.counts.refusals, seen.refused);
      assert.include(told.lines.join('\n'), 'everybody: profile 40 per 1 s, server says 20; using 20');
    });
  }
});

function assertAllOnce({counts, exit}: Told, {through}: Seen): void {
  assert.deepInclude(counts, {rows: ROWS, ok: ROWS, failed: 0, inDoubt: 0, pending: 0});
  assert.equal(exit, 0);
  assert.equal(through.size, ROWS);
  assert.deepEqual(
    [...through].filter(([, times]) => times !== 1),
    [],
  );
}
