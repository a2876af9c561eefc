import assert from 'node:assert/strict';
import {execFileSync, fork} from 'node:child_process';
import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {join} from 'node:path';
import {ACTS, openProvider, status} from './provider.js';
import type {Act, Rule} from './server.js';
import type {Case, Stage} from './stage.js';

const KEY = 'idempotencyKey: {header: Idempotency-Key, hours: 24}\n';
const PUT = ['--request', 'PUT /ops/{{ id }}'];
const DELETE = ['--request', 'DELETE /ops/{{ id }}'];

/** Row 3 meets this, and no other. */
const row3 = (act: Act, more: Omit<Rule, 'act'> = {}): Rule => ({ops: ['3'], ...more, act});

type Row3 = {
  readonly ids: readonly string[];
  readonly title: string;
  readonly rule: Rule;
  readonly words?: readonly string[];
  readonly profile?: string;
  readonly state: 'ok' | 'failed' | 'in-doubt';
  /** How often row 3 is to arrive, and to be executed. */
  readonly arrives?: number;
  readonly executed: number;
  readonly repeatable?: boolean;
  readonly says?: RegExp;
};

const EXITS = {ok: 0, failed: 1, 'in-doubt': 3} as const;

/** One row of twelve meets a fault; the others must not notice. */
function meets({
  ids,
  title,
  rule,
  words = [],
  profile = '',
  state,
  arrives = 1,
  executed,
  repeatable = false,
  says,
}: Row3): Case {
  return {
    ids,
    title,
    rules: [rule],
    profile,
    repeatable,
    run: async (stage) => {
      const {exit, stderr} = await stage.run(...words);
      const met = stage.provider.heard().filter(({op}) => op === '3');
      stage.proof(
        `the provider's log: row 3 met ${rule.act.name}`,
        met.some(({did}) => did === rule.act.name),
      );
      assert.equal(exit, EXITS[state], stderr);
      assert.equal(stage.states().get('3'), state);
      assert.equal(met.length, arrives, 'arrivals of row 3');
      assert.equal(met.filter((each) => each.executed).length, executed, 'executions of row 3');
      assert.equal((await stage.status()).ok, state === 'ok' ? 12 : 11);
      if (says) assert.match(stage.read('results.ndjson'), says);
    },
  };
}

