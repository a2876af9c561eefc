// Measures the whole program against a provider in a box, one case per provider: node --import tsx bench/providers.ts [case…]
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {CASES} from './support/cases.js';
import {type Measured, measure} from './support/measure.js';

const wanted = process.argv.slice(2);
const cases = CASES.filter(({name}) => wanted.length === 0 || wanted.includes(name));
const unknown = wanted.filter((name) => !CASES.some((known) => known.name === name));
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: no such case; there are ${CASES.map(({name}) => name).join(', ')}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
let failed = 0;
console.log('| case | rows | least s | real s | sending s | ratio | bound | refusals | lost | twice | resent | |');
console.log('|---|---|---|---|---|---|---|---|---|---|---|---|');
for (const given of cases) {
  const place = join(folder, given.name);
  mkdirSync(place);
  const measured = await measure(given, place);
  console.log(line(given.name, given.rows, given.bound, measured));
  if (measured.passed) rmSync(place, {recursive: true});
  else failed += 1;
}
if (failed > 0) console.error(`${failed} failed; what they left behind is in ${folder}`);
else rmSync(folder, {recursive: true});
process.exitCode = failed > 0 ? 1 : 0;

function line(name: string, rows: number, bound: number, measured: Measured): string {
  const {least, seconds, sending, ratio, refusals, lost, twice, resent, passed, code, second, refusedBy} = measured;
  const notes = [
    passed ? 'PASS' : 'FAIL',
    `from second ${second.toFixed(1)}`,
    ...(code === 0 ? [] : [`exit ${code}`]),
    ...(refusals > 0 ? [JSON.stringify(refusedBy)] : []),
  ];
  const times = [least, seconds, sending].map((each) => each.toFixed(1));
  const cells = [
    name,
    rows,
    ...times,
    ratio.toFixed(3),
    bound.toFixed(2),
    refusals,
    lost,
    twice,
    resent,
    notes.join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}
