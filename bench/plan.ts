// Holds what a plan says against what a run takes, at a provider in a box: node --import tsx bench/plan.ts [--list] [--case NAME…] [--at-once 3]
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {type Compared, comparePlan, type Opened, openCase} from './support/compare-plan.js';
import {PLAN_CASES, type PlanCase} from './support/plan-cases.js';

/** Where limits bind, the plan is this near to the run. */
const BOUND = 0.02;
/** Until a run is up to speed, no other begins. */
const STARTING_MS = 4000;

const {values} = parseArgs({
  options: {
    list: {type: 'boolean', default: false},
    case: {type: 'string', multiple: true, default: []},
    'at-once': {type: 'string', default: '3'},
  },
});
const unknown = values.case.filter((name) => !PLAN_CASES.some((known) => known.name === name));
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: no such case; there are ${PLAN_CASES.map(({name}) => name).join(', ')}`);
  process.exit(2);
}
if (values.list) {
  for (const {name, about} of PLAN_CASES) console.log(`${name}: ${about}`);
  process.exit(0);
}

const wanted = PLAN_CASES.filter(({name}) => values.case.length === 0 || values.case.includes(name));
const folder = mkdtempSync(join(tmpdir(), 'sluice-plan-'));
const found = new Map<PlanCase, Compared>();
const before = loadavg()[0]!;
const opened: Opened[] = [];
for (const given of wanted) {
  const place = join(folder, given.name);
  mkdirSync(place);
  opened.push(await openCase(given, place));
}
const left = [...opened];
let mayStart: Promise<unknown> = Promise.resolve();
await Promise.all(Array.from({length: Number(values['at-once'])}, work));
const failed = wanted.filter((given) => !passed(given, found.get(given)!));

console.log(
  '| case | requests | planned s | range s | real s | error | process s | answer ms | planned: binds | real: held | |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|---|');
for (const given of wanted) console.log(line(given, found.get(given)!));
const errors = wanted.filter(({free}) => !free).map((given) => Math.abs(errorOf(found.get(given)!)));
console.log(`\n${errors.length} cases in which limits bind; the largest error is ${percent(Math.max(0, ...errors))}.`);
const load = `${before.toFixed(1)} before, ${loadavg()[0]!.toFixed(1)} at the end`;
console.log(
  `${new Date().toISOString()}, Node ${process.version}, ${values['at-once']} at once; load of the machine ${load}.`,
);
if (failed.length > 0) console.error(`${failed.length} failed; what they left behind is in ${folder}`);
else rmSync(folder, {recursive: true});
process.exitCode = failed.length > 0 ? 1 : 0;

async function work(): Promise<void> {
  for (let next = left.shift(); next; next = left.shift()) {
    const mine = mayStart;
    mayStart = mine.then(() => sleep(STARTING_MS));
    await mine;
    const {given} = next;
    const compared = await comparePlan(next);
    found.set(given, compared);
    console.error(line(given, compared));
    if (passed(given, compared)) rmSync(next.folder, {recursive: true});
  }
}

function passed({free = false}: PlanCase, compared: Compared): boolean {
  return compared.clean && compared.named && (free || Math.abs(errorOf(compared)) <= BOUND);
}

function errorOf({planned, real}: Compared): number {
  return planned / real - 1;
}

function line(given: PlanCase, compared: Compared): string {
  const {requests, planned, low, high, real, process, latencyMs, plannedBy, heldBy, named, clean} = compared;
  const notes = [
    passed(given, compared) ? 'PASS' : 'FAIL',
    ...(named ? [] : ['names another']),
    ...(clean ? [] : ['refused or sent twice']),
  ];
  const cells = [
    `${given.name}: ${given.about}`,
    requests,
    planned.toFixed(2),
    `${low.toFixed(1)} to ${high.toFixed(1)}`,
    real.toFixed(2),
    percent(errorOf(compared)),
    process.toFixed(1),
    Math.round(latencyMs),
    plannedBy,
    heldBy,
    notes.join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)} %`;
}
