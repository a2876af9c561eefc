// Kills runs with SIGKILL at random instants until so many were killed: npm run test:kills -- [--kills 1000] [--seed 1]
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {startSluice} from '../support/program.js';
import {doubtsOf, executionsOf, resultsOf} from './oracle.js';
import {openProvider} from './provider.js';

const ROWS = 500;
const CONCURRENCY = 8;
const PROFILE = `name: kills\nlimits:\n  - {name: all, windows: [{requests: 1000, seconds: 1}]}\nconcurrency: ${CONCURRENCY}\n`;

type Phase = 'startup' | 'sending' | 'ending';

type Sum = {
  runs: number;
  lost: number;
  twiceUnlisted: number;
  twiceListed: number;
  inDoubt: number;
  mostInDoubt: number;
  readonly fell: Record<Phase, number>;
  readonly faults: string[];
};

const {values} = parseArgs({options: {kills: {type: 'string'}, seed: {type: 'string'}}});
const wanted = Number(values.kills ?? 1000);
const seed = Number(values.seed ?? 1);
const random = randomFrom(seed);
const sum: Sum = {
  runs: 0,
  lost: 0,
  twiceUnlisted: 0,
  twiceListed: 0,
  inDoubt: 0,
  mostInDoubt: 0,
  fell: {startup: 0, sending: 0, ending: 0},
  faults: [],
};
/** How long a start takes until its first request, as last seen. */
let startMs = 1000;
let kills = 0;
console.log(`${wanted} kills, ${ROWS} rows a run, ${CONCURRENCY} at once, seed ${seed}`);
while (kills < wanted && sum.faults.length === 0) {
  sum.runs += 1;
  const before = kills;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-killed-'));
  const found = await oneRun(folder, sum.runs % 2 === 0 ? 'retry' : 'hold');
  console.log(
    `run ${sum.runs}: ${kills - before} kills${found.length > 0 ? `; ${found.join(', ')}; see ${folder}` : ''}`,
  );
  if (found.length === 0) rmSync(folder, {recursive: true});
  sum.faults.push(...found);
}
const {startup, sending, ending} = sum.fell;
console.log(
  `\n| kills | runs | lost | twice, not listed | twice, listed | in doubt | most in doubt at one kill | in startup | while sending | in the end |`,
);
console.log('|---|---|---|---|---|---|---|---|---|---|');
console.log(
  `| ${[kills, sum.runs, sum.lost, sum.twiceUnlisted, sum.twiceListed, sum.inDoubt, sum.mostInDoubt, startup, sending, ending].join(' | ')} |`,
);
process.exitCode = sum.faults.length > 0 || kills < wanted ? 1 : 0;

/** One run, killed until it is done, and judged by the provider's log. Rows in doubt are sent again at its end, or held. */
async function oneRun(cwd: string, inDoubt: 'hold' | 'retry'): Promise<string[]> {
  const rows = Array.from({length: ROWS}, (_, index) => String(index + 1));
  writeFileSync(join(cwd, 'rows.csv'), `id\n${rows.join('\n')}\n`);
  writeFileSync(join(cwd, 'kills.yaml'), PROFILE);
  mkdirSync(join(cwd, 'state'), {recursive: true});
  const provider = await openProvider(join(cwd, 'heard.ndjson'));
  await provider.tell({latencyMs: [5, 60]});
  try {
    const run = ['run', 'rows.csv', '--profile', './kills.yaml', '--base-url', provider.url];
    run.push('--request', 'POST /ops/{{ id }}', '--header', 'x-op: {{ id }}', '--quiet', '--timeout', '5s');
    for (;;) {
      const begun = existsSync(join(cwd, 'rows.run/run.json'));
      const words = begun ? ['resume', 'rows.run', '--quiet', '--timeout', '5s'] : run;
      if (kills === wanted) break;
      const doubtful = doubtsOf(join(cwd, 'rows.run')).size;
      if (!(await kill(words, cwd, provider))) break;
      sum.mostInDoubt = Math.max(sum.mostInDoubt, doubtful === 0 ? 0 : doubtsOf(join(cwd, 'rows.run')).size - doubtful);
    }
    const words = existsSync(join(cwd, 'rows.run/run.json')) ? ['resume', 'rows.run'] : run;
    const held = await startSluice(words, {cwd}).ended;
    // What the program itself lists: nothing was sent again before.
    const listed = new Set(
      [...resultsOf(join(cwd, 'rows.run'))].filter(([, state]) => state === 'in-doubt').map(([row]) => row),
    );
    const last =
      inDoubt === 'hold' ? held : await startSluice(['resume', 'rows.run', '--in-doubt', 'retry'], {cwd}).ended;
    return verdict(cwd, {
      rows,
      listed,
      last: last.exit,
      inDoubt,
      stderr: last.stderr,
      heard: executionsOf(provider.heard()),
    });
  } finally {
    await provider.close();
  }
}

