// Measures how soon a run of ten million rows is gone on with: node --import tsx bench/replay.ts [--rows 10000000] [--spread] [--folder KEPT]
// The journal is one of the real writer, two records a row; all but a thousand rows, the last or every ten-thousandth, are settled. Takes 3 GB of disk.
import {type ChildProcess, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';
import {realDisk} from '../src/journal/disk.js';
import {MANIFEST_FORMAT, makeRunId, writeManifest} from '../src/journal/folder.js';
import {bodyOf, FORMAT} from '../src/journal/seal.js';
import {beginSegments, SEGMENT_BYTES, Segments} from '../src/journal/segments.js';
import {parseProfile} from '../src/profiles/parse.js';
import type {Asked} from '../src/requests/asked.js';
import {openSecrets} from '../src/requests/secrets.js';
import {openedRecord} from '../src/run/begin.js';
import {manifestOf} from '../src/run/order.js';
import {PROGRAM} from './support/sluice.js';

const BOUND_SECONDS = 60;
const BOUND_MB = 300;
const PENDING = 1000;
const PER_SECOND = 1000;
/** Records of one group: as many as a hundred under way at once make. */
const GROUP = 200;
const PROFILE = `
name: ten-million
credentials: []
limits:
  - name: network
    windows: [{requests: ${PER_SECOND}, seconds: 1}]
concurrency: 100
`;
const DIST = pathToFileURL(join(PROGRAM, '../../dist/')).href;

const text = (value: string) => ({type: 'string', default: value}) as const;
const {values} = parseArgs({
  options: {rows: text('10000000'), spread: {type: 'boolean', default: false}, folder: {type: 'string'}},
});
const rows = Number(values.rows);
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'sluice-replay-'));
const run = join(folder, 'users.run');
const isPending = (row: number) => (values.spread ? row % (rows / PENDING) === 0 : row > rows - PENDING);
try {
  mkdirSync(folder, {recursive: true});
  if (!existsSync(run)) await makeRun();
  console.log('| what | rows | records | seconds | peak MB | |');
  console.log('|---|---|---|---|---|---|');
  // It changes nothing, so it can be done before the run is gone on with.
  tell('replay', await replay());
  tell('resume, to the first request', await resume());
} finally {
  if (values.folder === undefined) rmSync(folder, {recursive: true});
}

type Taken = {readonly seconds: number; readonly peakMb: number};

function tell(what: string, {seconds, peakMb}: Taken): void {
  const passed = seconds < BOUND_SECONDS && peakMb < BOUND_MB;
  const told = [what, rows, 2 * (rows - PENDING), seconds.toFixed(1), peakMb.toFixed(0), passed ? 'PASS' : 'FAIL'];
  console.log(`| ${told.join(' | ')} |`);
  if (!passed) process.exitCode = 1;
}

/** Every record read, every seal checked, every state folded: from the start of the process to its end. */
async function replay(): Promise<Taken> {
  const script = `
    const {readJournal} = await import('${DIST}journal/replay.js');
    const {newStanding, fold, counts} = await import('${DIST}journal/states.js');
    const standing = newStanding(${rows});
    await readJournal(${JSON.stringify(run)}, ${JSON.stringify(manifest().run)}, (record) => fold(standing, record), 'states');
    if (counts(standing).ok < ${rows - PENDING}) throw new Error(JSON.stringify(counts(standing)));
    console.log(process.resourceUsage().maxRSS);`;
  const begunAt = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {stdio: ['ignore', 'pipe', 'inherit']});
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  await once(child, 'close');
  return {seconds: (performance.now() - begunAt) / 1000, peakMb: (Number(said) * 1024) / 1e6};
}

/** From the start of the process to the arrival of its first request. The run is killed then. */
async function resume(): Promise<Taken> {
  const server = createServer((request, response) => {
    request.resume();
    server.emit('arrival');
    response.writeHead(201).end();
  });
  await once(server.listen(manifest().port, '127.0.0.1'), 'listening');
  const begunAt = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'resume', run], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {...process.env, SLUICE_STATE: join(folder, 'state')},
  });
  const arrived = await Promise.race([
    once(server, 'arrival').then(() => true),
    once(child, 'close').then(() => false),
  ]);
  if (!arrived) throw new Error('it ended, and nothing was sent');
  const taken = {seconds: (performance.now() - begunAt) / 1000, peakMb: peakMbOf(child)};
  child.kill('SIGKILL');
  server.close();
  server.closeAllConnections();
  return taken;
}

