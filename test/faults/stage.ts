import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Said, type Start, type Started, startSluice} from '../support/program.js';
import {type Evidence, journalOf, judge, resultsOf} from './oracle.js';
import {type FaultyProvider, openProvider} from './provider.js';
import type {Rule} from './server.js';

export const SECRET = 'tr0ub4dor&3-faults';

/** What a case may ask of the machine. */
export type Need = 'strace' | 'mount' | 'faketime';

/** One case of the matrix, or one way to bring it about. */
export type Case = {
  /** The IDs of the matrix that it stands for. */
  readonly ids: readonly string[];
  readonly title: string;
  readonly needs?: readonly Need[];
  /** What the provider does from the start. */
  readonly rules?: readonly Rule[];
  /** Lines added to the profile. */
  readonly profile?: string;
  /** Requests may be sent again by themselves. */
  readonly repeatable?: boolean;
  /** What the oracle cannot ask: a journal that was damaged on purpose has no status. */
  readonly damaged?: boolean;
  readonly run: (stage: Stage) => Promise<void>;
};

/** A folder, a provider and a run in it; gone after the case. */
export type Stage = {
  readonly cwd: string;
  readonly folder: string;
  readonly provider: FaultyProvider;
  readonly said: Said[];
  /** Of what was said, what runs and resumes said. */
  readonly sessions: readonly Said[];
  /** Writes rows.csv with rows 1 to `count`. */
  rows(count: number): void;
  /** The words of `sluice run`. */
  words(...more: string[]): string[];
  run(...more: string[]): Promise<Said>;
  resume(...more: string[]): Promise<Said>;
  /** `sluice` with these words, to its end. */
  type(words: readonly string[], more?: Omit<Start, 'cwd'>): Promise<Said>;
  start(words: readonly string[], more?: Omit<Start, 'cwd'>): Started;
  status(): Promise<Record<string, number | string | null>>;
  path(...parts: string[]): string;
  read(...parts: string[]): string;
  journal(): ReturnType<typeof journalOf>;
  states(): Map<string, string>;
  /** Says how the fault is known to have happened. A case that proves nothing fails. */
  proof(sentence: string, holds: boolean): void;
  until(condition: () => boolean, what: string): Promise<void>;
};

const PROFILE = `name: faulty
credentials:
  - {name: key, header: Authorization, prefix: "Bearer ", env: FAULTY_TOKEN}
limits:
  - name: all
    windows: [{requests: 400, seconds: 1}]
concurrency: 4
retry: {attempts: 3, firstSeconds: 0.1, maxSeconds: 2}
`;

export type Verdict = {readonly faults: readonly string[]; readonly proofs: readonly string[]};

/** Plays a case and asks the oracle. What is wrong comes back as sentences. */
export async function play(played: Case, keep: boolean): Promise<Verdict> {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-fault-'));
  const provider = await openProvider(join(cwd, 'heard.ndjson'), played.rules);
  const proofs: string[] = [];
  const stage = openStage(cwd, provider, proofs);
  writeFileSync(join(cwd, 'faulty.yaml'), `${PROFILE}${played.profile ?? ''}`);
  stage.rows(12);
  const faults: string[] = [];
  try {
    await played.run(stage);
    if (proofs.length === 0) faults.push('proves nothing: did its fault happen?');
    faults.push(...(await ask(played, stage)));
  } catch (error) {
    faults.push((error as Error).message);
  } finally {
    await provider.close();
    if (!keep || faults.length === 0) rmSync(cwd, {recursive: true, force: true});
    else faults.push(`see ${cwd}`);
  }
  return {faults, proofs};
}

async function ask({repeatable = false, damaged = false}: Case, stage: Stage): Promise<string[]> {
  const begun = existsSync(join(stage.folder, 'run.json'));
  const status = begun && !damaged ? await stage.status() : undefined;
  const evidence: Evidence = {
    folder: stage.folder,
    heard: stage.provider.heard(),
    said: stage.said,
    sessions: stage.sessions,
    secret: SECRET,
    status,
    repeatable,
  };
  return judge(evidence);
}

function openStage(cwd: string, provider: FaultyProvider, proofs: string[]): Stage {
  const env = {FAULTY_TOKEN: SECRET, SLUICE_STATE: join(cwd, 'state')};
  const said: Said[] = [];
  const sessions: Said[] = [];
  const folder = join(cwd, 'rows.run');
  const start: Stage['start'] = (words, more = {}) => {
    const started = startSluice(words, {cwd, ...more, env: {...env, ...more.env}});
    void started.ended.then((each) => {
      said.push(each);
      if (words[0] === 'run' || words[0] === 'resume') sessions.push(each);
    });
    return started;
  };
  const type: Stage['type'] = (words, more) => start(words, more).ended;
  const words: Stage['words'] = (...more) => [
    ...['run', 'rows.csv', '--profile', './faulty.yaml', '--base-url', provider.url],
    ...(more.includes('--request') ? [] : ['--request', 'POST /ops/{{ id }}']),
    ...['--header', 'x-op: {{ id }}', ...more],
  ];
  return {
    cwd,
    folder,
    provider,
    said,
    sessions,
    rows: (count) =>
      writeFileSync(
        join(cwd, 'rows.csv'),
        `id\n${Array.from({length: count}, (_, index) => `${index + 1}\n`).join('')}`,
      ),
    words,
    run: (...more) => type(words(...more)),
    resume: (...more) => type(['resume', 'rows.run', ...more]),
    type,
    start,
    status: async () => {
      const {stdout, stderr} = await startSluice(['status', 'rows.run', '--json'], {cwd, env}).ended;
      if (stdout === '') throw new Error(`sluice status: ${stderr}`);
      return JSON.parse(stdout);
    },
    path: (...parts) => join(folder, ...parts),
    read: (...parts) => readFileSync(join(folder, ...parts), 'utf8'),
    journal: () => journalOf(folder),
    states: () => resultsOf(folder),
    proof: (sentence, holds) => {
      if (!holds) throw new Error(`the fault did not happen: ${sentence}`);
      proofs.push(sentence);
    },
    until: async (condition, what) => {
      for (const begunAt = performance.now(); !condition(); ) {
        if (performance.now() - begunAt > 30_000) throw new Error(`waited 30 s in vain until ${what}`);
        await new Promise((done) => setTimeout(done, 5));
      }
    },
  };
}

/** What of a machine's tools is missing, with a word to each. */
export function missing(needs: readonly Need[]): string | undefined {
  return needs.map((need) => LACKS[need]()).find((lack) => lack !== undefined);
}

const LIBFAKETIME = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
];

/** Where Debian puts the library that shifts a program's clock. */
export const faketimeLibrary = () => LIBFAKETIME.find((path) => existsSync(path));

const known = new Map<Need, string | undefined>();
const once = (need: Need, look: () => boolean, lack: string) => () => {
  if (!known.has(need)) known.set(need, look() ? undefined : lack);
  return known.get(need);
};

const LACKS: Readonly<Record<Need, () => string | undefined>> = {
  strace: once(
    'strace',
    () => works('strace', ['-f', '-o', '/dev/null', 'true']),
    'no strace (apt-get install strace)',
  ),
  faketime: once('faketime', () => faketimeLibrary() !== undefined, 'no faketime (apt-get install faketime)'),
  mount: once('mount', canMount, 'may not mount a small disk'),
};

function works(program: string, words: readonly string[]): boolean {
  try {
    execFileSync(program, words, {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-mount-'));
  const mounted = works('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  if (mounted) works('umount', [folder]);
  rmSync(folder, {recursive: true, force: true});
  return mounted;
}
