import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import {type AddressInfo, connect, createServer as listenOn} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {runAgainst, type Told} from './run-against.js';

const NGINX = ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).status === 0);
const RATE = 20;
const BURST = 10;
const ROWS = 200;

/** The answer to what is too much is 503 unless nginx is told otherwise, and it never names a wait. */
const CASES = [
  {name: 'its 503', status: 503, directive: '', rate: RATE},
  {name: 'its 503, and twice the rate in the profile', status: 503, directive: '', rate: 2 * RATE},
  {name: '429', status: 429, directive: 'limit_req_status 429;', rate: RATE},
  {name: '429, and twice the rate in the profile', status: 429, directive: 'limit_req_status 429;', rate: 2 * RATE},
] as const;

/** Nginx refuses what its excess would lift above `burst`, and the first request of all is no excess: that is a bucket of `burst` and one. */
const profileOf = (rate: number) => `
name: nginx
limits:
  - {name: zone, windows: [{requests: ${rate}, seconds: 1, kind: bucket, burst: ${BURST + 1}}]}
refused: [{status: 503}]
retry: {firstSeconds: 0.2, factor: 2, maxSeconds: 2, jitterSeconds: 0.05}
`;

/** One server for each case, each with a zone of its own, and everything nginx writes inside of `folder`. */
const configOf = (folder: string, ports: readonly number[], upstream: number) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
events {}
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  log_format seen '$status $request_uri';
${CASES.map(
  ({directive}, i) => `
  limit_req_zone $binary_remote_addr zone=case${i}:1m rate=${RATE}r/s;
  server {
    listen 127.0.0.1:${ports[i]};
    access_log ${folder}/${i}.log seen;
    location / {
      limit_req zone=case${i} burst=${BURST} nodelay;
      ${directive}
      proxy_pass http://127.0.0.1:${upstream}/${i}/;
    }
  }`,
).join('')}
}
`;

/** What nginx wrote down of one case, in the order of the answers. */
type Answered = readonly {readonly status: number; readonly row: string}[];

describe('a run against nginx limit_req', () => {
  let folder: string;
  let nginx: ChildProcess;
  let upstream: Server;
  const through = new Map<string, number>();
  const told: Told[] = [];

  before(async function () {
    if (!NGINX) {
      console.log('    nginx is not installed: its tests are skipped (apt-get install nginx-light)');
      return this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'sluice-nginx-'));
    upstream = await serve(through);
    const ports = await freePorts(CASES.length);
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'nginx.conf'), configOf(folder, ports, portOf(upstream)));
    nginx = spawn(NGINX, ['-p', folder, '-c', 'nginx.conf', '-e', join(folder, 'error.log')], {stdio: 'inherit'});
    await Promise.all(ports.map((port) => isListening(port, nginx)));
    told.push(
      ...(await Promise.all(
        CASES.map(({rate}, i) => runAgainst(`http://127.0.0.1:${ports[i]}`, profileOf(rate), ROWS)),
      )),
    );
  });

  after(async () => {
    if (!folder) return;
    if (nginx && nginx.exitCode === null) {
      const ended = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill();
      await ended;
    }
    upstream?.close();
    upstream?.closeAllConnections();
    rmSync(folder, {recursive: true, force: true});
  });

  for (const [i, {name, status, rate}] of CASES.entries())
    it(`that refuses with ${name}: ${rate === RATE ? 'none is refused' : 'every row gets through once, and refusals die away'}`, () => {
      const {counts, exit, lines} = told[i]!;
      const answered = answersIn(join(folder, `${i}.log`));
      assert.deepInclude(counts, {rows: ROWS, ok: ROWS, failed: 0, inDoubt: 0, pending: 0});
      assert.equal(exit, 0);
      const rows = Array.from({length: ROWS}, (_, row) => through.get(`/${i}/rows/${row + 1}`));
      assert.deepEqual(
        rows.filter((times) => times !== 1),
        [],
      );
      const refusals = answered.flatMap((answer, place) => (answer.status === status ? [place] : []));
      assert.equal(counts.refusals, refusals.length);
      assert.equal(answered.length, ROWS + refusals.length);
      if (rate === RATE) return assert.isEmpty(refusals);
      assert.match(
        lines.join('\n'),
        /^zone: refused although \d+ of 40 per 1 s were used; spreading requests evenly from now on$/m,
      );
      const late = refusals.filter((place) => place >= answered.length / 2);
      assert.isAbove(refusals.length, 0, 'else this proves nothing');
      assert.isBelow(late.length, refusals.length / 2);
    });
});

/** Takes a few milliseconds for each request, as real servers do, and counts what arrives. */
async function serve(through: Map<string, number>): Promise<Server> {
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    through.set(url, (through.get(url) ?? 0) + 1);
    request.resume();
    setTimeout(() => response.writeHead(201, {'content-type': 'application/json'}).end('{}'), 5);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: {address(): unknown}): number {
  return (server.address() as AddressInfo).port;
}

/** Nginx cannot be asked which port it was given, so they are looked for beforehand. */
async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({length: count}, () => listenOn());
  await Promise.all(
    holders.map((holder) => new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', () => resolve()))),
  );
  const ports = holders.map(portOf);
  await Promise.all(holders.map((holder) => new Promise((resolve) => holder.close(resolve))));
  return ports;
}

async function isListening(port: number, nginx: ChildProcess): Promise<void> {
  for (;;) {
    assert.isNull(nginx.exitCode, 'nginx ended, see what it said above');
    const heard = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (heard) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function answersIn(path: string): Answered {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => ({status: Number(line.slice(0, 3)), row: line.slice(4)}));
}
