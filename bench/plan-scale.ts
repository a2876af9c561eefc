// Measures how large a plan may be: node --import tsx bench/plan-scale.ts [--rows 10000000] [--file KEPT.csv]
// Ten million rows in no more than 60 s beyond what reading them takes, and 300 MB; a billion from their number alone in a second. Takes 1 GB of disk.
// Judged by seconds of the processor, where they can be measured: those of the clock are also what else the machine does.
import {once} from 'node:events';
import {createWriteStream, existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';
import {type Footprint, footprint} from './support/memory.js';
import {PROGRAM} from './support/sluice.js';

const BOUNDS = {beyondSeconds: 60, peakMb: 300, countSeconds: 1} as const;
const PROFILE = `
name: scale
credentials: []
operations:
  CreateUser: {route: "POST /users"}
limits:
  - name: network
    windows: [{requests: 1000, seconds: 1}, {requests: 50000, seconds: 60}]
concurrency: 200
`;
const DIST = pathToFileURL(join(PROGRAM, '../../dist/')).href;
/** The reader of the plan, and the digest that it takes on the way: every row is cut, decoded and checked as CSV, and nothing is made of it. */
const READ = `
const {openInput} = await import('${DIST}operations/source.js');
const {readRows} = await import('${DIST}operations/read.js');
const {createHash} = await import('node:crypto');
const hash = createHash('sha256');
let rows = 0;
for await (const row of readRows(await openInput(process.argv[1]), (chunk) => hash.update(chunk), () => false)) rows += row.place.row > 0 ? 1 : 0;
console.log(rows, hash.digest('hex'));
`;

const {values} = parseArgs({options: {rows: {type: 'string', default: '10000000'}, file: {type: 'string'}}});
const rows = Number(values.rows);
const folder = mkdtempSync(join(tmpdir(), 'sluice-scale-'));
let failed = 0;
try {
  const file = resolve(values.file ?? join(folder, 'users.csv'));
  if (!existsSync(file)) await writeRows(file);
  const profile = join(folder, 'scale.yaml');
  writeFileSync(profile, PROFILE);
  const send = ['--profile', profile, '--base-url', 'https://api.example.com'];
  const body = ['--body', '{"email":"{{ email }}","name":"{{ name }}","role":"{{ role }}"}'];
  console.log('| what | rows | seconds | of the processor | beyond reading | times reading | peak MB | |');
  console.log('|---|---|---|---|---|---|---|---|');
  const read = await measure('--input-type=module', '-e', READ, file);
  tell('reading alone', rows, read, read.code === 0);
  const plans = {
    'plan, one request for all': ['--request', 'POST /users', ...body],
    'plan, a path of its own for each': ['--request', 'PUT /users/{{ user_id }}', ...body],
  };
  for (const [name, words] of Object.entries(plans)) {
    const plan = await measure(PROGRAM, 'plan', file, ...send, ...words);
    const beyond = busy(plan) - busy(read);
    tell(name, rows, plan, plan.code === 0 && beyond < BOUNDS.beyondSeconds && plan.peakMb < BOUNDS.peakMb, read);
  }
  const count = await measure(PROGRAM, 'plan', '--count', 'CreateUser=1e9', ...send);
  tell('plan --count', 1e9, count, count.code === 0 && busy(count) < BOUNDS.countSeconds);
} finally {
  rmSync(folder, {recursive: true});
}
process.exitCode = failed > 0 ? 1 : 0;

function measure(...words: readonly string[]): Promise<Footprint> {
  return footprint([process.execPath, ...words], folder);
}

/** The collector of garbage and the compiler have threads of their own, so that either may be more. */
function busy({seconds, cpuSeconds = seconds}: Footprint): number {
  return Math.min(seconds, cpuSeconds);
}

function tell(name: string, count: number, taken: Footprint, passed: boolean, read?: Footprint): void {
  const {seconds, cpuSeconds, peakMb, code, said} = taken;
  const beyond = read ? [(busy(taken) - busy(read)).toFixed(1), (busy(taken) / busy(read)).toFixed(2)] : ['', ''];
  const cells = [name, count, seconds.toFixed(1), cpuSeconds?.toFixed(1) ?? '', ...beyond, peakMb.toFixed(0)];
  console.log(`| ${cells.join(' | ')} | ${passed ? 'PASS' : `FAIL, exit ${code}`} |`);
  if (passed) return;
  failed += 1;
  console.error(said);
}

async function writeRows(file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write('user_id,name,email,role\n');
  for (let row = 1; row <= rows; row++) {
    const role = row % 7 ? 'member' : 'admin';
    if (!out.write(`u-${row},User Number ${row},user-${row}@example.com,${role}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
