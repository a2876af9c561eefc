import {wallNow} from '../clock.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';
import {profileToYaml} from '../profiles/write.js';
import {readFoundProfile} from '../report/found.js';
import {hasProbes} from '../report/in-doubt.js';
import type {ResultFiles} from '../report/results.js';
import {deriveFiles, readStand} from '../report/stand.js';
import {type Summary, shellWord} from '../report/summary.js';
import type {Ending} from '../run/session.js';
import {plain} from './plain.js';
import {summaryLines} from './summary.js';
import {terminalOf} from './terminal.js';

/**
 * The end of a run for whoever waits for it: derived files on the disk, the summary on standard error or, as JSON, on standard output. Returns the
 * exit code: the run's own, or 74 when all went well but the results could not be written.
 */
export async function conclude(
  folder: string,
  {ending, json}: {readonly ending: Ending; readonly json: boolean},
): Promise<ExitCode> {
  const {summary, files, probes, fault} = await derive(folder);
  const {color} = terminalOf(process.stderr, process.env);
  const {stop, kept} = ending;
  const told = {message: stop?.message, resumeAt: stop?.resumeAt, kept};
  const lines = summaryLines({summary, files, probes, ...told, color, now: wallNow()});
  if (json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  if (fault) process.stderr.write(`${plain(fault.message)}\n${plain(fault.suggestions.join(' '))}\n`);
  const found = await foundLines(folder);
  // The last line is the next command to type.
  process.stderr.write(`${[...lines.slice(0, -1), ...found, ...lines.slice(-1)].join('\n')}\n`);
  return fault?.exit === EXIT.disk && ending.exit === EXIT.ok ? fault.exit : ending.exit;
}

/** The profile that a run has found out, and how to save it. */
async function foundLines(folder: string): Promise<string[]> {
  const {profile, found} = await readFoundProfile(folder);
  if (!found) return [];
  const yaml = profileToYaml(profile).trimEnd().split('\n');
  const save = `sluice profiles show ${shellWord(folder)} > ${profile.name}.yaml`;
  return ['found:', ...yaml.map((line) => `  ${plain(line)}`), `save it: ${plain(save)}`];
}

type Derived = {summary: Summary; files?: ResultFiles; probes?: boolean; fault?: Problem};

/** Where the disk cannot take the results, how the run stands is told all the same: the journal has it. */
async function derive(folder: string): Promise<Derived> {
  try {
    const {summary, files, manifest} = await deriveFiles(folder, 'ndjson');
    return {summary, files, probes: hasProbes(manifest)};
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const {summary} = await readStand(folder);
    return {summary, fault: error};
  }
}