/** Starts the program and kills it at a random instant. False when it had ended before. */
async function kill(
  words: readonly string[],
  cwd: string,
  provider: Awaited<ReturnType<typeof openProvider>>,
): Promise<boolean> {
  const heardBefore = provider.count();
  const executionsBefore = provider.executions();
  const executed = executionsOf(provider.heard());
  const toExecute = ROWS - [...doubtsOf(join(cwd, 'rows.run'))].filter((row) => !executed.has(row)).length;
  const begunAt = performance.now();
  const {child, ended} = startSluice(words, {cwd});
  let over = false;
  void ended.then(() => {
    over = true;
  });
  // Of the last ones of a run half are to fall when all has been executed and results are written.
  const atTheEnd = random() < 0.5 && heardBefore > ROWS * 0.8;
  const lifeMs = random() * (startMs + 700);
  const extraMs = random() * 120;
  let firstAt: number | undefined;
  let doneAt: number | undefined;
  for (;;) {
    const now = performance.now();
    if (firstAt === undefined && provider.count() > heardBefore) {
      firstAt = now;
      startMs = 0.7 * startMs + 0.3 * (now - begunAt);
    }
    if (doneAt === undefined && executed.size + provider.executions() - executionsBefore >= toExecute) doneAt = now;
    if (over) return false;
    const due = atTheEnd ? doneAt !== undefined && now - doneAt >= extraMs : now - begunAt >= lifeMs;
    if (due || now - begunAt > 20_000) break;
    await new Promise((done) => setTimeout(done, 2));
  }
  child.kill('SIGKILL');
  const {signal} = await ended;
  if (signal !== 'SIGKILL') return false;
  kills += 1;
  sum.fell[doneAt !== undefined ? 'ending' : firstAt === undefined ? 'startup' : 'sending'] += 1;
  return true;
}

type Seen = {
  readonly rows: readonly string[];
  readonly listed: ReadonlySet<string>;
  readonly last: number | null;
  readonly inDoubt: 'hold' | 'retry';
  readonly stderr: string;
  readonly heard: ReadonlyMap<string, number>;
};

function verdict(cwd: string, {rows, listed, last, inDoubt, stderr, heard}: Seen): string[] {
  const stateOf = resultsOf(join(cwd, 'rows.run'));
  let [lost, twice, twiceListed, doubtful] = [0, 0, 0, 0];
  for (const row of rows) {
    const times = heard.get(row) ?? 0;
    const state = stateOf.get(row);
    if (state === 'in-doubt') doubtful += 1;
    if (state === 'ok' ? times === 0 : state !== 'in-doubt') lost += 1;
    if (times > 1 && listed.has(row)) twiceListed += 1;
    if (times > 1 && !listed.has(row)) twice += 1;
  }
  sum.lost += lost;
  sum.twiceUnlisted += twice;
  sum.twiceListed += twiceListed;
  sum.inDoubt += listed.size;
  const expected = doubtful > 0 ? 3 : 0;
  return [
    ...(lost > 0 ? [`${lost} lost`] : []),
    ...(twice > 0 ? [`${twice} twice, not listed`] : []),
    ...(last === expected ? [] : [`exit ${last}, expected ${expected}: ${stderr.slice(-300)}`]),
    ...(inDoubt === 'retry' && doubtful > 0 ? [`${doubtful} still in doubt`] : []),
  ];
}

function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
