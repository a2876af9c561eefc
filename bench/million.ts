// Measures the memory that a million rows take: node --import tsx bench/million.ts [plan|run|users-plan|users-run|keys-plan|keys-run|pairs-run…] [--to-the-end]
import {once} from 'node:events';
import {createWriteStream, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {footprint} from './support/memory.js';
import {PROGRAM} from './support/sluice.js';

const ROWS = 1_000_000;
const BOUND_MB = 300;
const PROFILE = `
name: million
limits:
  - name: network
    windows: [{requests: 100000, seconds: 1}]
concurrency: 100
`;
/** Every row is somebody else's: a million buckets. */
const USERS = `
name: million-users
limits:
  - name: network
    windows: [{requests: 100000, seconds: 1}]
  - name: user
    per: [user]
    windows: [{requests: 10, seconds: 1}, {requests: 100, seconds: 60}]
concurrency: 100
`;
const CASES = {
  plan: {profile: PROFILE, command: 'plan', scope: []},
  run: {profile: PROFILE, command: 'run', scope: []},
  'users-plan': {profile: USERS, command: 'plan', scope: ['--scope', 'user=@email']},
  'users-run': {profile: USERS, command: 'run', scope: ['--scope', 'user=@email']},
  // A million keys with a row each; and half a million with two, so that half of all rows wait for another.
  'keys-plan': {profile: PROFILE, command: 'plan', scope: ['--key', 'email']},
  'keys-run': {profile: PROFILE, command: 'run', scope: ['--key', 'email']},
  'pairs-plan': {profile: PROFILE, command: 'plan', scope: ['--key', 'pair', '--phase', 'role']},
  'pairs-run': {profile: PROFILE, command: 'run', scope: ['--key', 'pair', '--phase', 'role']},
  'users-keys-run': {profile: USERS, command: 'run', scope: ['--scope', 'user=@email', '--key', 'email']},
} as const;

const toTheEnd = process.argv.includes('--to-the-end');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const folder = mkdtempSync(join(tmpdir(), 'sluice-million-'));
let failed = 0;
try {
  const file = join(folder, 'users.csv');
  await writeRows(file);
  console.log('| case | rows | seconds | requests | peak MB | bound MB | |');
  console.log('|---|---|---|---|---|---|---|');
  for (const [name, given] of Object.entries(CASES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const {line, passed, said} = await measure(name, given, file);
    console.log(line);
    if (!passed) console.error(said);
    if (!passed) failed += 1;
  }
} finally {
  rmSync(folder, {recursive: true});
}
process.exitCode = failed > 0 ? 1 : 0;

async function measure(name: string, {profile, command, scope}: (typeof CASES)[keyof typeof CASES], file: string) {
  const profileFile = join(folder, `${name}.yaml`);
  writeFileSync(profileFile, profile);
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    requests += 1;
    response.writeHead(201, {'content-type': 'application/json'}).end(`{"id":${requests}}`);
  });
  server.keepAliveTimeout = 30_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const {port} = server.address() as AddressInfo;
  const words = [command, file, '--profile', profileFile, '--base-url', `http://127.0.0.1:${port}`, ...scope];
  words.push('--request', 'POST /users', '--body', '{"email":"{{ email }}","name":"{{ name }}","role":"{{ role }}"}');
  if (command === 'run') words.push('--run-dir', join(folder, `${name}.run`), '--yes');
  // The deadline is reached while rows are pending: stopped, resumable.
  const early = command === 'run' && !toTheEnd;
  if (early) words.push('--deadline', '70s');
  const {peakMb, seconds, code, said} = await footprint([process.execPath, PROGRAM, ...words], folder);
  server.close();
  rmSync(join(folder, `${name}.run`), {recursive: true, force: true});
  const passed = peakMb < BOUND_MB && code === (early ? 4 : 0);
  const cells = [name, ROWS, seconds.toFixed(1), requests, peakMb.toFixed(0), BOUND_MB];
  const note = passed ? 'PASS' : `FAIL, exit ${code}`;
  return {line: `| ${cells.join(' | ')} | ${note} |`, passed, said};
}

async function writeRows(file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write('user_id,name,email,role,pair\n');
  for (let row = 1; row <= ROWS; row++) {
    const pair = row % (ROWS / 2);
    const role = row % 7 ? 'member' : 'admin';
    const more = out.write(`u-${row},User Number ${row},user-${row}@example.com,${role},pair-${pair}@example.com\n`);
    if (!more) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
