import type {Interfaces} from '@oclif/core';
import {now, wallNow} from '../clock.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';
import {shellWord} from '../report/summary.js';
import {orderFrom, overridesFrom} from './ask.js';
import type {askFlags, paceFlags, sessionFlags} from './flags.js';
import {localZone} from './instant.js';
import {refuseExisting} from './page-file.js';
import {plain} from './plain.js';
import {planLines} from './plan.js';
import type {planFlags} from './plan-flags.js';
import {openReading} from './reading.js';
import {canvasOf, sparkLines} from './sparkline.js';
import {terminalOf} from './terminal.js';
import {parseLatency, parseRows} from './words.js';

type Words = Interfaces.InferredFlags<
  typeof askFlags & typeof paceFlags & Pick<typeof sessionFlags, 'on-key-failure'>
> &
  Partial<Interfaces.InferredFlags<typeof planFlags>>;

/** `sluice plan [FILE]` and `sluice run FILE --dry-run`, `words` being what was typed behind the command. Returns the exit code: 65 when a row cannot be sent. */
export async function showPlan(file: string | undefined, flags: Words, words: readonly string[]): Promise<ExitCode> {
  const {html} = flags;
  if (html !== undefined) await refusePage(html, file, flags.force ?? false);
  const {plan, drawn, groups, notes, exit} = await (flags.count ? ofCounts(file, flags) : ofFile(file, flags));
  if (html !== undefined) {
    const {writePlanPage} = await import('./show-page.js');
    const what = flags.count?.join(', ') ?? (file === '-' ? '<stdin>' : file!);
    writePlanPage(what, {plan, drawn, notes}, {...flags, html}, {now: wallNow(), zone: localZone()});
  }
  for (const note of notes) process.stderr.write(`${plain(note)}\n`);
  if (flags.json) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
  else {
    const {color} = terminalOf(process.stdout, process.env);
    const chart = sparkLines(drawn, plan.seconds * 1000, canvasOf(process.stdout, process.env));
    const next = exit === 0 ? nextCommand(words, flags) : `correct ${file}, or add --skip-invalid`;
    process.stdout.write(
      `${planLines(plan, {groups, counted: flags.count !== undefined, assumed: parseLatency(flags.latency), chart, color, now: wallNow(), zone: localZone(), next}).join('\n')}\n`,
    );
  }
  return exit;
}

async function refusePage(html: string, file: string | undefined, force: boolean): Promise<void> {
  const {isJobFile} = await import('./job.js');
  if (file !== undefined && isJobFile(file))
    throw new Problem(
      'HTML_UNWANTED',
      `--html is given, and ${JSON.stringify(file)} is a job, whose steps are planned one by one`,
      'Leave out --html, or plan the input of one step.',
      {exit: EXIT.usage},
    );
  if (!force) refuseExisting(html);
}

// What the one needs is much to load, and of no use to the other.
async function ofCounts(file: string | undefined, flags: Words) {
  const {countsFrom} = await import('./show-counts.js');
  return {...countsFrom(file, flags), groups: [], exit: EXIT.ok};
}

async function ofFile(file: string | undefined, flags: Words) {
  if (file === undefined)
    throw new Problem(
      'WORD_MISSING',
      'FILE is missing, expected a CSV or NDJSON file, gzipped or not; - for standard input',
      'Name the file, or say how many requests there are: --count OPERATION=1e6',
      {exit: EXIT.usage},
    );
  const {planOrder} = await import('../plan/prepare.js');
  const {tty} = terminalOf(process.stderr, process.env);
  const reading = openReading({stream: process.stderr, tty});
  const {bad, ...planning} = await planOrder(orderFrom(file, flags), {
    overrides: overridesFrom(flags),
    credential: flags.credential,
    envFile: flags['env-file'],
    env: process.env,
    rows: flags.rows === undefined ? undefined : parseRows(flags.rows),
    stopKeys: flags['on-key-failure'] === 'stop',
    latency: parseLatency(flags.latency),
    startAt: now(),
    onBytes: (bytes, of) => reading.show({name: file === '-' ? '<stdin>' : file, bytes, of}, now()),
  }).finally(reading.close);
  return {...planning, groups: bad.groups.list()};
}

/** Flags of a plan that a run does not have, with whether a value stands behind. */
const OF_PLANS: Readonly<Record<string, boolean>> = {
  '--dry-run': false,
  '--count': true,
  '--keys': true,
  '--html': true,
  '--force': false,
};

/** The run that was planned; of counts, the plan of the file that is to come. */
function nextCommand(words: readonly string[], {count}: Words): string {
  const kept = words.filter((word, place) => {
    const [flag = ''] = word.split('=', 1);
    return !Object.hasOwn(OF_PLANS, flag) && !(OF_PLANS[words[place - 1] ?? ''] === true);
  });
  return ['sluice', ...(count ? ['plan', 'FILE'] : ['run']), ...kept.map(shellWord)].join(' ');
}
