import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import type {Profile} from '../../src/profiles/profile.js';
import {NO_FAULTS, parseFaults} from '../../src/simulate/faults.js';
import {TALLY_PATH} from '../../src/simulate/inquiry.js';
import {type Provider, type ProviderOptions, startProvider} from '../../src/simulate/provider.js';
import {type LogLine, readTally} from '../../src/simulate/tally.js';
import {profileOf} from '../support/profile.js';

let provider: Provider;
let folder: string;
const agent = new http.Agent({keepAlive: true});

function inFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-simulate-'));
  });
  afterEach(async () => {
    await provider.close();
    rmSync(folder, {recursive: true});
  });
}

async function start(profile: Partial<Profile>, options: Partial<ProviderOptions> = {}): Promise<void> {
  provider = await startProvider({
    profile: profileOf(profile),
    port: 0,
    latency: {lowMs: 0, highMs: 0},
    faults: NO_FAULTS,
    seed: 1,
    log: join(folder, 'log.ndjson'),
    ...options,
  });
}

type Seen =
  | {readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly body: string}
  | 'reset'
  | 'cut';

function ask(method: string, path: string, body = '', headers: Record<string, string> = {}): Promise<Seen> {
  return new Promise((resolve) => {
    const request = http.request(provider.url + path, {method, headers, agent}, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', () => resolve('cut'));
      response.on('end', () => resolve({status: response.statusCode ?? 0, headers: response.headers, body: text}));
    });
    request.on('error', () => resolve('reset'));
    request.end(body);
  });
}

async function askAll(count: number, path = '/users'): Promise<(number | string)[]> {
  const seen = await Promise.all(Array.from({length: count}, (_, i) => ask('POST', path, `{"n":${i}}`)));
  return seen.map((each) => (typeof each === 'string' ? each : each.status));
}

function lines(): LogLine[] {
  const text = readFileSync(join(folder, 'log.ndjson'), 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line));
}

function count(all: readonly (number | string)[], one: number | string): number {
  return all.filter((each) => each === one).length;
}

const hundred = {name: 'network', per: [], windows: [{requests: 100, seconds: 600, kind: 'rolling' as const}]};

