import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {findProfile, listProfiles} from '../../src/profiles/find.js';
import {parseProfile} from '../../src/profiles/parse.js';
import {type Asked, serveProfile} from '../../src/simulate/serve.js';
import {parseLatency, parseScopes, parseSpeed} from '../../src/simulate/words.js';

const asked: Asked = {name: 'amity', port: 0, latency: '0', speed: '1', faults: '', seed: 1};

/** Serves, calls `use` with what was said, and stops. */
async function served(more: Partial<Asked>, use: (said: string) => unknown = () => {}) {
  let end = (_: unknown) => {};
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  let using: unknown;
  const tally = await serveProfile({...asked, ...more}, ended, (said) => {
    using = Promise.resolve(use(said)).finally(() => end(undefined));
  });
  await using;
  return tally;
}

describe('serveProfile', () => {
  it('says its address first, then what to type', async () => {
    await served({}, (said) => {
      const [url, line] = said.split('\n');
      assert.match(url!, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.equal(line, `sluice run FILE --profile amity --base-url ${url}`);
    });
  });

  it('refuses as the provider does, and tells in the end', async () => {
    const tally = await served({name: 'amity:network'}, async (said) => {
      const url = said.split('\n')[0]!;
      const answers = await Promise.all(
        Array.from({length: 105}, (_, n) => fetch(`${url}/api/v3/users`, {method: 'POST', body: `${n}`})),
      );
      const refused = answers.filter(({status}) => status === 429);
      assert.lengthOf(refused, 5);
      assert.equal(((await refused[0]!.json()) as {code: number}).code, 400311);
    });
    assert.deepInclude(tally, {arrivals: 105, executed: 100, refused: 5});
  });

  it('keeps state when it is asked to, and tells in the end what is there', async () => {
    const {state} = await served({state: true}, async (said) => {
      const url = said.split('\n')[0]!;
      assert.include(said, `what is there: ${url}/__sluice/state`);
      for (const n of [1, 2]) {
        const body = JSON.stringify({userId: 'u-1', deviceId: `device-${n}`});
        await fetch(`${url}/api/v3/sessions`, {method: 'POST', body});
      }
    });
    assert.deepInclude(state?.users, {there: 1, made: 1, again: 1});
  });

  it('keeps none when it is not asked to', async () => {
    assert.notProperty(await served({}), 'state');
  });

  it('writes a profile of shorter windows that a run can read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-simulate-'));
    try {
      const file = join(folder, 'fast.yaml');
      await served({name: 'koreai', speed: '60', 'save-profile': file}, (said) =>
        assert.include(said, `--profile ${file}`),
      );
      const {limits, baseUrl} = parseProfile(readFileSync(file, 'utf8'), file);
      assert.deepEqual(
        limits[0]?.windows.map(({seconds}) => seconds),
        [1, 60],
      );
      assert.match(baseUrl ?? '', /^http:\/\/127\.0\.0\.1:/);
    } finally {
      rmSync(folder, {recursive: true});
    }
  });

  for (const name of listProfiles())
    it(`serves ${name}`, async () => {
      // The profile of no provider knows no operation; whatever is sent falls under its limit.
      const {route} = Object.values(findProfile(name).operations)[0] ?? {route: 'GET /any'};
      const [method, path] = route.split(' ');
      await served({name}, async (said) => {
        const answer = await fetch(said.split('\n')[0]! + path!.replaceAll(/[{}]/g, ''), {method: method!});
        assert.oneOf(answer.status, [200, 201]);
      });
    });

  for (const {more, code} of [
    {more: {latency: 'soon'}, code: 'LATENCY_INVALID'},
    {more: {latency: '200-20'}, code: 'LATENCY_INVALID'},
    {more: {speed: '0'}, code: 'SPEED_INVALID'},
    {more: {faults: 'fire=2%'}, code: 'FAULT_UNKNOWN'},
    {more: {scope: ['user']}, code: 'SCOPE_INVALID'},
    {more: {scope: ['user=pattern:(']}, code: 'SCOPE_INVALID'},
    {more: {name: 'amitty'}, code: 'PROFILE_UNKNOWN'},
    {more: {name: 'stream', state: true}, code: 'STATE_UNKNOWN'},
    {more: {log: '/nowhere/at/all'}, code: 'LOG_UNWRITABLE'},
    {more: {'save-profile': '/nowhere/at/all'}, code: 'PROFILE_UNWRITABLE'},
  ])
    it(`refuses ${JSON.stringify(more)}: ${code}`, async () => {
      const refused = await served(more).then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.deepInclude(refused, {code});
    });
});

describe('the words of simulate', () => {
  it('are milliseconds, times and places', () => {
    assert.deepEqual(parseLatency('20-200'), {lowMs: 20, highMs: 200});
    assert.deepEqual(parseLatency('50ms'), {lowMs: 50, highMs: 50});
    assert.equal(parseSpeed('0.5'), 0.5);
    assert.deepEqual(parseScopes(['user=header:X-User', 'bot=body:/streamId', 't=pattern:^/t/([^/]+)', 'b=path:bot']), {
      user: {kind: 'header', name: 'x-user'},
      bot: {kind: 'body', pointer: '/streamId'},
      t: {kind: 'pattern', pattern: '^/t/([^/]+)'},
      b: {kind: 'path', name: 'bot'},
    });
  });
});
