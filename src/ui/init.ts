import {existsSync, readdirSync} from 'node:fs';
import {dirname, relative, resolve} from 'node:path';
import {writeDurably} from '../journal/disk.js';
import {firstMembers} from '../operations/read.js';
import {closeInput, openInput} from '../operations/source.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';
import {findProfile, listProfiles} from '../profiles/find.js';
import type {Profile} from '../profiles/profile.js';
import {shellWord} from '../report/summary.js';
import {type Answers, jobText} from './init-text.js';
import {plain} from './plain.js';

/** What was said on the command line; what was not is asked. */
export type InitWords = {
  readonly input?: string | undefined;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly 'base-url'?: string | undefined;
  readonly request?: string | undefined;
  readonly operation?: string | undefined;
  readonly id?: string | undefined;
  readonly force: boolean;
};

/** Asks a person; on the command line of a script nobody is there to answer. */
export type Ask = {
  readonly text: (question: string, initial?: string) => Promise<string>;
  readonly choice: (question: string, choices: readonly string[], initial?: string) => Promise<string>;
};

const OTHER = 'another request';
const NONE = 'none';

/**
 * `sluice init`: writes a job of one step, after asking what was not said. Returns the exit
 * code: 130 after Ctrl-C. Throws JOB_EXISTS (73), WORD_MISSING (2) where nobody can be asked.
 */
export async function initJob(file: string, words: InitWords, ask: Ask | undefined): Promise<ExitCode> {
  if (existsSync(file) && !words.force)
    throw new Problem('JOB_EXISTS', 'is there already', 'Name another file, or write over it with --force.', {
      at: {file},
      exit: EXIT.exists,
    });
  let answers: Answers;
  try {
    answers = await answersOf(file, words, ask);
  } catch (error) {
    // Ctrl-C at a question: nothing was written.
    if (error instanceof Error && error.name === 'ExitPromptError') return EXIT.sigint;
    throw error;
  }
  await writeDurably(file, jobText(answers));
  process.stdout.write(`${plain(file)} written; look at it, then type: sluice plan ${plain(shellWord(file))}\n`);
  return EXIT.ok;
}

async function answersOf(file: string, words: InitWords, ask: Ask | undefined): Promise<Answers> {
  const path = words.input ?? (await asker('input', ask).text('Which file has the rows (CSV or NDJSON)?', soleFile()));
  const columns = await columnsIn(path);
  const name = words.profile ?? (await asker('profile', ask).choice('Whose API is it?', listProfiles()));
  const profile = findProfile(name);
  const regions = Object.keys(profile.regions);
  const askRegion = regions.length > 0 && words['base-url'] === undefined;
  const region = words.region ?? (askRegion ? await asker('region', ask).choice('Which region?', regions) : undefined);
  const askAddress = profile.baseUrl === undefined && region === undefined;
  const baseUrl =
    words['base-url'] ??
    (askAddress ? await asker('base-url', ask).text('What is its address (https://…)?') : undefined);
  const {request, operation} = await requestOf(profile, words, ask);
  const id = words.id ?? (ask ? await ask.choice('Which column names a row?', [NONE, ...columns], NONE) : NONE);
  return {
    profile: name,
    region,
    baseUrl,
    input: relative(dirname(resolve(file)), resolve(path)),
    columns,
    request,
    operation,
    id: id === NONE ? undefined : id,
    credentials: profile.credentials.map(({env}) => env),
  };
}

async function requestOf(profile: Profile, words: InitWords, ask: Ask | undefined) {
  const {request, operation} = words;
  if (request !== undefined || operation !== undefined) return {request, operation};
  const names = Object.keys(profile.operations);
  const {choice, text} = asker('request', ask);
  const chosen = names.length === 0 ? OTHER : await choice('What does each row become?', [...names, OTHER]);
  if (chosen !== OTHER) return {operation: chosen, request: undefined};
  return {request: await text('Its method and path, as in POST /users/{{ id }}:'), operation: undefined};
}

function asker(flag: string, ask: Ask | undefined): Ask {
  if (ask) return ask;
  throw new Problem(
    'WORD_MISSING',
    `--${flag} is missing, and without a terminal nobody can be asked`,
    'Type: sluice init --help, which begins with an example.',
    {exit: EXIT.usage},
  );
}

async function columnsIn(path: string): Promise<readonly string[]> {
  const input = await openInput(path);
  try {
    return input.format === 'csv' ? input.columns : await firstMembers(input);
  } finally {
    await closeInput(input);
  }
}

/** The only file of rows here, if there is just one. */
function soleFile(): string | undefined {
  const files = readdirSync('.').filter((name) => /\.(csv|tsv|ndjson|jsonl)(\.gz)?$/i.test(name));
  return files.length === 1 ? files[0] : undefined;
}