function peakMbOf({pid}: ChildProcess): number {
  const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kb) * 1024) / 1e6;
}

function manifest(): {readonly run: string; readonly port: number} {
  const {run: id, baseUrl} = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
  return {run: id, port: Number(new URL(baseUrl).port)};
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  return port;
}

/** The input, and the run folder as a kill leaves it. */
async function makeRun(): Promise<void> {
  const file = join(folder, 'users.csv');
  const input = {...(await writeRows(file)), rows};
  const begunAt = Date.now() - (rows / PER_SECOND) * 1000;
  const id = makeRunId(begunAt, new Uint8Array(10));
  const asked: Asked = {
    profile: parseProfile(PROFILE, 'ten-million.yaml'),
    baseUrl: `http://127.0.0.1:${await freePort()}`,
    template: {request: 'POST /users', headers: [], body: '{"email":"{{ email }}","name":"{{ name }}"}'},
    scope: {},
    headers: [],
    allowedOrigins: [],
  };
  const order = {file, asked, delimiter: undefined, skipInvalid: false};
  const parts = manifestOf(order, {overrides: {limits: []}, onKeyFailure: 'continue'});
  mkdirSync(run, {mode: 0o700});
  await writeJournal({id, begunAt, input, plan: parts.plan});
  const {baseUrl, profile} = asked;
  const secrets = openSecrets({profile, env: {}, envFile: undefined, chosen: undefined, headers: [], baseUrl});
  await writeManifest(run, {
    ...parts,
    fmt: MANIFEST_FORMAT,
    run: id,
    tool: 'bench',
    createdAt: new Date(begunAt).toISOString(),
    file,
    name: 'users.csv',
    input: {...input, format: 'csv', delimiter: ',', header: ['user_id', 'name', 'email']},
    credential: {name: secrets.credential ?? 'none', salt: '00', fingerprint: secrets.fingerprint('00')},
  });
}

async function writeRows(file: string): Promise<{sha256: string; bytes: number}> {
  const hash = createHash('sha256');
  const out = createWriteStream(file);
  let bytes = 0;
  let part = 'user_id,name,email\n';
  const flush = async () => {
    hash.update(part);
    bytes += part.length;
    if (!out.write(part)) await once(out, 'drain');
    part = '';
  };
  for (let row = 1; row <= rows; row++) {
    part += `u-${row},User Number ${row},user-${row}@example.com\n`;
    if (part.length > 1e6) await flush();
  }
  await flush();
  out.end();
  await once(out, 'close');
  return {sha256: hash.digest('hex'), bytes};
}

type Beginning = {
  readonly id: string;
  readonly begunAt: number;
  readonly input: {readonly sha256: string; readonly bytes: number; readonly rows: number};
  readonly plan: string;
};

/** What was appended while a hundred were under way, and made durable together. Nobody waits for the disk: the page cache serves as well. */
async function writeJournal({id, begunAt, input, plan}: Beginning): Promise<void> {
  const disk = {...realDisk, sync: async () => {}};
  const end = await beginSegments(run, {t: 'H', fmt: FORMAT, run: id, tool: 'bench', input, plan}, disk);
  const segments = await Segments.open(run, end, disk, SEGMENT_BYTES, async () => false);
  await segments.store([
    bodyOf(openedRecord(begunAt)),
    bodyOf({t: 'b', l: 0, in: [['network', 5_067_225_885_315_208]]}),
  ]);
  for (let first = 1; first <= rows; first += GROUP / 2) {
    const bodies: string[] = [];
    const settled = Array.from({length: GROUP / 2}, (_, index) => first + index).filter((row) => !isPending(row));
    for (const op of settled) {
      const at = Math.round(begunAt + (op / PER_SECOND) * 1000);
      bodies.push(
        `"t":"i","op":${op},"n":1,"l":0,"h":"${((op * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')}","at":${at}`,
      );
    }
    for (const op of settled) {
      const at = Math.round(begunAt + (op / PER_SECOND) * 1000 + 143);
      bodies.push(`"t":"o","op":${op},"n":1,"k":"ok","at":${at},"st":201,"ms":143`);
    }
    if (bodies.length > 0) await segments.store(bodies);
  }
  await segments.close();
}
