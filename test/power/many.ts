import {parseArgs} from 'node:util';
import {type Fault, type Played, play} from './play.js';

const text = (value: string) => ({type: 'string', default: value}) as const;
const {values} = parseArgs({options: {seeds: text('1000'), from: text('1'), broken: {type: 'string'}}});
const [from, seeds] = [Number(values.from), Number(values.seeds)];
const broken = values.broken as Fault;

const fell = new Map<string, {power: number; kill: number}>();
const sum = {rows: 0, cuts: 0, lost: 0, twice: 0, executedTwice: 0, doubtful: 0, torn: 0, anew: 0};
const damage = {refused: 0, torn: 0, clean: 0};
let failures = 0;
for (let seed = from; seed < from + seeds; seed++) {
  const played = await play(seed, broken);
  note(played);
  for (const fault of played.faults) console.log(`seed ${seed}: ${fault}`);
  if (played.faults.length === 0) continue;
  failures += 1;
  console.log(`  again: npm run test:power -- --seeds 1 --from ${seed}`);
}
printTables();
console.log(`seeds ${from} to ${from + seeds - 1}: ${failures === 0 ? 'no failure' : `${failures} failed`}`);
process.exitCode = failures > 0 ? 1 : 0;

function note({cuts, damaged, ...played}: Played): void {
  for (const {kind, phase} of cuts) {
    const row = fell.get(phase) ?? {power: 0, kill: 0};
    fell.set(phase, row);
    row[kind] += 1;
  }
  sum.cuts += cuts.length;
  for (const name of ['rows', 'lost', 'twice', 'executedTwice', 'doubtful', 'torn', 'anew'] as const)
    sum[name] += played[name];
  if (damaged) damage[damaged.verdict] += 1;
}

function printTables(): void {
  console.log('| where the cut fell | power | kill |');
  console.log('|---|---|---|');
  for (const phase of ['creation', 'recovery', 'opening', 'sending', 'rotation', 'ending']) {
    const {power, kill} = fell.get(phase) ?? {power: 0, kill: 0};
    console.log(`| ${phase} | ${power} | ${kill} |`);
  }
  console.log('');
  console.log(
    '| rows | cuts | lost | executed twice, not listed | executed twice, listed and decided | listed in doubt | torn ends | begun anew |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  const {rows, cuts, lost, twice, executedTwice, doubtful, torn, anew} = sum;
  console.log(`| ${[rows, cuts, lost, twice, executedTwice - twice, doubtful, torn, anew].join(' | ')} |`);
  console.log('');
  console.log(
    `a sector damaged later: refused ${damage.refused}, taken for a torn end where nothing says otherwise ${damage.torn + damage.clean}`,
  );
}