const answering: readonly Row3[] = [
  {ids: ['F09'], title: 'reset before it executes', rule: row3(ACTS.resetBefore), state: 'in-doubt', executed: 0},
  {ids: ['F10'], title: 'reset after it executed', rule: row3(ACTS.resetAfter), state: 'in-doubt', executed: 1},
  {
    ids: ['F10'],
    title: 'connection ended after it executed',
    rule: row3(ACTS.finAfter),
    state: 'in-doubt',
    executed: 1,
  },
  {
    ids: ['F11'],
    title: 'reset after it executed, with an idempotency key',
    rule: row3(ACTS.resetAfter, {first: true}),
    profile: KEY,
    state: 'ok',
    arrives: 2,
    executed: 1,
  },
  {
    ids: ['F12'],
    title: 'reset after it executed, PUT',
    rule: row3(ACTS.resetAfter, {first: true}),
    words: PUT,
    state: 'ok',
    arrives: 2,
    executed: 2,
    repeatable: true,
  },
  {ids: ['F13'], title: '201 and half a body', rule: row3(ACTS.truncated), state: 'ok', executed: 1},
  {ids: ['F14'], title: '201 with bad gzip', rule: row3(ACTS.badGzip), state: 'ok', executed: 1},
  {
    ids: ['F14'],
    title: '201 with HTML',
    rule: row3({name: 'html-201', body: '<p>', headers: {'content-type': 'text/html'}}),
    state: 'ok',
    executed: 1,
  },
  {ids: ['F14'], title: '201 with nothing', rule: row3({name: 'empty-201', body: ''}), state: 'ok', executed: 1},
  {
    ids: ['F15'],
    title: 'no answer ever comes',
    rule: row3(ACTS.hang),
    words: ['--timeout', '1s'],
    state: 'in-doubt',
    executed: 1,
  },
  {
    ids: ['F16'],
    title: 'a byte every 200 ms, for ever',
    rule: row3({name: 'drip', instead: {dripMs: 200}}),
    words: ['--timeout', '2s'],
    state: 'ok',
    executed: 1,
  },
  {
    ids: ['F19'],
    title: 'a status line that is none',
    rule: row3({name: 'garbage', instead: {raw: 'HTTQ/9 what\r\n\r\n'}}),
    state: 'in-doubt',
    executed: 1,
  },
  {
    ids: ['F19'],
    title: 'a header of 40 KB',
    rule: row3({name: 'header:40KB', headers: {'x-long': 'y'.repeat(40_000)}}),
    state: 'in-doubt',
    executed: 1,
  },
  {
    ids: ['F19'],
    title: '10,000 headers',
    rule: row3({
      name: 'headers:10000',
      instead: {raw: `HTTP/1.1 201 Created\r\n${Array.from({length: 10_000}, (_, n) => `x-${n}: y\r\n`).join('')}\r\n`},
    }),
    state: 'in-doubt',
    executed: 1,
  },
  {
    ids: ['F19'],
    title: 'two answers to one request',
    rule: row3({
      name: 'two-responses',
      instead: {
        raw: 'HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\n{}',
      },
    }),
    state: 'ok',
    executed: 1,
  },
  {
    ids: ['F21'],
    title: '302 to the same host',
    rule: row3({...status(302), headers: {location: '/ops/elsewhere'}}),
    state: 'failed',
    executed: 0,
    says: /redirect not followed: \/ops\/elsewhere/,
  },
  {
    ids: ['F25'],
    title: '500 after it executed, POST',
    rule: row3({...status(500), executes: true}),
    state: 'in-doubt',
    executed: 1,
  },
  {ids: ['F25'], title: '500 before it executes, POST', rule: row3(status(500)), state: 'in-doubt', executed: 0},
  {
    ids: ['F25'],
    title: '500 after it executed, with a key, and stored by the provider for ever',
    rule: row3({...status(500), executes: true}),
    profile: KEY,
    state: 'in-doubt',
    arrives: 3,
    executed: 1,
  },
  {ids: ['F28'], title: '403', rule: row3(status(403)), state: 'failed', executed: 0},
  {ids: ['F29'], title: '409, exists already', rule: row3(status(409)), state: 'failed', executed: 0},
  {
    ids: ['F29'],
    title: '409, exists already, and the profile calls that ok',
    rule: row3({...status(409), executes: true}),
    profile: 'ok: [{status: 409}]\n',
    state: 'ok',
    executed: 1,
  },
  {
    ids: ['F30'],
    title: '409, key in use, as the profile marks it',
    rule: row3({...status(409), body: '{"type":"key-in-use"}'}, {first: true}),
    profile: `${KEY}notExecuted: [{status: 409, body: key-in-use}]\n`,
    state: 'ok',
    arrives: 2,
    executed: 1,
  },
  {ids: ['F30'], title: 'plain 422', rule: row3(status(422)), profile: KEY, state: 'failed', executed: 0},
  {
    ids: ['F31'],
    title: '200 with ok: false, and a rule for it',
    rule: row3({name: 'json:not-ok', executes: false, status: 200, body: '{"ok":false,"error":"no"}'}),
    profile: 'failed: [{json: {/ok: false}}]\n',
    state: 'failed',
    executed: 0,
  },
  ...[413, 414, 431].map(
    (code): Row3 => ({ids: ['F32'], title: `${code}`, rule: row3(status(code)), state: 'failed', executed: 0}),
  ),
];

/** Peak memory of a process in MiB, looked at again and again until it has ended. */
function watchMemory(pid: number): () => number {
  let most = 0;
  const timer = setInterval(() => {
    try {
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0));
    } catch {}
  }, 20);
  return () => {
    clearInterval(timer);
    return most / 1024;
  };
}

function pours(id: string, title: string, packed: boolean, megabytes: number): Case {
  return {
    ids: [id],
    title,
    rules: [row3({name: packed ? 'bomb' : 'huge', instead: {megabytes, packed}})],
    run: async (stage) => {
      const {child, ended} = stage.start(stage.words());
      const memory = watchMemory(child.pid!);
      const {exit, stderr} = await ended;
      const most = memory();
      stage.proof(
        "the provider's log: row 3 met it",
        stage.provider.heard().some(({op, did}) => op === '3' && did !== 'ok'),
      );
      assert.equal(exit, 0, stderr);
      assert.ok(most > 20 && most < 200, `${most.toFixed(0)} MiB at most`);
      assert.equal(stage.provider.count(), 12);
    },
  };
}

/** A module that Node loads first, and that makes name look-ups fail, or hang, as long as a file is there. */
function withLookups(stage: Stage, body: string): Record<string, string> {
  const path = join(stage.cwd, 'lookups.cjs');
  writeFileSync(path, body);
  return {NODE_OPTIONS: `--require ${path}`};
}

