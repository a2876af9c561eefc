// Plays the fault matrix against the built program: npm run test:faults [-- --only A03,B01] [--group B] [--keep] [--write] [--all]
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {CASES} from './cases.js';
import {claimFaults, type Entry, type Row, readMatrix, resultOf, table} from './matrix.js';
import {page} from './page.js';
import {missing, play} from './stage.js';

const PAGE = 'docs/faults.md';
const {values} = parseArgs({
  options: {
    only: {type: 'string'},
    keep: {type: 'boolean', default: false},
    write: {type: 'boolean', default: false},
    all: {type: 'boolean', default: false},
  },
});
const only = values.only?.split(',');
const wanted = (id: string) => only === undefined || only.some((each) => id.startsWith(each));
const matrix = readMatrix();
const entries = matrix.filter(({id}) => wanted(id));
const results = new Map<string, {title: string; result: string}[]>();
const bad: string[] = [];

for (const lack of new Set(CASES.flatMap(({needs = []}) => missing(needs) ?? [])))
  console.error(`skipped for want of it: ${lack}`);
for (const each of CASES.filter(({ids}) => ids.some(wanted))) {
  const {ids, title, needs = []} = each;
  const begunAt = performance.now();
  const lack = missing(needs);
  const {faults, proofs} = lack === undefined ? await play(each, values.keep) : {faults: [], proofs: []};
  const result =
    lack !== undefined ? `skipped: ${lack}` : faults.length > 0 ? `fails: ${faults[0]!.split('\n')[0]}` : 'passes';
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
  console.error(`${ids.join(' ')} ${title}: ${result} (${seconds} s)${proofs.map((text) => `\n    ${text}`).join('')}`);
  for (const fault of faults) console.error(`    ! ${fault}`);
  if (faults.length > 0) bad.push(`${ids.join(' ')}: ${faults.join('; ')}`);
  for (const id of ids) results.set(id, [...(results.get(id) ?? []), {title, result}]);
}

const rows = entries.map((entry): Row => {
  const scripted = results.get(entry.id) ?? [];
  return {entry, scripted, result: resultOf(entry, scripted)};
});
console.log(table(rows).join('\n'));
bad.push(...entries.flatMap(claimFaults));
bad.push(
  ...rows
    .filter(({result}) => result === 'GAP')
    .map(({entry}) => `${entry.id}: is judged nowhere, and nothing says why`),
);
bad.push(
  ...CASES.flatMap(({ids}) => ids.filter((id) => !matrix.some((entry) => entry.id === id))).map(
    (id) => `${id}: is not in the matrix`,
  ),
);
if (values.all) bad.push(...playSuite(entries));
const count = (word: string) => rows.filter(({result}) => result.startsWith(word)).length;
console.log(
  `\n${rows.length} cases: ${count('passes')} pass, ${count('fails')} fail, ${count('skipped')} skipped, ${count('not kept')} not kept, ${count('not here')} not here, ${count('GAP')} gaps`,
);
if (values.write) writeFileSync(PAGE, page(mergedTable(rows)));
for (const each of bad) console.error(`! ${each}`);
process.exitCode = bad.length > 0 ? 1 : 0;

/** The whole table: what was not played now stands as it stood on the page. */
function mergedTable(played: readonly Row[]): string[] {
  const before = existsSync(PAGE) ? readFileSync(PAGE, 'utf8').split('\n') : [];
  return [
    ...table([]),
    ...matrix.map((entry) => {
      const row = played.find(({entry: {id}}) => id === entry.id);
      const stood = row ? undefined : before.find((line) => line.startsWith(`| ${entry.id} |`));
      return stood ?? table([row ?? {entry, scripted: [], result: 'not played yet'}]).at(-1)!;
    }),
  ];
}

/** Plays the tests of the suite that the matrix names. */
function playSuite(played: readonly Entry[]): string[] {
  const files = new Set(played.flatMap(({tests = []}) => tests.map((claim) => claim.slice(0, claim.indexOf(':')))));
  const {status} = spawnSync('npx', ['mocha', ...[...files].filter((file) => file.endsWith('.test.ts'))], {
    stdio: 'inherit',
  });
  return status === 0 ? [] : ['the tests that the matrix names do not all pass'];
}
