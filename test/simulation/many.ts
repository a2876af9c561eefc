import {parseArgs} from 'node:util';
import {caseOf, promiseOf} from './cases.js';
import {type Played, play} from './play.js';
import {judgeCase} from './verdict.js';

/** What is told of all cases whose servers count alike. */
type Row = {
  cases: number;
  requests: number;
  refused: number;
  fullest: number;
  unsettled: number;
  readonly ratios: number[];
};

const text = (value: string) => ({type: 'string', default: value}) as const;
const {values} = parseArgs({options: {seeds: text('1000'), from: text('1'), pace: text('burst'), ramp: text('0')}});
const pacing = {pace: values.pace === 'even' ? 'even' : 'burst', rampSeconds: Number(values.ramp)} as const;
const [from, seeds] = [Number(values.from), Number(values.seeds)];
const rows = new Map<string, Row>();
let failures = 0;
for (let seed = from; seed < from + seeds; seed++) {
  const faults = playSeed(seed);
  for (const fault of faults) console.log(`seed ${seed}: ${fault}`);
  if (faults.length === 0) continue;
  failures += 1;
  const {pace, rampSeconds} = pacing;
  console.log(`  again: npm run test:simulation -- --seeds 1 --from ${seed} --pace ${pace} --ramp ${rampSeconds}`);
}
printTable();
console.log(`seeds ${from} to ${from + seeds - 1}: ${failures === 0 ? 'no failure' : `${failures} failed`}`);
process.exitCode = failures > 0 ? 1 : 0;

function playSeed(seed: number): readonly string[] {
  try {
    const each = {...caseOf(seed), pacing};
    const played = play(each);
    const {faults, ratio} = judgeCase(each, played);
    const counting = new Set(each.provider.limits.flatMap(({windows}) => windows.map(({algorithm}) => algorithm)));
    note(`${counting.size > 1 ? 'several' : [...counting][0]}, ${promiseOf(each)}`, played, ratio);
    return faults;
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

function note(name: string, {seen, unsettled}: Played, ratio: number | undefined): void {
  const row = rows.get(name) ?? {cases: 0, requests: 0, refused: 0, fullest: 0, unsettled: 0, ratios: []};
  rows.set(name, row);
  row.cases += 1;
  row.requests += seen.arrivals;
  row.refused += seen.refused;
  row.fullest = Math.max(row.fullest, seen.fullest);
  row.unsettled += unsettled;
  if (ratio !== undefined) row.ratios.push(ratio);
}

function printTable(): void {
  console.log(
    '| servers | cases | requests | refused | fullest window | unsettled | of the optimum: worst | hundredth | median |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const [name, {cases, requests, refused, fullest, unsettled, ratios}] of [...rows].sort()) {
    ratios.sort((one, other) => one - other);
    const part = (of: number) => ratios[Math.floor(ratios.length * of)]?.toFixed(4) ?? '';
    const told = [cases, requests, refused, fullest.toFixed(4), unsettled, part(0), part(0.01), part(0.5)];
    console.log(`| ${name} | ${told.join(' | ')} |`);
  }
}
