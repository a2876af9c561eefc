import {wallNow} from '../clock.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';
import {hasProbes} from '../report/in-doubt.js';
import {deriveFiles} from '../report/stand.js';
import {decideRows} from '../run/decide.js';
import {type Decision, readDecisions} from '../run/decisions.js';
import {findRun} from './look.js';
import {count, plain} from './plain.js';
import {probedLines, probeRun} from './probe.js';
import {summaryLines} from './summary.js';
import {terminalOf} from './terminal.js';

/** What `sluice settle` was told: some rows and what they are, or a file that says so for each, or to look. */
export type SettleWords = {
  readonly row?: readonly number[] | undefined;
  readonly as?: string | undefined;
  readonly note?: string | undefined;
  readonly captured?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly probe: boolean;
  readonly timeout: string;
  readonly 'env-file'?: string | undefined;
  readonly json: boolean;
};

/**
 * `sluice settle`: writes what was decided of rows in doubt, or what probes find, makes the derived files again, and says how the run stands now.
 * Returns the exit code.
 */
export async function settleRows(run: string | undefined, words: SettleWords, tool: string): Promise<ExitCode> {
  const folder = run ?? (await findRun('settle'));
  if (words.probe) {
    const probed = await probeRun(folder, words, tool);
    await sayStand(folder, probedLines(probed), words.json);
    if (probed.stop) process.stderr.write(`stopped: ${plain(probed.stop.message)}\n`);
    return probed.stop?.exit ?? EXIT.ok;
  }
  const decisions = words.from === undefined ? decisionsOf(words) : await readDecisions(words.from);
  await decideRows(folder, decisions);
  await sayStand(folder, [`${count(decisions.length, 'row')} settled`], words.json);
  return EXIT.ok;
}

async function sayStand(folder: string, first: readonly string[], json: boolean): Promise<void> {
  const {summary, files, manifest} = await deriveFiles(folder, 'ndjson');
  if (json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  const {color} = terminalOf(process.stderr, process.env);
  const lines = summaryLines({summary, files, probes: hasProbes(manifest), color, now: wallNow()});
  process.stderr.write(`${[...first, ...lines].join('\n')}\n`);
}

function decisionsOf({row = [], as, note, captured = []}: SettleWords): Decision[] {
  if (row.length === 0 || as === undefined)
    throw new Problem(
      'DECISION_MISSING',
      'nothing says which row is what, expected --row and --as, or --from',
      'Write it as --row 88 --as ok, or fill in the column _decision of in-doubt.csv and name that file with --from.',
      {exit: EXIT.usage},
    );
  const said = {
    ...(note === undefined ? {} : {why: note}),
    ...(captured.length > 0 && {captured: capturedFrom(captured)}),
  };
  return row.map((each) => ({row: each, as: as as Decision['as'], ...said}));
}

function capturedFrom(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([^=\s]+)=(.+)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw new Problem(
        'CAPTURED_INVALID',
        `--captured is "${text}", expected a name, = and a value`,
        'Write it as --captured communityId=c-1.',
        {exit: EXIT.usage},
      );
    }),
  );
}
