// Kills a run twenty times and goes on with it each time: node --import tsx bench/kills.ts [plain|reset-after…]
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Judgement, judge} from './support/judge.js';
import {type Ended, serve, sluice} from './support/sluice.js';

const ROWS = 2000;
const KILLS = 20;
const CONCURRENCY = 8;
/** 30 per second in the long run: 66 s for all rows, besides what each start takes. */
const PROFILE = `
name: kills
limits:
  - name: network
    windows: [{requests: 60, seconds: 2}, {requests: 40, seconds: 1}]
  - name: user
    per: [user]
    windows: [{requests: 10, seconds: 1}]
concurrency: ${CONCURRENCY}
`;
const VARIANTS: Readonly<Record<string, string>> = {plain: '', 'reset-after': 'reset-after=1%'};

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'sluice-kills-'));
let failed = 0;
console.log('| variant | rows | kills | seconds | refusals | lost | twice, not listed | in doubt | at most | |');
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const [name, faults] of Object.entries(VARIANTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const place = join(folder, name);
  mkdirSync(place);
  const {line, passed} = await killAndGoOn(name, faults, place);
  console.log(line);
  if (passed) rmSync(place, {recursive: true});
  else failed += 1;
}
if (failed > 0) console.error(`${failed} failed; what they left behind is in ${folder}`);
else rmSync(folder, {recursive: true});
process.exitCode = failed > 0 ? 1 : 0;

async function killAndGoOn(name: string, faults: string, place: string): Promise<{line: string; passed: boolean}> {
  const [file, profile, runFolder] = ['rows.csv', 'profile.yaml', 'rows.run'].map((each) => join(place, each));
  const rows = Array.from({length: ROWS}, (_, index) => `agent-${index % 5},${index + 1}`);
  writeFileSync(file!, `user,n\n${rows.join('\n')}\n`);
  writeFileSync(profile!, PROFILE);
  const words = ['--latency', '20-200', '--faults', faults, '--scope', 'user=header:x-user'];
  const provider = await serve(profile!, words, place);
  try {
    const begunAt = performance.now();
    const {kills, last} = await inPieces(
      [
        ...[
          'run',
          file!,
          '--profile',
          profile!,
          '--base-url',
          provider.url,
          '--timeout',
          '3s',
          '--scope',
          'user=@user',
        ],
        ...['--request', 'POST /users', '--body', '{"n":"{{ n }}"}'],
        ...['--header', 'x-row: {{ n }}', '--header', 'x-user: {{ user }}'],
      ],
      ['resume', runFolder!, '--timeout', '3s'],
      place,
    );
    const seconds = (performance.now() - begunAt) / 1000;
    const judgement = judge(ROWS, provider.log, runFolder!);
    const most = kills * CONCURRENCY + resets(provider.log);
    const listed = inDoubtRows(runFolder!);
    const faultsFound = verdict(judgement, {kills, last, most, listed});
    const cells = [name, ROWS, kills, seconds.toFixed(1), judgement.refusals, judgement.lost, judgement.twice];
    cells.push(listed, most, faultsFound.length === 0 ? 'PASS' : `FAIL: ${faultsFound.join(', ')}`);
    return {line: `| ${cells.join(' | ')} |`, passed: faultsFound.length === 0};
  } finally {
    await provider.stop();
  }
}

/** Runs, and kills, and resumes, until it has been killed often enough or has ended by itself. */
async function inPieces(
  run: readonly string[],
  resume: readonly string[],
  place: string,
): Promise<{kills: number; last: Ended}> {
  let kills = 0;
  for (;;) {
    // One that was killed before it had written down what was asked is no run yet: it is begun anew.
    const words = existsSync(join(resume[1]!, 'run.json')) ? resume : run;
    const {child, ended} = sluice(words, place, 'run');
    if (kills === KILLS) return {kills, last: await ended};
    // From before the first request of the piece to some seconds after it.
    const lifeMs = kills % 5 === 4 ? 600 + 60 * kills : 1500 + 1000 * ((kills * 7) % 5) * 0.8;
    const alive = await Promise.race([sleep(lifeMs, true), ended.then(() => false)]);
    if (!alive) return {kills, last: await ended};
    child.kill('SIGKILL');
    await ended;
    kills += 1;
  }
}

type Found = {readonly kills: number; readonly last: Ended; readonly most: number; readonly listed: number};

function verdict({refusals, lost, twice, inDoubt}: Judgement, {kills, last, most, listed}: Found): string[] {
  const expected = inDoubt > 0 ? 3 : 0;
  return [
    ...(kills === KILLS ? [] : [`only ${kills} kills`]),
    ...(last.code === expected ? [] : [`exit ${last.code}, expected ${expected}`]),
    ...(refusals === 0 ? [] : [`${refusals} refusals`]),
    ...(lost === 0 ? [] : [`${lost} lost`]),
    ...(twice === 0 ? [] : [`${twice} twice`]),
    ...(inDoubt === listed ? [] : [`${inDoubt} rows in doubt, ${listed} listed`]),
    ...(listed <= most ? [] : [`${listed} in doubt, expected at most ${most}`]),
  ];
}

/** How many rows in-doubt.csv lists. No cell of these rows has a line break. */
function inDoubtRows(runFolder: string): number {
  try {
    return readFileSync(join(runFolder, 'in-doubt.csv'), 'utf8').trimEnd().split('\n').length - 1;
  } catch {
    return 0;
  }
}

/** Connections that the provider cut after it had executed the request: each leaves one row in doubt. */
function resets(log: string): number {
  return readFileSync(log, 'utf8').split('"fault":"reset-after"').length - 1;
}