export const network: readonly Case[] = [
  ...answering.map(meets),
  {
    ids: ['F12'],
    title: 'reset after it executed, DELETE, and 404 at the second',
    rules: [row3(ACTS.resetAfter, {first: true}), row3({...status(404), executes: false})],
    repeatable: true,
    run: async (stage) => {
      const {exit, stderr} = await stage.run(...DELETE);
      const met = stage.provider.heard().filter(({op}) => op === '3');
      stage.proof(
        "the provider's log: reset, then 404",
        met.map(({did}) => did).join() === 'reset-after-exec,status:404',
      );
      assert.equal(exit, 0, stderr);
    },
  },
  pours('F17', 'a body of 1 GB', false, 1024),
  pours('F18', 'a gzip bomb of 512 MB', true, 512),
  {
    ids: ['F01'],
    title: 'the host has no address',
    run: async (stage) => {
      const words = stage.words();
      words[words.indexOf(stage.provider.url)] = 'https://nope.invalid';
      const {exit, stderr} = await stage.type(words);
      stage.proof('the look-up failed', /ENOTFOUND|EAI_AGAIN|no address|not found/i.test(stderr));
      assert.equal(exit, 69, stderr);
      assert.equal((await stage.status()).pending, 12);
    },
  },
  {
    ids: ['F02'],
    title: 'look-ups fail with EAI_AGAIN for 3 s in the middle',
    run: async (stage) => {
      stage.rows(40);
      const down = join(stage.cwd, 'down');
      const env = withLookups(
        stage,
        `const dns = require('node:dns'); const fs = require('node:fs'); const real = dns.lookup;
dns.lookup = (host, options, done) => {
  if (!fs.existsSync(${JSON.stringify(down)})) return real(host, options, done);
  fs.appendFileSync(${JSON.stringify(`${down}.log`)}, '.');
  const error = Object.assign(new Error('getaddrinfo EAI_AGAIN'), {code: 'EAI_AGAIN', syscall: 'getaddrinfo'});
  process.nextTick(typeof options === 'function' ? options : done, error);
};
require('node:module').syncBuiltinESMExports();\n`,
      );
      const words = stage.words('--limit', 'all=10/1s');
      words[words.indexOf(stage.provider.url)] = stage.provider.url.replace('127.0.0.1', 'localhost');
      const {ended} = stage.start(words, {env});
      await stage.until(() => stage.provider.count() >= 5, '5 have arrived');
      writeFileSync(down, '');
      await stage.provider.tell({idleCloseMs: 1, listening: false});
      await new Promise((done) => setTimeout(done, 3000));
      await stage.provider.tell({listening: true});
      await new Promise((done) => setTimeout(done, 500));
      rmSync(down);
      const {exit, stderr} = await ended;
      const failed = readFileSync(`${down}.log`, 'utf8').length;
      stage.proof(`${failed} look-ups failed`, failed > 0);
      const {failed: rows, inDoubt} = await stage.status();
      assert.equal(rows, 0);
      assert.ok(Number(inDoubt) <= 4, `${inDoubt} in doubt: only what was under way when the provider went`);
      assert.equal(exit, inDoubt ? 3 : 0, stderr);
    },
  },
  {
    ids: ['F03'],
    title: 'four threads of the pool hang for the whole run, as look-ups do',
    run: async (stage) => {
      const pipes = Array.from({length: 4}, (_, index) => join(stage.cwd, `pipe-${index}`));
      for (const pipe of pipes) execFileSync('mkfifo', [pipe]);
      const env = withLookups(
        stage,
        `const fs = require('node:fs');
setTimeout(() => { for (const pipe of ${JSON.stringify(pipes)}) fs.open(pipe, 'r', () => fs.writeFileSync(pipe + '.opened', '')); }, 1).unref();\n`,
      );
      // Opening a pipe that nobody writes to takes its thread, and keeps the process from ending: it is ended when all is done.
      const {child, ended} = stage.start(stage.words(), {env});
      await stage.until(() => stage.provider.executions() === 12, 'all have arrived');
      await stage.until(() => stage.states().size === 12, 'the results are written');
      const still = execFileSync('bash', ['-c', `ls ${stage.cwd}/*.opened 2>/dev/null | wc -l`], {encoding: 'utf8'});
      stage.proof('four threads still wait in open(2)', Number(still) === 0 && waitingThreads(child.pid!) >= 4);
      child.kill('SIGKILL');
      await ended;
      assert.equal((await stage.status()).ok, 12);
    },
  },
  {
    ids: ['F04'],
    title: 'connections refused for 4 s in the middle',
    run: async (stage) => {
      stage.rows(60);
      await stage.provider.tell({idleCloseMs: 1});
      const {ended} = stage.start(stage.words('--limit', 'all=20/1s', '--concurrency', '1'));
      await stage.until(() => stage.provider.count() >= 10, '10 have arrived');
      await stage.provider.tell({listening: false});
      const count = stage.provider.count();
      await new Promise((done) => setTimeout(done, 4000));
      stage.proof('nothing arrived for 4 s', stage.provider.count() === count);
      await stage.provider.tell({listening: true});
      const {exit, stderr} = await ended;
      const {inDoubt, failed} = await stage.status();
      assert.equal(failed, 0);
      assert.ok(Number(inDoubt) <= 1, `${inDoubt} in doubt: only what was under way when the provider went`);
      assert.equal(exit, inDoubt ? 3 : 0, stderr);
    },
  },
  {
    ids: ['F05'],
    title: 'a queue of connections that is full: nobody says no, nobody says yes',
    run: async (stage) => {
      const hole = execHole(stage);
      try {
        const port = await hole.port;
        const words = stage.words('--timeout', '2s', '--max-offline', '6s');
        words[words.indexOf(stage.provider.url)] = `http://127.0.0.1:${port}`;
        const {exit, stderr} = await stage.type(words);
        const outcomes = stage.journal().filter(({t}) => t === 'o');
        stage.proof(
          `${outcomes.length} attempts ended without a connection`,
          outcomes.length > 0 && outcomes.every(({k}) => k === 'not'),
        );
        assert.equal(exit, 4, stderr);
        assert.equal((await stage.status()).pending, 12);
      } finally {
        hole.close();
      }
    },
  },
  {
    ids: ['F07'],
    title: 'NODE_TLS_REJECT_UNAUTHORIZED=0',
    run: async (stage) => {
      const {exit, stderr} = await stage.type(stage.words(), {env: {NODE_TLS_REJECT_UNAUTHORIZED: '0'}});
      stage.proof(
        'it is refused by name, and nothing arrived',
        /NODE_TLS_REJECT_UNAUTHORIZED/.test(stderr) && stage.provider.count() === 0,
      );
      assert.equal(exit, 2, stderr);
    },
  },
  {
    ids: ['F08'],
    title: 'a TLS handshake that is never answered',
    run: async (stage) => {
      let connections = 0;
      const sink = createServer(() => {
        connections += 1;
      });
      await new Promise<void>((done) => sink.listen(0, '127.0.0.1', done));
      const words = stage.words('--timeout', '1s', '--max-offline', '4s');
      words[words.indexOf(stage.provider.url)] = `https://127.0.0.1:${(sink.address() as AddressInfo).port}`;
      const {exit, stderr} = await stage.type(words);
      sink.close();
      stage.proof(`${connections} connections were taken, and never answered`, connections > 0);
      assert.equal(exit, 4, stderr);
      const {pending, inDoubt} = await stage.status();
      assert.deepEqual([pending, inDoubt], [12, 0]);
    },
  },
  {
    ids: ['F22'],
    title: '307 and 308 to another host',
    run: async (stage) => {
      const other = await openProvider(join(stage.cwd, 'other.ndjson'));
      try {
        await stage.provider.tell({
          rules: [
            row3({...status(307), headers: {location: `${other.url}/ops/3`}}),
            {ops: ['4'], act: {...status(308), headers: {location: `${other.url}/ops/4`}}},
          ],
        });
        const {exit, stderr} = await stage.run();
        stage.proof(
          "the provider's log: 307 and 308",
          stage.provider.heard().filter(({did}) => /30[78]/.test(did)).length === 2,
        );
        assert.equal(exit, 1, stderr);
        assert.equal(other.count(), 0, 'the other host heard something');
      } finally {
        await other.close();
      }
    },
  },
  {
    ids: ['F23'],
    title: 'the provider closes connections that were idle for 5 ms, 300 rows',
    run: async (stage) => {
      stage.rows(300);
      await stage.provider.tell({idleCloseMs: 5});
      const {exit, stderr} = await stage.run('--limit', 'all=50/1s', '--pace', 'even', '--concurrency', '2');
      const ports = new Set(stage.provider.heard().map(({port}) => port)).size;
      stage.proof(`${ports} connections for 300 requests`, ports > 20);
      const {inDoubt} = await stage.status();
      assert.ok(Number(inDoubt) <= 6, `${inDoubt} in doubt`);
      assert.equal(exit, inDoubt ? 3 : 0, stderr);
    },
  },
  {
    ids: ['F26'],
    title: '503 to everything, POST: stops before 2 % of 1,000 rows are in doubt',
    rules: [{from: 101, act: status(503)}],
    run: async (stage) => {
      stage.rows(1000);
      const {exit, stderr} = await stage.run('--max-wait', '5s');
      const {inDoubt} = await stage.status();
      stage.proof(
        `${stage.provider.count() - 100} requests met 503`,
        stage.provider.heard().some(({did}) => did === 'status:503'),
      );
      assert.equal(exit, 4, stderr);
      assert.ok(Number(inDoubt) < 20, `${inDoubt} in doubt`);
    },
  },
  {
    ids: ['F26'],
    title: '503 to 20 requests, PUT: all are sent again',
    rules: [{from: 5, to: 24, act: status(503)}],
    profile: '',
    repeatable: true,
    run: async (stage) => {
      stage.rows(40);
      const {exit, stderr} = await stage.run(...PUT, '--max-attempts', '12');
      stage.proof('20 requests met 503', stage.provider.heard().filter(({did}) => did === 'status:503').length === 20);
      assert.equal(exit, 0, stderr);
    },
  },
  {
    ids: ['F27'],
    title: '401 from the middle on',
    rules: [{from: 21, act: status(401)}],
    run: async (stage) => {
      stage.rows(60);
      const {exit, stderr} = await stage.run();
      const met = stage.provider.heard().filter(({did}) => did === 'status:401').length;
      stage.proof(`${met} requests met 401`, met > 0);
      assert.equal(exit, 77, stderr);
      assert.ok(met <= 3 + 4, `${met} were sent after the token had expired`);
      const {ok, failed, pending} = await stage.status();
      assert.deepEqual([ok, failed, pending], [20, 0, 40]);
    },
  },
  {
    ids: ['F30'],
    title: '422, key of another request, as the profile marks it: the run stops',
    rules: [row3({...status(422), body: '{"type":"key-mismatch"}'})],
    profile: `${KEY}stop: [{status: 422, body: key-mismatch}]\n`,
    run: async (stage) => {
      stage.rows(60);
      const {exit, stderr} = await stage.run('--limit', 'all=10/1s');
      stage.proof(
        "the provider's log: row 3 met 422",
        stage.provider.heard().some(({did}) => did === 'status:422'),
      );
      assert.notEqual(exit, 0, stderr);
      assert.ok(stage.provider.count() < 60, 'it went on');
      assert.equal(stage.states().get('3') ?? 'pending', 'pending');
    },
  },
  {
    ids: ['F34'],
    title: 'HTTPS_PROXY and HTTP_PROXY name a proxy that is dead',
    run: async (stage) => {
      const env = {HTTPS_PROXY: 'http://user:pa55@127.0.0.1:9', HTTP_PROXY: 'http://user:pa55@127.0.0.1:9'};
      const {exit, stderr} = await stage.type(stage.words(), {env});
      stage.proof(
        'the variables are named, and 12 arrived without it',
        /HTTPS_PROXY/.test(stderr) && stage.provider.count() === 12,
      );
      assert.equal(exit, 0, stderr);
      assert.doesNotMatch(stderr, /pa55/);
    },
  },
];

/** Threads of a process that wait in an open that cannot end. */
function waitingThreads(pid: number): number {
  return Number(
    execFileSync(
      'bash',
      [
        '-c',
        `grep -l . /proc/${pid}/task/*/wchan | xargs cat 2>/dev/null | grep -o 'wait_for_partner\\|fifo_open' | wc -l`,
      ],
      {
        encoding: 'utf8',
      },
    ),
  );
}

/** A port whose queue of connections is full: what connects is neither taken nor refused. */
function execHole(stage: Stage): {readonly port: Promise<number>; close(): void} {
  const script = join(stage.cwd, 'hole.cjs');
  writeFileSync(
    script,
    `const net = require('node:net'); const server = net.createServer();
server.listen({port: 0, host: '127.0.0.1', backlog: 1}, () => process.send(server.address().port));\n`,
  );
  const child = fork(script, {execArgv: []});
  const sockets: Socket[] = [];
  const port = new Promise<number>((done) => child.once('message', (message) => done(message as number))).then(
    async (found) => {
      child.kill('SIGSTOP');
      for (let nth = 0; nth < 4; nth++) sockets.push(connect(found, '127.0.0.1').on('error', () => {}));
      await new Promise((done) => setTimeout(done, 300));
      return found;
    },
  );
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}
