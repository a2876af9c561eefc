import {Problem} from '../problem.js';
import type {World} from '../run/begin.js';
import {type Probed, type ProbeOrder, probeRows} from '../run/probe-rows.js';
import {sessionFrom} from './ask.js';
import {sessionFlags} from './flags.js';
import {count, plain} from './plain.js';
import {openWorld} from './watch.js';

/** So many reasons why rows stay in doubt are told, the most frequent ones. */
const REASONS = 5;

type Words = {readonly timeout: string; readonly 'env-file'?: string | undefined};

/** Probes the rows in doubt with what is usual of a session, and says what was found. */
export async function probeRun(folder: string, words: Words, tool: string): Promise<Probed> {
  const {world, progress} = openWorld({tool, quiet: false});
  try {
    return await probeRows(usualOrder(folder, words), world);
  } finally {
    progress.close();
  }
}

/** Probes before a run is gone on with. Throws PROBE_STOPPED where that was ended early: what is in doubt still nobody knows then. */
export async function probeFirst(order: ProbeOrder, world: World): Promise<void> {
  // What goes on after it wants its secrets too.
  const probed = await probeRows(order, {...world, env: {...world.env}});
  if (probed.happened.length + probed.didNot.length + probed.left.length > 0)
    for (const line of probedLines(probed)) world.watcher.say(line);
  if (probed.stop === undefined) return;
  throw new Problem(
    'PROBE_STOPPED',
    `the probing of rows in doubt was stopped: ${probed.stop.message}`,
    `Go on without it: sluice resume ${order.folder}`,
    {exit: probed.stop.exit},
  );
}

/** What probes found, for people. */
export function probedLines({happened, didNot, left}: Pick<Probed, 'happened' | 'didNot' | 'left'>): string[] {
  const rows = new Map<string, number[]>();
  for (const {row, why} of left) rows.set(why, [...(rows.get(why) ?? []), row]);
  const reasons = [...rows].sort(([, one], [, other]) => other.length - one.length);
  const more = reasons.length - REASONS;
  return [
    `probed: ${happened.length} executed, ${didNot.length} not executed and to be sent again, ${left.length} left in doubt`,
    ...reasons
      .slice(0, REASONS)
      .map(([why, found]) => `  - ${plain(why)}: ${count(found.length, 'row')}, first row ${Math.min(...found)}`),
    ...(more > 0 ? [`  - and ${more} other reasons`] : []),
  ];
}

function usualOrder(folder: string, {timeout, 'env-file': envFile}: Words): ProbeOrder {
  const usual = (name: 'max-wait' | 'max-offline' | 'drain-timeout') => sessionFlags[name].default as string;
  const session = sessionFrom(folder, {
    timeout,
    'max-wait': usual('max-wait'),
    'max-offline': usual('max-offline'),
    'drain-timeout': usual('drain-timeout'),
    'in-doubt': 'hold',
    'keep-bodies': 'failed',
    'if-busy': 'wait',
    'env-file': envFile,
  } as unknown as Parameters<typeof sessionFrom>[1]);
  return {...session, acceptCredential: false};
}