describe('a simulated provider', () => {
  inFolder();

  it('lets through exactly what the limit allows, and logs each arrival', async () => {
    await start({limits: [hundred]});
    const seen = await askAll(130);
    assert.deepEqual([count(seen, 201), count(seen, 429)], [100, 30]);
    assert.deepInclude(provider.tally(), {arrivals: 130, executed: 100, distinct: 100, twice: 0, refused: 30});
    assert.deepEqual(provider.tally().worst, {'network: 100 per 600 s': 1.3});
    assert.equal(lines().filter(({executed}) => executed).length, 100);
    assert.equal(lines().filter(({refusedBy}) => refusedBy === 'network: 100 per 600 s').length, 30);
  });

  it('has a bucket for each value of a key', async () => {
    const limit = {...hundred, per: ['bot'], windows: [{requests: 2, seconds: 600, kind: 'fixed' as const}]};
    const operations = {Export: {route: 'POST /bots/{bot}/export'}};
    await start({limits: [limit], operations, scopes: {bot: {from: [{kind: 'path', name: 'bot'}], absent: 'share'}}});
    assert.equal(count(await askAll(5, '/bots/a/export'), 201), 2);
    assert.equal(count(await askAll(5, '/bots/b/export'), 201), 2);
  });

  it('answers with an id, a date and the quota', async () => {
    const headers = {
      limit: 'x-limit',
      remaining: 'x-left',
      reset: 'x-reset',
      format: 'seconds' as const,
      trust: 'down' as const,
    };
    await start({limits: [hundred], headers});
    const seen = await ask('GET', '/users/1');
    assert.isObject(seen);
    if (typeof seen === 'string') return;
    assert.equal(seen.status, 200);
    assert.deepEqual(JSON.parse(seen.body), {id: 'sim-1'});
    assert.isFalse(Number.isNaN(Date.parse(seen.headers.date ?? '')));
    assert.deepInclude(seen.headers, {'x-limit': '100', 'x-left': '99', 'x-reset': '600'});
  });

  it('refuses in the shape of the profile, and says when to come back only if told to', async () => {
    const limits = [{...hundred, windows: [{requests: 1, seconds: 600, kind: 'rolling' as const}]}];
    await start({limits, refused: [{json: {'/code': 400311}}]}, {faults: parseFaults('retry-after')});
    await askAll(1);
    const seen = await ask('POST', '/users', 'x');
    assert.isObject(seen);
    if (typeof seen === 'string') return;
    assert.equal(seen.status, 429);
    assert.equal(JSON.parse(seen.body).code, 400311);
    assert.equal(seen.headers['retry-after'], '600');
  });

  it('knows what was executed twice, from its memory and from its log', async () => {
    await start({});
    await ask('POST', '/users', '{"n":1}', {'x-row': '7'});
    await ask('POST', '/users', '{"n":1}', {'x-row': '7'});
    await ask('POST', '/users?again=1', '{"n":1}');
    await ask('PUT', '/users', '{"n":1}');
    assert.deepInclude(provider.tally(), {arrivals: 4, executed: 4, distinct: 3, twice: 1});
    assert.deepEqual(await readTally(join(folder, 'log.ndjson')), provider.tally());
    assert.deepEqual(
      lines().map(({key}) => key),
      ['7', '7', undefined, undefined],
    );
  });

  it('serves its tally without counting that', async () => {
    await start({limits: [hundred]});
    await askAll(3);
    const seen = await ask('GET', TALLY_PATH);
    assert.deepEqual(typeof seen === 'string' ? seen : JSON.parse(seen.body), provider.tally());
    assert.equal(provider.tally().arrivals, 3);
  });

  for (const {fault, seen, executed, status} of [
    {fault: '500=100%', seen: 500, executed: false, status: 500},
    {fault: '503-after=100%', seen: 503, executed: true, status: 503},
    {fault: 'reset-before=100%', seen: 'reset', executed: false, status: undefined},
    {fault: 'reset-after=100%', seen: 'reset', executed: true, status: undefined},
    {fault: 'refuse=100%', seen: 429, executed: false, status: 429},
    {fault: 'cut=100%', seen: 'cut', executed: true, status: 201},
  ])
    it(`with ${fault} gives ${seen}, ${executed ? 'executed' : 'not executed'}`, async () => {
      await start({limits: [hundred]}, {faults: parseFaults(fault)});
      assert.deepEqual(await askAll(1), [seen]);
      const [line] = lines();
      assert.deepInclude(line, {executed, fault: fault.replace('=100%', '')});
      assert.equal(line?.status, status);
      assert.deepEqual(provider.tally().faults, {[fault.replace('=100%', '')]: 1});
    });

  it('never answers what hangs', async () => {
    await start({}, {faults: parseFaults('hang-after=100%')});
    const asked = ask('POST', '/users', 'x');
    while (provider.tally().arrivals === 0) await new Promise((resolve) => setImmediate(resolve));
    await provider.close();
    assert.equal(await asked, 'reset');
    assert.deepInclude(await readTally(join(folder, 'log.ndjson')), {executed: 1});
  });

  it('sends a refusal by fault without headers, and its limits go on to hold', async () => {
    const headers = {remaining: 'x-left', trust: 'down' as const};
    await start({limits: [hundred], headers}, {faults: parseFaults('refuse=100%')});
    const seen = await ask('POST', '/users', 'x');
    assert.isFalse(typeof seen === 'object' && 'x-left' in seen.headers);
    assert.equal(count(await askAll(100), 429), 100);
    assert.equal(provider.tally().refused, 1);
  });

  it('hits as many requests as asked for, the same ones for the same seed', async () => {
    const run = async (seed: number) => {
      await start({}, {faults: parseFaults('500=20%,503=10%'), seed, log: undefined});
      const seen: (number | string)[] = [];
      for (let i = 0; i < 300; i++) seen.push(...(await askAll(1)));
      await provider.close();
      return seen;
    };
    const first = await run(5);
    assert.deepEqual(await run(5), first);
    assert.notDeepEqual(await run(6), first);
    assert.approximately(count(first, 500), 60, 25);
    assert.approximately(count(first, 503), 30, 20);
  });

  it('counts an arrival half a latency after it was sent', async () => {
    await start({limits: [hundred]}, {latency: {lowMs: 60, highMs: 60}});
    const sentAt = performance.timeOrigin + performance.now();
    await ask('POST', '/users', 'x');
    assert.isAtLeast(lines()[0]!.at - sentAt, 25);
    assert.isAtLeast(performance.timeOrigin + performance.now() - lines()[0]!.at, 25);
  });

  it('says which port it could not have', async () => {
    await start({});
    const port = Number(new URL(provider.url).port);
    const options = {profile: profileOf({}), port, latency: {lowMs: 0, highMs: 0}, faults: NO_FAULTS, seed: 1};
    const refused = await startProvider(options).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.deepInclude(refused, {code: 'PORT_TAKEN', exit: 73});
  });
});

describe('readTally', () => {
  inFolder();

  it('reads a log whose last line was cut, and the worst over several lives', async () => {
    await start({limits: [hundred]});
    await askAll(50);
    await provider.close();
    await start({limits: [hundred]});
    await askAll(20);
    const file = join(folder, 'log.ndjson');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
    assert.deepEqual(await readTally(file), {
      arrivals: 69,
      executed: 69,
      distinct: 50,
      twice: 19,
      refused: 0,
      faults: {},
      worst: {'network: 100 per 600 s': 0.5},
    });
  });
});
