import {EXIT, type ExitCode} from '../problem.js';
import {type Verified, verifyRun} from '../report/verify.js';
import {findRun} from './look.js';
import {count, plain, sayNumber} from './plain.js';

/** `sluice verify`: prints the proof, or what contradicts it. Returns 0 where it holds, else 65. */
export async function showProof(run: string | undefined, json: boolean): Promise<ExitCode> {
  const verified = await verifyRun(run ?? (await findRun('verify')));
  if (json) process.stdout.write(`${JSON.stringify(proofShown(verified), null, 2)}\n`);
  else process.stdout.write(`${proofLines(verified).map(plain).join('\n')}\n`);
  return verified.faults.length === 0 ? EXIT.ok : EXIT.misfit;
}

/** What `--json` prints; states are called as in summary.json. */
export function proofShown({counts, ...verified}: Verified) {
  const {'in-doubt': inDoubt, ...states} = counts;
  return {holds: verified.faults.length === 0, ...verified, ...states, inDoubt};
}

/** The proof for a person, line by line; the last one says whether it holds. */
export function proofLines(verified: Verified): string[] {
  const {name, rows, counts, lines, tornBytes, attempts, byHand, corrected, templates, running, faults} = verified;
  const parts = [
    [counts.ok, 'ok'],
    [counts.failed, 'failed'],
    [counts['in-doubt'], 'in doubt'],
    [counts.skipped, 'skipped'],
    [counts.pending, 'pending'],
  ] as const;
  return [
    `journal: ${count(lines, 'line')}, each sealed and none missing${running ? ', up to now: a process goes on with it' : ''}`,
    ...(tornBytes > 0 ? [`a crash left ${count(tornBytes, 'byte')} at its end; the next resume cuts them off`] : []),
    `input: ${plain(name)}, ${count(rows, 'row')}`,
    `${sayNumber(rows)} rows = ${parts.map(([number, word]) => `${sayNumber(number)} ${word}`).join(' + ')}, each once`,
    `${count(attempts, 'attempt')}; no row was sent while it was settled or in doubt${resentLine(verified)}`,
    `each ok row was answered${byHand > 0 ? `, but for ${count(byHand, 'row')} that somebody settled by hand` : ''}`,
    ...(corrected > 0 ? [`${count(corrected, 'row')} sent again with corrected cells, which are kept`] : []),
    ...(templates.length > 1 ? [templatesLine(templates)] : []),
    ...faults.map((fault) => `contradiction: ${fault}`),
    faults.length === 0 ? 'it holds' : 'it does not hold: restore the run folder or the input from a backup',
  ];
}

function templatesLine(templates: Verified['templates']): string {
  const used = templates.map(({rows}, index) => `${count(rows, 'row')} by template ${index + 1}`);
  return `sent last: ${used.join(', ')}; the first is that of the beginning, the others were accepted since`;
}

function resentLine({resent: {certain, repeatable, decided}}: Verified): string {
  const reasons = [
    [certain, 'certainly not executed before'],
    [repeatable, 'repeatable, or on the word of the profile'],
    [decided, 'in doubt or failed before, and sent by decision'],
  ] as const;
  const told = reasons.filter(([number]) => number > 0).map(([number, why]) => `${sayNumber(number)} ${why}`);
  return told.length === 0 ? '' : `; sent again: ${told.join(', ')}`;
}
