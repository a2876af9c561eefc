// Measures sluice against what people use instead, on the same servers: node --import tsx bench/limits.ts [case…] [--only TOOL…] [--repeat 3]
import {mkdtempSync, rmSync} from 'node:fs';
import {availableParallelism, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {CONTESTS, type Contest, type Entrant, type Setting, type Tool} from './support/contests.js';
import {type Bound, type Entered, enter, missing} from './support/enter.js';

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {repeat: {type: 'string', default: '1'}, only: {type: 'string', multiple: true, default: []}},
});
const unknown = positionals.filter((name) => !CONTESTS.some((known) => known.name === name));
const repeat = Number(values.repeat);
if (unknown.length > 0 || !Number.isInteger(repeat) || repeat < 1) {
  const names = CONTESTS.map(({name}) => name).join(', ');
  console.error(unknown.length > 0 ? `${unknown.join(', ')}: no such case; there are ${names}` : '--repeat 3');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-limits-'));
const without = new Set(CONTESTS.flatMap(({entrants}) => entrants.flatMap(({tool}) => missing(tool))));
if (without.size > 0) console.error(`left out, because it is not installed: ${[...without].join(', ')}`);
const [load = 0] = loadavg();
if (load > 0.5)
  console.error(
    `load average ${load.toFixed(1)} on ${availableParallelism()} cores before it begins: measure on a machine at rest`,
  );
let failed = 0;
console.log(
  '| case | tool | least s | sending s | process s | part | refusals | lost | twice | CPU ms/row | peak MB | |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|---|---|');
for (const contest of CONTESTS) {
  if (positionals.length > 0 && !positionals.includes(contest.name)) continue;
  for (const entrant of contest.entrants) {
    if (missing(entrant.tool).length > 0 || (values.only.length > 0 && !values.only.includes(entrant.tool))) continue;
    const {setting, entered} = await best(contest, entrant);
    const faults = faultsOf(contest, entrant, entered);
    if (faults.length > 0) failed += 1;
    console.log(line(contest, {...entrant, said: setting.said}, entered, faults));
  }
}
if (failed > 0) console.error(`${failed} failed; what all left behind is in ${folder}`);
else rmSync(folder, {recursive: true});
process.exitCode = failed > 0 ? 1 : 0;

/** The first setting that is not refused; the last where all are. */
async function best(contest: Contest, {tool, settings}: Entrant): Promise<{setting: Setting; entered: Entered}> {
  const [setting, ...others] = settings;
  const entered = await several(contest, tool, setting);
  const [next, ...rest] = others;
  return next && entered.refusals > 0
    ? best(contest, {tool, set: 'tuned', settings: [next, ...rest]})
    : {setting, entered};
}

/** Of several turns the one in the middle by throughput, with the worst that went wrong in any. */
async function several(contest: Contest, tool: Tool, {said, words}: Setting): Promise<Entered> {
  const all: Entered[] = [];
  for (let turn = 1; turn <= repeat; turn++) {
    const place = join(folder, contest.name, `${tool} ${said} ${turn}`.replaceAll(/ +/g, '-'));
    all.push(await enter(contest, tool, words, place));
  }
  const worst = (member: 'refusals' | 'lost' | 'twice') => Math.max(...all.map((each) => each[member]));
  const code = all.find((each) => each.code !== 0)?.code ?? 0;
  const middle = all.toSorted((one, other) => one.part - other.part)[Math.floor((all.length - 1) / 2)]!;
  return {...middle, refusals: worst('refusals'), lost: worst('lost'), twice: worst('twice'), code};
}

/** What sluice did not keep. Others are not judged. */
function faultsOf({honest}: Contest, {tool}: Entrant, {refusals, lost, twice, part, bound, code}: Entered): string[] {
  if (tool !== 'sluice') return [];
  return [
    ...(honest && refusals > 0 ? ['refused'] : []),
    ...(lost > 0 ? ['lost'] : []),
    ...(twice > 0 ? ['twice'] : []),
    ...(bound !== undefined && part < bound.part ? [`below ${shown(bound)}`] : []),
    ...(code === 0 ? [] : [`exit ${code}`]),
  ];
}

function shown({part, roundTripMs}: Bound): string {
  return `${part.toFixed(3)} with ${roundTripMs.toFixed(0)} ms`;
}

function line(
  {name}: Contest,
  {tool, set, said}: Pick<Entrant, 'tool' | 'set'> & {said: string},
  entered: Entered,
  faults: readonly string[],
): string {
  const {least, sending, seconds, part, bound, refusals, lost, twice, cpuMs, peakMb, code} = entered;
  const kept = bound === undefined ? 'PASS' : `PASS, at least ${shown(bound)}`;
  const ended = code === 0 ? '' : `exit ${code}`;
  const note = faults.length > 0 ? `FAIL: ${faults.join(', ')}` : tool === 'sluice' ? kept : ended;
  const times = [least, sending, seconds].map((each) => each.toFixed(1));
  const counts = [refusals, lost, twice];
  const cells = [name, tool === 'sluice' ? tool : `${tool}, ${set}: ${said}`, ...times, part.toFixed(3), ...counts];
  return `| ${[...cells, cpuMs?.toFixed(1) ?? '–', peakMb.toFixed(0), note].join(' | ')} |`;
}
