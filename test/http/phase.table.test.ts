import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import type {Exchange, WireRequest} from '../../src/exchange.js';
import {Problem} from '../../src/problem.js';
import {judge} from '../../src/requests/judge.js';
import type {Verdict} from '../../src/requests/request.js';
import {sampleProfile} from '../requests/sample.js';
import {FAULTS, type Fate, type Fault, OTHER, type Read} from './faults.js';
import {closeAll, post, type Scripted, sender, start} from './scripted-server.js';

const FATES = {
  unsent: 'never left',
  'in-doubt': 'in doubt',
  backoff: 'again',
  refused: 'waits',
  ok: 'ok',
  failed: 'failed',
  unauthorized: '401',
  stop: 'stop',
} as const satisfies Record<Verdict['kind'], Fate>;

function fateOf(verdict: Verdict): Fate {
  return verdict.kind === 'ok' && verdict.bodyLost ? 'ok, body lost' : FATES[verdict.kind];
}

function readBy(server: Scripted | undefined): Read {
  const own = server?.requests.filter((text) => !text.endsWith(OTHER)) ?? [];
  assert.isAtMost(own.length, 1, 'sent more than once');
  if (own.length === 1) return 'all';
  const heard = server?.requests.reduce((rest, text) => rest.replace(text, ''), server.heard()) ?? '';
  return heard.includes('/users') ? 'a part' : 'nothing';
}

function wordsOf(exchange: Exchange): string {
  return exchange.kind === 'answered' ? `${exchange.response.status}` : `${exchange.error} ${exchange.message}`;
}

/** What becomes of a request that meets the fault: as one that may be sent once only, and with an idempotency key. */
async function meet(fault: Fault, method: string): Promise<{exchange: Exchange; server: Scripted | undefined}> {
  const server = fault.script && (await start(fault.script));
  const request: WireRequest = post(server?.url ?? 'http://127.0.0.1:1', {method, ...fault.request});
  const send = fault.send ?? ((each, asked) => each.send(asked));
  try {
    return {server, exchange: await send(sender(fault.options), request, server as Scripted)};
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return {server, exchange: {kind: 'unsent', error: error.code, message: error.message}};
  }
}

function judged({profile, request, n = 1}: Fault, exchange: Exchange, as: {repeatable: boolean; key: boolean}): Fate {
  const asked = {method: request?.method ?? 'POST', repeatable: as.repeatable};
  return fateOf(judge(exchange, asked, sampleProfile(profile), {n, hasIdempotencyKey: as.key}));
}

describe('the table of what can happen to a request', () => {
  afterEach(closeAll);

  for (const {phase, faults} of FAULTS)
    describe(phase, () => {
      for (const fault of faults)
        it(`${fault.name}: ${fault.once}, ${fault.again} where it may be sent again`, async () => {
          for (const method of ['POST', 'PUT']) {
            const {exchange, server} = await meet(fault, method);
            assert.equal(readBy(server), fault.read, 'what the server had read');
            if (fault.written !== undefined) assert.equal(server?.written(), fault.written, 'what it had written');
            if (server && !fault.script?.certificate)
              assert.equal(server.connections() > 0, fault.connections !== 0, 'whether it was reached');
            if (fault.error) assert.match(wordsOf(exchange), fault.error);
            if (fault.once !== '-')
              assert.equal(
                judged(fault, exchange, {repeatable: false, key: false}),
                fault.once,
                JSON.stringify(exchange),
              );
            assert.equal(
              judged(fault, exchange, {repeatable: true, key: false}),
              fault.again,
              JSON.stringify(exchange),
            );
            assert.equal(
              judged(fault, exchange, {repeatable: false, key: true}),
              fault.again,
              JSON.stringify(exchange),
            );
          }
        });
    });
});

describe('the page on doubt', () => {
  it('has the table as it was found, a line for each of its tests', () => {
    const page = readFileSync('docs/doubt.md', 'utf8');
    const rows = [...page.matchAll(/^\| (.+?) \| (nothing|a part|all) \| (.+?) \| (.+?) \|$/gm)];
    assert.deepEqual(
      rows.map(([, ...cells]) => cells),
      FAULTS.flatMap(({faults}) => faults.map(({name, read, once, again}) => [name, read, once, again])),
    );
    assert.deepEqual(
      [...page.matchAll(/^### (.+)$/gm)].map(([, phase]) => phase),
      FAULTS.map(({phase}) => phase),
    );
  });
});
