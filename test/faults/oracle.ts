import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {Said} from '../support/program.js';
import {linesOf} from './provider.js';
import type {Heard} from './server.js';

/** What the oracle is shown: where the run is, what arrived at the provider, and what the program said each time it was started. */
export type Evidence = {
  readonly folder: string;
  readonly heard: readonly Heard[];
  readonly said: readonly Said[];
  readonly sessions: readonly Said[];
  readonly secret: string;
  /** How the run stands, from `sluice status --json`. */
  readonly status: Readonly<Record<string, unknown>> | undefined;
  /** Whether requests may be sent again by themselves: then twice is no fault. */
  readonly repeatable: boolean;
};

type JournalLine = {t: string; op: number; k?: string; as?: string; resent?: boolean};

/** How often each row was executed. */
export function executionsOf(heard: readonly Heard[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const {op, executed} of heard) if (executed) times.set(op, (times.get(op) ?? 0) + 1);
  return times;
}

/** The rows that the journal ever called in doubt: by an outcome, by a session that ended without one, or by a decision to send again. */
export function doubtsOf(folder: string): Set<string> {
  const doubted = new Set<string>();
  const open = new Set<number>();
  for (const {t, op, k, as, resent} of journalOf(folder)) {
    if (t === 'i') open.add(op);
    if (t === 'o') open.delete(op);
    if ((t === 'o' && (k === 'unk' || resent)) || (t === 'd' && as === 'retry')) doubted.add(String(op));
    if (t !== 'O') continue;
    for (const row of open) doubted.add(String(row));
    open.clear();
  }
  for (const row of open) doubted.add(String(row));
  return doubted;
}

export function journalOf(folder: string): JournalLine[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^journal-\d+\.ndjson$/.test(name))
    .sort()
    .flatMap((name) => linesOf<JournalLine>(readFileSync(join(folder, name), 'utf8')));
}

/** The state of each row in results.ndjson. */
export function resultsOf(folder: string): Map<string, string> {
  const path = join(folder, 'results.ndjson');
  if (!existsSync(path)) return new Map();
  const lines = linesOf<{row: number; state: string}>(readFileSync(path, 'utf8'));
  return new Map(lines.map(({row, state}) => [String(row), state]));
}

/** What breaks a promise, in sentences that begin with its number; none when all are kept. */
export function judge(evidence: Evidence): string[] {
  return [
    ...addsUp(evidence),
    ...noSilentTwice(evidence),
    ...okIsExecuted(evidence),
    ...exitAgrees(evidence),
    ...namesTheNext(evidence),
    ...keepsSecret(evidence),
  ];
}

function addsUp({status}: Evidence): string[] {
  if (status === undefined) return [];
  const {rows, ok, failed, skipped, inDoubt, pending} = status as Record<string, number>;
  const sum = ok! + failed! + skipped! + inDoubt! + pending!;
  return sum === rows ? [] : [`O1: ${rows} rows, and their states add up to ${sum}`];
}

function noSilentTwice({folder, heard, repeatable}: Evidence): string[] {
  if (repeatable) return [];
  const listed = doubtsOf(folder);
  return [...executionsOf(heard)]
    .filter(([op, times]) => times > 1 && !listed.has(op))
    .map(([op, times]) => `O2: row ${op} was executed ${times} times, and is not listed`);
}

function okIsExecuted({folder, heard, status}: Evidence): string[] {
  if (status === undefined) return [];
  const executed = executionsOf(heard);
  const refused = new Set(
    heard.filter(({did}) => did.startsWith('status') || did.startsWith('json')).map(({op}) => op),
  );
  const doubted = doubtsOf(folder);
  const states = resultsOf(folder);
  if (states.size === 0) return [];
  const unexecuted = [...states].filter(([op, state]) => state === 'ok' && !executed.has(op) && !doubted.has(op));
  const unexplained = [...executed.keys()].filter((op) => {
    const state = states.get(op) ?? 'pending';
    return state !== 'ok' && state !== 'in-doubt' && !refused.has(op) && !doubted.has(op);
  });
  return [
    ...unexecuted.map(([op]) => `O3: row ${op} is ok, and was never executed`),
    ...unexplained.map((op) => `O3: row ${op} was executed, and is ${states.get(op) ?? 'pending'}`),
  ];
}

/** Only a session that ended by itself says its exit code in the summary; one that was refused said so as a problem. */
function exitAgrees({sessions, status}: Evidence): string[] {
  const last = sessions.findLast(({stderr}) => /^next: /m.test(stderr) && /\d attempts? /.test(stderr));
  if (status === undefined || last === undefined || last.exit === null) return [];
  const {failed, inDoubt, pending, exit} = status as Record<string, number>;
  const fits =
    last.exit === 0
      ? failed! + inDoubt! + pending! === 0
      : last.exit === 1
        ? failed! > 0 && inDoubt! + pending! === 0
        : last.exit === 3
          ? inDoubt! > 0
          : true;
  return [
    // A run that went well and whose results could not be written ends with 74; how it stands is another matter.
    ...(exit === last.exit || exit === null || (last.exit === 74 && exit === 0)
      ? []
      : [`O4: exit ${last.exit}, and the summary says ${exit}`]),
    ...(fits ? [] : [`O4: exit ${last.exit} with ${failed} failed, ${inDoubt} in doubt, ${pending} pending`]),
  ];
}

function namesTheNext({said}: Evidence): string[] {
  return said
    .filter(({exit, stderr}) => exit !== null && stderr.trim() !== '')
    .filter(({stderr}) => !/^next: sluice /.test(stderr.trimEnd().split('\n').at(-1)!) && !/Try this: /.test(stderr))
    .map(({stderr}) => `O5: the last line names no command: ${stderr.trimEnd().split('\n').at(-1)}`);
}

function keepsSecret({folder, said, secret}: Evidence): string[] {
  const forms = [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)];
  const tells = (text: string) => forms.some((form) => text.includes(form));
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return [
    ...files
      .filter((path) => statSync(path).isFile() && tells(readFileSync(path, 'latin1')))
      .map((path) => `O6: the secret stands in ${path}`),
    ...said.filter(({stdout, stderr}) => tells(stdout + stderr)).map(() => 'O6: the secret was printed'),
  ];
}
